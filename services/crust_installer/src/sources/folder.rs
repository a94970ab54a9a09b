//! Folders as packages: a copy of their files, and whether they changed. Never follows a symbolic link
//! out of the folder, and never copies what is installed in it.

use std::fs::Metadata;
use std::hash::Hasher as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};

use crate::error::InstallError;

/// Files of a folder: a package has some thousands at most.
const MOST_FILES: usize = 100_000;

/// A path without `.` and `..`, as far as names alone can tell.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    clean
}

/// What changes when a file of the folder does.
pub(crate) fn fingerprint(folder: &Path) -> Result<String, InstallError> {
    let mut hasher = rustc_hash::FxHasher::default();
    each(folder, &mut |path, found| {
        hasher.write(path.as_os_str().as_encoded_bytes());
        hasher.write_u64(found.size());
        hasher.write_i64(found.mtime());
        hasher.write_i64(found.mtime_nsec());
        Ok(())
    })?;
    Ok(format!("{:016x}", hasher.finish()))
}

/// Copies the files into `target`, which is made.
pub(crate) fn copy(folder: &Path, target: &Path) -> Result<(), InstallError> {
    std::fs::create_dir_all(target).map_err(InstallError::io("create", target))?;
    each(folder, &mut |path, _| {
        let to = target.join(path);
        if let Some(above) = to.parent() {
            std::fs::create_dir_all(above).map_err(InstallError::io("create", above))?;
        }
        std::fs::copy(folder.join(path), &to)
            .map(|_| ())
            .map_err(InstallError::io("copy", &to))
    })
}

/// Shows every file of the folder, by its path in it, in order.
fn each(
    folder: &Path,
    visit: &mut dyn FnMut(&Path, &Metadata) -> Result<(), InstallError>,
) -> Result<(), InstallError> {
    let mut open = vec![PathBuf::new()];
    let mut count = 0;
    while let Some(inside) = open.pop() {
        let place = folder.join(&inside);
        let entries = std::fs::read_dir(&place).map_err(InstallError::io("read", &place))?;
        let mut names: Vec<_> = entries
            .filter_map(Result::ok)
            .map(|entry| entry.file_name())
            .collect();
        names.sort();
        for name in names {
            if name == "node_modules" || name == ".git" {
                continue;
            }
            let path = inside.join(&name);
            let whole = folder.join(&path);
            let found = whole
                .symlink_metadata()
                .map_err(InstallError::io("read", &whole))?;
            if found.is_dir() {
                open.push(path);
            } else if found.is_file() {
                count += 1;
                if count > MOST_FILES {
                    return Err(InstallError::Config(format!(
                        "{} has more than {MOST_FILES} files: it is not a package",
                        folder.display()
                    )));
                }
                visit(&path, &found)?;
            }
        }
    }
    Ok(())
}

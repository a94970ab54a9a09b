//! Natives on whole trees: directories with their parents, and removal with everything below.

use crate::support::{errno_of, failed_at, run, run_unit};
use crust_core::{Call, Op, OpError, OpResult};
use rustix::fs::{self, Mode};
use rustix::io::Errno;
use std::path::{Path, PathBuf};

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("mkdirAll", mkdir_all),
    Op::new("removeAll", remove_all),
];

/// `mkdirAll(async, path, mode) -> the first directory made, or undefined`.
fn mkdir_all<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (path, mode) = (cx.string(1)?, cx.integer(2)?);
    run(
        cx,
        move || make_all(Path::new(&path), mode).map_err(|error| failed_at(error, "mkdir", &path)),
        |scope, made| {
            Ok(made.map_or_else(
                || scope.undefined(),
                |path| scope.string(&path.to_string_lossy()),
            ))
        },
    )
}

/// Makes `path` and the parents it lacks; answers the topmost one made.
pub(crate) fn make_all(path: &Path, mode: u32) -> Result<Option<PathBuf>, Errno> {
    let mut missing = Vec::new();
    let mut at = path;
    loop {
        match fs::mkdir(at, Mode::from_raw_mode(mode)) {
            Ok(()) => break,
            Err(Errno::NOENT) => {
                missing.push(at);
                match at.parent() {
                    Some(parent) if !parent.as_os_str().is_empty() => at = parent,
                    _ => return Err(Errno::NOENT),
                }
            }
            Err(Errno::EXIST)
                if fs::stat(at)
                    .is_ok_and(|stat| fs::FileType::from_raw_mode(stat.st_mode).is_dir()) =>
            {
                return make_rest(missing, mode, None);
            }
            Err(Errno::EXIST) if !missing.is_empty() => return Err(Errno::NOTDIR),
            Err(error) => return Err(error),
        }
    }
    make_rest(missing, mode, Some(at.to_path_buf()))
}

fn make_rest(
    mut missing: Vec<&Path>,
    mode: u32,
    mut first: Option<PathBuf>,
) -> Result<Option<PathBuf>, Errno> {
    while let Some(path) = missing.pop() {
        match fs::mkdir(path, Mode::from_raw_mode(mode)) {
            Ok(()) => {
                first.get_or_insert_with(|| path.to_path_buf());
            }
            // Another process was faster.
            Err(Errno::EXIST) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(first)
}

/// `removeAll(async, path)`: a file, a link or a directory with everything in it. The caller looked
/// whether it exists.
fn remove_all<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let path = cx.string(1)?;
    run_unit(cx, move || remove(&path))
}

fn remove(path: &str) -> Result<(), OpError> {
    let is_directory =
        fs::lstat(path).is_ok_and(|stat| fs::FileType::from_raw_mode(stat.st_mode).is_dir());
    let removed = if is_directory {
        std::fs::remove_dir_all(path)
    } else {
        std::fs::remove_file(path)
    };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(failed_at(errno_of(&error), "rm", path))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::make_all;

    #[test]
    fn the_first_directory_made_is_answered() {
        let root = std::env::temp_dir().join(format!("crust-fs-tree-{}", std::process::id()));
        assert_eq!(
            make_all(&root.join("a/b"), 0o777).unwrap(),
            Some(root.clone())
        );
        assert_eq!(
            make_all(&root.join("a/c"), 0o777).unwrap(),
            Some(root.join("a/c"))
        );
        assert_eq!(make_all(&root.join("a"), 0o777).unwrap(), None);
        std::fs::write(root.join("file"), "").unwrap();
        assert_eq!(
            make_all(&root.join("file/x"), 0o777).unwrap_err(),
            rustix::io::Errno::NOTDIR
        );
        std::fs::remove_dir_all(&root).unwrap();
    }
}

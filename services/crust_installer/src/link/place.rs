//! One package into one folder, by hard links where the file system can, else by copies. Files of the
//! store that somebody edited are refused.

use std::collections::HashSet;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, mkdirat, openat, statat, unlinkat};
use rustix::io::Errno;

use crate::error::InstallError;
use crate::store::{Entry, Stored};

/// How files get into a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backend {
    /// Hard links, or copies where that cannot be.
    #[default]
    HardLink,
    /// Copies that share blocks where the file system can.
    Copy,
}

/// Why a package could not be linked.
#[derive(Debug)]
pub(crate) enum LinkError {
    /// A file of the store is not what its index says.
    Edited,
    /// Anything else.
    Failed(InstallError),
}

/// Links all files of `stored` into `target`, which is made. `package.json` comes last.
pub(crate) fn link_package(
    stored: &Stored,
    target: &Path,
    backend: Backend,
) -> Result<(), LinkError> {
    let fail = |action, path: &Path, error: Errno| {
        LinkError::Failed(InstallError::io(action, path)(error.into()))
    };
    let folder = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let source =
        openat(CWD, &stored.folder, folder, Mode::empty()).map_err(|_| LinkError::Edited)?;
    std::fs::create_dir_all(target)
        .map_err(|error| LinkError::Failed(InstallError::io("create", target)(error)))?;
    let destination =
        openat(CWD, target, folder, Mode::empty()).map_err(|error| fail("open", target, error))?;
    let mut made: HashSet<&str> = HashSet::new();
    let mut copies = backend == Backend::Copy;
    for entry in &stored.index.entries {
        let path = entry.path.as_str();
        if !stored.is_trusted {
            let found =
                statat(&source, path, AtFlags::SYMLINK_NOFOLLOW).map_err(|_| LinkError::Edited)?;
            if !unchanged(&found, entry, stored) {
                return Err(LinkError::Edited);
            }
        }
        make_folders(&destination, path, &mut made)
            .map_err(|error| fail("create", &target.join(path), error))?;
        if !copies {
            match hard_link(&source, &destination, path) {
                Ok(()) => continue,
                Err(Errno::NOENT) if stored.is_trusted => return Err(LinkError::Edited),
                Err(Errno::XDEV | Errno::PERM | Errno::MLINK | Errno::OPNOTSUPP) => copies = true,
                Err(error) => return Err(fail("link", &target.join(path), error)),
            }
        }
        let from = stored.folder.join(path);
        copy(&from, &target.join(path)).map_err(|error| {
            if !from.exists() {
                return LinkError::Edited;
            }
            LinkError::Failed(InstallError::io("copy", target.join(path))(error))
        })?;
    }
    Ok(())
}

/// The size is right and the file is not younger than the index that was written after it.
fn unchanged(found: &rustix::fs::Stat, entry: &Entry, stored: &Stored) -> bool {
    let modified = std::time::Duration::new(
        u64::try_from(found.st_mtime).unwrap_or(u64::MAX),
        u32::try_from(found.st_mtime_nsec).unwrap_or(0),
    );
    let written = stored
        .written
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(found.st_size) == Ok(entry.size) && modified <= written
}

fn make_folders<'p>(
    destination: impl std::os::fd::AsFd,
    path: &'p str,
    made: &mut HashSet<&'p str>,
) -> Result<(), Errno> {
    let Some(last) = path.rfind('/') else {
        return Ok(());
    };
    if made.contains(&path[..last]) {
        return Ok(());
    }
    for (at, _) in path.match_indices('/') {
        let folder = &path[..at];
        if made.insert(folder) {
            match mkdirat(&destination, folder, Mode::from_raw_mode(0o755)) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

fn hard_link(
    source: impl std::os::fd::AsFd,
    destination: impl std::os::fd::AsFd,
    path: &str,
) -> Result<(), Errno> {
    match linkat(&source, path, &destination, path, AtFlags::empty()) {
        Err(Errno::EXIST) => {
            unlinkat(&destination, path, AtFlags::empty())?;
            linkat(&source, path, &destination, path, AtFlags::empty())
        }
        other => other,
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(to) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // The standard library shares blocks where the file system can (`copy_file_range`).
    std::fs::copy(from, to).map(|_| ())
}

/// Makes every file below `folder` its own, so that writing into one changes nothing else.
pub(crate) fn detach(folder: &Path) -> Result<(), InstallError> {
    use std::os::unix::fs::MetadataExt as _;
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = std::fs::read_dir(&folder).map_err(InstallError::io("read", &folder))?;
        for entry in entries.filter_map(Result::ok) {
            let path = entry.path();
            let found = entry.metadata().map_err(InstallError::io("read", &path))?;
            if found.is_dir() {
                open.push(path);
            } else if found.is_file() && found.nlink() > 1 {
                let own = folder.join(format!(".crust-{}", crate::files::unique()));
                std::fs::copy(&path, &own)
                    .and_then(|_| std::fs::rename(&own, &path))
                    .map_err(InstallError::io("copy", &path))?;
            }
        }
    }
    Ok(())
}

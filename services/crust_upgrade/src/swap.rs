//! The renames: the new binary takes the place of the old one in one step, and the old one keeps a name
//! beside it. At no moment is there no binary.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, RenameFlags, fsync, open, renameat_with};
use rustix::io::Errno;

use crate::error::UpgradeError;

/// The name of the earlier binary, beside the present one.
pub(crate) fn earlier(binary: &Path) -> PathBuf {
    beside(binary, ".old")
}

/// A name for the download, beside the binary: a rename does not cross file systems.
pub(crate) fn temporary(binary: &Path) -> PathBuf {
    beside(binary, &format!(".{}.tmp", std::process::id()))
}

fn beside(binary: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(binary.file_name().unwrap_or_default());
    name.push(end);
    binary.with_file_name(name)
}

/// Puts `new` in the place of `binary`.
pub(crate) fn install(new: &Path, binary: &Path) -> Result<(), UpgradeError> {
    let kept = earlier(binary);
    let step = beside(binary, &format!(".old.{}.tmp", std::process::id()));
    let writing = |path: &Path| {
        let path = path.to_owned();
        move |error: std::io::Error| UpgradeError::writing(&path, error)
    };
    // A second name for the old file, under which it stays when the new one takes the first.
    let linked = std::fs::hard_link(binary, &step)
        .or_else(|_| std::fs::copy(binary, &step).map(|_| ()))
        .and_then(|()| std::fs::rename(&step, &kept));
    if let Err(error) = linked {
        let _ = std::fs::remove_file(&step);
        return Err(writing(&kept)(error));
    }
    std::fs::rename(new, binary).map_err(writing(binary))?;
    sync_folder(binary)
}

/// Swaps the present binary and the earlier one, so that a second rollback goes forward again. Answers
/// where the other one is.
///
/// # Errors
/// When there is no earlier one, or the names cannot be changed.
pub fn rollback(binary: &Path) -> Result<PathBuf, UpgradeError> {
    let kept = earlier(binary);
    match renameat_with(CWD, &kept, CWD, binary, RenameFlags::EXCHANGE) {
        Ok(()) => {}
        Err(Errno::NOENT) => return Err(UpgradeError::NoEarlier(kept)),
        // Not every file system can swap; going back without the way forward is what is left.
        Err(Errno::INVAL | Errno::NOSYS) => {
            std::fs::rename(&kept, binary).map_err(|error| UpgradeError::writing(binary, error))?;
        }
        Err(error) => return Err(UpgradeError::writing(binary, error)),
    }
    sync_folder(binary)?;
    Ok(kept)
}

fn sync_folder(binary: &Path) -> Result<(), UpgradeError> {
    let folder = binary.parent().unwrap_or(Path::new("/"));
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let synced = open(folder, flags, Mode::empty()).and_then(fsync);
    synced.map_err(|error| UpgradeError::writing(folder, error))
}

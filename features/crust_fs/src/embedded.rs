//! Files of a single executable's payload, as if they were on a disk that cannot be written to. Everything
//! here is a check of a path's first letters in a program that is not compiled.

use crate::support::retry;
use crust_payload::{Payload, StoredFile, is_embedded};
use rustix::fs::{self, Access, AtFlags, CWD, Mode, OFlags, Statx, StatxFlags};
use rustix::io::Errno;
use std::io;
use std::os::fd::OwnedFd;

/// Opens a file of the disk, or of the payload for reading.
pub(crate) fn open(path: &str, flags: OFlags, mode: Mode) -> Result<OwnedFd, Errno> {
    match find(path) {
        None => retry(|| fs::open(path, flags, mode)),
        Some(found) => {
            let (payload, file) = found?;
            let writes = OFlags::WRONLY | OFlags::RDWR | OFlags::TRUNC;
            if flags.intersects(writes) {
                return Err(Errno::ROFS);
            }
            payload.open_file(file).map_err(|error| errno(&error))
        }
    }
}

/// What `statx` says of a file of the disk or of the payload.
pub(crate) fn statx(path: &str, flags: AtFlags, wanted: StatxFlags) -> Result<Statx, Errno> {
    match find(path) {
        None => fs::statx(CWD, path, flags, wanted),
        Some(found) => {
            let (payload, file) = found?;
            let open = payload.open_file(file).map_err(|error| errno(&error))?;
            fs::statx(&open, "", AtFlags::EMPTY_PATH, wanted)
        }
    }
}

/// Whether a file of the disk or of the payload may be used so.
pub(crate) fn access(path: &str, access: Access) -> Result<(), Errno> {
    match find(path) {
        None => fs::access(path, access),
        Some(found) => {
            found?;
            if access.contains(Access::WRITE_OK) {
                return Err(Errno::ROFS);
            }
            if access.contains(Access::EXEC_OK) {
                return Err(Errno::ACCESS);
            }
            Ok(())
        }
    }
}

/// Whether the path is the payload's own, where links lead nowhere.
pub(crate) fn is_file(path: &str) -> bool {
    matches!(find(path), Some(Ok(_)))
}

/// The file at a path of the payload; `None` where it is a path of the disk.
fn find(path: &str) -> Option<Result<(&'static Payload, &'static StoredFile), Errno>> {
    if !is_embedded(path) {
        return None;
    }
    let payload = Payload::of_this_program().ok().flatten()?;
    let file = payload.find(path).ok_or(Errno::NOENT);
    Some(file.map(|file| (payload, file)))
}

fn errno(error: &io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}

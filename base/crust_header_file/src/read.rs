//! Reading a header: one open and one read. It never waits, except for a writer that is in the middle
//! of its write.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use crust_header::{HEADER_LENGTH, Header, HeaderError};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::{Errno, pread};

use crate::error::FileError;
use crate::lock;

/// The name of the file in a project's folder.
pub const FILE_NAME: &str = "crust.lockb";

/// How far up [`find`] looks. Paths of the system have at most 4096 bytes; nobody nests projects this
/// deep, and a start-up pays one failing open for each.
const ANCESTORS: usize = 64;

/// The header's file in the project's folder `directory`.
pub fn path_in(directory: &Path) -> PathBuf {
    directory.join(FILE_NAME)
}

/// A header and where it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub path: PathBuf,
    /// What it says.
    pub header: Header,
}

/// Reads the header at `path`.
///
/// # Errors
/// A missing, unreadable or wrong file.
pub fn read(path: &Path) -> Result<Header, FileError> {
    // Without O_NONBLOCK, a named pipe in the file's place would wait for a writer.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = open(path, flags, Mode::empty()).map_err(|error| FileError::reading(path, error))?;
    match header_of(&file) {
        Ok(Ok(header)) => Ok(header),
        // A writer may be half done: its lock says when it is not.
        Ok(Err(HeaderError::Checksum { .. })) => {
            let _lock = lock::shared(&file, path)?;
            settled(header_of(&file), path)
        }
        other => settled(other, path),
    }
}

fn settled(
    outcome: Result<Result<Header, HeaderError>, Errno>,
    path: &Path,
) -> Result<Header, FileError> {
    match outcome {
        Ok(Ok(header)) => Ok(header),
        Ok(Err(problem)) => Err(FileError::Header {
            path: path.to_owned(),
            problem,
        }),
        Err(Errno::SPIPE) => Err(FileError::NotAFile {
            path: path.to_owned(),
            what: "a pipe or a device",
        }),
        Err(error) => Err(FileError::reading(path, error)),
    }
}

/// Reads and decodes the header at the start of `file`.
pub(crate) fn header_of(file: &OwnedFd) -> Result<Result<Header, HeaderError>, Errno> {
    let mut bytes = [0; HEADER_LENGTH];
    let length = pread(file, &mut bytes, 0)?;
    Ok(Header::decode_start(
        bytes.get(..length).unwrap_or_default(),
    ))
}

/// The header of the project that `directory` belongs to: in it, or in the nearest folder above.
///
/// # Errors
/// A file that is there and cannot be used.
pub fn find(directory: &Path) -> Result<Option<Found>, FileError> {
    for ancestor in directory.ancestors().take(ANCESTORS) {
        let path = path_in(ancestor);
        match read(&path) {
            Ok(header) => return Ok(Some(Found { path, header })),
            Err(FileError::Missing { .. }) => {}
            // A folder that may not be searched hides whether the file exists.
            Err(FileError::Permission { .. }) if path.symlink_metadata().is_err() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

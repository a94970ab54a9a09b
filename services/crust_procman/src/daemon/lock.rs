//! The lock that makes one daemon of several.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;

use rustix::fs::{FlockOperation, flock};

use crate::error::ProcmanError;
use crate::paths::Home;

/// The lock, or nothing when another daemon has it.
pub(super) fn take(home: &Home) -> Result<Option<File>, ProcmanError> {
    let fail = |source| ProcmanError::io("cannot use the lock", source);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(home.lock())
        .map_err(fail)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(fail(error.into())),
    }
}

//! The lock of a header's file: `flock` on the file itself, which ends with the process that holds it.

use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, Mode, OFlags, flock, fstat, open, stat};
use rustix::io::Errno;

use crate::error::FileError;

/// How long a lock is waited for. A writer has it for two flushes of the disk, some tens of
/// milliseconds on a slow one; this bounds waiting for one that was stopped.
const PATIENCE: Duration = Duration::from_secs(5);

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(2);

/// How often the file may be replaced between its opening and its locking.
const REPLACEMENTS: usize = 100;

/// A held lock; dropping it lets go.
#[derive(Debug)]
pub(crate) struct Lock<'f>(&'f OwnedFd);

impl Drop for Lock<'_> {
    fn drop(&mut self) {
        // It can only fail for a descriptor that is not open, and this one is borrowed.
        let _ = flock(self.0, FlockOperation::Unlock);
    }
}

/// Waits until nobody writes.
pub(crate) fn shared<'f>(file: &'f OwnedFd, path: &Path) -> Result<Lock<'f>, FileError> {
    wait(file, path, FlockOperation::NonBlockingLockShared)?;
    Ok(Lock(file))
}

/// Opens the file at `path` for writing and waits until it is ours alone. The lock ends when the
/// descriptor closes.
pub(crate) fn exclusive(path: &Path) -> Result<OwnedFd, FileError> {
    let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    for _ in 0..REPLACEMENTS {
        let writing = |error: Errno| FileError::writing(path, error);
        let file = open(path, flags, Mode::empty()).map_err(writing)?;
        wait(&file, path, FlockOperation::NonBlockingLockExclusive)?;
        // A package manager replaces the file; then the lock is on one that nobody sees any more.
        let ours = fstat(&file).map_err(writing)?;
        match stat(path) {
            Ok(named) if (named.st_dev, named.st_ino) == (ours.st_dev, ours.st_ino) => {
                return Ok(file);
            }
            Ok(_) | Err(Errno::NOENT) => {}
            Err(error) => return Err(writing(error)),
        }
    }
    Err(FileError::Locked {
        path: path.to_owned(),
    })
}

fn wait(file: &OwnedFd, path: &Path, operation: FlockOperation) -> Result<(), FileError> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match flock(file, operation) {
            Ok(()) => return Ok(()),
            Err(Errno::WOULDBLOCK | Errno::INTR) if Instant::now() < deadline => {
                std::thread::sleep(PAUSE);
            }
            Err(Errno::WOULDBLOCK | Errno::INTR) => {
                return Err(FileError::Locked {
                    path: path.to_owned(),
                });
            }
            Err(error) => return Err(FileError::writing(path, error)),
        }
    }
}

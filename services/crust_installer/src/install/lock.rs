//! One installation at a time in a project: the second waits for the first. The lock is a file of the
//! cache, not of the project, and the system lets it go with its process.

use std::fs::{File, OpenOptions};
use std::hash::Hasher;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::interrupt;
use crate::error::InstallError;
use crate::events::{Event, Sink};

/// Longer than an installation of thousands of packages over a slow line takes.
const PATIENCE: Duration = Duration::from_mins(10);
/// How often the lock is asked for again.
const PAUSE: Duration = Duration::from_millis(50);

/// Held while it lives.
pub(super) struct ProjectLock {
    _file: File,
}

impl ProjectLock {
    /// Waits until no other installation works on the project in `root`.
    pub(super) fn take(
        root: &Path,
        cache: &Path,
        stop: &AtomicBool,
        sink: &Sink,
    ) -> Result<Self, InstallError> {
        let folder = cache.join("locks");
        std::fs::create_dir_all(&folder).map_err(InstallError::io("create", &folder))?;
        let mut hasher = rustc_hash::FxHasher::default();
        hasher.write(root.as_os_str().as_bytes());
        let path = folder.join(format!("{:016x}", hasher.finish()));
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(InstallError::io("open", &path))?;
        let started = Instant::now();
        let mut said = false;
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Self { _file: file }),
                Err(Errno::WOULDBLOCK | Errno::INTR) => {}
                Err(error) => return Err(InstallError::io("lock", &path)(error.into())),
            }
            interrupt::check(stop)?;
            if started.elapsed() > PATIENCE {
                return Err(InstallError::Locked(root.to_owned()));
            }
            if !said {
                said = true;
                sink(Event::Warning(format!(
                    "another installation is running in {}; waiting for it",
                    root.display()
                )));
            }
            std::thread::sleep(PAUSE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::Ordering;

    #[test]
    fn the_second_waits_for_the_first() {
        let cache = std::env::temp_dir().join(format!("crust-lock-{}", std::process::id()));
        let silent: Sink = Arc::new(|_| {});
        let stop = AtomicBool::new(false);
        let first = ProjectLock::take(Path::new("/a"), &cache, &stop, &silent).unwrap();
        let other = ProjectLock::take(Path::new("/b"), &cache, &stop, &silent).unwrap();
        let free = Arc::new(AtomicBool::new(false));
        let (is_free, folder) = (Arc::clone(&free), cache.clone());
        // The warning says that it waits; only then the first one ends.
        let (say, said) = std::sync::mpsc::channel();
        let second = std::thread::spawn(move || {
            let sink: Sink = Arc::new(move |_| say.send(()).unwrap());
            let _lock = ProjectLock::take(Path::new("/a"), &folder, &AtomicBool::new(false), &sink)
                .unwrap();
            assert!(is_free.load(Ordering::SeqCst));
        });
        said.recv().unwrap();
        free.store(true, Ordering::SeqCst);
        drop(first);
        second.join().unwrap();
        drop(other);
        std::fs::remove_dir_all(cache).unwrap();
    }
}

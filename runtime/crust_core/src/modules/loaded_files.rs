//! The report of loaded files to the supervisor of `--watch`: for each file a line with its state
//! before it was read, a space and its path. A supervisor that watches the file from then on, and
//! finds it in the same state, has missed no change. Never waits for the supervisor.

use std::fs::{File, metadata};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

/// Two changes within one tick of the clock that file systems stamp with look like one. A tick is
/// 10 ms at most (`CONFIG_HZ=100`); a file that changed less than two ticks ago is read when they
/// have passed.
const TICKS: Duration = Duration::from_millis(20);

/// A file that somebody keeps writing is not waited for.
const ATTEMPTS: usize = 5;

/// Where the reports go.
pub(super) struct LoadedFiles(Mutex<File>);

impl LoadedFiles {
    /// A second handle on the inherited descriptor.
    pub(super) fn open(descriptor: i32) -> Option<Self> {
        let path = format!("/proc/self/fd/{descriptor}");
        let file = File::options().append(true).open(path).ok()?;
        Some(Self(Mutex::new(file)))
    }

    /// Tells which file is about to be read.
    pub(super) fn report(&self, path: &Path) {
        let mut line = settled_state(path).into_bytes();
        line.push(b' ');
        line.extend_from_slice(path.as_os_str().as_encoded_bytes());
        line.push(b'\n');
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A supervisor that is gone no longer needs to know.
        let _ = file.write_all(&line);
    }
}

/// What changes whenever a file does: its inode, its size and the time of its last change. `-` for
/// a file that is not there.
#[must_use]
pub fn state(path: &Path) -> String {
    match metadata(path) {
        Ok(it) => format!(
            "{}:{}:{}.{:09}",
            it.ino(),
            it.size(),
            it.ctime(),
            it.ctime_nsec()
        ),
        Err(_) => "-".to_owned(),
    }
}

/// The state of a file that any later change alters.
fn settled_state(path: &Path) -> String {
    for _ in 0..ATTEMPTS {
        match age(path) {
            Some(age) if age < TICKS => sleep(TICKS.saturating_sub(age)),
            _ => break,
        }
    }
    state(path)
}

/// How long ago a file changed; nothing if it is not there or the clock was set back.
fn age(path: &Path) -> Option<Duration> {
    let metadata = metadata(path).ok()?;
    let seconds = Duration::from_secs(u64::try_from(metadata.ctime()).ok()?);
    let changed = seconds + Duration::from_nanos(u64::try_from(metadata.ctime_nsec()).ok()?);
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()?;
    now.checked_sub(changed)
}

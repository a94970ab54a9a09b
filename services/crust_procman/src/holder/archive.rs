//! Files put aside: renamed, compressed by a thread of their own, the oldest removed. It never touches the
//! file that is being written.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

use super::child::append;
use crate::clock::{iso, wall_ms};

/// One file to compress, and of which log how many are kept.
struct Job {
    aside: PathBuf,
    log: PathBuf,
    keep: u32,
}

/// Hands files to the thread; the thread begins with the first one.
#[derive(Default)]
pub(super) struct Archive {
    thread: Option<Sender<Job>>,
    count: u64,
}

impl Archive {
    /// Renames a log to a name with its time. What waits for the thread is on disk already, so the queue
    /// holds names only.
    pub(super) fn take(&mut self, log: &Path, keep: u32) -> io::Result<()> {
        let stamp = iso(wall_ms()).replace([':', '.'], "-");
        // The number tells files of one millisecond apart and keeps their order.
        self.count += 1;
        let mut aside = log.as_os_str().to_owned();
        aside.push(format!(".{stamp}-{:06}", self.count));
        let aside = PathBuf::from(aside);
        fs::rename(log, &aside)?;
        let job = Job {
            aside,
            log: log.to_owned(),
            keep,
        };
        if let Some(job) = self.send(job) {
            self.thread = Some(start()?);
            self.send(job);
        }
        Ok(())
    }

    /// Gives the job back when there is no thread.
    fn send(&self, job: Job) -> Option<Job> {
        match &self.thread {
            Some(thread) => thread.send(job).err().map(|error| error.0),
            None => Some(job),
        }
    }
}

fn start() -> io::Result<Sender<Job>> {
    let (sender, jobs) = channel();
    std::thread::Builder::new()
        .name("archive".to_owned())
        .stack_size(256 << 10)
        .spawn(move || work(&jobs))?;
    Ok(sender)
}

fn work(jobs: &Receiver<Job>) {
    for job in jobs {
        // A file that cannot be compressed stays as it is, and counts among those that are kept.
        let _ = compress(&job.aside);
        let _ = retain(&job.log, job.keep);
    }
}

/// Replaces a file by its zstd form.
fn compress(path: &Path) -> io::Result<()> {
    let with = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    let (packed, partial) = (with(".zst"), with(".part"));
    let mut source = File::open(path)?;
    let done = append(&partial)
        .and_then(|target| zstd::stream::copy_encode(&mut source, target, 3))
        .and_then(|()| fs::rename(&partial, &packed));
    if done.is_err() {
        let _ = fs::remove_file(&partial);
        return done;
    }
    fs::remove_file(path)
}

/// Removes the oldest files put aside until `keep` are left.
fn retain(log: &Path, keep: u32) -> io::Result<()> {
    let mut aside = crate::tail::aside(log)?;
    let surplus = aside
        .len()
        .saturating_sub(usize::try_from(keep).unwrap_or(usize::MAX));
    aside.truncate(surplus);
    aside.iter().try_for_each(fs::remove_file)
}

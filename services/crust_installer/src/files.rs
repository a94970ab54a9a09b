//! Small operations on files that several parts need. Never follows what it was not given.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// A file that was written this lately may be written again within the same tick of the file system's
/// clock, which is 10 ms at most.
const TICK: Duration = Duration::from_millis(20);

/// A name that no other writer has at this time.
pub(crate) fn unique() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let count = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{}-{count}", std::process::id())
}

/// What changes when a file does.
fn state_of(found: &Metadata) -> String {
    let (seconds, nanos) = (found.mtime(), found.mtime_nsec());
    format!("{}.{seconds}.{nanos}.{}", found.size(), found.ino())
}

/// What files were like when they were read, by their paths from the root.
#[derive(Debug, Clone, Default)]
pub(crate) struct FileStates(BTreeMap<String, FileState>);

#[derive(Debug, Clone)]
struct FileState {
    text: String,
    /// Whoever changes the file from now on changes this state too.
    is_settled: bool,
}

impl FileStates {
    /// Notes a file that is read next: what changes it after that, is found.
    pub(crate) fn note(&mut self, root: &Path, path: &str) {
        let state = std::fs::metadata(root.join(path)).map_or_else(
            |_| FileState::certain("-".to_owned()),
            |found| {
                let age = |time| SystemTime::now().duration_since(time).ok();
                let age = found.modified().ok().and_then(age);
                FileState {
                    text: state_of(&found),
                    is_settled: age.is_some_and(|age| age > TICK),
                }
            },
        );
        self.0.insert(path.to_owned(), state);
    }

    /// Notes a file that this process wrote.
    pub(crate) fn wrote(&mut self, path: String, written: &Metadata) {
        self.0.insert(path, FileState::certain(state_of(written)));
    }

    /// Notes that this process took a file away.
    pub(crate) fn removed(&mut self, path: &str) {
        self.0
            .insert(path.to_owned(), FileState::certain("-".to_owned()));
    }

    /// Paths and states, by path.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(path, state)| (path.as_str(), state.text.as_str()))
    }

    /// What can be remembered of them: a file that may still change without its state changing is like no
    /// other, so that it is looked at again.
    pub(crate) fn to_remember(&self) -> Self {
        let remembered = self.0.iter().map(|(path, state)| {
            let text = if state.is_settled {
                state.text.clone()
            } else {
                format!("new.{}", unique())
            };
            (path.clone(), FileState::certain(text))
        });
        Self(remembered.collect())
    }
}

impl FileState {
    fn certain(text: String) -> Self {
        Self {
            text,
            is_settled: true,
        }
    }
}

/// Writes a file of the project's own so that it is the old one or the new at any time. A symbolic link
/// stays: what it leads to is written.
pub(crate) fn rewrite(path: &Path, content: &[u8]) -> std::io::Result<Metadata> {
    let target = if path.is_symlink() {
        std::fs::canonicalize(path)?
    } else {
        path.to_owned()
    };
    write_file(&target, content, true)
}

/// Writes a file so that a reader sees the old content or the new, never a part. Replaces a symbolic link.
pub(crate) fn write_atomically(path: &Path, content: &[u8], durable: bool) -> std::io::Result<()> {
    write_file(path, content, durable).map(drop)
}

fn write_file(path: &Path, content: &[u8], durable: bool) -> std::io::Result<Metadata> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!(".{name}.{}", unique()));
    let result = (|| {
        let mut file = std::fs::File::create(&temporary)?;
        file.write_all(content)?;
        if durable {
            file.sync_all()?;
        }
        let written = file.metadata()?;
        std::fs::rename(&temporary, path)?;
        Ok(written)
    })();
    if result.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    result
}

/// The path that leads from the folder `from` to `to`, both absolute.
pub(crate) fn relative_path(from: &Path, to: &Path) -> std::path::PathBuf {
    let mut from_parts = from.components().peekable();
    let mut to_parts = to.components().peekable();
    while let (Some(left), Some(right)) = (from_parts.peek(), to_parts.peek()) {
        if left != right {
            break;
        }
        from_parts.next();
        to_parts.next();
    }
    let up = from_parts.map(|_| std::path::Component::ParentDir);
    let path: std::path::PathBuf = up.chain(to_parts).collect();
    if path.as_os_str().is_empty() {
        ".".into()
    } else {
        path
    }
}

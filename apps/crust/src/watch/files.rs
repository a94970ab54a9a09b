//! The files whose change restarts the program. The kernel watches their directories, because an editor
//! that saves by renaming leaves a watch on the file itself behind with the old one.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use std::collections::HashSet;

use notify::event::{EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

use super::Event;
use crate::error::CliError;

/// The watched files of this run and the last.
pub(super) struct WatchedFiles {
    watcher: RecommendedWatcher,
    directories: HashSet<PathBuf>,
    current: HashSet<PathBuf>,
    /// Files of earlier runs. A run that failed early has not said what it would have loaded.
    earlier: HashSet<PathBuf>,
    failed: bool,
}

impl WatchedFiles {
    pub(super) fn new(sender: Sender<Event>) -> Result<Self, CliError> {
        let watcher = notify::recommended_watcher(move |event| report(&sender, event))
            .map_err(|error| explain(&error))?;
        Ok(Self {
            watcher,
            directories: HashSet::new(),
            current: HashSet::new(),
            earlier: HashSet::new(),
            failed: false,
        })
    }

    /// Watches a file that was loaded in the given state; true if it has changed since.
    pub(super) fn loaded(&mut self, path: &Path, state: &str) -> Result<bool, CliError> {
        self.add(path)?;
        // From here on changes arrive as events; this one may have come before.
        Ok(crust_host::file_state(path) != state)
    }

    /// Watches a file, which need not exist yet; where it is a link, also what it points to.
    pub(super) fn add(&mut self, path: &Path) -> Result<(), CliError> {
        self.add_one(path)?;
        match path.canonicalize() {
            Ok(real) if real != path => self.add_one(&real),
            _ => Ok(()),
        }
    }

    fn add_one(&mut self, path: &Path) -> Result<(), CliError> {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Ok(());
        };
        // A directory that does not exist cannot be watched, and nothing was loaded from it.
        let Ok(directory) = parent.canonicalize() else {
            return Ok(());
        };
        self.current.insert(directory.join(name));
        if self.directories.insert(directory.clone()) {
            self.watcher
                .watch(&directory, RecursiveMode::NonRecursive)
                .map_err(|error| explain(&error))?;
        }
        Ok(())
    }

    /// Whether a change concerns the program. Lost events may be about anything.
    pub(super) fn concerns(&self, path: Option<&Path>) -> bool {
        let known = |path: &Path| self.current.contains(path) || self.earlier.contains(path);
        // A specifier that led nowhere is reported without its extension.
        path.is_none_or(|path| known(path) || known(&path.with_extension("")))
    }

    pub(super) fn ended(&mut self, success: bool) {
        self.failed = !success;
    }

    /// Begins a new run.
    pub(super) fn next_run(&mut self) {
        let last = std::mem::take(&mut self.current);
        if self.failed {
            self.earlier.extend(last);
        } else {
            self.earlier = last;
        }
        self.failed = false;
    }
}

fn report(sender: &Sender<Event>, event: notify::Result<notify::Event>) {
    let Ok(event) = event else {
        // The watcher's queue overflowed or a directory went away.
        let _ = sender.send(Event::Changed(None));
        return;
    };
    if event.need_rescan() {
        let _ = sender.send(Event::Changed(None));
        return;
    }
    let irrelevant = matches!(
        event.kind,
        EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_))
    );
    if irrelevant {
        return;
    }
    for path in event.paths {
        // Without a receiver the supervisor is ending.
        let _ = sender.send(Event::Changed(Some(path)));
    }
}

fn explain(error: &notify::Error) -> CliError {
    let limit = matches!(error.kind, notify::ErrorKind::MaxFilesWatch);
    let hint = if limit {
        " (raise fs.inotify.max_user_watches)"
    } else {
        ""
    };
    CliError::Watch(format!("{error}{hint}"))
}

//! `crust build --watch`: builds again when a file that went in changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvError, RecvTimeoutError, channel};
use std::time::{Duration, Instant, SystemTime};

use crust_bundler::{BuildOptions, MacroUse, Rebuild};
use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

use super::interrupts::Interrupts;
use super::{Output, Plan, show_failure};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::session::Session;

/// Editors write a file in several steps.
const SETTLE: Duration = Duration::from_millis(20);
/// What comes together with a file that has been closed comes at once.
const SETTLE_CLOSED: Duration = Duration::from_millis(3);

/// What is watched, and what has come in.
struct Files {
    watcher: RecommendedWatcher,
    events: Receiver<notify::Result<notify::Event>>,
    folders: BTreeSet<PathBuf>,
    known: BTreeSet<PathBuf>,
    seen: BTreeMap<PathBuf, SystemTime>,
}

/// Why there is another build.
#[derive(Default)]
struct News {
    /// These files changed.
    changed: BTreeSet<PathBuf>,
    /// Those of them that somebody may still be writing.
    open: BTreeSet<PathBuf>,
    /// Nobody knows which files changed.
    anything: bool,
}

/// Builds until the process is told to end.
pub(super) fn run(
    session: &Session,
    plan: &Plan,
    interrupts: &Interrupts,
    clear: bool,
) -> Result<Outcome, CliError> {
    let options = BuildOptions {
        macros: MacroUse::Refuse("Macros are not called with --watch in this version of Crust"),
        ..plan.options.clone()
    };
    let mut rebuild = match Rebuild::new(options) {
        Ok(rebuild) => rebuild,
        Err(failure) => {
            show_failure(&failure);
            return Ok(Outcome::FAILURE);
        }
    };
    let mut output = Output::new(session, plan, interrupts);
    let mut files = Files::new()?;
    let screen = clear && rustix::termios::isatty(std::io::stdout());
    let mut changed = BTreeSet::new();
    loop {
        let (begun, started) = (file_time(), Instant::now());
        let failed = match rebuild.build(&changed) {
            Ok(build) => {
                files.watch(build.watched.iter().cloned())?;
                // A folder that cannot be written to may be one later.
                if let Err(error) = output.put(&build, started) {
                    error.report(session);
                }
                false
            }
            Err(failure) => {
                show_failure(&failure);
                files.watch(failure.watched.into_iter().chain(failure.missing))?;
                true
            }
        };
        let news = files.next(begun, failed)?;
        if news.anything {
            rebuild.forget();
        }
        changed = news.changed;
        if screen {
            message::print("\x1b[2J\x1b[3J\x1b[H");
        }
    }
}

impl Files {
    fn new() -> Result<Self, CliError> {
        let (sender, events) = channel();
        let watcher = notify::recommended_watcher(move |event| {
            // The receiver lives as long as the watcher.
            let _ = sender.send(event);
        });
        Ok(Self {
            watcher: watcher.map_err(|error| CliError::Watch(error.to_string()))?,
            events,
            folders: BTreeSet::new(),
            known: BTreeSet::new(),
            seen: BTreeMap::new(),
        })
    }

    /// Watches these files too, by their folders. What a failed build did not reach is watched on.
    fn watch(&mut self, files: impl Iterator<Item = PathBuf>) -> Result<(), CliError> {
        let new: BTreeSet<PathBuf> = files.filter(|file| !self.known.contains(file)).collect();
        for folder in new.iter().filter_map(|file| file.parent()) {
            if self.folders.contains(folder) || !folder.is_dir() {
                continue;
            }
            self.watcher
                .watch(folder, RecursiveMode::NonRecursive)
                .map_err(|error| CliError::Watch(error.to_string()))?;
            self.folders.insert(folder.to_owned());
        }
        self.known.extend(new);
        Ok(())
    }

    /// Waits for a reason for another build, and until all has been quiet for a moment.
    fn next(&mut self, begun: SystemTime, failed: bool) -> Result<News, CliError> {
        // What changed after it was read and before it was watched.
        let changed = changed_since(begun, &self.known, &mut self.seen);
        let mut news = News {
            open: changed.clone(),
            changed,
            // The time of a folder is that of the last file that came or went.
            anything: failed && !changed_since(begun, &self.folders, &mut self.seen).is_empty(),
        };
        let ended = |_| CliError::Watch("the watcher ended".to_owned());
        while !news.is_some() {
            let event = self.events.recv().map_err(ended)?;
            self.take(event, failed, &mut news);
        }
        let mut until = Instant::now() + news.settle();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                // What others read or write beside the program does not put the build off.
                Ok(event) => {
                    if self.take(event, failed, &mut news) {
                        until = Instant::now() + news.settle();
                    }
                }
                Err(RecvTimeoutError::Timeout) => return Ok(news),
                Err(RecvTimeoutError::Disconnected) => return Err(ended(RecvError)),
            }
        }
    }

    /// Takes an event in, and says whether it is news. After a failure, what is not one of the files yet counts too, if
    /// it comes or goes: an import may lead there.
    fn take(&self, event: notify::Result<notify::Event>, failed: bool, news: &mut News) -> bool {
        let event = event.ok().filter(|event| !event.need_rescan());
        let Some(event) = event else {
            // Events were lost.
            news.anything = true;
            return true;
        };
        let kind = event.kind;
        let is_closed = kind == EventKind::Access(AccessKind::Close(AccessMode::Write));
        if kind.is_access() && !is_closed {
            return false;
        }
        let mut is_news = false;
        for file in event.paths.iter().filter(|path| self.known.contains(*path)) {
            if is_closed {
                is_news |= news.open.remove(file);
                continue;
            }
            is_news = true;
            news.changed.insert(file.clone());
            if kind.is_create() || matches!(kind, EventKind::Modify(ModifyKind::Data(_))) {
                news.open.insert(file.clone());
            }
        }
        let renames = matches!(kind, EventKind::Modify(ModifyKind::Name(_)));
        if failed && (renames || kind.is_create() || kind.is_remove()) {
            news.anything = true;
            is_news = true;
        }
        is_news
    }
}

impl News {
    /// How long nothing more has to come until this is all.
    fn settle(&self) -> Duration {
        if self.open.is_empty() && !self.anything {
            SETTLE_CLOSED
        } else {
            SETTLE
        }
    }

    fn is_some(&self) -> bool {
        self.anything || !self.changed.is_empty()
    }
}

/// Now, by the clock that files are stamped with: it moves in ticks, behind the precise one.
fn file_time() -> SystemTime {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse);
    let seconds = Duration::from_secs(u64::try_from(now.tv_sec).unwrap_or_default());
    let rest = Duration::from_nanos(u64::try_from(now.tv_nsec).unwrap_or_default());
    SystemTime::UNIX_EPOCH + seconds + rest
}

/// The files that were written since, as far as that is news.
fn changed_since(
    started: SystemTime,
    watched: &BTreeSet<PathBuf>,
    seen: &mut BTreeMap<PathBuf, SystemTime>,
) -> BTreeSet<PathBuf> {
    let mut changed = BTreeSet::new();
    for path in watched {
        let modified = std::fs::metadata(path).and_then(|metadata| metadata.modified());
        if let Ok(modified) = modified
            && modified >= started
            // A time in the future is news once.
            && seen.insert(path.clone(), modified) != Some(modified)
        {
            changed.insert(path.clone());
        }
    }
    changed
}

//! What the daemon looks after while an application runs: memory and processor limits, restart times,
//! changed files, health. Without such an application nothing wakes the daemon.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use notify::{EventKind, RecursiveMode, Watcher as _};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};

use super::cron::Schedule;
use super::driver::{CLOCK, Daemon, Task};
use super::probe;
use crate::clock::{boot_ms, wall_ms};
use crate::config::ecosystem::file_digest;
use crate::config::{AppConfig, WatchConfig};
use crate::poller::Interest;
use crate::procfs::tree_usage;
use crate::store::Sample;
use crate::supervisor::{Goal, Reason, State, matches_glob};

/// Between two looks at the limits.
const LOOK_MS: u64 = 1000;
/// Between two measurements of every process that are kept; with many processes a minute, so that looking at
/// them costs nothing to speak of.
const MEASURE_MS: u64 = 10_000;
const MEASURE_MANY_MS: u64 = 60_000;
/// The first measurement comes early, so that a new application has a point to show.
const FIRST_MEASURE_MS: u64 = 2000;
/// What is many.
const MANY: usize = 200;
/// Looks in a row above a processor limit before it counts: a short burst is no failure.
const CPU_LOOKS: u32 = 3;
/// Quiet time after a change of a file, unless told.
const WATCH_DELAY: u64 = 200;
/// Names that never count as changes of a program.
const IGNORED: [&str; 4] = ["node_modules", ".git", ".crust-pm", "*.log"];
/// News that wait for the daemon; more of the same say nothing new.
const MOST_NEWS: usize = 4096;

/// What another thread found.
pub(super) enum News {
    /// A file of an application changed.
    Changed { app: String, path: PathBuf },
    /// A probe ended; a failure has its reason.
    Probed {
        key: String,
        problem: Option<String>,
    },
}

/// Hands news to the daemon's loop.
#[derive(Clone)]
pub(super) struct Desk {
    news: Arc<Mutex<Vec<News>>>,
    bell: Arc<UnixStream>,
}

impl Desk {
    pub(super) fn put(&self, one: News) {
        let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        if news.len() < MOST_NEWS {
            news.push(one);
        }
        // A full pipe rings already.
        let _ = (&*self.bell).write(&[1]);
    }
}

/// Processor time at the last look, and how often it was too much.
#[derive(Default, Clone, Copy)]
struct Load {
    cpu_ms: u64,
    at: u64,
    above: u32,
}

pub(super) struct Guards {
    pub(super) desk: Desk,
    /// Whether a look at the limits is due.
    looks: bool,
    /// Whether a measurement is due.
    measures: bool,
    loads: HashMap<String, Load>,
    /// The restart times of each application.
    crons: HashMap<String, Schedule>,
    /// Ecosystem files, and when they had changed at the last look.
    files: BTreeMap<PathBuf, Option<SystemTime>>,
    /// When the timer of each is due.
    cron_wakes: HashMap<String, u64>,
    /// Becomes readable when somebody sets the clock.
    clock: Option<OwnedFd>,
    /// Failures in a row, by process.
    probes: HashMap<String, u32>,
    watchers: HashMap<String, (WatchConfig, notify::RecommendedWatcher)>,
    /// Changes that wait for quiet.
    changed: HashMap<String, (u64, PathBuf)>,
}

impl Guards {
    pub(super) fn new() -> io::Result<(Self, UnixStream)> {
        let (ours, theirs) = UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        theirs.set_nonblocking(true)?;
        let desk = Desk {
            news: Arc::default(),
            bell: Arc::new(theirs),
        };
        let guards = Self {
            desk,
            looks: false,
            measures: false,
            loads: HashMap::new(),
            crons: HashMap::new(),
            files: BTreeMap::new(),
            cron_wakes: HashMap::new(),
            clock: None,
            probes: HashMap::new(),
            watchers: HashMap::new(),
            changed: HashMap::new(),
        };
        Ok((guards, ours))
    }
}

impl Daemon {
    /// Begins to look after an instance that is online.
    pub(super) fn guard(&mut self, id: u32) {
        let Some(instance) = self.supervisor.instance(id) else {
            return;
        };
        let (Some(app), Some(process)) = (self.supervisor.app(&instance.app), &instance.current)
        else {
            return;
        };
        let (uuid, config, key) = (
            app.uuid.clone(),
            Arc::clone(&app.config),
            process.key.clone(),
        );
        let now = boot_ms();
        if (config.max_memory.is_some() || config.max_cpu.is_some()) && !self.guards.looks {
            self.guards.looks = true;
            self.schedule(now + LOOK_MS, Task::Limits);
        }
        if !self.guards.measures {
            self.guards.measures = true;
            self.schedule(now + FIRST_MEASURE_MS, Task::Measure);
        }
        if config.cron.is_some() && !self.guards.crons.contains_key(&uuid) {
            self.schedule_cron(&uuid, &config);
        }
        if let Some(health) = &config.health
            && !self.guards.probes.contains_key(&key)
        {
            self.guards.probes.insert(key.clone(), 0);
            self.schedule(now + health.interval, Task::Probe(key));
        }
        if config.watch.is_some() {
            self.watch_files(&uuid, &config);
        }
    }

    /// Reads what other threads found.
    pub(super) fn read_news(&mut self, mut bell: &UnixStream) {
        while bell.read(&mut [0; 256]).is_ok_and(|length| length > 0) {}
        let news = {
            let mut news = self
                .guards
                .desk
                .news
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *news)
        };
        for one in news {
            match one {
                News::Changed { app, path } => self.file_changed(app, path),
                News::Probed { key, problem } => self.probed(&key, problem),
            }
        }
    }

    /// Ends the processes that use more than they may.
    pub(super) fn hold_limits(&mut self) {
        self.guards.looks = false;
        let now = boot_ms();
        let mut limited = Vec::new();
        for (instance, app) in self.supervisor.instances() {
            let config = &app.config;
            let process = instance
                .current
                .as_ref()
                .filter(|_| instance.state == State::Online);
            if (config.max_memory.is_some() || config.max_cpu.is_some())
                && let Some(process) = process
                && let Some(pid) = process.pid
            {
                limited.push((process.key.clone(), pid, Arc::clone(config)));
            }
        }
        if limited.is_empty() {
            self.guards.loads.clear();
            return;
        }
        let mut loads = HashMap::with_capacity(limited.len());
        let mut buffer = Vec::new();
        for (key, pid, config) in limited {
            let Some(usage) = tree_usage(pid, &mut buffer) else {
                continue;
            };
            let before = self.guards.loads.get(&key).copied();
            // What the kernel holds needs no looking.
            let most_cpu = config.max_cpu.filter(|_| !self.cgroups.has(&key));
            let (load, per_cent) = next_load(before, usage.cpu_ms, now, most_cpu);
            let reason = match (config.max_memory, config.max_cpu) {
                (Some(most), _) if usage.memory > most => Some(Reason::MemoryLimit(format!(
                    "{} bytes, {most} are allowed",
                    usage.memory
                ))),
                (_, Some(most)) if most_cpu.is_some() && load.above >= CPU_LOOKS => Some(
                    Reason::CpuLimit(format!("{per_cent} % of a processor, {most} % are allowed")),
                ),
                _ => None,
            };
            match reason {
                Some(reason) => self.supervisor.break_limit(&key, reason, now),
                None => drop(loads.insert(key, load)),
            }
        }
        self.guards.loads = loads;
        self.guards.looks = true;
        self.schedule(now + LOOK_MS, Task::Limits);
    }

    /// Keeps a measurement of every process, and comes again while there is one.
    pub(super) fn measure(&mut self) {
        self.guards.measures = false;
        self.settle_soon();
        self.forget_vitals();
        self.look_at_files();
        let mut samples = Vec::new();
        let mut count = 0;
        self.look();
        for (instance, _) in self.supervisor.instances() {
            let Some(process) = instance
                .current
                .as_ref()
                .filter(|process| process.pid.is_some())
            else {
                continue;
            };
            count += 1;
            let measured = self.sampler.of(process.pid);
            let vital = self.vitals.of(&process.key);
            samples.push(Sample {
                instance: instance.uuid.clone(),
                at: wall_ms(),
                cpu: measured.cpu,
                memory: measured.memory,
                restarts: instance.restarts,
                lag: vital.map(|vital| vital.lag_max),
                requests: vital.map(|vital| vital.rate),
            });
        }
        if samples.is_empty() {
            return;
        }
        self.store.measure(samples);
        let pause = if count > MANY {
            MEASURE_MANY_MS
        } else {
            MEASURE_MS
        };
        self.guards.measures = true;
        self.schedule(boot_ms() + pause, Task::Measure);
    }

    /// Ecosystem files that have changed are said once; nothing is done about them.
    fn look_at_files(&mut self) {
        let files: BTreeMap<PathBuf, Option<String>> = self
            .supervisor
            .apps()
            .filter_map(|app| {
                let config = &app.config;
                Some((
                    config.config_file.clone()?,
                    config.config_file_sha256.clone(),
                ))
            })
            .collect();
        let mut seen = BTreeMap::new();
        for (file, applied) in files {
            let changed = file.metadata().and_then(|about| about.modified()).ok();
            let before = self.guards.files.get(&file);
            if applied.is_some()
                && before.is_some_and(|before| *before != changed)
                && file_digest(&file) != applied
            {
                let text = format!("{}: `diff` says what, `apply` follows", file.display());
                self.events.note("config-changed", &text);
            }
            seen.insert(file, changed);
        }
        self.guards.files = seen;
    }

    fn schedule_cron(&mut self, uuid: &str, config: &AppConfig) {
        let pattern = config.cron.as_deref().unwrap_or_default();
        let known = self.guards.crons.get(uuid);
        if !known.is_some_and(|schedule| schedule.is_of(pattern)) {
            let Some(schedule) = Schedule::new(pattern, &chrono::Local::now()) else {
                self.guards.crons.remove(uuid);
                self.guards.cron_wakes.remove(uuid);
                return;
            };
            self.guards.crons.insert(uuid.to_owned(), schedule);
        }
        let now = i64::try_from(wall_ms()).unwrap_or(i64::MAX);
        let left = self
            .guards
            .crons
            .get(uuid)
            .and_then(|schedule| schedule.left(now));
        if let Some(left) = left {
            // Where a set clock is not announced, it is noticed within the hour.
            let at = boot_ms() + left.clamp(1, 3_600_000);
            self.guards.cron_wakes.insert(uuid.to_owned(), at);
            self.schedule(at, Task::Cron(uuid.to_owned()));
        }
        if self.guards.clock.is_none() {
            self.watch_clock();
        }
    }

    /// Has the kernel say when somebody sets the clock.
    fn watch_clock(&mut self) {
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let Ok(clock) = timerfd_create(TimerfdClockId::Realtime, flags) else {
            return;
        };
        if arm(&clock) && self.poller.add(&clock, CLOCK, Interest::Read).is_ok() {
            self.guards.clock = Some(clock);
        }
    }

    /// Somebody has set the clock: every restart time is looked at again.
    pub(super) fn clock_was_set(&mut self) {
        let Some(clock) = &self.guards.clock else {
            return;
        };
        // The read says that the timer was cancelled; it is armed anew.
        let _ = rustix::io::read(clock, &mut [0_u8; 8]);
        if !arm(clock) {
            self.poller.remove(clock);
            self.guards.clock = None;
        }
        self.events.note("clock-set", "");
        let apps: Vec<String> = self.guards.crons.keys().cloned().collect();
        for app in apps {
            self.cron_due(&app);
        }
    }

    /// A timer of a restart time is over; one that was replaced since says nothing.
    pub(super) fn cron_woken(&mut self, uuid: &str) {
        let wake = self.guards.cron_wakes.get(uuid);
        if wake.is_none_or(|at| *at <= boot_ms()) {
            self.cron_due(uuid);
        }
    }

    /// A restart time may have come.
    pub(super) fn cron_due(&mut self, uuid: &str) {
        let Some(app) = self.supervisor.app(uuid) else {
            self.guards.crons.remove(uuid);
            self.guards.cron_wakes.remove(uuid);
            return;
        };
        let (config, ids) = (Arc::clone(&app.config), app.instances.clone());
        if config.cron.is_none() {
            self.guards.crons.remove(uuid);
            self.guards.cron_wakes.remove(uuid);
            return;
        }
        let schedule = self.guards.crons.get_mut(uuid);
        let is_time = schedule.is_some_and(|schedule| schedule.look(&chrono::Local::now()));
        if is_time {
            for id in ids {
                let wanted = self
                    .supervisor
                    .instance(id)
                    .is_some_and(|instance| instance.goal == Goal::Up);
                if wanted {
                    self.supervisor.restart(id, Reason::Cron, boot_ms());
                }
            }
        }
        self.schedule_cron(uuid, &config);
    }

    /// Starts a probe of a process.
    pub(super) fn probe(&mut self, key: &str) {
        let config = self
            .supervisor
            .instance_of(key)
            .and_then(|instance| Some(Arc::clone(&self.supervisor.app(&instance.app)?.config)));
        let Some((health, config)) =
            config.and_then(|config| Some((config.health.clone()?, config)))
        else {
            self.guards.probes.remove(key);
            return;
        };
        if let Err(error) = probe::start(key, &health, &config.cwd, self.guards.desk.clone()) {
            self.events.note("probe-failed", &error.to_string());
            self.schedule(boot_ms() + health.interval, Task::Probe(key.to_owned()));
        }
    }

    fn probed(&mut self, key: &str, problem: Option<String>) {
        let found = self.supervisor.instance_of(key).and_then(|instance| {
            let process = instance.process(key)?;
            let health = self.supervisor.app(&instance.app)?.config.health.clone()?;
            Some((health, process.started))
        });
        let Some((health, started)) = found else {
            self.guards.probes.remove(key);
            return;
        };
        let now = boot_ms();
        let failures = self.guards.probes.entry(key.to_owned()).or_default();
        match problem {
            None => *failures = 0,
            Some(_) if now.saturating_sub(started) < health.start => {}
            Some(problem) => {
                *failures += 1;
                if *failures >= health.retries {
                    self.guards.probes.remove(key);
                    return self
                        .supervisor
                        .break_limit(key, Reason::Unhealthy(problem), now);
                }
            }
        }
        self.schedule(now + health.interval, Task::Probe(key.to_owned()));
    }

    fn watch_files(&mut self, uuid: &str, config: &AppConfig) {
        let Some(watch) = &config.watch else { return };
        if self
            .guards
            .watchers
            .get(uuid)
            .is_some_and(|(known, _)| known == watch)
        {
            return;
        }
        let paths = if watch.paths.is_empty() {
            vec![config.cwd.clone()]
        } else {
            watch.paths.clone()
        };
        let (desk, app) = (self.guards.desk.clone(), uuid.to_owned());
        let (ignore, bases, home) = (
            watch.ignore.clone(),
            paths.clone(),
            self.home.path().to_owned(),
        );
        let report = move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else { return };
            if matches!(event.kind, EventKind::Access(_) | EventKind::Other) {
                return;
            }
            let counts =
                |path: &&PathBuf| !path.starts_with(&home) && !is_ignored(path, &bases, &ignore);
            if let Some(path) = event.paths.iter().find(counts) {
                desk.put(News::Changed {
                    app: app.clone(),
                    path: path.clone(),
                });
            }
        };
        let made = notify::recommended_watcher(report).and_then(|mut watcher| {
            for path in &paths {
                watcher.watch(path, RecursiveMode::Recursive)?;
            }
            Ok(watcher)
        });
        match made {
            Ok(watcher) => drop(
                self.guards
                    .watchers
                    .insert(uuid.to_owned(), (watch.clone(), watcher)),
            ),
            Err(error) => self
                .events
                .note("watch-failed", &format!("{}: {error}", config.name)),
        }
    }

    fn file_changed(&mut self, app: String, path: PathBuf) {
        let Some(delay) = self
            .supervisor
            .app(&app)
            .and_then(|app| Some(app.config.watch.as_ref()?.delay))
        else {
            self.guards.watchers.remove(&app);
            return;
        };
        let due = boot_ms() + if delay == 0 { WATCH_DELAY } else { delay };
        let waits = self
            .guards
            .changed
            .insert(app.clone(), (due, path))
            .is_some();
        if !waits {
            self.schedule(due, Task::Watched(app));
        }
    }

    /// Restarts an application once its files are quiet.
    pub(super) fn restart_changed(&mut self, uuid: &str) {
        let now = boot_ms();
        let Some((due, path)) = self.guards.changed.get(uuid).cloned() else {
            return;
        };
        if due > now {
            return self.schedule(due, Task::Watched(uuid.to_owned()));
        }
        self.guards.changed.remove(uuid);
        let ids = self
            .supervisor
            .app(uuid)
            .map(|app| app.instances.clone())
            .unwrap_or_default();
        for id in ids {
            let wanted = self
                .supervisor
                .instance(id)
                .is_some_and(|instance| instance.goal == Goal::Up);
            if wanted {
                self.supervisor
                    .restart(id, Reason::Watch(path.display().to_string()), now);
            }
        }
    }
}

/// Arms a timer that is never due and is cancelled when the clock is set.
fn arm(clock: &OwnedFd) -> bool {
    let never = Timespec {
        tv_sec: 1 << 40,
        tv_nsec: 0,
    };
    let zero = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let times = Itimerspec {
        it_interval: zero,
        it_value: never,
    };
    let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
    timerfd_settime(clock, flags, &times).is_ok()
}

/// The load after a look, and its per cent of one processor.
fn next_load(before: Option<Load>, cpu_ms: u64, now: u64, most: Option<u32>) -> (Load, u64) {
    let Some(before) = before else {
        return (
            Load {
                cpu_ms,
                at: now,
                above: 0,
            },
            0,
        );
    };
    let elapsed = now.saturating_sub(before.at).max(1);
    let per_cent = cpu_ms.saturating_sub(before.cpu_ms) * 100 / elapsed;
    let above = most.is_some_and(|most| per_cent > u64::from(most));
    (
        Load {
            cpu_ms,
            at: now,
            above: if above { before.above + 1 } else { 0 },
        },
        per_cent,
    )
}

/// Whether a part of the path below the watched folders has an ignored name, or all of it matches.
fn is_ignored(path: &Path, bases: &[PathBuf], ignore: &[String]) -> bool {
    let relative = bases
        .iter()
        .find_map(|base| path.strip_prefix(base).ok())
        .unwrap_or(path);
    let patterns = || {
        IGNORED.into_iter().chain(
            ignore
                .iter()
                .map(|text| text.trim_start_matches("./").trim_end_matches('/')),
        )
    };
    let whole = relative.to_string_lossy();
    patterns().any(|pattern| {
        matches_glob(pattern, &whole)
            || relative
                .iter()
                .any(|part| matches_glob(pattern, &part.to_string_lossy()))
            || whole
                .strip_prefix(pattern)
                .is_some_and(|rest| rest.starts_with('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_count_as_a_change() {
        let bases = [PathBuf::from("/app")];
        let ignore = [
            "tmp".to_owned(),
            "./data/cache/".to_owned(),
            "*.tmp".to_owned(),
        ];
        let ignored = |path: &str| is_ignored(Path::new(path), &bases, &ignore);
        assert!(
            ignored("/app/node_modules/a/b.js") && ignored("/app/x.log") && ignored("/app/a/tmp/b")
        );
        assert!(ignored("/app/data/cache/x") && ignored("/app/b.tmp"));
        assert!(!ignored("/app/data/x") && !ignored("/app/index.ts"));
    }

    #[test]
    fn a_processor_limit_needs_several_looks() {
        let (first, _) = next_load(None, 0, 1000, Some(50));
        let (second, per_cent) = next_load(Some(first), 900, 2000, Some(50));
        assert_eq!((second.above, per_cent), (1, 90));
        assert_eq!(next_load(Some(second), 1000, 3000, Some(50)).0.above, 0);
    }
}

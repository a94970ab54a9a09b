//! The daemon in the foreground, as the first process of a container: its applications are given, their output
//! is its own, signals are forwarded, strangers' children are reaped, and it ends with the last application.

use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use signal_hook::consts::SIGCHLD;

use super::driver::{Daemon, Ending};
use super::effects::to_pid;
use super::signals::{Signals, is_ending};
use crate::clock::boot_ms;
use crate::config::AppConfig;
use crate::error::ProcmanError;
use crate::holder::link;
use crate::supervisor::{Environment, Goal, State};

/// How long the holder may sweep.
const HOLDER_PATIENCE: u64 = 2000;

/// What runs in the foreground.
pub struct Foreground {
    /// The applications.
    pub apps: Vec<AppConfig>,
    /// What they inherit.
    pub environment: Environment,
    /// Is told everything that happens, as the stream of events has it.
    pub on_event: Box<dyn FnMut(&Value)>,
}

impl fmt::Debug for Foreground {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Foreground")
            .field("apps", &self.apps.len())
            .finish_non_exhaustive()
    }
}

impl Daemon {
    /// The first act: the applications of the state, or those of the foreground.
    pub(super) fn begin(&mut self) -> Result<(), ProcmanError> {
        let Some(foreground) = &mut self.foreground else {
            self.adopt();
            return Ok(());
        };
        let apps = std::mem::take(&mut foreground.apps);
        let environment = std::mem::take(&mut foreground.environment);
        if link::connect(&self.home).is_some() {
            return Err(ProcmanError::NotRunnable(format!(
                "applications of another run are under {}: end them with `kill`, or set CRUST_PM_HOME",
                self.home.path().display()
            )));
        }
        let environment = Arc::new(environment);
        for mut config in apps {
            config
                .log
                .out
                .get_or_insert_with(|| PathBuf::from("/dev/stdout"));
            config
                .log
                .err
                .get_or_insert_with(|| PathBuf::from("/dev/stderr"));
            super::actions::check(&config)
                .and_then(|()| {
                    self.supervisor
                        .add(config, Arc::clone(&environment), boot_ms())
                })
                .map_err(|refusal| ProcmanError::Refused {
                    code: refusal.code.to_owned(),
                    message: refusal.message,
                })?;
        }
        Ok(())
    }

    /// Whether every application in the foreground has ended for good.
    pub(super) fn has_nothing_left(&self) -> bool {
        self.foreground.is_some()
            && self.supervisor.instances().all(|(instance, _)| {
                let over = match instance.state {
                    State::Errored => true,
                    State::Stopped => instance.goal != Goal::Up,
                    _ => false,
                };
                over && !instance.has_process()
            })
    }

    /// 0 when all ended well or were asked to end; else the code of the first that did not.
    pub(super) fn exit_code(&self) -> i32 {
        let code = |(instance, _): (&crate::supervisor::Instance, _)| {
            let end = instance.last_end.as_ref();
            let by_itself = end.filter(|end| end.reason == crate::supervisor::Reason::Exit);
            let code = by_itself
                .and_then(|end| end.code.or_else(|| Some(128 + end.signal?)))
                .filter(|code| *code != 0);
            code.or_else(|| (instance.state == State::Errored).then_some(1))
        };
        self.supervisor.instances().find_map(code).unwrap_or(0)
    }

    /// The holder sweeps before it ends; who started us takes our end for that of everything.
    pub(super) fn see_holder_off(&mut self) {
        let Some(link) = &mut self.link else { return };
        let deadline = boot_ms() + HOLDER_PATIENCE;
        while boot_ms() < deadline && link.frames.fill().unwrap_or(false) {
            // What it says is of no interest any more.
            let _ = link.frames.take::<Value>();
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }

    /// Signals have arrived.
    pub(super) fn signalled(&mut self, signals: &mut Signals) {
        for number in signals.take() {
            if number == SIGCHLD {
                self.reap();
            } else if is_ending(number) {
                self.asked_to_end();
            } else {
                self.forward(number);
            }
        }
    }

    /// The applications are stopped and come back with the next daemon. Asked twice, they are killed.
    fn asked_to_end(&mut self) {
        if self.ending == Ending::No {
            self.store.flush();
            self.shut_down(false);
            return;
        }
        if self.foreground.is_some() {
            self.supervisor.kill_all(boot_ms());
        }
    }

    fn forward(&mut self, number: i32) {
        let ids: Vec<u32> = self
            .supervisor
            .instances()
            .map(|(instance, _)| instance.id)
            .collect();
        for id in ids {
            self.supervisor.signal(id, &number.to_string());
        }
    }

    /// Takes the ends of children that nobody waits for: orphans of the whole container, if this is its first
    /// process, and of a holder that ended. Those that are watched by descriptor are left; so are children of
    /// other threads, which wait for them.
    fn reap(&mut self) {
        let own = std::process::id();
        let list = std::fs::read_to_string(format!("/proc/self/task/{own}/children"));
        let watched: HashSet<u32> = self
            .foreign
            .values()
            .filter_map(|(key, _)| self.supervisor.instance_of(key)?.process(key)?.pid)
            .collect();
        let children = list.unwrap_or_default();
        let pids = children
            .split_ascii_whitespace()
            .filter_map(|pid| pid.parse::<u32>().ok())
            .filter(|pid| !watched.contains(pid));
        for pid in pids.filter_map(to_pid) {
            let _ = rustix::process::waitpid(Some(pid), rustix::process::WaitOptions::NOHANG);
        }
    }
}

//! What happens to processes by itself: they start, get ready, end, and are started again.

use super::backoff::{self, Next};
use super::instance::{Ended, Goal, Process, Reason, State};
use super::{Effect, Supervisor};
use crate::clock::wall_ms;

/// Between two looks at a group that outlives its main process.
const LINGER_POLL: u64 = 15;
/// A process that says nothing about being ready counts as ready after this time in a reload.
const SILENT_READY: u64 = 1000;

impl Supervisor {
    /// Starts a process of an instance, or waits for what it depends on.
    pub(super) fn begin(&mut self, id: u32, now: u64) {
        if let Some(missing) = self.missing_dependency(id) {
            if let Some(instance) = self.instances.get_mut(&id) {
                instance.state = State::Launching;
                instance.restart_at = None;
                instance.reason = Some(Reason::Dependency(missing));
            }
            self.persist(id);
            return;
        }
        let process = new_process(now);
        let key = process.key.clone();
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        instance.state = State::Launching;
        instance.restart_at = None;
        instance.reason = None;
        instance.current = Some(process);
        self.by_key.insert(key.clone(), id);
        self.effect(Effect::Spawn { instance: id, key });
        self.persist(id);
    }

    fn missing_dependency(&self, id: u32) -> Option<String> {
        let config = self.config_of(id)?;
        config
            .depends_on
            .iter()
            .find(|name| {
                let app = self.app_named(name);
                !app.is_some_and(|app| {
                    app.instances.iter().any(|id| {
                        self.instances
                            .get(id)
                            .is_some_and(|instance| instance.state == State::Online)
                    })
                })
            })
            .cloned()
    }

    /// Whether an instance waits for an application that is not there, or that nobody wants up: it begins when
    /// somebody does, and nobody should wait for that.
    #[must_use]
    pub fn waits_in_vain(&self, id: u32) -> bool {
        let Some(instance) = self.instances.get(&id).filter(|one| !one.has_process()) else {
            return false;
        };
        let Some(Reason::Dependency(name)) = &instance.reason else {
            return false;
        };
        let may_come = |id: &u32| {
            self.instances
                .get(id)
                .is_some_and(|other| other.goal == Goal::Up && other.state != State::Errored)
        };
        let app = self.app_named(name);
        instance.state == State::Launching
            && !app.is_some_and(|app| app.instances.iter().any(may_come))
    }

    /// A process was started.
    pub fn spawned(&mut self, key: &str, pid: u32, now: u64) {
        let Some(id) = self.by_key.get(key).copied() else {
            return;
        };
        let Some(config) = self.config_of(id) else {
            return;
        };
        let must_listen = self.must_listen(id);
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        let is_next = instance.next.as_ref().is_some_and(|next| next.key == key);
        let Some(process) = instance.process_mut(key) else {
            return;
        };
        process.pid = Some(pid);
        process.started = now;
        if process.stopping.is_some() {
            // It was stopped before it had a process id.
            self.signal_stop(id, key);
            return;
        }
        if is_next {
            let wait = if config.wait_ready || must_listen {
                config.listen_timeout
            } else {
                SILENT_READY
            };
            instance.ready_at = Some(now + wait);
            self.effect(Effect::Wake {
                instance: id,
                at: now + wait,
            });
        } else if config.wait_ready {
            instance.ready_at = Some(now + config.listen_timeout);
            self.effect(Effect::Wake {
                instance: id,
                at: now + config.listen_timeout,
            });
        } else {
            self.online(id, now);
        }
    }

    /// A process could not be started.
    pub fn spawn_failed(&mut self, key: &str, error: &str, is_permanent: bool, now: u64) {
        let Some(id) = self.by_key.remove(key) else {
            return;
        };
        let reason = Reason::SpawnFailed(error.to_owned());
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        if instance.next.as_ref().is_some_and(|next| next.key == key) {
            instance.next = None;
            self.give_up_reload(
                id,
                &format!("the new process could not be started: {error}"),
            );
            return self.settle(id, now);
        }
        if let Some(at) = instance.old.iter().position(|old| old.key == key) {
            // It was not wanted any more anyway.
            instance.old.remove(at);
            return self.settle(id, now);
        }
        instance.current = None;
        instance.last_end = Some(Ended {
            code: None,
            signal: None,
            uptime: 0,
            at: wall_ms(),
            reason: reason.clone(),
        });
        if is_permanent && instance.goal == Goal::Up {
            instance.state = State::Errored;
            instance.reason = Some(reason);
            self.event("errored", id, error);
            self.persist(id);
            return;
        }
        self.after_end(id, 0, &reason, now);
    }

    /// A process said it is ready.
    pub fn ready(&mut self, key: &str, now: u64) {
        let Some(id) = self.by_key.get(key).copied() else {
            return;
        };
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        if let Some(process) = instance.process_mut(key) {
            process.ready = true;
        }
        if instance.next.as_ref().is_some_and(|next| next.key == key) {
            self.promote(id, now);
        } else if instance.state == State::Launching
            && instance
                .current
                .as_ref()
                .is_some_and(|current| current.key == key)
        {
            self.online(id, now);
        }
    }

    /// A process listens at a socket of the holder.
    pub fn listening(&mut self, key: &str, now: u64) {
        let Some(id) = self.by_key.get(key).copied() else {
            return;
        };
        let waits = self.config_of(id).is_some_and(|config| config.wait_ready);
        if let Some(process) = self
            .instances
            .get_mut(&id)
            .and_then(|instance| instance.process_mut(key))
        {
            process.listening = true;
        }
        if !waits {
            self.ready(key, now);
        }
    }

    fn online(&mut self, id: u32, now: u64) {
        if let Some(instance) = self.instances.get_mut(&id) {
            instance.state = State::Online;
            instance.ready_at = None;
            instance.reason = None;
        }
        self.event("online", id, "");
        self.persist(id);
        let waiting: Vec<u32> = self
            .instances
            .values()
            .filter(|other| {
                other.goal == Goal::Up && matches!(other.reason, Some(Reason::Dependency(_)))
            })
            .map(|other| other.id)
            .collect();
        for other in waiting {
            self.begin(other, now);
        }
    }

    /// A process has ended.
    pub fn exited(
        &mut self,
        key: &str,
        code: Option<i32>,
        signal: Option<i32>,
        group_alive: bool,
        now: u64,
    ) {
        let Some(id) = self.by_key.get(key).copied() else {
            self.effect(Effect::Forget {
                key: key.to_owned(),
            });
            return;
        };
        let Some(config) = self.config_of(id) else {
            return;
        };
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        let Some(process) = instance.process_mut(key) else {
            return;
        };
        let pid = process.pid.unwrap_or(0);
        let in_time = process.kill_at.is_some_and(|at| at > now);
        let is_current = instance
            .current
            .as_ref()
            .is_some_and(|current| current.key == key);
        if is_current {
            let process = instance.current.as_ref();
            let reason = process
                .and_then(|process| process.stopping.clone())
                .unwrap_or(Reason::Exit);
            let uptime = now.saturating_sub(process.map_or(now, |process| process.started));
            instance.last_end = Some(Ended {
                code,
                signal,
                uptime,
                at: wall_ms(),
                reason,
            });
            self.event("exit", id, describe_end(code, signal));
        }
        let process = self
            .instances
            .get_mut(&id)
            .and_then(|instance| instance.process_mut(key));
        if let Some(process) = process
            && group_alive
            && in_time
            && config.treekill
        {
            // The rest of the group got the signal too and may finish.
            process.lingers = true;
            self.effect(Effect::CheckGroup {
                key: key.to_owned(),
                pid,
            });
            self.effect(Effect::Wake {
                instance: id,
                at: now + LINGER_POLL,
            });
            return;
        }
        self.ended(id, key, now);
    }

    /// Gives the coming end of a process a reason, unless it has one.
    pub fn blame(&mut self, key: &str, reason: Reason) {
        let instance = self
            .by_key
            .get(key)
            .and_then(|id| self.instances.get_mut(id));
        if let Some(process) = instance.and_then(|instance| instance.process_mut(key)) {
            process.stopping.get_or_insert(reason);
        }
    }

    /// The group of a process that has ended is gone too.
    pub fn group_gone(&mut self, key: &str, now: u64) {
        if let Some(id) = self.by_key.get(key).copied() {
            let lingers = self
                .instances
                .get(&id)
                .and_then(|instance| instance.process(key));
            if lingers.is_some_and(|process| process.lingers) {
                self.ended(id, key, now);
            }
        }
    }

    /// A process and all it was waited for is over.
    fn ended(&mut self, id: u32, key: &str, now: u64) {
        self.by_key.remove(key);
        self.effect(Effect::Sweep {
            key: key.to_owned(),
        });
        self.effect(Effect::Forget {
            key: key.to_owned(),
        });
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        if let Some(at) = instance.old.iter().position(|old| old.key == key) {
            instance.old.remove(at);
            self.settle(id, now);
            return;
        }
        if instance.next.as_ref().is_some_and(|next| next.key == key) {
            // One that was ended because it was not ready has its reason already.
            let by_itself = instance
                .next
                .take()
                .is_some_and(|next| next.stopping.is_none());
            if by_itself {
                self.give_up_reload(id, "the new process ended before it was ready");
            }
            self.settle(id, now);
            return;
        }
        let Some(process) = instance.current.take() else {
            return;
        };
        let reason = process.stopping.unwrap_or(Reason::Exit);
        let uptime = instance.last_end.as_ref().map_or(0, |end| end.uptime);
        if let Some(next) = instance.next.take() {
            // The old process died while its replacement was getting ready.
            let ready = next.ready;
            let key = next.key.clone();
            instance.current = Some(next);
            instance.state = State::Launching;
            if ready || instance.ready_at.is_none() {
                self.ready(&key, now);
            }
            self.go_on_reloading(id, now);
            return;
        }
        self.after_end(id, uptime, &reason, now);
    }

    fn after_end(&mut self, id: u32, uptime: u64, reason: &Reason, now: u64) {
        let jitter = self.jitter.unwrap_or_else(|| crate::random::below(1 << 32));
        let frozen = self.frozen;
        let Some(config) = self.config_of(id) else {
            return;
        };
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        if instance.goal != Goal::Up {
            return self.settle(id, now);
        }
        if frozen {
            instance.state = State::Stopped;
            return self.settle(id, now);
        }
        if matches!(reason, Reason::Command | Reason::Cron | Reason::Watch(_)) {
            self.count_restart(id);
            return self.begin(id, now);
        }
        let end = instance.last_end.as_ref();
        let stays_down = end
            .and_then(|end| end.code)
            .is_some_and(|code| config.stop_exit_codes.contains(&code));
        if *reason == Reason::Exit && (!config.autorestart || stays_down) {
            instance.state = State::Stopped;
            instance.goal = Goal::Down;
            instance.reason = Some(Reason::Exit);
            self.event("stop", id, "ended for good");
            return self.settle(id, now);
        }
        match backoff::after_end(instance, &config, uptime, jitter) {
            Next::GiveUp => {
                instance.state = State::Errored;
                instance.reason = Some(Reason::CrashLoop);
                let detail = format!(
                    "{} ends within {} ms in a row",
                    instance.unstable, config.min_uptime
                );
                self.event("errored", id, detail);
                self.persist(id);
                self.release_if_down(id);
            }
            Next::After(0) => {
                self.count_restart(id);
                self.begin(id, now);
            }
            Next::After(delay) => {
                instance.state = State::Backoff;
                instance.restart_at = Some(now + delay);
                instance.reason = Some(reason.clone());
                self.effect(Effect::Wake {
                    instance: id,
                    at: now + delay,
                });
                self.event("backoff", id, format!("restart in {delay} ms"));
                self.persist(id);
            }
        }
    }

    pub(super) fn count_restart(&mut self, id: u32) {
        if let Some(instance) = self.instances.get_mut(&id) {
            instance.restarts = instance.restarts.saturating_add(1);
            self.event("restart", id, "");
        }
    }

    /// What was asked for by [`Effect::Wake`]: everything that is due.
    pub fn wake(&mut self, id: u32, now: u64) {
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        let due = |at: Option<u64>| at.is_some_and(|at| at <= now);
        if due(instance.restart_at) {
            instance.restart_at = None;
            if instance.goal == Goal::Up && instance.current.is_none() && !self.frozen {
                self.count_restart(id);
                self.begin(id, now);
            }
            return;
        }
        if due(instance.ready_at) {
            instance.ready_at = None;
            self.ready_timeout(id, now);
        }
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        let mut over = Vec::new();
        let mut effects = Vec::new();
        let processes = instance
            .current
            .iter_mut()
            .chain(&mut instance.next)
            .chain(&mut instance.old);
        for process in processes {
            let key = process.key.clone();
            match (process.lingers, due(process.kill_at)) {
                (true, true) => over.push(key),
                (true, false) => {
                    let pid = process.pid.unwrap_or(0);
                    effects.push(Effect::CheckGroup { key, pid });
                    effects.push(Effect::Wake {
                        instance: id,
                        at: now + LINGER_POLL,
                    });
                }
                (false, true) => {
                    process.kill_at = None;
                    let signal = "SIGKILL".to_owned();
                    effects.push(Effect::Signal {
                        key,
                        signal,
                        group: true,
                    });
                }
                (false, false) => {}
            }
        }
        self.effects.extend(effects);
        for key in over {
            self.ended(id, &key, now);
        }
    }

    /// The instance has reached what was wanted, if nothing of it runs.
    pub(super) fn settle(&mut self, id: u32, now: u64) {
        let frozen = self.frozen;
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        if instance.has_process() {
            return;
        }
        match instance.goal {
            // It was wanted again while its last process was on the way out.
            Goal::Up if instance.state == State::Stopping && !frozen => {
                return self.begin(id, now);
            }
            Goal::Up => {}
            Goal::Down => {
                if instance.state == State::Stopping || instance.state == State::Backoff {
                    instance.state = State::Stopped;
                    self.event("stop", id, "");
                }
                if let Some(instance) = self.instances.get_mut(&id)
                    && instance.state != State::Errored
                {
                    instance.state = State::Stopped;
                }
            }
            Goal::Gone => return self.remove(id),
        }
        self.persist(id);
        self.release_if_down(id);
    }

    fn remove(&mut self, id: u32) {
        self.event("delete", id, "");
        let Some(instance) = self.instances.remove(&id) else {
            return;
        };
        let Some(app) = self.apps.get_mut(&instance.app) else {
            return;
        };
        app.instances.retain(|other| *other != id);
        if app.instances.is_empty() {
            let name = app.config.name.clone();
            self.apps.remove(&instance.app);
            if self.names.get(&name) == Some(&instance.app) {
                self.names.remove(&name);
            }
            self.effect(Effect::Release {
                app: instance.app.clone(),
            });
            self.effect(Effect::Erase { app: instance.app });
        } else {
            self.effect(Effect::Persist { app: instance.app });
        }
    }

    /// A stopped application gives its ports back.
    fn release_if_down(&mut self, id: u32) {
        let Some(app) = self
            .instances
            .get(&id)
            .and_then(|instance| self.apps.get(&instance.app))
        else {
            return;
        };
        let down = app.instances.iter().all(|id| {
            self.instances.get(id).is_none_or(|other| {
                !other.has_process() && matches!(other.state, State::Stopped | State::Errored)
            })
        });
        if down {
            let app = app.uuid.clone();
            self.effect(Effect::Release { app });
        }
    }

    pub(super) fn persist(&mut self, id: u32) {
        let Some(instance) = self.instances.get(&id) else {
            return;
        };
        let app = instance.app.clone();
        if let Some(key) = instance.current.as_ref().map(|process| process.key.clone()) {
            self.effect(Effect::Note { instance: id, key });
        }
        self.effect(Effect::Persist { app });
    }

    fn ready_timeout(&mut self, id: u32, now: u64) {
        let Some(config) = self.config_of(id) else {
            return;
        };
        let Some(instance) = self.instances.get(&id) else {
            return;
        };
        let next = instance.next.as_ref().map(|next| next.key.clone());
        match next {
            Some(_) if !config.wait_ready && !self.must_listen(id) => self.promote(id, now),
            Some(key) => {
                let problem = format!(
                    "the new process was not ready within {} ms",
                    config.listen_timeout
                );
                self.give_up_reload(id, &problem);
                self.stop_process(id, &key, Reason::NotReady, config.kill_timeout, now);
            }
            None if instance.state == State::Launching => {
                self.event(
                    "not-ready",
                    id,
                    format!("no message within {} ms", config.listen_timeout),
                );
                self.online(id, now);
            }
            None => {}
        }
    }

    /// The process to be replaced listens at a socket of the holder, so the new one is ready only when
    /// it does.
    fn must_listen(&self, id: u32) -> bool {
        let current = self
            .instances
            .get(&id)
            .and_then(|instance| instance.current.as_ref());
        current.is_some_and(|current| current.listening)
    }
}

pub(super) fn new_process(now: u64) -> Process {
    Process {
        key: crate::random::uuid(),
        pid: None,
        started: now,
        ready: false,
        listening: false,
        stopping: None,
        kill_at: None,
        lingers: false,
    }
}

/// `exit code 1`, `signal SIGKILL`.
pub(crate) fn describe_end(code: Option<i32>, signal: Option<i32>) -> String {
    match (code, signal) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => {
            let name = signal_hook::low_level::signal_name(signal);
            name.map_or_else(
                || format!("signal {signal}"),
                |name| format!("signal {name}"),
            )
        }
        (None, None) => "unknown".to_owned(),
    }
}

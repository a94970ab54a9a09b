//! What people ask for: add, start, stop, restart, delete, scale.

use std::collections::VecDeque;
use std::sync::Arc;

use super::instance::{Goal, Instance, Reason, State};
use super::{App, Effect, Environment, MOST_INSTANCES, Refusal, Supervisor, fingerprint};
use crate::clock::wall_ms;
use crate::config::{AppConfig, rules};

impl Supervisor {
    /// Adds an application and starts it unless it says otherwise. Its instances' ids are returned.
    ///
    /// # Errors
    /// The name is taken, or there are too many.
    pub fn add(
        &mut self,
        config: AppConfig,
        environment: Arc<Environment>,
        now: u64,
    ) -> Result<Vec<u32>, Refusal> {
        if self.names.contains_key(&config.name) {
            return Err(Refusal::new(
                "NAME_TAKEN",
                format!("an application with the name \"{}\" exists", config.name),
            ));
        }
        self.check_room(usize::try_from(config.instances).unwrap_or(usize::MAX))?;
        if let Some(cycle) = self.dependency_cycle(&config) {
            return Err(Refusal::new(
                "DEPENDENCY_CYCLE",
                format!("the dependencies form a cycle: {cycle}"),
            ));
        }
        let uuid = crate::random::uuid();
        self.names.insert(config.name.clone(), uuid.clone());
        let (count, autostart) = (config.instances, config.autostart);
        let app = App {
            uuid: uuid.clone(),
            sha256: fingerprint(&config),
            config: Arc::new(config),
            environment,
            instances: Vec::new(),
            reloads: VecDeque::new(),
            reload_problem: None,
        };
        self.apps.insert(uuid.clone(), app);
        Ok(self.add_instances(&uuid, count, autostart, now))
    }

    fn check_room(&self, more: usize) -> Result<(), Refusal> {
        if self.instances.len().saturating_add(more) > MOST_INSTANCES {
            return Err(Refusal::new(
                "TOO_MANY",
                format!("more than {MOST_INSTANCES} processes"),
            ));
        }
        Ok(())
    }

    fn dependency_cycle(&self, config: &AppConfig) -> Option<String> {
        let mut path = vec![config.name.clone()];
        let mut todo: Vec<(usize, String)> = config
            .depends_on
            .iter()
            .map(|name| (1, name.clone()))
            .collect();
        while let Some((depth, name)) = todo.pop() {
            path.truncate(depth);
            path.push(name.clone());
            if name == config.name {
                return Some(path.join(" -> "));
            }
            if depth < 64
                && let Some(app) = self.app_named(&name)
            {
                todo.extend(
                    app.config
                        .depends_on
                        .iter()
                        .map(|name| (depth + 1, name.clone())),
                );
            }
        }
        None
    }

    fn add_instances(&mut self, uuid: &str, count: u32, start: bool, now: u64) -> Vec<u32> {
        let mut ids = Vec::new();
        for _ in 0..count {
            let Some(app) = self.apps.get_mut(uuid) else {
                break;
            };
            let id = self.next_id;
            self.next_id += 1;
            let index = (0..=count_of(&app.instances)).find(|index| {
                !app.instances.iter().any(|id| {
                    self.instances
                        .get(id)
                        .is_some_and(|other| other.index == *index)
                })
            });
            app.instances.push(id);
            ids.push(id);
            self.instances.insert(
                id,
                Instance {
                    id,
                    uuid: crate::random::uuid(),
                    app: uuid.to_owned(),
                    index: index.unwrap_or(0),
                    state: State::Stopped,
                    goal: if start { Goal::Up } else { Goal::Down },
                    current: None,
                    next: None,
                    old: Vec::new(),
                    restarts: 0,
                    unstable: 0,
                    streak: 0,
                    restart_at: None,
                    ready_at: None,
                    last_end: None,
                    reason: None,
                    created: wall_ms(),
                },
            );
            if start {
                self.begin(id, now);
            }
        }
        self.effect(Effect::Persist {
            app: uuid.to_owned(),
        });
        ids
    }

    /// Starts an instance that is down.
    pub fn start(&mut self, id: u32, now: u64) {
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        instance.goal = Goal::Up;
        let begins = matches!(
            instance.state,
            State::Stopped | State::Errored | State::Backoff
        );
        if begins {
            instance.unstable = 0;
            instance.streak = 0;
            self.begin(id, now);
        }
    }

    /// Stops an instance.
    pub fn stop(&mut self, id: u32, now: u64) {
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        instance.goal = Goal::Down;
        instance.restart_at = None;
        instance.reason = Some(Reason::Command);
        self.stop_all(id, Reason::Command, now);
    }

    /// Stops an instance and starts it again.
    pub fn restart(&mut self, id: u32, reason: Reason, now: u64) {
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        if reason == Reason::Command {
            instance.goal = Goal::Up;
            instance.unstable = 0;
            instance.streak = 0;
        }
        match &instance.current {
            Some(_) => self.stop_current(id, reason, now),
            None => {
                if matches!(
                    instance.state,
                    State::Stopped | State::Errored | State::Backoff
                ) && instance.goal == Goal::Up
                {
                    self.count_restart(id);
                    self.begin(id, now);
                }
            }
        }
    }

    /// Ends a process that broke a limit of its configuration; what follows is as after a crash.
    pub fn break_limit(&mut self, key: &str, reason: Reason, now: u64) {
        let Some(id) = self.by_key.get(key).copied() else {
            return;
        };
        let online = self.instances.get(&id).is_some_and(|instance| {
            let current = instance.current.as_ref();
            instance.state == State::Online && current.is_some_and(|current| current.key == key)
        });
        if online {
            self.event("limit", id, format!("{reason:?}"));
            self.stop_current(id, reason, now);
        }
    }

    /// Stops an instance and forgets it.
    pub fn delete(&mut self, id: u32, now: u64) {
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        instance.goal = Goal::Gone;
        instance.restart_at = None;
        self.stop_all(id, Reason::Command, now);
    }

    /// Ends the process of an instance without changing what is wanted of it.
    pub fn halt(&mut self, id: u32, now: u64) {
        if let Some(instance) = self.instances.get_mut(&id) {
            instance.restart_at = None;
            self.stop_all(id, Reason::Command, now);
        }
    }

    fn stop_all(&mut self, id: u32, reason: Reason, now: u64) {
        if let Some(next) = self
            .instances
            .get_mut(&id)
            .and_then(|instance| instance.next.take())
        {
            if let Some(instance) = self.instances.get_mut(&id) {
                instance.old.push(next.clone());
            }
            let grace = self.config_of(id).map_or(0, |config| config.kill_timeout);
            self.stop_process(id, &next.key, reason.clone(), grace, now);
            self.go_on_reloading(id, now);
        }
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        if instance.current.is_some() {
            self.stop_current(id, reason, now);
        } else {
            if instance.state != State::Errored || instance.goal == Goal::Down {
                instance.state = if instance.old.is_empty() {
                    State::Stopped
                } else {
                    State::Stopping
                };
            }
            self.settle(id, now);
        }
    }

    /// Asks the process of an instance to end.
    pub(super) fn stop_current(&mut self, id: u32, reason: Reason, now: u64) {
        let Some(config) = self.config_of(id) else {
            return;
        };
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        instance.state = State::Stopping;
        instance.ready_at = None;
        let Some(key) = instance.current.as_ref().map(|process| process.key.clone()) else {
            return;
        };
        self.stop_process(id, &key, reason, config.kill_timeout, now);
        self.persist(id);
    }

    /// Asks one process to end, and has it killed when it does not.
    pub(super) fn stop_process(
        &mut self,
        id: u32,
        key: &str,
        reason: Reason,
        grace: u64,
        now: u64,
    ) {
        let Some(process) = self
            .instances
            .get_mut(&id)
            .and_then(|instance| instance.process_mut(key))
        else {
            return;
        };
        let first = process.stopping.is_none();
        process.stopping = Some(reason);
        if !first {
            return;
        }
        let at = now + grace;
        process.kill_at = Some(at);
        let started = process.pid.is_some();
        self.effect(Effect::Wake { instance: id, at });
        if started {
            self.signal_stop(id, key);
        }
    }

    pub(super) fn signal_stop(&mut self, id: u32, key: &str) {
        let Some(config) = self.config_of(id) else {
            return;
        };
        if config.shutdown_with_message {
            self.effect(Effect::Shutdown {
                key: key.to_owned(),
            });
            return;
        }
        self.effect(Effect::Signal {
            key: key.to_owned(),
            signal: config.kill_signal.clone(),
            group: config.treekill,
        });
    }

    /// Kills every process at once: nobody waits any longer.
    pub fn kill_all(&mut self, now: u64) {
        for (id, instance) in &mut self.instances {
            let processes = instance
                .current
                .iter_mut()
                .chain(&mut instance.next)
                .chain(&mut instance.old);
            for process in processes.filter(|process| process.kill_at.is_some()) {
                process.kill_at = Some(now);
                self.effects.push(Effect::Wake {
                    instance: *id,
                    at: now,
                });
            }
        }
    }

    /// Sends any signal to the process of an instance.
    pub fn signal(&mut self, id: u32, signal: &str) {
        let key = self
            .instances
            .get(&id)
            .and_then(|instance| instance.current.as_ref());
        if let Some(key) = key.map(|process| process.key.clone()) {
            self.effect(Effect::Signal {
                key,
                signal: signal.to_owned(),
                group: false,
            });
        }
    }

    /// Gives an application more or fewer instances.
    ///
    /// # Errors
    /// There is no such application, or there are too many.
    pub fn scale(&mut self, name: &str, count: u32, now: u64) -> Result<Vec<u32>, Refusal> {
        let Some(app) = self.app_named(name) else {
            return Err(Refusal::new(
                "NOT_FOUND",
                format!("no application has the name \"{name}\""),
            ));
        };
        let (uuid, have) = (app.uuid.clone(), app.instances.len());
        let want = usize::try_from(count).unwrap_or(usize::MAX);
        if want == 0 {
            return Err(Refusal::new(
                "INVALID",
                "an application has at least one instance; delete removes it",
            ));
        }
        if count > rules::MOST_INSTANCES {
            return Err(Refusal::new(
                "INVALID",
                format!(
                    "an application has at most {} instances",
                    rules::MOST_INSTANCES
                ),
            ));
        }
        self.check_room(want.saturating_sub(have))?;
        let surplus: Vec<u32> = app.instances.iter().skip(want).copied().collect();
        let mut config = (*app.config).clone();
        config.instances = count;
        self.replace_config(&uuid, config);
        for id in surplus {
            self.delete(id, now);
        }
        let more = u32::try_from(want.saturating_sub(have)).unwrap_or(0);
        self.add_instances(&uuid, more, true, now);
        Ok(self
            .apps
            .get(&uuid)
            .map(|app| app.instances.clone())
            .unwrap_or_default())
    }

    /// Gives an application another configuration, which its next processes follow.
    pub fn replace_config(&mut self, uuid: &str, config: AppConfig) {
        let Some(app) = self.apps.get_mut(uuid) else {
            return;
        };
        app.sha256 = fingerprint(&config);
        app.config = Arc::new(config);
        self.effect(Effect::Persist {
            app: uuid.to_owned(),
        });
    }

    /// Gives an application another environment, which its next processes get.
    pub fn replace_environment(&mut self, uuid: &str, environment: Arc<Environment>) {
        if let Some(app) = self.apps.get_mut(uuid) {
            app.environment = environment;
        }
        self.effect(Effect::Persist {
            app: uuid.to_owned(),
        });
    }

    /// Forgets the counters of an instance.
    pub fn reset(&mut self, id: u32) {
        if let Some(instance) = self.instances.get_mut(&id) {
            instance.restarts = 0;
            instance.unstable = 0;
            instance.streak = 0;
        }
        self.persist(id);
    }
}

/// One of so many numbers from 0 on is free among the instances.
fn count_of(instances: &[u32]) -> u32 {
    u32::try_from(instances.len()).unwrap_or(u32::MAX)
}

//! Taking over processes that another daemon started: what the holder remembers of them is enough to
//! know everything.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::instance::{Ended, Goal, Instance, Process, Reason, State};
use super::{App, Environment, Supervisor, fingerprint};
use crate::config::AppConfig;

/// What is remembered of an instance beside its process.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Note {
    /// The application's UUID.
    pub app: String,
    /// The instance's id.
    pub id: u32,
    /// The instance's UUID.
    pub uuid: String,
    /// Its number within the application.
    pub index: u32,
    /// What is wanted.
    pub goal: Goal,
    /// Starts after the first.
    pub restarts: u32,
    /// Ends in a row within the minimum uptime.
    pub unstable: u32,
    /// Ends in a row.
    pub streak: u32,
    /// Milliseconds since 1970.
    pub created: u64,
    /// How the process before ended.
    pub last_end: Option<Ended>,
    /// Where it was, when it has no process.
    pub state: State,
    /// Why.
    pub reason: Option<Reason>,
    /// How the application is run; left out where the state has it.
    pub config: Option<AppConfig>,
}

impl Supervisor {
    /// What to remember of an instance.
    #[must_use]
    pub fn note(&self, id: u32, with_config: bool) -> Option<Note> {
        let instance = self.instances.get(&id)?;
        let app = self.apps.get(&instance.app)?;
        Some(Note {
            app: app.uuid.clone(),
            id,
            uuid: instance.uuid.clone(),
            index: instance.index,
            goal: instance.goal,
            restarts: instance.restarts,
            unstable: instance.unstable,
            streak: instance.streak,
            created: instance.created,
            last_end: instance.last_end.clone(),
            state: instance.state,
            reason: instance.reason.clone(),
            config: with_config.then(|| (*app.config).clone()),
        })
    }

    /// Knows an application again.
    pub fn restore_app(&mut self, uuid: &str, config: AppConfig, environment: Arc<Environment>) {
        self.names.insert(config.name.clone(), uuid.to_owned());
        let sha256 = fingerprint(&config);
        self.apps.entry(uuid.to_owned()).or_insert_with(|| App {
            uuid: uuid.to_owned(),
            config: Arc::new(config),
            environment,
            sha256,
            instances: Vec::new(),
            reloads: std::collections::VecDeque::new(),
            reload_problem: None,
        });
    }

    /// Knows an instance again, with its process if there is one.
    pub fn restore_instance(&mut self, note: &Note, process: Option<Process>) {
        let Some(app) = self.apps.get_mut(&note.app) else {
            return;
        };
        if let Some(process) = &process {
            self.by_key.insert(process.key.clone(), note.id);
        }
        if let Some(known) = self.instances.get_mut(&note.id) {
            // Two processes: a reload was under way. The younger one stays.
            let Some(process) = process else { return };
            match known.current.take() {
                Some(current) if current.started > process.started => {
                    known.current = Some(current);
                    known.old.push(process);
                }
                current => {
                    known.current = Some(process);
                    known.old.extend(current);
                }
            }
            return;
        }
        app.instances.push(note.id);
        let (apps, instances) = (&self.apps, &self.instances);
        let index_of = |id: &u32| {
            instances
                .get(id)
                .map_or(note.index, |instance: &Instance| instance.index)
        };
        let mut ids = apps
            .get(&note.app)
            .map(|app| app.instances.clone())
            .unwrap_or_default();
        ids.sort_by_key(index_of);
        if let Some(app) = self.apps.get_mut(&note.app) {
            app.instances = ids;
        }
        self.next_id = self.next_id.max(note.id + 1);
        let state = match (&process, note.state) {
            (Some(_), _) => State::Online,
            // Whatever it was doing, nothing of it is left.
            (None, State::Errored) => State::Errored,
            (None, _) => State::Stopped,
        };
        self.instances.insert(
            note.id,
            Instance {
                id: note.id,
                uuid: note.uuid.clone(),
                app: note.app.clone(),
                index: note.index,
                state,
                goal: note.goal,
                current: process,
                next: None,
                old: Vec::new(),
                restarts: note.restarts,
                unstable: note.unstable,
                streak: note.streak,
                restart_at: None,
                ready_at: None,
                last_end: note.last_end.clone(),
                reason: note.reason.clone(),
                created: note.created,
            },
        );
    }

    /// After all are known: what should run and does not is started, old processes are ended.
    pub fn resume(&mut self, now: u64) {
        let ids: Vec<u32> = self.instances.keys().copied().collect();
        for id in ids {
            let Some(instance) = self.instances.get(&id) else {
                continue;
            };
            let old: Vec<String> = instance.old.iter().map(|old| old.key.clone()).collect();
            for key in old {
                let grace = self.config_of(id).map_or(0, |config| config.drain_timeout);
                self.stop_process(id, &key, Reason::Reload, grace, now);
            }
            let Some(instance) = self.instances.get(&id) else {
                continue;
            };
            match (instance.goal, instance.current.is_some()) {
                (Goal::Up, false) if instance.state == State::Stopped => {
                    let was_running = instance.reason.is_none();
                    if was_running {
                        self.count_restart(id);
                    }
                    self.begin(id, now);
                }
                (Goal::Down | Goal::Gone, true) => self.stop_current(id, Reason::Command, now),
                (Goal::Gone, false) => self.settle(id, now),
                _ => {}
            }
        }
    }
}

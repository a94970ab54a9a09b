//! The supervisor: what every process should do next, as a state machine. It has no clock, no sockets and
//! no processes; it is told what happened and answers with effects.

mod adopt;
mod backoff;
mod commands;
mod instance;
mod lifecycle;
mod reload;
mod select;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

pub use adopt::Note;
pub use instance::{Ended, Goal, Instance, Process, Reason, State};
pub(crate) use lifecycle::describe_end;
pub use select::matches_glob;

use crate::config::AppConfig;

/// The environment an application was started from.
pub type Environment = Vec<(String, String)>;

/// An application and its instances.
#[derive(Debug, Clone)]
pub struct App {
    /// Unique and kept for the application's life.
    pub uuid: String,
    /// How it is run.
    pub config: Arc<AppConfig>,
    /// What the environment held when it was started.
    pub environment: Arc<Environment>,
    /// SHA-256 of the configuration.
    pub sha256: String,
    /// Ids of its instances, by index.
    pub instances: Vec<u32>,
    /// Instances whose reload has not begun.
    pub(crate) reloads: VecDeque<u32>,
    /// Why the last reload was given up.
    pub reload_problem: Option<String>,
}

/// What the driver has to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Start a process of an instance.
    Spawn {
        /// Which instance.
        instance: u32,
        /// The new process.
        key: String,
    },
    /// Send a signal to a process or its group.
    Signal {
        /// Which process.
        key: String,
        /// By name, such as `SIGTERM`.
        signal: String,
        /// To the whole group.
        group: bool,
    },
    /// Ask a process to stop by its message channel.
    Shutdown {
        /// Which process.
        key: String,
    },
    /// Kill what a process left behind.
    Sweep {
        /// Which process.
        key: String,
    },
    /// Tell whether the group of a process lives, by [`Supervisor::group_gone`].
    CheckGroup {
        /// Which process.
        key: String,
        /// Its process id, which is the group's.
        pid: u32,
    },
    /// The end of a process is taken into account.
    Forget {
        /// Which process.
        key: String,
    },
    /// What the next daemon must know of a process has changed.
    Note {
        /// Which instance.
        instance: u32,
        /// Which process.
        key: String,
    },
    /// No process of the application is left: its sockets can be closed.
    Release {
        /// The application's UUID.
        app: String,
    },
    /// Call [`Supervisor::wake`] then.
    Wake {
        /// Which instance.
        instance: u32,
        /// Milliseconds of the driver's clock.
        at: u64,
    },
    /// Write the application to the state.
    Persist {
        /// The application's UUID.
        app: String,
    },
    /// Remove the application from the state.
    Erase {
        /// The application's UUID.
        app: String,
    },
    /// Tell whoever listens.
    Event(Event),
}

/// Something that happened, for the stream of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `online`, `exit`, `restart`, `stop`, `delete`, `errored`, `backoff`, …
    pub kind: &'static str,
    /// Which instance.
    pub id: u32,
    /// Its application.
    pub name: String,
    /// More, for people.
    pub detail: String,
}

/// Why a command cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Stable.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

impl Refusal {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// Most processes under one supervisor. Each costs a few kilobytes here and a process of the system.
pub const MOST_INSTANCES: usize = 20_000;

/// All applications.
#[derive(Debug, Default)]
pub struct Supervisor {
    pub(crate) apps: BTreeMap<String, App>,
    pub(crate) instances: BTreeMap<u32, Instance>,
    pub(crate) by_key: BTreeMap<String, u32>,
    names: BTreeMap<String, String>,
    next_id: u32,
    effects: Vec<Effect>,
    /// Tests make it predictable.
    jitter: Option<u64>,
    frozen: bool,
}

impl Supervisor {
    /// The effects since the last call.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Whether there are effects to take.
    #[must_use]
    pub fn has_effects(&self) -> bool {
        !self.effects.is_empty()
    }

    /// The instances in order of their ids.
    pub fn instances(&self) -> impl Iterator<Item = (&Instance, &App)> {
        self.instances
            .values()
            .filter_map(|instance| Some((instance, self.apps.get(&instance.app)?)))
    }

    /// One instance.
    #[must_use]
    pub fn instance(&self, id: u32) -> Option<&Instance> {
        self.instances.get(&id)
    }

    /// The instance that a process belongs to.
    #[must_use]
    pub fn instance_of(&self, key: &str) -> Option<&Instance> {
        self.instances.get(self.by_key.get(key)?)
    }

    /// The applications.
    pub fn apps(&self) -> impl Iterator<Item = &App> {
        self.apps.values()
    }

    /// One application, by UUID.
    #[must_use]
    pub fn app(&self, uuid: &str) -> Option<&App> {
        self.apps.get(uuid)
    }

    /// One application, by name.
    #[must_use]
    pub fn app_named(&self, name: &str) -> Option<&App> {
        self.apps.get(self.names.get(name)?)
    }

    /// Nothing is restarted any more: the daemon is about to end.
    pub fn freeze(&mut self) {
        self.frozen = true;
    }

    fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn event(&mut self, kind: &'static str, id: u32, detail: impl Into<String>) {
        let name = self
            .instances
            .get(&id)
            .and_then(|instance| self.apps.get(&instance.app));
        let name = name.map(|app| app.config.name.clone()).unwrap_or_default();
        let detail = detail.into();
        self.effects.push(Effect::Event(Event {
            kind,
            id,
            name,
            detail,
        }));
    }

    fn config_of(&self, id: u32) -> Option<Arc<AppConfig>> {
        let app = &self.instances.get(&id)?.app;
        Some(Arc::clone(&self.apps.get(app)?.config))
    }
}

/// SHA-256 of a configuration's JSON. What the file around it holds beside it does not count.
#[must_use]
pub fn fingerprint(config: &AppConfig) -> String {
    let own = AppConfig {
        config_file_sha256: None,
        ..config.clone()
    };
    let text = serde_json::to_vec(&own).unwrap_or_default();
    crate::random::hex(&Sha256::digest(&text))
}

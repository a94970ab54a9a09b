//! One instance of an application and the processes it has: one, or two during a reload.

use serde::{Deserialize, Serialize};

/// Where an instance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// A process was asked for, or is not ready yet, or waits for what it depends on.
    Launching,
    /// It runs.
    Online,
    /// It was asked to end.
    Stopping,
    /// It is down because somebody wants so, or ended for good.
    Stopped,
    /// It waits before the next start.
    Backoff,
    /// It is down because starting it makes no sense.
    Errored,
}

impl State {
    /// As shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Launching => "launching",
            Self::Online => "online",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Backoff => "backoff",
            Self::Errored => "errored",
        }
    }
}

/// What is wanted of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Goal {
    /// It should run.
    Up,
    /// It should not.
    Down,
    /// It should be no more.
    Gone,
}

/// Why a process was ended by us, or an instance is down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", content = "detail", rename_all = "kebab-case")]
pub enum Reason {
    /// A person or a tool asked.
    Command,
    /// It ended by itself.
    Exit,
    /// It ended within its minimum uptime too often.
    CrashLoop,
    /// It could not be started.
    SpawnFailed(String),
    /// It used more memory than it may.
    MemoryLimit(String),
    /// It used more processor time than it may.
    CpuLimit(String),
    /// The kernel ran out of memory and chose it.
    OutOfMemory,
    /// It did not answer its health check.
    Unhealthy(String),
    /// It waits for another application.
    Dependency(String),
    /// Its restart time came.
    Cron,
    /// A file changed.
    Watch(String),
    /// It was replaced.
    Reload,
    /// It did not get ready in time.
    NotReady,
    /// The machine or the holder went away with it.
    Lost,
}

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Exit code.
    pub code: Option<i32>,
    /// Signal number.
    pub signal: Option<i32>,
    /// How long it ran, in milliseconds.
    pub uptime: u64,
    /// Milliseconds since 1970.
    pub at: u64,
    /// Why.
    pub reason: Reason,
}

/// One process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Unique.
    pub key: String,
    /// Known once it is started.
    pub pid: Option<u32>,
    /// Milliseconds of the driver's clock.
    pub started: u64,
    /// It said so, or got its listening socket.
    pub ready: bool,
    /// It has a listening socket of the holder.
    pub listening: bool,
    /// We asked it to end, and why.
    pub stopping: Option<Reason>,
    /// When it is killed.
    pub kill_at: Option<u64>,
    /// Its main process has ended, and its group may finish until `kill_at`.
    pub lingers: bool,
}

/// One instance.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Small, for people to type.
    pub id: u32,
    /// Unique.
    pub uuid: String,
    /// UUID of the application.
    pub app: String,
    /// 0 for the first of an application.
    pub index: u32,
    /// Where it is.
    pub state: State,
    /// Where it should be.
    pub goal: Goal,
    /// Its process.
    pub current: Option<Process>,
    /// The process that replaces it.
    pub next: Option<Process>,
    /// Processes that were replaced and finish their work.
    pub old: Vec<Process>,
    /// Starts after the first.
    pub restarts: u32,
    /// Ends in a row within the minimum uptime.
    pub unstable: u32,
    /// Ends in a row without a long life between them.
    pub streak: u32,
    /// When the next start is due.
    pub restart_at: Option<u64>,
    /// Until when a process may get ready.
    pub ready_at: Option<u64>,
    /// How the last process ended.
    pub last_end: Option<Ended>,
    /// Why it is where it is.
    pub reason: Option<Reason>,
    /// Milliseconds since 1970.
    pub created: u64,
}

impl Instance {
    /// The process id.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.current
            .as_ref()
            .filter(|process| !process.lingers)?
            .pid
    }

    /// Whether a process is there or asked for.
    #[must_use]
    pub fn has_process(&self) -> bool {
        self.current.is_some() || self.next.is_some() || !self.old.is_empty()
    }

    pub(crate) fn process_mut(&mut self, key: &str) -> Option<&mut Process> {
        self.current
            .iter_mut()
            .chain(self.next.iter_mut())
            .chain(self.old.iter_mut())
            .find(|process| process.key == key)
    }

    /// The process with this key.
    #[must_use]
    pub fn process(&self, key: &str) -> Option<&Process> {
        self.current
            .iter()
            .chain(self.next.iter())
            .chain(self.old.iter())
            .find(|process| process.key == key)
    }
}

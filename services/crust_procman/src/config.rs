//! What an application is: how it is started, kept alive, watched and written down. Data only; the daemon
//! and the command line exchange it as JSON.

pub mod ecosystem;
pub mod keys;
pub mod resolve;
pub mod rules;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// One application. Times are milliseconds, sizes bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one switch that users know by name"
)]
pub struct AppConfig {
    /// Unique among the applications.
    pub name: String,
    /// A group of applications.
    pub namespace: String,
    /// What was asked for, as shown to people.
    pub script: String,
    /// The absolute path of the executable.
    pub program: PathBuf,
    /// Its arguments, those of the interpreter and the script first.
    pub args: Vec<String>,
    /// The program is this very binary, so it understands our conventions.
    pub is_crust: bool,
    /// Where it runs.
    pub cwd: PathBuf,
    /// Variables added to the environment.
    pub env: BTreeMap<String, String>,
    /// Number of processes.
    pub instances: u32,
    /// Restart when it ends.
    pub autorestart: bool,
    /// Whether it starts with the daemon and on `start`.
    pub autostart: bool,
    /// Exit codes after which it stays down.
    pub stop_exit_codes: Vec<i32>,
    /// Restarts in a row without [`Self::min_uptime`] between them.
    pub max_restarts: u32,
    /// How long a process must live to count as started.
    pub min_uptime: u64,
    /// A fixed delay before each restart.
    pub restart_delay: u64,
    /// First delay of the exponential backoff; 0 takes the built-in one.
    pub exp_backoff: u64,
    /// Longest delay of the backoff.
    pub max_backoff: u64,
    /// From the stop signal to SIGKILL.
    pub kill_timeout: u64,
    /// How long the old process may finish its requests in a reload.
    pub drain_timeout: u64,
    /// The signal that asks it to stop.
    pub kill_signal: String,
    /// Signal the whole process group.
    pub treekill: bool,
    /// Send the message `shutdown` before the signal.
    pub shutdown_with_message: bool,
    /// It is online when it sends the message `ready`.
    pub wait_ready: bool,
    /// How long it may take to be ready.
    pub listen_timeout: u64,
    /// The port it serves; given to it as `PORT`.
    pub port: Option<u16>,
    /// Variable that counts the instances.
    pub instance_var: String,
    /// Variable whose number grows with the instance.
    pub increment_var: Option<String>,
    /// How it is asked whether it is well.
    pub health: Option<HealthCheck>,
    /// Names of applications that must be online first.
    pub depends_on: Vec<String>,
    /// Memory of the process tree after which it is restarted.
    pub max_memory: Option<u64>,
    /// Per cent of one processor.
    pub max_cpu: Option<u32>,
    /// Processes and threads of the process tree, where the kernel can hold that.
    pub max_processes: Option<u32>,
    /// Restart times.
    pub cron: Option<String>,
    /// Restart when files change.
    pub watch: Option<WatchConfig>,
    /// User to run as.
    pub user: Option<String>,
    /// Group to run as.
    pub group: Option<String>,
    /// Its output.
    pub log: LogConfig,
    /// The ecosystem file it came from.
    pub config_file: Option<PathBuf>,
    /// SHA-256 of that file when it was read.
    pub config_file_sha256: Option<String>,
}

impl Default for AppConfig {
    fn default() -> Self {
        Self {
            name: String::new(),
            namespace: "default".to_owned(),
            script: String::new(),
            program: PathBuf::new(),
            args: Vec::new(),
            is_crust: false,
            cwd: PathBuf::from("/"),
            env: BTreeMap::new(),
            instances: 1,
            autorestart: true,
            autostart: true,
            stop_exit_codes: Vec::new(),
            max_restarts: 16,
            min_uptime: 1000,
            restart_delay: 0,
            exp_backoff: 0,
            max_backoff: 15_000,
            kill_timeout: 1600,
            drain_timeout: 8000,
            kill_signal: "SIGTERM".to_owned(),
            treekill: true,
            shutdown_with_message: false,
            wait_ready: false,
            listen_timeout: 3000,
            port: None,
            instance_var: "NODE_APP_INSTANCE".to_owned(),
            increment_var: None,
            health: None,
            depends_on: Vec::new(),
            max_memory: None,
            max_cpu: None,
            max_processes: None,
            cron: None,
            watch: None,
            user: None,
            group: None,
            log: LogConfig::default(),
            config_file: None,
            config_file_sha256: None,
        }
    }
}

/// How an application is asked whether it is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HealthCheck {
    /// `http://…` that must answer 2xx or 3xx.
    pub url: Option<String>,
    /// `host:port` that must accept a connection.
    pub tcp: Option<String>,
    /// A shell command that must succeed.
    pub command: Option<String>,
    /// Time after the start before the first failure counts.
    pub start: u64,
    /// Between two probes.
    pub interval: u64,
    /// Of one probe.
    pub timeout: u64,
    /// Failures in a row that mean ill.
    pub retries: u32,
}

impl Default for HealthCheck {
    fn default() -> Self {
        Self {
            url: None,
            tcp: None,
            command: None,
            start: 5000,
            interval: 10_000,
            timeout: 2000,
            retries: 3,
        }
    }
}

/// Which files restart an application.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WatchConfig {
    /// Folders and files; empty is the working directory.
    pub paths: Vec<PathBuf>,
    /// Names and patterns that do not count.
    pub ignore: Vec<String>,
    /// Quiet time after a change.
    pub delay: u64,
}

/// Where output goes and how it looks.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one switch that users know by name"
)]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogConfig {
    /// File of standard output; empty is one in the home folder.
    pub out: Option<PathBuf>,
    /// File of standard error.
    pub err: Option<PathBuf>,
    /// One file for all instances.
    pub merge: bool,
    /// A time before each line.
    pub time: bool,
    /// Each line as a JSON record.
    pub json: bool,
    /// Write nothing.
    pub disabled: bool,
    /// Bytes after which a file is put aside.
    pub max_size: Option<u64>,
    /// Age in milliseconds after which a file is put aside.
    pub max_age: Option<u64>,
    /// How many files put aside are kept.
    pub keep: Option<u32>,
    /// What the disk does not take is dropped and counted, rather than that the program waits.
    pub drop: bool,
}

impl LogConfig {
    /// Output passes through the holder only where something must be done with it.
    #[must_use]
    pub fn is_captured(&self) -> bool {
        !self.disabled
            && (self.time
                || self.json
                || self.drop
                || self.max_size.is_some()
                || self.max_age.is_some())
    }
}

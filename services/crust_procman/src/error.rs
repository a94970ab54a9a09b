//! Everything that can go wrong in the process manager, each with a stable code. Nothing is printed here.

use std::io;
use std::path::PathBuf;

/// A failure, as the client and the daemon's interface report it.
#[derive(Debug, thiserror::Error)]
pub enum ProcmanError {
    /// The daemon did not come up in time.
    #[error("the daemon did not answer within {0} ms")]
    DaemonUnreachable(u128),
    /// Something else than our daemon answers, or it broke off.
    #[error("the daemon's answer is not usable: {0}")]
    Protocol(String),
    /// The home folder, the socket or the lock cannot be used.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
    /// A program cannot be started as asked.
    #[error("{0}")]
    NotRunnable(String),
    /// The daemon refused.
    #[error("{message}")]
    Refused {
        /// The stable code, such as `NOT_FOUND`.
        code: String,
        /// What it said.
        message: String,
    },
    /// An ecosystem file has problems; all of them are listed.
    #[error("{} is not usable:\n  {}", .path.display(), .problems.join("\n  "))]
    Ecosystem {
        /// The file.
        path: PathBuf,
        /// Each with its key path.
        problems: Vec<String>,
    },
}

impl ProcmanError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::DaemonUnreachable(_) => "DAEMON_UNREACHABLE",
            Self::Protocol(_) => "PROTOCOL",
            Self::Io { .. } => "IO",
            Self::NotRunnable(_) => "NOT_RUNNABLE",
            Self::Refused { code, .. } => code,
            Self::Ecosystem { .. } => "INVALID_CONFIGURATION",
        }
    }

    pub(crate) fn io(what: impl Into<String>, source: impl Into<io::Error>) -> Self {
        Self::Io {
            what: what.into(),
            source: source.into(),
        }
    }
}

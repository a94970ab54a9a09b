//! Where the process manager keeps its things: one home folder, closed to other users. It creates folders
//! and nothing else.

use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::error::ProcmanError;

/// Bytes of a Unix socket's address, with the NUL at its end (`sun_path`).
const LONGEST_SOCKET: usize = 108;

/// The home folder: `CRUST_PM_HOME`, or `.crust-pm` in the user's directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home(PathBuf);

impl Home {
    /// The home folder that the environment names.
    ///
    /// # Errors
    /// Neither `CRUST_PM_HOME` nor `HOME` is set.
    pub fn of_environment() -> Result<Self, ProcmanError> {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        if let Some(home) = set("CRUST_PM_HOME") {
            let home = PathBuf::from(home);
            let absolute = std::path::absolute(&home);
            return Ok(Self(absolute.unwrap_or(home)));
        }
        set("HOME").map_or_else(
            || {
                Err(ProcmanError::NotRunnable(
                    "neither CRUST_PM_HOME nor HOME is set: there is no place for the daemon's state"
                        .to_owned(),
                ))
            },
            |home| Ok(Self(PathBuf::from(home).join(".crust-pm"))),
        )
    }

    /// A home folder at a path.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Makes the folders, mode 0700.
    ///
    /// # Errors
    /// They cannot be made, or belong to another user.
    pub fn create(&self) -> Result<(), ProcmanError> {
        use std::os::unix::fs::MetadataExt as _;
        let fail = |source| ProcmanError::io(format!("cannot use {}", self.0.display()), source);
        let longest = self.reports().as_os_str().len();
        if longest >= LONGEST_SOCKET {
            return Err(ProcmanError::NotRunnable(format!(
                "the folder {} is {} bytes too long for the sockets in it: set CRUST_PM_HOME to a shorter one",
                self.0.display(),
                longest + 1 - LONGEST_SOCKET
            )));
        }
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(self.logs())
            .map_err(fail)?;
        let about = fs::metadata(&self.0).map_err(fail)?;
        if about.uid() != rustix::process::geteuid().as_raw() {
            return Err(ProcmanError::NotRunnable(format!(
                "{} belongs to another user",
                self.0.display()
            )));
        }
        if about.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(&self.0, fs::Permissions::from_mode(0o700)).map_err(fail)?;
        }
        Ok(())
    }

    /// The daemon's socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.0.join("daemon.sock")
    }

    /// The socket that takes what applications report of themselves.
    #[must_use]
    pub fn reports(&self) -> PathBuf {
        self.0.join("reports.sock")
    }

    /// The holder's socket.
    #[must_use]
    pub fn holder_socket(&self) -> PathBuf {
        self.0.join("holder.sock")
    }

    /// The lock of the one daemon.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.0.join("daemon.lock")
    }

    /// What the daemon and the holder have to say.
    #[must_use]
    pub fn daemon_log(&self) -> PathBuf {
        self.0.join("daemon.log")
    }

    /// The database.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.0.join("state.db")
    }

    /// The database of a daemon in the foreground, which keeps nothing.
    #[must_use]
    pub fn run_state(&self) -> PathBuf {
        self.0.join("run.db")
    }

    /// The list that `save` writes and `resurrect` reads.
    #[must_use]
    pub fn dump(&self) -> PathBuf {
        self.0.join("saved.json")
    }

    /// The folder of the applications' output.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.0.join("logs")
    }
}

//! Why a header could not be read or written: a code and a sentence each.

use std::io;
use std::path::{Path, PathBuf};

use crust_header::HeaderError;
use rustix::io::Errno;

/// A failure with the file it is about.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is no such file.
    #[error("{} does not exist", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Something else has its name.
    #[error("{} is {what}, not a file", path.display())]
    NotAFile {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The system does not allow it.
    #[error("{} may not be {verb}: permission denied", path.display())]
    Permission {
        /// The file.
        path: PathBuf,
        /// `read` or `written`.
        verb: &'static str,
    },
    /// The content is no header.
    #[error("{} is not a usable header: {problem}", path.display())]
    Header {
        /// The file.
        path: PathBuf,
        /// Why.
        problem: HeaderError,
    },
    /// Another process has the lock for longer than anybody should.
    #[error("{} is being written by another process, which does not finish", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The process belongs to a running program, whose header stays as it is.
    #[error(
        "the configuration is frozen: this command was started by a running program, whose header \
         cannot change"
    )]
    Frozen,
    /// The config version would fall.
    #[error("the config version would fall from {from} to {to}")]
    Downgrade {
        /// The version in the file.
        from: u8,
        /// The version asked for.
        to: u8,
    },
    /// A package section that is too long to be one.
    #[error("the package section of {} has more than {limit} bytes", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// [`crate::PACKAGES_LIMIT`].
        limit: u64,
    },
    /// Anything else the system says.
    #[error("{} cannot be {verb}: {}", path.display(), plain(source))]
    Io {
        /// The file.
        path: PathBuf,
        /// `read` or `written`.
        verb: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl FileError {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "ERR_CONFIG_MISSING",
            Self::NotAFile { .. } => "ERR_CONFIG_NOT_A_FILE",
            Self::Permission { .. } => "ERR_CONFIG_PERMISSION",
            Self::Header { problem, .. } => problem.code(),
            Self::Locked { .. } => "ERR_CONFIG_LOCKED",
            Self::Frozen => "ERR_CONFIG_FROZEN",
            Self::Downgrade { .. } => "ERR_CONFIG_DOWNGRADE",
            Self::TooLong { .. } => "ERR_CONFIG_TOO_LONG",
            Self::Io { .. } => "ERR_CONFIG_IO",
        }
    }

    pub(crate) fn reading(path: &Path, error: impl Into<io::Error>) -> Self {
        Self::of(path, "read", error.into())
    }

    pub(crate) fn writing(path: &Path, error: impl Into<io::Error>) -> Self {
        Self::of(path, "written", error.into())
    }

    fn of(path: &Path, verb: &'static str, source: io::Error) -> Self {
        let path = path.to_owned();
        match Errno::from_io_error(&source) {
            Some(Errno::NOENT | Errno::NOTDIR) => Self::Missing { path },
            Some(Errno::ISDIR) => Self::NotAFile {
                path,
                what: "a folder",
            },
            Some(Errno::ACCESS | Errno::PERM | Errno::ROFS) => Self::Permission { path, verb },
            _ => Self::Io { path, verb, source },
        }
    }
}

/// An error of the system in plain words: without Rust's `(os error 2)`.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

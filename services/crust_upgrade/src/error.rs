//! Why an upgrade did not happen: a code and a sentence each.

use std::io;
use std::path::PathBuf;

use crust_header_file::StampError;

/// Why an upgrade did not happen.
#[derive(Debug, thiserror::Error)]
pub enum UpgradeError {
    /// The URL is none that can be fetched.
    #[error("\"{0}\" is not a URL that starts with https:// or http://")]
    Url(String),
    /// The server or the way to it failed.
    #[error("{url} cannot be fetched: {reason}")]
    Fetch {
        /// What was fetched.
        url: String,
        /// Why, in words.
        reason: String,
    },
    /// The manifest is not one.
    #[error("the manifest is not usable: {0}")]
    Manifest(String),
    /// The manifest has nothing for this system.
    #[error("the manifest has no binary for {0}")]
    Platform(String),
    /// The manifest names an older version.
    #[error("the manifest names version {offered}, which is older than {current}")]
    Older {
        /// The version there.
        offered: String,
        /// The version here.
        current: String,
    },
    /// The download has another length than the manifest says.
    #[error("the download has {received} bytes, the manifest says {expected}")]
    Size {
        /// Bytes that came, at least.
        received: u64,
        /// Bytes that should have come.
        expected: u64,
    },
    /// The download has another hash than the manifest says.
    #[error("the download's SHA-256 is {received}, the manifest says {expected}")]
    Hash {
        /// Of what came.
        received: String,
        /// Of what should have come.
        expected: String,
    },
    /// The download's stamp cannot be read.
    #[error("the download is refused: {0}")]
    NoStamp(#[from] StampError),
    /// The download carries another header than the manifest says.
    #[error("the download carries the header {received}, the manifest says {expected}")]
    Stamp {
        /// In the binary.
        received: String,
        /// In the manifest.
        expected: String,
    },
    /// The download does not run, or is another version.
    #[error("the download does not answer to --version as version {expected} does: {reason}")]
    Version {
        /// The version in the manifest.
        expected: String,
        /// What it did.
        reason: String,
    },
    /// There is no earlier binary.
    #[error("there is no earlier version to go back to: {} does not exist", .0.display())]
    NoEarlier(PathBuf),
    /// The binary may not be replaced.
    #[error("{} may not be written: permission denied", .0.display())]
    Permission(PathBuf),
    /// Anything else the system says.
    #[error("{} cannot be written: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl UpgradeError {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Url(_) => "ERR_UPGRADE_URL",
            Self::Fetch { .. } => "ERR_UPGRADE_FETCH",
            Self::Manifest(_) => "ERR_UPGRADE_MANIFEST",
            Self::Platform(_) => "ERR_UPGRADE_PLATFORM",
            Self::Older { .. } => "ERR_UPGRADE_OLDER",
            Self::Size { .. } => "ERR_UPGRADE_SIZE",
            Self::Hash { .. } => "ERR_UPGRADE_HASH",
            Self::NoStamp(_) | Self::Stamp { .. } => "ERR_UPGRADE_STAMP",
            Self::Version { .. } => "ERR_UPGRADE_VERSION",
            Self::NoEarlier(_) => "ERR_UPGRADE_NO_EARLIER",
            Self::Permission(_) => "ERR_UPGRADE_PERMISSION",
            Self::Io { .. } => "ERR_UPGRADE_IO",
        }
    }

    pub(crate) fn writing(path: &std::path::Path, source: impl Into<io::Error>) -> Self {
        let (path, source) = (path.to_owned(), source.into());
        match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Permission(path)
            }
            _ => Self::Io { path, source },
        }
    }
}

//! What happens during an installation, as data. Reporters of the application show it.

use std::sync::Arc;

/// Something that happened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// Dependencies are being resolved.
    Resolving,
    /// Versions are taken from the lockfile of another package manager.
    Migrating {
        /// Its name.
        file: &'static str,
    },
    /// A package is new to the graph; how many there are now.
    Resolved {
        /// Packages so far.
        total: usize,
    },
    /// A tarball is on its way.
    DownloadStarted {
        /// The package.
        name: Arc<str>,
    },
    /// A tarball is in the store.
    Downloaded {
        /// The package.
        name: Arc<str>,
        /// Its compressed size.
        bytes: u64,
    },
    /// Packages are being linked.
    Linking {
        /// How many.
        total: usize,
    },
    /// A package stands in `node_modules`.
    Linked,
    /// The lockfile was written.
    SavedLockfile,
    /// Something that is no error.
    Warning(String),
    /// A lifecycle script runs.
    Script {
        /// The package.
        package: String,
        /// The script.
        script: String,
        /// Its text.
        command: String,
        /// Whether people see what it prints, as with scripts of the project itself.
        shown: bool,
    },
}

/// Who is told; from several threads.
pub type Sink = Arc<dyn Fn(Event) + Send + Sync>;

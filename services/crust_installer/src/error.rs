//! What can go wrong in an installation, each with a stable code. Never prints.

use std::path::{Path, PathBuf};

use crust_diag::Diagnostic;

/// A failure of the package manager.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallError {
    /// There is no `package.json` to work on.
    #[error("No package.json was found for directory \"{}\"", .0.display())]
    NoManifest(PathBuf),
    /// A configuration or manifest that cannot be read.
    #[error("{}", first_message(.0))]
    Manifest(Vec<Diagnostic>),
    /// A field of `package.json` that makes no sense.
    #[error("{}: {reason}", path.display())]
    ManifestField {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A configuration value that cannot be used.
    #[error("{0}")]
    Config(String),
    /// A file that cannot be read or written.
    #[error("cannot {action} {}: {}", path.display(), plain(source))]
    Io {
        /// What was being done: `read`, `write`, `link`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A connection that failed, after all retries.
    #[error("{url}: {reason}")]
    Network {
        /// What was asked for.
        url: String,
        /// Why it failed.
        reason: String,
    },
    /// A status that is no success.
    #[error("GET {url} - {status}{}", hint(*status))]
    Status {
        /// What was asked for.
        url: String,
        /// The status.
        status: u16,
    },
    /// A document of the registry that is not what it should be.
    #[error("{name}: the registry's document is not usable: {reason}")]
    Packument {
        /// The package.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// No package of that name.
    #[error(
        "package \"{name}\" was not found ({url} - 404){}",
        requested(requested_by)
    )]
    NotFound {
        /// The package.
        name: String,
        /// What was asked for.
        url: String,
        /// Who asked for it.
        requested_by: String,
    },
    /// No version in the range.
    #[error(
        "No version matching \"{range}\" found for specifier \"{name}\"{} ({known})",
        requested(requested_by)
    )]
    NoMatchingVersion {
        /// The package.
        name: String,
        /// The range.
        range: String,
        /// Who asked for it.
        requested_by: String,
        /// What there is.
        known: String,
    },
    /// A digest that differs.
    #[error("Integrity check failed for tarball: {name} (expected {expected}, got {actual})")]
    Integrity {
        /// The package.
        name: String,
        /// What the lockfile or registry says.
        expected: String,
        /// What came.
        actual: String,
    },
    /// A tarball that is broken or dangerous.
    #[error("{name}: the tarball is not usable: {reason}")]
    Tarball {
        /// The package.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// A lockfile that cannot be read.
    #[error("{}: {reason}", path.display())]
    Lockfile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The lockfile would change and may not.
    #[error("lockfile had changes, but lockfile is frozen")]
    Frozen,
    /// Something this version does not do.
    #[error("{0}")]
    Unsupported(String),
    /// Filters that mean no package of the project.
    #[error("no package of the workspace is meant by the filter \"{0}\"")]
    NothingMeant(String),
    /// There is no lockfile of another package manager.
    #[error("there is no lockfile of another package manager in {}", .0.display())]
    NothingToMigrate(PathBuf),
    /// There is no lockfile to look into.
    #[error("there is no {file} in {}: install first", .0.display(), file = crate::lockfile::FILE_NAME)]
    NoLockfile(PathBuf),
    /// A package that has no scripts, or is trusted.
    #[error("\"{0}\" has no scripts that are not trusted")]
    NothingToTrust(String),
    /// A patch that cannot be made or applied.
    #[error("{path}: the patch is not usable: {reason}")]
    Patch {
        /// The patch, or the file that it is about.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// A registry that did not take a package.
    #[error("PUT {url} - {status}: {reason}")]
    Publish {
        /// Where it was sent.
        url: String,
        /// The status.
        status: u16,
        /// What the registry said.
        reason: String,
    },
    /// A name that the lockfile does not have.
    #[error("\"{0}\" is not in {file}", file = crate::lockfile::FILE_NAME)]
    NotListed(String),
    /// A dependency that means nothing.
    #[error("\"{name}\": \"{spec}\" {reason}")]
    Specifier {
        /// The name depended on.
        name: String,
        /// The specifier.
        spec: String,
        /// What is wrong.
        reason: String,
    },
    /// A lifecycle script that failed.
    #[error("{script} script from \"{package}\" {ended}")]
    Script {
        /// The package.
        package: String,
        /// The script.
        script: String,
        /// How it ended.
        ended: String,
        /// Its output.
        output: String,
    },
    /// A program of the system that failed.
    #[error("{program}: {reason}")]
    Program {
        /// The program.
        program: String,
        /// Why.
        reason: String,
    },
    /// The project is pinned to another registry.
    #[error(
        "the project is pinned to the registry {recorded}, not to {asked} ({host}); --trust-registry pins it to this one"
    )]
    PinnedRegistry {
        /// The hash in the project header.
        recorded: String,
        /// The hash of the registry in use.
        asked: String,
        /// The host of the registry in use.
        host: String,
    },
    /// The project header cannot be read or written.
    #[error("{0}")]
    Header(#[from] crust_header_file::FileError),
    /// Another installation holds the lock.
    #[error("another installation is running in {}", .0.display())]
    Locked(PathBuf),
    /// Somebody wanted the installation to end.
    #[error("the installation was interrupted before its end")]
    Interrupted,
    /// Not in the cache, and offline.
    #[error("\"{0}\" is not in the cache, and --offline forbids the network")]
    Offline(String),
}

impl InstallError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoManifest(_) => "ERR_INSTALL_NO_MANIFEST",
            Self::Manifest(_) | Self::ManifestField { .. } => "ERR_INSTALL_MANIFEST",
            Self::Config(_) => "ERR_INSTALL_CONFIG",
            Self::PinnedRegistry { .. } => crust_header::RegistryMismatch::CODE,
            Self::Header(error) => error.code(),
            Self::Io { .. } => "ERR_INSTALL_IO",
            Self::Network { .. } => "ERR_INSTALL_NETWORK",
            Self::Status { .. } => "ERR_INSTALL_STATUS",
            Self::Packument { .. } => "ERR_INSTALL_PACKUMENT",
            Self::NotFound { .. } => "ERR_INSTALL_NOT_FOUND",
            Self::NoMatchingVersion { .. } => "ERR_INSTALL_NO_VERSION",
            Self::Integrity { .. } => "ERR_INSTALL_INTEGRITY",
            Self::Tarball { .. } => "ERR_INSTALL_TARBALL",
            Self::Lockfile { .. } => "ERR_INSTALL_LOCKFILE",
            Self::Frozen => "ERR_INSTALL_FROZEN",
            Self::Unsupported(_) => "ERR_INSTALL_UNSUPPORTED",
            Self::NothingMeant(_) => "ERR_INSTALL_FILTER",
            Self::NothingToMigrate(_) => "ERR_INSTALL_NOTHING_TO_MIGRATE",
            Self::NoLockfile(_) => "ERR_INSTALL_NO_LOCKFILE",
            Self::NothingToTrust(_) => "ERR_INSTALL_NOTHING_TO_TRUST",
            Self::Patch { .. } => "ERR_INSTALL_PATCH",
            Self::Publish { .. } => "ERR_INSTALL_PUBLISH",
            Self::NotListed(_) => "ERR_INSTALL_NOT_LISTED",
            Self::Specifier { .. } => "ERR_INSTALL_SPECIFIER",
            Self::Script { .. } => "ERR_INSTALL_SCRIPT",
            Self::Program { .. } => "ERR_INSTALL_PROGRAM",
            Self::Locked(_) => "ERR_INSTALL_LOCKED",
            Self::Interrupted => "ERR_INSTALL_INTERRUPTED",
            Self::Offline(_) => "ERR_INSTALL_OFFLINE",
        }
    }

    /// For `map_err` on operations of files.
    pub fn io(action: &'static str, path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.as_ref().to_owned();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}

fn first_message(problems: &[Diagnostic]) -> String {
    problems
        .first()
        .map_or_else(String::new, |problem| problem.message.clone())
}

fn requested(by: &str) -> String {
    if by.is_empty() {
        String::new()
    } else {
        format!(", requested by {by}")
    }
}

fn hint(status: u16) -> &'static str {
    match status {
        401 => " (the registry wants credentials)",
        403 => " (the registry forbids it)",
        429 => " (too many requests)",
        _ => "",
    }
}

/// An error of the system without Rust's `(os error 2)`.
pub(crate) fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

//! Why a specifier could not be resolved, as data and as one clear message. It never prints.

use std::fmt;
use std::path::PathBuf;

use crate::options::ReferrerKind;
use crust_diag::Diagnostic;

/// A specifier that leads nowhere. `Display` gives the whole message; [`ResolveError::headline`]
/// gives its first line with the referrer's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolveError {
    /// The specifier as written.
    pub specifier: String,
    /// The directory it was resolved from.
    pub referrer_dir: PathBuf,
    /// How it was asked for.
    pub kind: ReferrerKind,
    /// Paths that were looked for, in order.
    pub tried: Vec<PathBuf>,
    /// What went wrong.
    pub reason: Reason,
    /// What would help, as one sentence without its full stop.
    pub hint: Option<String>,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A relative or absolute path, or a file of a package, that does not exist.
    NotFound,
    /// No `node_modules` on the way up holds the package.
    PackageNotInstalled {
        /// The package's name.
        package: String,
    },
    /// The package is there and its `exports` does not let this subpath through.
    NotExported {
        /// The package's directory.
        package: PathBuf,
        /// The subpath, `.` for the package itself.
        subpath: String,
        /// The conditions that applied.
        conditions: Vec<String>,
    },
    /// A `#name` that the nearest `package.json` does not define.
    ImportNotDefined {
        /// The nearest `package.json`, if there is one.
        package_json: Option<PathBuf>,
    },
    /// `exports` or `imports` of a package names something that is not allowed there.
    InvalidPackageConfig(String),
    /// The `package.json` that would decide cannot be parsed.
    InvalidPackageJson(Box<Diagnostic>),
    /// `node:NAME` with a name that is no builtin.
    UnknownBuiltin,
    /// A URL of a scheme that cannot be imported.
    UnsupportedScheme(String),
    /// A `file:` URL that names no path.
    InvalidUrl(String),
    /// The file system refused, or aliases refer to each other.
    Other(String),
}

impl ResolveError {
    /// The code that Node gives this error: `MODULE_NOT_FOUND` for `require`, `ERR_…` else.
    pub fn code(&self) -> &'static str {
        match (&self.reason, self.kind) {
            (Reason::NotExported { .. }, _) => "ERR_PACKAGE_PATH_NOT_EXPORTED",
            (Reason::ImportNotDefined { .. }, _) => "ERR_PACKAGE_IMPORT_NOT_DEFINED",
            (Reason::InvalidPackageConfig(_) | Reason::InvalidPackageJson(_), _) => {
                "ERR_INVALID_PACKAGE_CONFIG"
            }
            (Reason::UnknownBuiltin, _) => "ERR_UNKNOWN_BUILTIN_MODULE",
            (Reason::UnsupportedScheme(_), _) => "ERR_UNSUPPORTED_ESM_URL_SCHEME",
            (Reason::InvalidUrl(_), _) => "ERR_INVALID_FILE_URL_PATH",
            (_, ReferrerKind::Require) => "MODULE_NOT_FOUND",
            (_, ReferrerKind::Import) => "ERR_MODULE_NOT_FOUND",
        }
    }

    /// The first line of the message; `referrer` is the importing file where it is known.
    pub fn headline(&self, referrer: Option<&str>) -> String {
        let from = match referrer {
            Some(file) => file.to_owned(),
            None => self.referrer_dir.display().to_string(),
        };
        let name = &self.specifier;
        match &self.reason {
            Reason::PackageNotInstalled { package } => {
                format!("Cannot find package '{package}' imported from {from}")
            }
            Reason::NotExported {
                package,
                subpath,
                conditions,
            } => format!(
                "Cannot find module '{name}' imported from {from}: {} does not export '{subpath}' \
                 under the conditions {}",
                package.join("package.json").display(),
                conditions.join(", ")
            ),
            Reason::ImportNotDefined {
                package_json: Some(path),
            } => format!(
                "Cannot find package import '{name}' imported from {from}: {} does not define it \
                 in \"imports\"",
                path.display()
            ),
            Reason::ImportNotDefined { package_json: None } => format!(
                "Cannot find package import '{name}' imported from {from}: no package.json at or \
                 above it defines \"imports\""
            ),
            Reason::UnknownBuiltin => format!("No such built-in module: {name}"),
            Reason::UnsupportedScheme(scheme) => format!(
                "Cannot import '{name}' from {from}: only file:, data:, node: and bun: URLs can be \
                 imported, not {scheme}:"
            ),
            Reason::InvalidPackageJson(problem) => format!(
                "Cannot find module '{name}' imported from {from}: {}:{}:{}: {}",
                problem.file.as_deref().unwrap_or("package.json"),
                problem.line,
                problem.column,
                problem.message
            ),
            Reason::InvalidPackageConfig(why) | Reason::InvalidUrl(why) | Reason::Other(why) => {
                format!("Cannot find module '{name}' imported from {from}: {why}")
            }
            Reason::NotFound => format!("Cannot find module '{name}' imported from {from}"),
        }
    }
}

/// How many tried paths a message lists; the rest is counted. A person reads no further.
const LISTED: usize = 12;

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline(None))?;
        if !self.tried.is_empty() {
            f.write_str("\n  tried:")?;
            for path in self.tried.iter().take(LISTED) {
                write!(f, "\n    {}", path.display())?;
            }
            if self.tried.len() > LISTED {
                write!(f, "\n    and {} more", self.tried.len() - LISTED)?;
            }
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ResolveError {}

//! Which header a command means, and the names of the project's flags. It changes nothing.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use crust_header_file::{FILE_NAME, FeatureNames, FileError, Found, Guard, find, path_in};
use crust_manifest::{feature_names, find_package_json};

use super::ConfigError;
use crate::args::{OptionId, Options};
use crate::error::CliError;
use crate::script::working_directory;

/// The header of the project that the working directory belongs to.
pub(super) fn found() -> Result<Found, CliError> {
    let directory = working_directory()?;
    let found = find(&directory).map_err(ConfigError::from)?;
    let missing = || FileError::Missing {
        path: FILE_NAME.into(),
    };
    Ok(found.ok_or_else(|| ConfigError::from(missing()))?)
}

/// The folder that a new header belongs in: that of the nearest package.json, or the working directory.
pub(super) fn root() -> Result<PathBuf, CliError> {
    let directory = working_directory()?;
    let package = find_package_json(&directory);
    let root = package.as_deref().and_then(Path::parent);
    Ok(root.map_or_else(|| directory.clone(), Path::to_path_buf))
}

/// The file of the project, which may not be there or not be usable.
pub(super) fn file() -> Result<PathBuf, CliError> {
    let directory = working_directory()?;
    let mut files = directory.ancestors().map(path_in);
    let existing = files.find(|path| path.symlink_metadata().is_ok());
    existing.map_or_else(|| Ok(path_in(&root()?)), Ok)
}

/// The names of the flags of the project that the header at `path` belongs to.
pub(super) fn names(path: &Path) -> Result<FeatureNames, CliError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    Ok(feature_names(folder).map_err(ConfigError::Names)?)
}

/// What the options allow a writer. Only a person can lift the freeze: a script has no terminal.
pub(super) fn guard(options: &Options) -> Guard {
    let person = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    Guard {
        unfreeze: options.has(OptionId::Unfreeze) && person,
        downgrade: options.has(OptionId::Downgrade),
    }
}

/// A path as people read it: from the working directory where it lies inside.
pub(super) fn shown(path: &Path) -> String {
    let directory = std::env::current_dir().unwrap_or_default();
    let inside = path.strip_prefix(&directory).unwrap_or(path);
    inside.display().to_string()
}

//! The package.json that governs a directory, as far as scripts and commands need it. It never resolves
//! modules.

use std::path::{Path, PathBuf};

use crust_diag::Diagnostic;
use crust_manifest::{PackageJson, find_package_json};

/// A package.json and the directory it is in.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) directory: PathBuf,
    pub(crate) package: PackageJson,
}

impl Project {
    /// The project of `directory`: the nearest package.json at it or above. What is wrong with a broken
    /// one is the caller's to report or, where a file was meant, to leave alone.
    pub(crate) fn nearest(directory: &Path) -> Result<Option<Self>, Vec<Diagnostic>> {
        match find_package_json(directory) {
            Some(path) => Self::read(&path).map(Some),
            None => Ok(None),
        }
    }

    /// The package in exactly this directory, if its package.json is there and in order.
    pub(crate) fn at(directory: &Path) -> Option<Self> {
        Self::read(&directory.join("package.json")).ok()
    }

    fn read(path: &Path) -> Result<Self, Vec<Diagnostic>> {
        let package = PackageJson::read(path)?;
        let directory = path.parent().map(Path::to_path_buf).unwrap_or_default();
        Ok(Self { directory, package })
    }

    pub(crate) fn script(&self, name: &str) -> Option<&str> {
        self.package.script(name)
    }

    /// Names and commands, in the order of the file.
    pub(crate) fn scripts(&self) -> &[(String, String)] {
        &self.package.scripts
    }

    /// The flat text values of `config`.
    pub(crate) fn config(&self) -> impl Iterator<Item = (&str, &str)> {
        let entries = self
            .package
            .object
            .get("config")
            .and_then(|config| config.as_object());
        entries
            .into_iter()
            .flatten()
            .filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
    }
}

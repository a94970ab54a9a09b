//! The package.json that governs a directory, as far as scripts need it. It never resolves modules.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::CliError;

/// A package.json and the directory it is in.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) path: PathBuf,
    pub(crate) directory: PathBuf,
    manifest: Value,
}

impl Project {
    /// The project of `directory`: the nearest package.json at it or above.
    pub(crate) fn nearest(directory: &Path) -> Result<Option<Self>, CliError> {
        let Some(path) = directory
            .ancestors()
            .map(|at| at.join("package.json"))
            .find(|path| path.is_file())
        else {
            return Ok(None);
        };
        Self::read(path).map(Some)
    }

    /// The `main` of the package.json in `directory`, if there is a readable one.
    pub(crate) fn main_of(directory: &Path) -> Option<String> {
        let project = Self::read(directory.join("package.json")).ok()?;
        project.text("main").map(ToOwned::to_owned)
    }

    fn read(path: PathBuf) -> Result<Self, CliError> {
        let text = std::fs::read_to_string(&path)
            .map_err(|error| CliError::Manifest(format!("{}: {error}", path.display())))?;
        let manifest = serde_json::from_str(&text)
            .map_err(|error| CliError::Manifest(format!("{}: {error}", path.display())))?;
        let directory = path.parent().map(Path::to_path_buf).unwrap_or_default();
        Ok(Self {
            path,
            directory,
            manifest,
        })
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.text("name")
    }

    pub(crate) fn version(&self) -> Option<&str> {
        self.text("version")
    }

    pub(crate) fn script(&self, name: &str) -> Option<&str> {
        self.manifest.get("scripts")?.get(name)?.as_str()
    }

    /// Names and commands, in the order of the file.
    pub(crate) fn scripts(&self) -> Vec<(&str, &str)> {
        self.strings("scripts")
    }

    /// The flat text values of `config`.
    pub(crate) fn config(&self) -> Vec<(&str, &str)> {
        self.strings("config")
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.manifest.get(key)?.as_str()
    }

    fn strings(&self, key: &str) -> Vec<(&str, &str)> {
        let entries = self.manifest.get(key).and_then(Value::as_object);
        entries
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
            .collect()
    }
}

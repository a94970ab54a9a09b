//! Packages that `crust link` made known to this user: a folder of symbolic links by name.

use std::path::{Path, PathBuf};

use crate::error::InstallError;

/// The folder of links.
#[derive(Debug, Clone)]
pub(crate) struct GlobalLinks(PathBuf);

impl GlobalLinks {
    /// Where this user's are: Bun's folder where `BUN_INSTALL` names one, so that both know them.
    pub(crate) fn of_this_user() -> Self {
        let variable = |name: &str| {
            let value = std::env::var_os(name).filter(|value| !value.is_empty());
            value.map(PathBuf::from)
        };
        let folder = variable("BUN_INSTALL_GLOBAL_DIR")
            .or_else(|| variable("BUN_INSTALL").map(|folder| folder.join("install/global")))
            .or_else(|| variable("XDG_DATA_HOME").map(|folder| folder.join("crust/global")))
            .or_else(|| crate::config::home().map(|home| home.join(".local/share/crust/global")))
            .unwrap_or_else(|| std::env::temp_dir().join("crust-global"));
        Self(folder.join("node_modules"))
    }

    /// The project of this user's packages, whose `node_modules` has the links.
    pub(crate) fn folder(&self) -> PathBuf {
        self.0.parent().unwrap_or(&self.0).to_owned()
    }

    /// The link called `name`.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The folder that `link:TEXT` means in a project.
    pub(crate) fn target(&self, root: &Path, text: &str) -> Result<PathBuf, InstallError> {
        let wrong = |reason: &str| InstallError::Specifier {
            name: text.to_owned(),
            spec: format!("link:{text}"),
            reason: reason.to_owned(),
        };
        if is_path(text) {
            return Ok(super::folder::normal(&root.join(text)));
        }
        if !crate::lockfile::is_name(text) {
            return Err(wrong("is neither a path nor the name of a package"));
        }
        let target = std::fs::canonicalize(self.path(text));
        target.map_err(|_| wrong("is not linked: `crust link` in its folder does that"))
    }
}

/// Whether the text after `link:` is a path.
pub(super) fn is_path(text: &str) -> bool {
    text.starts_with('.')
        || text.starts_with('/')
        || (text.contains('/') && !crate::lockfile::is_name(text))
}

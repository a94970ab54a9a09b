//! What the header says to an installer, as plain questions. It installs nothing.

use core::fmt;

use crate::feature::Feature;
use crate::header::{ConfigVersion, Header};
use crate::registry::RegistryHash;

impl Header {
    /// Whether packages get the isolated layout: a modern project with workspaces that does not switch
    /// it off. Otherwise the layout is hoisted.
    pub const fn uses_isolated_layout(&self, has_workspaces: bool) -> bool {
        matches!(self.version, ConfigVersion::Modern)
            && has_workspaces
            && !self.features.has(Feature::DisableIsolatedLinker)
    }

    /// Whether commands are linked into `node_modules/.bin`.
    pub const fn links_binaries(&self) -> bool {
        !self.features.has(Feature::DisableBinlinking)
    }

    /// Whether a request to ignore scripts (`--ignore-scripts`, `ignore-scripts=true`) is followed.
    pub const fn may_ignore_scripts(&self) -> bool {
        !self.features.has(Feature::DisableIgnoreScripts)
    }

    /// Whether an install trusts what an earlier one has verified.
    pub const fn installs_fast(&self) -> bool {
        self.features.has(Feature::FastInstall)
    }

    /// Whether a project may be installed from the registry at `url`.
    ///
    /// # Errors
    /// When the project is private (`PRIVATE_REGISTRY`) and records another registry.
    pub fn check_registry(&self, url: &str) -> Result<(), RegistryMismatch> {
        let asked = RegistryHash::of_url(url);
        if asked == self.registry || !self.features.has(Feature::PrivateRegistry) {
            return Ok(());
        }
        Err(RegistryMismatch {
            recorded: self.registry,
            asked,
        })
    }
}

/// A private project is asked to use another registry than the one it records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegistryMismatch {
    /// The one in the header.
    pub recorded: RegistryHash,
    /// The one of the install.
    pub asked: RegistryHash,
}

impl RegistryMismatch {
    /// A stable name for programs.
    pub const CODE: &'static str = "ERR_CONFIG_REGISTRY";
}

impl fmt::Display for RegistryMismatch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { recorded, asked } = self;
        write!(
            out,
            "the project is pinned to the registry {recorded}, not to {asked}"
        )
    }
}

impl core::error::Error for RegistryMismatch {}

#[cfg(test)]
mod tests {
    use super::RegistryMismatch;
    use crate::{ConfigVersion, DEFAULT_REGISTRY, Feature, Header, RegistryHash};

    fn with(feature: Feature) -> Header {
        let mut header = Header::DEFAULT;
        header.features = header.features.with(feature, true);
        header
    }

    #[test]
    fn version_and_flag_choose_the_layout() {
        assert!(Header::DEFAULT.uses_isolated_layout(true));
        assert!(!Header::DEFAULT.uses_isolated_layout(false));
        assert!(!with(Feature::DisableIsolatedLinker).uses_isolated_layout(true));
        let legacy = Header {
            version: ConfigVersion::Legacy,
            ..Header::DEFAULT
        };
        assert!(!legacy.uses_isolated_layout(true));
    }

    #[test]
    fn flags_switch() {
        assert!(Header::DEFAULT.links_binaries());
        assert!(!with(Feature::DisableBinlinking).links_binaries());
        assert!(Header::DEFAULT.may_ignore_scripts());
        assert!(!with(Feature::DisableIgnoreScripts).may_ignore_scripts());
        assert!(!Header::DEFAULT.installs_fast());
        assert!(with(Feature::FastInstall).installs_fast());
    }

    #[test]
    fn a_private_project_keeps_its_registry() {
        let other = "http://127.0.0.1:4873/";
        assert_eq!(Header::DEFAULT.check_registry(other), Ok(()));
        let private = with(Feature::PrivateRegistry);
        assert_eq!(private.check_registry(DEFAULT_REGISTRY), Ok(()));
        let mismatch = RegistryMismatch {
            recorded: RegistryHash::DEFAULT,
            asked: RegistryHash::of_url(other),
        };
        assert_eq!(private.check_registry(other), Err(mismatch));
    }
}

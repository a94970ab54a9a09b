//! Whose lifecycle scripts run: the names of `trustedDependencies`, or, where a project has no such
//! list, of packages that are known to need their scripts. Never runs one.

use std::sync::Arc;

use crust_manifest::PackageJson;

use crate::graph::{Package, Resolution};
use crate::manifest;

/// Names on one line each, sorted: what Bun trusts by default, so that a project works the same.
static KNOWN: &str = include_str!("trust_names.txt");

/// Who is trusted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trust {
    /// The project's own list, which replaces the other one.
    listed: Option<Vec<Arc<str>>>,
}

impl Trust {
    /// What the root's manifest says.
    pub(crate) fn of(root: &PackageJson) -> Self {
        let listed = root
            .object
            .contains_key("trustedDependencies")
            .then(|| manifest::texts(root, "trustedDependencies"));
        Self { listed }
    }

    /// Whether the scripts of a package, which its dependents call `alias`, may run.
    pub(crate) fn allows(&self, package: &Package, alias: &str) -> bool {
        let named = |name: &Arc<str>| **name == *package.name || **name == *alias;
        match &self.listed {
            Some(names) => names.iter().any(named),
            // A known name is only one on a registry: anybody may call a folder so.
            None => matches!(package.resolution, Resolution::Npm { .. }) && is_known(&package.name),
        }
    }
}

/// The names that are trusted by default.
pub fn default_trusted() -> impl Iterator<Item = &'static str> {
    KNOWN.lines()
}

fn is_known(name: &str) -> bool {
    default_trusted().any(|known| known == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Meta;
    use crate::semver::Version;

    #[test]
    fn a_list_of_the_project_replaces_the_other() {
        let of = |text: &str| {
            Trust::of(&PackageJson::parse(text, std::path::Path::new("package.json")).unwrap())
        };
        let package = |name: &str, resolution: Resolution| Package {
            name: name.into(),
            resolution,
            first_dependency: 0,
            dependency_count: 0,
            meta: Meta::default(),
        };
        let npm = || Resolution::Npm {
            version: Version::new(1, 0, 0),
            url: "".into(),
        };
        let known = package("esbuild", npm());
        assert!(of("{}").allows(&known, "esbuild"));
        assert!(!of("{\"trustedDependencies\":[]}").allows(&known, "esbuild"));
        assert!(!of("{}").allows(&package("mine", npm()), "mine"));
        assert!(of("{\"trustedDependencies\":[\"x\"]}").allows(&package("mine", npm()), "x"));
        let folder = package("esbuild", Resolution::Folder("e".into()));
        assert!(!of("{}").allows(&folder, "esbuild"));
    }
}

//! `prune`: packages in `node_modules` that the lockfile does not put there.

use std::collections::BTreeSet;
use std::path::Path;

use crust_manifest::PackageJson;
use rustc_hash::FxHashMap;

use crate::error::InstallError;
use crate::graph::Resolution;
use crate::inspect::LockedProject;
use crate::install::placed;
use crate::resolve::Platform;
use crate::store::Store;

/// What is taken away.
#[derive(Debug, Clone, Default)]
pub struct PruneOptions {
    /// Kinds of dependencies: also what only they need.
    pub omit: Vec<String>,
    /// Only the `node_modules` folders of the project's packages that these mean.
    pub filters: Vec<String>,
    /// Nothing is taken away.
    pub dry_run: bool,
    /// The systems that packages are kept for.
    pub platform: Platform,
}

/// What was taken away.
#[derive(Debug, Clone, Default)]
pub struct Pruned {
    /// The paths of packages from the root.
    pub removed: Vec<String>,
    /// Packages that were looked at.
    pub checked: usize,
    /// Folders that were looked into.
    pub folders: usize,
}

impl LockedProject {
    /// Takes away what does not belong there.
    pub fn prune(&self, options: &PruneOptions) -> Result<Pruned, InstallError> {
        let root = &self.project.root;
        if root.join("node_modules/.bun").is_dir() {
            return Err(InstallError::Unsupported(
                "prune does not know the isolated layout: install again instead".to_owned(),
            ));
        }
        let selected = self.selected(&options.filters)?;
        let kept = Kept::of(self, options);
        let folders = &kept.folders;
        let mut pruned = Pruned::default();
        let is_meant = |modules: &str| {
            options.filters.is_empty() || selected.iter().any(|own| is_within(modules, own))
        };
        for modules in folders.iter().filter(|modules| is_meant(modules)) {
            let path = root.join(modules);
            if !path.is_dir() {
                continue;
            }
            pruned.folders += 1;
            for name in packages_in(&path) {
                pruned.checked += 1;
                let package = format!("{modules}/{name}");
                if !kept.has(root, &package) {
                    if !options.dry_run {
                        remove(&root.join(&package))?;
                    }
                    pruned.removed.push(package);
                }
            }
            if !options.dry_run {
                remove_dangling(&path.join(".bin"));
            }
        }
        Ok(pruned)
    }
}

/// What stays. Which version stands at a place depends on what was left out when it was installed, so that
/// what is there is looked at, not only the place.
struct Kept {
    /// Every `node_modules` folder of the layout.
    folders: BTreeSet<String>,
    /// Places of packages that are needed and come from no registry.
    others: BTreeSet<String>,
    /// Places of packages of registries.
    places: BTreeSet<String>,
    /// Those of them that are needed, as keys of the store begin.
    versions: BTreeSet<String>,
    /// What installations placed.
    placed: FxHashMap<String, String>,
}

impl Kept {
    fn of(project: &LockedProject, options: &PruneOptions) -> Self {
        let graph = project.graph();
        let is_surplus = project.only_omitted(&options.omit);
        let modules = |path: &str| match path {
            "" => "node_modules".to_owned(),
            path => format!("{path}/node_modules"),
        };
        let mut kept = Self {
            folders: project.project.paths().map(modules).collect(),
            others: BTreeSet::new(),
            places: BTreeSet::new(),
            versions: BTreeSet::new(),
            placed: placed(project.root()),
        };
        for omit in [&[][..], &options.omit] {
            let hoist = project.hoist(omit, Some(&options.platform));
            for found in &hoist.trees {
                let modules = hoist.modules(graph, found);
                for &id in &found.dependencies {
                    let Some(package) = graph.resolution(id).filter(|&id| !is_surplus(id)) else {
                        continue;
                    };
                    let place = format!("{modules}/{}", graph.dependency(id).name);
                    let package = graph.package(package);
                    if let Resolution::Npm { version, .. } = &package.resolution {
                        let version = version.to_string();
                        kept.versions
                            .insert(Store::readable(&package.name, &version));
                        kept.places.insert(place);
                    } else {
                        kept.others.insert(place);
                    }
                }
                kept.folders.insert(modules);
            }
        }
        kept
    }

    fn has(&self, root: &Path, place: &str) -> bool {
        if self.others.contains(place) {
            return true;
        }
        if let Some(identity) = self.placed.get(place)
            && let Some((readable, _)) = identity.rsplit_once('-')
        {
            return self.versions.contains(readable);
        }
        // Another program placed it.
        if !self.places.contains(place) {
            return false;
        }
        let manifest = PackageJson::read(&root.join(place).join("package.json")).ok();
        let own = manifest.and_then(|manifest| Some((manifest.name?, manifest.version?)));
        // One that does not say what it is stays.
        own.is_none_or(|(name, version)| self.versions.contains(&Store::readable(&name, &version)))
    }
}

/// Whether a `node_modules` folder is that of the package at a path from the root, or inside it.
fn is_within(modules: &str, own: &str) -> bool {
    let inside = if own.is_empty() {
        Some(modules)
    } else {
        modules
            .strip_prefix(own)
            .and_then(|rest| rest.strip_prefix('/'))
    };
    inside.is_some_and(|inside| inside.starts_with("node_modules"))
}

/// The packages that stand in a `node_modules` folder.
fn packages_in(modules: &Path) -> Vec<String> {
    let names = |folder: &Path| -> Vec<String> {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        let mut names: Vec<String> = entries
            .filter_map(Result::ok)
            .filter(|entry| entry.path().is_dir() || entry.path().is_symlink())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        names
    };
    let mut found = Vec::new();
    for name in names(modules) {
        if name.starts_with('@') {
            let inside = names(&modules.join(&name)).into_iter();
            found.extend(inside.map(|own| format!("{name}/{own}")));
        } else {
            found.push(name);
        }
    }
    found
}

fn remove(path: &Path) -> Result<(), InstallError> {
    let removed = if path.is_symlink() {
        std::fs::remove_file(path)
    } else {
        std::fs::remove_dir_all(path)
    };
    removed.map_err(InstallError::io("remove", path))?;
    if let Some(scope) = path.parent()
        && !scope.ends_with("node_modules")
    {
        // Only an empty one goes.
        let _ = std::fs::remove_dir(scope);
    }
    Ok(())
}

fn remove_dangling(bins: &Path) {
    for entry in std::fs::read_dir(bins)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
    {
        let path = entry.path();
        if path.is_symlink() && !path.exists() {
            let _ = std::fs::remove_file(path);
        }
    }
}

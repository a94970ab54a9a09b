//! The hoisted layout: every package of the tree into its folder. What is there already and right is
//! left alone. Never deletes what it did not place.

use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};
use tokio::runtime::Runtime;

use super::downloads::Downloads;
use super::isolated;
use super::layout::{Laid, Layout, Standing};
use super::place::{Step, link_to, points_to, remove_commands};
use super::stamp::{self, Placed};
use super::summary::Summary;
use super::transaction::Transaction;
use crate::error::InstallError;
use crate::events::Event;
use crate::graph::{Behavior, PackageId, ROOT, Resolution};
use crate::link::{link_bins, unlink_bins};
use crate::resolve::{Hoist, Tree};

/// A package and where it goes.
struct Placement {
    /// The path from the root, with slashes.
    path: String,
    package: PackageId,
    dependency: u32,
    identity: String,
}

impl Placement {
    fn step(&self) -> Step<'_> {
        Step {
            path: &self.path,
            package: self.package,
        }
    }
}

impl Layout<'_, Hoist> {
    pub(super) fn apply(
        &self,
        downloads: &mut Downloads,
        runtime: &Runtime,
        summary: &mut Summary,
    ) -> Result<Laid, InstallError> {
        let root = &self.project.root;
        let placements = self.placements(downloads)?;
        let before = stamp::placed(root);
        let missing = self.missing(&placements, &before);
        let stale = self.stale(&placements, &before);
        let new: FxHashSet<usize> = missing.iter().copied().collect();
        let added = || missing.iter().filter_map(|&at| placements.get(at));
        let steps: Vec<Step<'_>> = added()
            .filter(|found| !self.is_link(found.package))
            .map(Placement::step)
            .collect();
        let replaces = |found: &Placement| root.join(&found.path).symlink_metadata().is_ok();
        if !stale.is_empty() || added().any(replaces) {
            // What is there is used until all that comes in its place is on this machine.
            runtime.block_on(self.fetch(&steps, downloads))?;
        }
        let made: Vec<String> = added().map(|found| found.path.clone()).collect();
        let change = Transaction::begin(root, &made)?;
        let result = (|| {
            for placement in added() {
                change.put(&root.join(&placement.path))?;
            }
            for path in &stale {
                if change.put(&root.join(path))? {
                    summary.removed.push(path.clone());
                }
            }
            // The store of another layout that this program made.
            let is_ours = |path: &String| path.starts_with("node_modules/.bun/");
            if !self.keeps_others && before.keys().any(is_ours) {
                change.put(&isolated::store(root))?;
            }
            let now: Vec<Step<'_>> = placements.iter().map(Placement::step).collect();
            self.note_scripts(&now, |at| new.contains(&at))?;
            (self.sink)(Event::Linking {
                total: missing.len(),
            });
            for placement in added() {
                summary.installed.push(placement.dependency);
                self.link_own(placement)?;
            }
            runtime.block_on(self.place_all(&steps, downloads))?;
            self.bins(root)
        })();
        change.end(result)?;
        remove_commands(root, &summary.removed);
        summary.total = placements.len();
        summary.placed = missing.len();
        let mut laid = self.laid(placements, &new);
        if self.keeps_others {
            laid.keep(before);
        }
        Ok(laid)
    }

    /// Whether a package stands in `node_modules` as a link to where it lies.
    fn is_link(&self, package: PackageId) -> bool {
        let resolution = &self.graph.package(package).resolution;
        matches!(resolution, Resolution::Workspace(_) | Resolution::Link(_))
    }

    /// Links a package that lies elsewhere.
    fn link_own(&self, placement: &Placement) -> Result<(), InstallError> {
        let root = &self.project.root;
        let target = root.join(&placement.path);
        match &self.graph.package(placement.package).resolution {
            Resolution::Workspace(path) => link_to(&root.join(&**path), &target),
            Resolution::Link(text) => link_to(&self.links.target(root, text)?, &target),
            _ => Ok(()),
        }
    }

    fn laid(&self, placements: Vec<Placement>, new: &FxHashSet<usize>) -> Laid {
        let mut laid = Laid::default();
        for (at, placement) in placements.into_iter().enumerate() {
            if !self.is_link(placement.package) {
                laid.standing.push(Standing {
                    path: placement.path.clone(),
                    package: placement.package,
                    dependency: placement.dependency,
                    is_new: new.contains(&at),
                });
            }
            laid.placed.push(Placed {
                path: placement.path,
                identity: placement.identity,
            });
        }
        laid
    }

    fn placements(&self, downloads: &Downloads) -> Result<Vec<Placement>, InstallError> {
        let mut placements = Vec::new();
        for tree in &self.plan.trees {
            if self.is_bundled(tree) {
                continue;
            }
            let modules = self.plan.modules(self.graph, tree);
            for &dependency in &tree.dependencies {
                if self
                    .graph
                    .dependency(dependency)
                    .behavior
                    .has(Behavior::BUNDLED)
                {
                    continue;
                }
                let Some(package) = self.graph.resolution(dependency) else {
                    continue;
                };
                let name = &self.graph.dependency(dependency).name;
                // A registry or a lockfile may call a dependency `../../elsewhere`.
                if !crate::lockfile::is_name(name) {
                    return Err(InstallError::Specifier {
                        name: name.to_string(),
                        spec: self.graph.dependency(dependency).literal.to_string(),
                        reason: "is depended on by a name that no package may have".to_owned(),
                    });
                }
                let identity = self.identity(downloads, package)?;
                placements.push(Placement {
                    path: format!("{modules}/{name}"),
                    package,
                    dependency,
                    identity,
                });
            }
        }
        Ok(placements)
    }

    /// Whether a tree lies in what came inside a tarball.
    fn is_bundled(&self, tree: &Tree) -> bool {
        let own = tree
            .owner
            .is_some_and(|owner| self.graph.dependency(owner).behavior.has(Behavior::BUNDLED));
        let above = tree.parent.and_then(|parent| self.plan.trees.get(parent));
        own || above.is_some_and(|above| self.is_bundled(above))
    }

    /// The placements that are not there or not right, and those within them.
    fn missing(&self, placements: &[Placement], before: &FxHashMap<String, String>) -> Vec<usize> {
        let mut missing = Vec::new();
        let mut paths: FxHashSet<&str> = FxHashSet::default();
        // The packages that others lie in come first.
        for (at, placement) in placements.iter().enumerate() {
            let target = self.project.root.join(&placement.path);
            let path = placement.path.as_str();
            let mut above = path
                .match_indices("/node_modules/")
                .filter_map(|(end, _)| path.get(..end));
            let right = !self.force
                && !above.any(|above| paths.contains(above))
                && self.is_right(placement, &target, before);
            if !right {
                paths.insert(path);
                missing.push(at);
            }
        }
        missing
    }

    fn is_right(
        &self,
        placement: &Placement,
        target: &Path,
        before: &FxHashMap<String, String>,
    ) -> bool {
        let package = self.graph.package(placement.package);
        if let Resolution::Workspace(path) = &package.resolution {
            return points_to(target, &self.project.root.join(&**path));
        }
        if let Resolution::Link(text) = &package.resolution {
            let folder = self.links.target(&self.project.root, text);
            return folder.is_ok_and(|folder| points_to(target, &folder));
        }
        let manifest = target.join("package.json");
        match before.get(&placement.path).map(String::as_str) {
            Some(identity) if identity != stamp::PLANNED => {
                *identity == placement.identity && manifest.is_file() && !target.is_symlink()
            }
            _ => !target.is_symlink() && is_version(&manifest, package),
        }
    }

    /// The paths of what was placed before and is not needed now.
    fn stale(&self, placements: &[Placement], before: &FxHashMap<String, String>) -> Vec<String> {
        if self.keeps_others {
            return Vec::new();
        }
        let now: FxHashSet<&str> = placements
            .iter()
            .map(|placement| placement.path.as_str())
            .collect();
        let mut stale: Vec<String> = before
            .keys()
            // The stamp is a file that anybody may have written.
            .filter(|path| !now.contains(path.as_str()) && stamp::is_inside(path))
            .cloned()
            .collect();
        stale.sort();
        stale
    }

    fn bins(&self, root: &Path) -> Result<(), InstallError> {
        for tree in &self.plan.trees {
            let modules = root.join(self.plan.modules(self.graph, tree));
            let mut taken = std::collections::HashSet::new();
            // As in Bun, of two packages with the same command the one that is depended on here has it,
            // and the first by name.
            let owner = tree.owner.and_then(|owner| self.graph.resolution(owner));
            let direct = self.graph.dependencies_of(owner.unwrap_or(ROOT));
            let mut sorted = tree.dependencies.clone();
            sorted.sort_by_key(|&id| (!direct.contains(&id), &self.graph.dependency(id).name));
            for dependency in sorted {
                let Some(package) = self.graph.resolution(dependency) else {
                    continue;
                };
                let package = self.graph.package(package);
                let folder = &self.graph.dependency(dependency).name;
                // As in Bun, one command of a package from elsewhere has the name it is depended on by.
                let command = match package.resolution {
                    Resolution::Npm { .. } => &package.name,
                    _ => folder,
                };
                let bin = &package.meta.bin;
                if self.links_binaries {
                    link_bins(&modules, folder, command, bin, &mut taken)?;
                } else {
                    unlink_bins(&modules, folder, command, bin);
                }
            }
        }
        Ok(())
    }
}

/// What is read of a manifest in the way.
#[derive(serde::Deserialize)]
struct Found {
    name: String,
    version: String,
}

/// Whether a folder that some other program placed holds this version.
fn is_version(manifest: &Path, package: &crate::graph::Package) -> bool {
    let Resolution::Npm { version, .. } = &package.resolution else {
        return false;
    };
    let text = std::fs::read(manifest).unwrap_or_default();
    serde_json::from_slice::<Found>(&text)
        .is_ok_and(|found| *found.name == *package.name && found.version == version.to_string())
}

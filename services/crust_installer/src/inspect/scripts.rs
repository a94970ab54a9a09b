//! Packages whose lifecycle scripts were not run.

use std::path::PathBuf;

use super::{LockedProject, development, shown_version};
use crate::graph::Behavior;
use crate::install::{isolated, scripts_of};
use crate::resolve::Hoist;
use crate::trust::Trust;

/// A package with scripts that nobody trusts.
#[derive(Debug, Clone)]
pub struct Untrusted {
    /// The name it is depended on by.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it stands, from the root.
    pub path: String,
    /// Names and commands of its scripts.
    pub scripts: Vec<(&'static str, String)>,
}

/// A package and where it stands.
pub(crate) struct Place {
    pub(crate) path: String,
    pub(crate) package: u32,
    pub(crate) dependency: u32,
}

impl LockedProject {
    /// The folders of all packages by the lockfile, in the layout that there is.
    pub(crate) fn places(&self, production: bool) -> Vec<Place> {
        let version = self.locked.config_version;
        let is_isolated = isolated::is_chosen(&self.project, &self.config, version);
        if is_isolated && isolated::store(self.root()).is_dir() {
            return self.isolated_places(production);
        }
        let hoist: Hoist = self.hoist(&development(production), None);
        let graph = self.graph();
        let mut places = Vec::new();
        for tree in &hoist.trees {
            let modules = hoist.modules(graph, tree);
            for &dependency in &tree.dependencies {
                if let Some(package) = graph.resolution(dependency) {
                    places.push(Place {
                        path: format!("{modules}/{}", graph.dependency(dependency).name),
                        package,
                        dependency,
                    });
                }
            }
        }
        places
    }

    fn isolated_places(&self, production: bool) -> Vec<Place> {
        let graph = self.graph();
        let plan = isolated::Plan::of(graph, |graph, id| {
            !production || !graph.dependency(id).behavior.has(Behavior::DEVELOPMENT)
        });
        let entries = plan.entries.iter().enumerate();
        let placed = entries.filter(|(_, entry)| entry.folder.is_some());
        let places = placed.filter_map(|(id, entry)| {
            Some(Place {
                path: plan.path(graph, id)?,
                package: entry.package,
                dependency: entry.dependency,
            })
        });
        places.collect()
    }

    /// The packages in `node_modules` whose scripts nobody trusts.
    pub fn untrusted(&self) -> Vec<Untrusted> {
        let graph = self.graph();
        let trust = Trust::of(&self.project.package);
        let mut found = Vec::new();
        for place in self.places(false) {
            let package = graph.package(place.package);
            let alias = &graph.dependency(place.dependency).name;
            if !package.meta.has_install_script || trust.allows(package, alias) {
                continue;
            }
            let folder: PathBuf = self.project.root.join(&place.path);
            let scripts = scripts_of(&folder, &package.resolution);
            if !scripts.is_empty() {
                found.push(Untrusted {
                    name: alias.to_string(),
                    version: shown_version(graph, place.package),
                    path: place.path,
                    scripts,
                });
            }
        }
        found.sort_by(|left, right| left.path.cmp(&right.path));
        found
    }
}

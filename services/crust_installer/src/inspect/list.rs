//! What stands in `node_modules` by the lockfile, as a tree.

use std::path::PathBuf;

use super::{LockedProject, development, meant, shown_version};
use crate::graph::{DependencyId, ROOT};
use crate::resolve::{Hoist, TreeId};
use crate::trust::Trust;

/// What is listed.
#[derive(Debug, Clone, Default)]
pub struct ListOptions {
    /// Also what dependencies depend on.
    pub all: bool,
    /// Every package with one of these names or patterns, wherever it stands.
    pub names: Vec<String>,
    /// Without what only development needs.
    pub production: bool,
    /// Only those whose scripts run.
    pub trusted: bool,
}

/// A package.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The name it is depended on by.
    pub name: String,
    /// Its version, or what stands for one.
    pub version: String,
    /// What stands in its own `node_modules`.
    pub children: Vec<Listed>,
}

/// The tree of a project.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The project's folder.
    pub root: PathBuf,
    /// Packages of the whole tree.
    pub total: usize,
    /// What is listed of it.
    pub packages: Vec<Listed>,
}

impl LockedProject {
    /// The tree as the lockfile has it.
    pub fn list(&self, options: &ListOptions) -> Listing {
        let hoist = self.hoist(&development(options.production), None);
        let total = hoist.trees.iter().map(|tree| tree.dependencies.len()).sum();
        let trust = Trust::of(&self.project.package);
        let graph = self.graph();
        let wanted = |id: DependencyId| {
            let dependency = graph.dependency(id);
            let trusted = || {
                graph
                    .resolution(id)
                    .is_some_and(|package| trust.allows(graph.package(package), &dependency.name))
            };
            meant(&options.names, &dependency.name) && (!options.trusted || trusted())
        };
        let packages = if options.names.is_empty() && !options.trusted {
            self.children(&hoist, 0, options.all)
        } else {
            let ids = hoist.trees.iter().flat_map(|tree| &tree.dependencies);
            let mut found: Vec<Listed> = ids
                .filter(|&&id| wanted(id))
                .filter_map(|&id| self.listed(id))
                .collect();
            found.sort_by(|left, right| {
                (&left.name, &left.version).cmp(&(&right.name, &right.version))
            });
            found
        };
        Listing {
            root: self.project.root.clone(),
            total,
            packages,
        }
    }

    fn listed(&self, id: DependencyId) -> Option<Listed> {
        let graph = self.graph();
        Some(Listed {
            name: graph.dependency(id).name.to_string(),
            version: shown_version(graph, graph.resolution(id)?),
            children: Vec::new(),
        })
    }

    fn children(&self, hoist: &Hoist, tree: TreeId, all: bool) -> Vec<Listed> {
        let graph = self.graph();
        let Some(own) = hoist.trees.get(tree) else {
            return Vec::new();
        };
        let direct = graph.dependencies_of(ROOT);
        let mut found = Vec::new();
        for &id in &own.dependencies {
            if !all && !direct.contains(&id) {
                continue;
            }
            let Some(mut listed) = self.listed(id) else {
                continue;
            };
            let inside = (0..).zip(&hoist.trees).find(|(at, inside)| {
                *at > tree && inside.parent == Some(tree) && inside.owner == Some(id)
            });
            if let Some((inside, _)) = inside.filter(|_| all) {
                listed.children = self.children(hoist, inside, all);
            }
            found.push(listed);
        }
        found.sort_by(|left, right| left.name.cmp(&right.name));
        found
    }
}

//! The hoisted tree: each package as near to the root as no other version of the same name is in the
//! way. The order of placing is part of the format of `bun.lock`, whose keys are the places.

use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::graph::{DependencyId, Graph, PackageId, ROOT, Resolution};
use crate::spec::Spec;

/// Index of a tree; the root's `node_modules` is 0.
pub(crate) type TreeId = usize;

/// One `node_modules` folder.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    /// The folder above; the root has none.
    pub parent: Option<TreeId>,
    /// The dependency in whose folder this one lies.
    pub owner: Option<DependencyId>,
    /// What stands in it.
    pub dependencies: Vec<DependencyId>,
    /// The same by name.
    names: FxHashMap<Arc<str>, DependencyId>,
}

/// All folders of a project.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hoist {
    /// The root's is the first.
    pub trees: Vec<Tree>,
}

struct Work {
    parent: Option<TreeId>,
    owner: Option<DependencyId>,
    /// The highest tree that packages may be placed in.
    top: TreeId,
}

enum Place {
    /// Something above serves.
    Found,
    /// In this tree.
    In(TreeId),
    /// An optional peer that is this package.
    Peer(PackageId),
    /// An optional peer that nobody installs so far.
    Later,
}

/// Places every dependency that `wanted` lets through, and resolves optional peers to what is there.
pub(crate) fn hoist(graph: &mut Graph, wanted: impl Fn(&Graph, DependencyId) -> bool) -> Hoist {
    let mut builder = Builder {
        graph,
        trees: Vec::new(),
        pending: FxHashMap::default(),
        queue: VecDeque::new(),
    };
    builder.queue.push_back(Work {
        parent: None,
        owner: None,
        top: 0,
    });
    while let Some(work) = builder.queue.pop_front() {
        builder.fill(&work, &wanted);
    }
    Hoist {
        trees: builder.trees,
    }
}

struct Builder<'g> {
    graph: &'g mut Graph,
    trees: Vec<Tree>,
    /// Optional peers by name that nothing resolved as yet.
    pending: FxHashMap<Arc<str>, Vec<DependencyId>>,
    queue: VecDeque<Work>,
}

impl Builder<'_> {
    fn fill(&mut self, work: &Work, wanted: &impl Fn(&Graph, DependencyId) -> bool) {
        let package = match work.owner {
            None => Some(ROOT),
            Some(owner) => self.graph.resolution(owner),
        };
        let Some(package) = package else { return };
        let mut sorted: Vec<DependencyId> = self
            .graph
            .dependencies_of(package)
            .filter(|&id| wanted(self.graph, id))
            .collect();
        if sorted.is_empty() && work.owner.is_some() {
            return;
        }
        sorted.sort_by(|&left, &right| {
            let (left, right) = (self.graph.dependency(left), self.graph.dependency(right));
            left.behavior
                .order(right.behavior)
                .then_with(|| left.name.cmp(&right.name))
        });
        let tree = self.trees.len();
        self.trees.push(Tree {
            parent: work.parent,
            owner: work.owner,
            dependencies: Vec::new(),
            names: FxHashMap::default(),
        });
        for id in sorted {
            self.place(id, tree, work.top);
        }
        // What was placed higher is queued with that tree, so nothing refers to an empty one.
        let is_empty = self
            .trees
            .last()
            .is_some_and(|tree| tree.dependencies.is_empty());
        if is_empty && tree > 0 {
            self.trees.pop();
        }
    }

    fn place(&mut self, id: DependencyId, tree: TreeId, top: TreeId) {
        let dependency = self.graph.dependency(id);
        let package = self.graph.resolution(id);
        if package.is_none() && !dependency.behavior.is_optional_peer() {
            return;
        }
        let is_folder = package.is_some_and(|package| {
            matches!(
                self.graph.package(package).resolution,
                Resolution::Folder(_)
            )
        });
        let bundled = dependency.behavior.has(crate::graph::Behavior::BUNDLED);
        let place = if bundled || is_folder {
            Place::In(tree)
        } else {
            self.search(id, package, tree, top)
        };
        let name = Arc::clone(&dependency.name);
        match place {
            Place::Found => {}
            Place::Peer(package) => self.resolve(id, package),
            Place::Later => self.pending.entry(name).or_default().push(id),
            Place::In(place) => {
                let Some(found) = self.trees.get_mut(place) else {
                    return;
                };
                found.dependencies.push(id);
                found.names.insert(Arc::clone(&name), id);
                let Some(package) = package else { return };
                for peer in self.pending.remove(&name).unwrap_or_default() {
                    self.resolve(peer, package);
                }
                if self.graph.package(package).dependency_count > 0 {
                    self.queue.push_back(Work {
                        parent: Some(place),
                        owner: Some(id),
                        top: if bundled { place } else { top },
                    });
                }
            }
        }
    }

    fn resolve(&mut self, id: DependencyId, package: PackageId) {
        if let Some(slot) = self.graph.resolutions.get_mut(id as usize) {
            *slot = Some(package);
        }
    }

    /// To the highest tree, unless something of the name is in the way: then the dependency stays
    /// where it is asked for, as in Bun, and not one below the obstacle, as in npm.
    fn search(
        &self,
        id: DependencyId,
        package: Option<PackageId>,
        tree: TreeId,
        top: TreeId,
    ) -> Place {
        let wanted = self.graph.dependency(id);
        let mut highest = tree;
        let mut at = Some(tree);
        while let Some(current) = at {
            let Some(found) = self.trees.get(current) else {
                break;
            };
            if let Some(&other) = found.names.get(&wanted.name) {
                return self.meet(id, package, other, current == tree, tree);
            }
            highest = current;
            at = found.parent.filter(|_| current != top);
        }
        if package.is_none() {
            return Place::Later;
        }
        Place::In(highest)
    }

    /// What to do where `other`, of the same name, stands already.
    fn meet(
        &self,
        id: DependencyId,
        package: Option<PackageId>,
        other: DependencyId,
        same_tree: bool,
        own: TreeId,
    ) -> Place {
        let standing = self.graph.resolution(other);
        let Some(package) = package else {
            return standing.map_or(Place::Later, Place::Peer);
        };
        if standing == Some(package) {
            return Place::Found;
        }
        let wanted = self.graph.dependency(id);
        if wanted.behavior.has(crate::graph::Behavior::PEER) {
            let satisfied = match (
                &wanted.spec,
                standing.map(|id| &self.graph.package(id).resolution),
            ) {
                (Spec::Npm { range, .. }, Some(Resolution::Npm { version, .. })) => {
                    range.satisfies(version)
                }
                _ => false,
            };
            // What the project itself depends on was chosen by its author.
            if satisfied || self.graph.dependencies_of(ROOT).contains(&other) {
                return Place::Found;
            }
        }
        // Two lines of one manifest with one name: the first one placed stays.
        if same_tree {
            return Place::Found;
        }
        Place::In(own)
    }
}

impl Hoist {
    /// Every package's place, as the names from the root down, in the order of `bun.lock`: nearest to
    /// the root first, then by folder, then by name.
    pub(crate) fn places(&self, graph: &Graph) -> Vec<(Vec<Arc<str>>, DependencyId)> {
        let mut trees: Vec<(Vec<Arc<str>>, String, &Tree)> = self
            .trees
            .iter()
            .map(|tree| {
                let path = self.path(graph, tree);
                let text = path.join("/");
                (path, text, tree)
            })
            .collect();
        trees.sort_by(|left, right| (left.0.len(), &left.1).cmp(&(right.0.len(), &right.1)));
        let mut places = Vec::new();
        for (path, _, tree) in trees {
            let mut sorted = tree.dependencies.clone();
            sorted.sort_by(|&left, &right| {
                graph
                    .dependency(left)
                    .name
                    .cmp(&graph.dependency(right).name)
            });
            for id in sorted {
                let mut place = path.clone();
                place.push(Arc::clone(&graph.dependency(id).name));
                places.push((place, id));
            }
        }
        places
    }

    /// The `node_modules` folder of a tree, from the root.
    pub(crate) fn modules(&self, graph: &Graph, tree: &Tree) -> String {
        let Some(owner) = tree.owner else {
            return "node_modules".to_owned();
        };
        if let Some(package) = graph.resolution(owner)
            && let Resolution::Workspace(path) = &graph.package(package).resolution
        {
            return format!("{path}/node_modules");
        }
        let above = tree.parent.and_then(|parent| self.trees.get(parent));
        let above = above.map_or_else(
            || "node_modules".to_owned(),
            |above| self.modules(graph, above),
        );
        format!("{above}/{}/node_modules", graph.dependency(owner).name)
    }

    /// The names of the packages that a tree lies in, from the root down.
    pub(crate) fn path(&self, graph: &Graph, tree: &Tree) -> Vec<Arc<str>> {
        let mut names = Vec::new();
        let mut current = Some(tree);
        while let Some(tree) = current {
            if let Some(owner) = tree.owner {
                names.push(Arc::clone(&graph.dependency(owner).name));
            }
            current = tree.parent.and_then(|parent| self.trees.get(parent));
        }
        names.reverse();
        names
    }
}

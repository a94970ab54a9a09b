//! What is known before anything is asked: the project's own packages, and of the lockfile all that
//! still holds. Never touches the network.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::graph::{Behavior, Dependency, DependencyId, Graph, Meta, PackageId, Resolution};
use crate::lockfile::Lockfile;
use crate::manifest::{self, Parent, Project, Rules};
use crate::resolve::WorkspaceVersions;
use crate::semver::Version;
use crate::spec::Spec;

/// The graph so far.
pub(super) struct Plan {
    pub(super) graph: Graph,
    /// What has to be resolved.
    pub(super) open: Vec<DependencyId>,
    /// How many dependencies are of the project's own packages.
    pub(super) own_dependencies: usize,
    pub(super) versions: WorkspaceVersions,
}

/// What is resolved anew although the lockfile has it.
#[derive(Debug, Default)]
pub(super) struct Reopen {
    /// Dependencies of the project's own packages: the package's path and the name.
    pub(super) direct: FxHashSet<(Arc<str>, Arc<str>)>,
    /// Whether versions of the lockfile that nothing holds may serve again, as in Bun.
    pub(super) keeps_versions: bool,
    /// Dependencies of everything else, by the name of the package they are on.
    pub(super) others: Others,
}

/// Which dependencies of dependencies are resolved anew.
#[derive(Debug, Default)]
pub(super) enum Others {
    /// None.
    #[default]
    None,
    /// Those on packages of these names.
    Named(Vec<Arc<str>>),
    /// All.
    All,
}

impl Others {
    fn has(&self, name: &str) -> bool {
        match self {
            Self::None => false,
            Self::Named(names) => names.iter().any(|known| **known == *name),
            Self::All => true,
        }
    }
}

/// The project's packages, connected to what the lockfile has for them.
pub(super) fn plan(
    project: &Project,
    locked: Option<&Lockfile>,
    rules: &Rules,
    reopen: &Reopen,
) -> Plan {
    let mut graph = Graph::default();
    let mut own = manifest::of_package_json(&project.package, true);
    for workspace in &project.workspaces {
        let name: Arc<str> = workspace.package.name.as_deref().unwrap_or_default().into();
        let path: Arc<str> = workspace.path.as_str().into();
        own.push(Dependency {
            name,
            literal: Arc::clone(&path),
            spec: Spec::Workspace(path),
            behavior: Behavior::WORKSPACE,
        });
    }
    sort(&mut own);
    let name: Arc<str> = project.package.name.as_deref().unwrap_or_default().into();
    let meta = Meta {
        bin: manifest::bin_of(&project.package),
        ..Meta::default()
    };
    graph.push(name, Resolution::Root, meta, own);
    let mut versions = WorkspaceVersions::default();
    for workspace in &project.workspaces {
        let name: Arc<str> = workspace.package.name.as_deref().unwrap_or_default().into();
        let mut own = manifest::of_package_json(&workspace.package, true);
        sort(&mut own);
        let meta = Meta {
            bin: manifest::bin_of(&workspace.package),
            ..Meta::default()
        };
        let resolution = Resolution::Workspace(workspace.path.as_str().into());
        let id = graph.push(Arc::clone(&name), resolution, meta, own);
        let version = workspace
            .package
            .version
            .as_deref()
            .and_then(Version::parse);
        versions.insert(name, (id, version));
    }
    let own_dependencies = graph.dependencies.len();
    let mut open = Vec::new();
    match locked {
        Some(locked) => Merge::new(&mut graph, locked, rules, reopen).run(&mut open),
        None => open.extend(0..crate::graph::index(graph.dependencies.len())),
    }
    Plan {
        graph,
        open,
        own_dependencies,
        versions,
    }
}

/// The order in which Bun goes through a manifest.
fn sort(dependencies: &mut [Dependency]) {
    dependencies.sort_by(|left, right| {
        left.behavior
            .order(right.behavior)
            .then_with(|| left.name.cmp(&right.name))
    });
}

struct Merge<'a> {
    graph: &'a mut Graph,
    locked: &'a Lockfile,
    rules: &'a Rules,
    reopen: &'a Reopen,
    /// Packages of the lockfile that are in the new graph.
    copies: FxHashMap<PackageId, PackageId>,
    /// Those whose dependencies are still to be connected, with their old ids.
    queue: Vec<(PackageId, PackageId)>,
}

impl<'a> Merge<'a> {
    fn new(
        graph: &'a mut Graph,
        locked: &'a Lockfile,
        rules: &'a Rules,
        reopen: &'a Reopen,
    ) -> Self {
        Self {
            graph,
            locked,
            rules,
            reopen,
            copies: FxHashMap::default(),
            queue: Vec::new(),
        }
    }

    fn run(mut self, open: &mut Vec<DependencyId>) {
        let mut own: Vec<(PackageId, Option<PackageId>)> = Vec::new();
        for (id, package) in (0..).zip(&self.graph.packages) {
            let path = match &package.resolution {
                Resolution::Workspace(path) => Arc::clone(path),
                _ => "".into(),
            };
            let old = self
                .locked
                .workspaces
                .iter()
                .find(|known| known.path == path);
            own.push((id, old.map(|known| known.package)));
        }
        for &(id, old) in &own {
            if let Some(old) = old {
                self.copies.insert(old, id);
            }
        }
        for (id, old) in own {
            let path: Arc<str> = match &self.graph.package(id).resolution {
                Resolution::Workspace(path) => Arc::clone(path),
                _ => "".into(),
            };
            for dependency in self.graph.dependencies_of(id) {
                let name = Arc::clone(&self.graph.dependency(dependency).name);
                let held = if self.reopen.direct.contains(&(Arc::clone(&path), name)) {
                    None
                } else {
                    old.and_then(|old| self.held(dependency, id, old))
                        .or_else(|| self.serving(dependency, id))
                };
                match held {
                    Some(package) => self.settle(dependency, package),
                    None => open.push(dependency),
                }
            }
        }
        if self.reopen.keeps_versions && !open.is_empty() {
            for (id, package) in (0..).zip(&self.locked.graph.packages) {
                if matches!(package.resolution, Resolution::Npm { .. })
                    && !self.extended_otherwise(id)
                {
                    self.copy(id);
                }
            }
        }
        while let Some((id, old)) = self.queue.pop() {
            let pairs = self
                .graph
                .dependencies_of(id)
                .zip(self.locked.graph.dependencies_of(old));
            for (new, old) in pairs {
                let target = self.locked.graph.resolution(old);
                let name = target.map(|package| &self.locked.graph.package(package).name);
                let changed = self.ruled_otherwise(new, id)
                    || target.is_some_and(|package| self.extended_otherwise(package))
                    || name.is_some_and(|name| self.reopen.others.has(name));
                match target {
                    Some(package) if !changed => {
                        let package = self.copy(package);
                        self.settle(new, package);
                    }
                    // What was optional and missing stays so.
                    None if !changed => {}
                    _ => open.push(new),
                }
            }
        }
        open.sort_unstable();
    }

    fn settle(&mut self, id: DependencyId, package: PackageId) {
        if let Some(slot) = self.graph.resolutions.get_mut(id as usize) {
            *slot = Some(package);
        }
    }

    /// What the lockfile has for a dependency of the project, if it asks for the same as before.
    fn held(&mut self, id: DependencyId, owner: PackageId, old: PackageId) -> Option<PackageId> {
        let dependency = self.graph.dependency(id);
        if dependency.behavior.has(Behavior::WORKSPACE) {
            return self.workspace(&dependency.spec);
        }
        let dependency = dependency.clone();
        if self.ruled_otherwise(id, owner) {
            return None;
        }
        let graph = &self.locked.graph;
        let same = graph.dependencies_of(old).find(|&known| {
            let known = graph.dependency(known);
            !known.behavior.has(Behavior::WORKSPACE)
                && known.name == dependency.name
                && known.literal == dependency.literal
        })?;
        let package = graph.resolution(same)?;
        (!self.extended_otherwise(package)).then(|| self.copy(package))
    }

    /// The greatest version of the lockfile that serves a dependency which asks for something else than
    /// before: a range that was widened changes nothing.
    fn serving(&mut self, id: DependencyId, owner: PackageId) -> Option<PackageId> {
        let parent = Parent::of(self.graph.package(owner));
        let effective = self.rules.effective(self.graph.dependency(id), parent);
        let Spec::Npm { name, range, .. } = effective else {
            return None;
        };
        let own = |package: &crate::graph::Package| {
            matches!(package.resolution, Resolution::Workspace(_)) && package.name == name
        };
        if self.graph.packages.iter().any(own) {
            return None;
        }
        let locked = (0..).zip(&self.locked.graph.packages);
        let fits = locked.filter_map(|(id, package)| match &package.resolution {
            Resolution::Npm { version, .. } if package.name == name && range.satisfies(version) => {
                Some((version, id))
            }
            _ => None,
        });
        let (_, package) = fits.max_by(|left, right| left.0.cmp(right.0))?;
        (!self.extended_otherwise(package)).then(|| self.copy(package))
    }

    fn workspace(&self, spec: &Spec) -> Option<PackageId> {
        let Spec::Workspace(path) = spec else {
            return None;
        };
        let is_it = |package: &crate::graph::Package| matches!(&package.resolution, Resolution::Workspace(known) if known == path);
        self.graph
            .packages
            .iter()
            .position(is_it)
            .map(crate::graph::index)
    }

    /// Whether overrides or catalogs say something else of it than when the lockfile was written.
    fn ruled_otherwise(&self, id: DependencyId, owner: PackageId) -> bool {
        let dependency = self.graph.dependency(id);
        let parent = Parent::of(self.graph.package(owner));
        let of = |rules: &Rules| {
            let own = rules
                .replacement(dependency, parent)
                .unwrap_or(&dependency.literal)
                .clone();
            match own.strip_prefix("catalog:") {
                Some(group) => rules.catalog_entry(group.trim(), &dependency.name).cloned(),
                None => Some(own),
            }
        };
        of(self.rules) != of(&self.locked.rules)
    }

    /// Whether extensions add something else to a package than when the lockfile was written.
    fn extended_otherwise(&self, package: PackageId) -> bool {
        let found = self.locked.graph.package(package);
        let Resolution::Npm { version, .. } = &found.resolution else {
            return false;
        };
        if self.rules.extensions.is_empty() && found.meta.extended.is_empty() {
            return false;
        }
        // What was added is taken out before it is added again.
        let added = |dependency: &Dependency| {
            let extended = &found.meta.extended;
            let list = if dependency.behavior.has(Behavior::PEER) {
                &extended.peers
            } else {
                &extended.dependencies
            };
            list.contains(&dependency.name)
        };
        let own = self.locked.graph.dependencies_of(package);
        let mut plain: Vec<Dependency> = own
            .map(|id| self.locked.graph.dependency(id).clone())
            .filter(|dependency| !added(dependency))
            .collect();
        for dependency in &mut plain {
            if found
                .meta
                .extended
                .optional_peers
                .contains(&dependency.name)
            {
                dependency.behavior = Behavior::PEER;
            }
        }
        let now = self.rules.extend(&found.name, version, &mut plain);
        if now != found.meta.extended {
            return true;
        }
        // The ranges that were added may be others.
        let own = self.locked.graph.dependencies_of(package);
        own.map(|id| self.locked.graph.dependency(id))
            .filter(|dependency| added(dependency))
            .any(|dependency| {
                !plain.iter().any(|known| {
                    known.name == dependency.name && known.literal == dependency.literal
                })
            })
    }

    /// The package of the lockfile in the new graph.
    fn copy(&mut self, old: PackageId) -> PackageId {
        if let Some(&id) = self.copies.get(&old) {
            return id;
        }
        let package = self.locked.graph.package(old);
        let dependencies = self
            .locked
            .graph
            .dependencies_of(old)
            .map(|id| self.locked.graph.dependency(id).clone())
            .collect();
        let id = self.graph.push(
            Arc::clone(&package.name),
            package.resolution.clone(),
            package.meta.clone(),
            dependencies,
        );
        self.copies.insert(old, id);
        self.queue.push((id, old));
        id
    }
}

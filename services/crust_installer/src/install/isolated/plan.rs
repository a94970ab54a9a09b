//! The store of an isolated layout as data: one entry for each package and each set of peers that it
//! sees, and what every entry links to. Never touches the disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHasher};

use crate::graph::{Behavior, DependencyId, Graph, PackageId, ROOT, Resolution};
use crate::inspect::shown_version;

/// Index of an entry.
pub(crate) type EntryId = usize;

/// The longest version in a folder's name, as in Bun; longer ones are cut and told apart by a digest.
const LONGEST_VERSION: usize = 80;

/// A package with the peers that it sees.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) package: PackageId,
    /// A dependency that it is there for: a required one if there is any.
    pub(crate) dependency: DependencyId,
    /// Peers from above, by name.
    peers: BTreeMap<Arc<str>, PackageId>,
    /// What it depends on, by the name it is imported by.
    pub(crate) links: BTreeMap<Arc<str>, EntryId>,
    /// The folder of `.bun`; none for packages that lie elsewhere.
    pub(crate) folder: Option<String>,
}

/// The whole store.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) entries: Vec<Entry>,
    /// The project's own packages.
    pub(crate) own: Vec<EntryId>,
    /// What packages that forgot a dependency find, by name.
    pub(crate) hidden: BTreeMap<Arc<str>, EntryId>,
}

/// Peers by name, and what they resolved to.
type Open = BTreeMap<Arc<str>, Option<PackageId>>;
/// A package and the peers that it sees.
type Key = (PackageId, Vec<(Arc<str>, PackageId)>);

struct Builder<'g> {
    graph: &'g Graph,
    /// Dependencies that are installed.
    wanted: Vec<bool>,
    /// The peers that a package and what it needs expect from above, and what they resolved to, which
    /// serves where nobody above has one.
    open: Vec<Open>,
    /// What the root depends on, which workspaces see as well.
    root: FxHashMap<Arc<str>, PackageId>,
    plan: Plan,
    known: FxHashMap<Key, EntryId>,
    queue: Vec<EntryId>,
}

impl Plan {
    /// The store of a resolved graph.
    pub(crate) fn of(graph: &Graph, wanted: impl Fn(&Graph, DependencyId) -> bool) -> Self {
        let count = crate::graph::index(graph.dependencies.len());
        let mut builder = Builder {
            graph,
            wanted: (0..count).map(|id| wanted(graph, id)).collect(),
            open: open_peers(graph),
            root: graph
                .dependencies_of(ROOT)
                .filter(|&id| !graph.dependency(id).behavior.has(Behavior::WORKSPACE))
                .filter_map(|id| {
                    Some((
                        Arc::clone(&graph.dependency(id).name),
                        graph.resolution(id)?,
                    ))
                })
                .collect(),
            plan: Self::default(),
            known: FxHashMap::default(),
            queue: Vec::new(),
        };
        for (id, package) in (0..).zip(&graph.packages) {
            if matches!(
                package.resolution,
                Resolution::Root | Resolution::Workspace(_)
            ) {
                let entry = builder.entry(id, 0, BTreeMap::new());
                builder.plan.own.push(entry);
            }
        }
        while let Some(entry) = builder.queue.pop() {
            builder.fill(entry);
        }
        builder.plan.name(graph);
        builder.plan.hide(graph);
        builder.plan
    }

    /// Gives every entry its folder.
    fn name(&mut self, graph: &Graph) {
        for entry in &mut self.entries {
            let package = graph.package(entry.package);
            if matches!(
                package.resolution,
                Resolution::Root | Resolution::Workspace(_) | Resolution::Link(_)
            ) {
                continue;
            }
            let mut version = plain(&shown_version(graph, entry.package));
            if version.len() > LONGEST_VERSION {
                let digest = digest(version.as_bytes());
                version.truncate(version.floor_char_boundary(LONGEST_VERSION));
                version = format!("{version}-{digest}");
            }
            let mut folder = format!("{}@{version}", plain(&package.name));
            if !entry.peers.is_empty() {
                let text: Vec<String> = entry
                    .peers
                    .iter()
                    .map(|(name, package)| {
                        format!(
                            "{name}={}@{}",
                            graph.package(*package).name,
                            shown_version(graph, *package)
                        )
                    })
                    .collect();
                folder = format!("{folder}+{}", digest(text.join(" ").as_bytes()));
            }
            entry.folder = Some(folder);
        }
    }

    /// Of each name, the entry that comes first: the nearest to the project's own packages.
    fn hide(&mut self, graph: &Graph) {
        for (id, entry) in self.entries.iter().enumerate() {
            let is_npm = matches!(
                graph.package(entry.package).resolution,
                Resolution::Npm { .. }
            );
            if !is_npm {
                continue;
            }
            self.hidden
                .entry(Arc::clone(&graph.package(entry.package).name))
                .and_modify(|known| {
                    let fewer = self
                        .entries
                        .get(*known)
                        .is_some_and(|other| entry.package < other.package);
                    if fewer {
                        *known = id;
                    }
                })
                .or_insert(id);
        }
    }

    /// The path of an entry's package from the root.
    pub(crate) fn path(&self, graph: &Graph, id: EntryId) -> Option<String> {
        let entry = self.entries.get(id)?;
        let package = graph.package(entry.package);
        match (&package.resolution, &entry.folder) {
            (Resolution::Root, _) => Some(String::new()),
            (Resolution::Workspace(path), _) => Some(path.to_string()),
            (_, Some(folder)) => Some(format!("{}/{}", modules(folder), package.name)),
            _ => None,
        }
    }

    /// The `node_modules` folder that an entry's links stand in, from the root.
    pub(crate) fn modules(&self, graph: &Graph, id: EntryId) -> Option<String> {
        let entry = self.entries.get(id)?;
        match (&graph.package(entry.package).resolution, &entry.folder) {
            (Resolution::Root, _) => Some("node_modules".to_owned()),
            (Resolution::Workspace(path), _) => Some(format!("{path}/node_modules")),
            (_, Some(folder)) => Some(modules(folder)),
            _ => None,
        }
    }
}

fn modules(folder: &str) -> String {
    format!("node_modules/.bun/{folder}/node_modules")
}

/// Without what separates folders, and what means something in URLs.
fn plain(text: &str) -> String {
    text.replace(['/', '\\', ':', '#', '?'], "+")
}

fn digest(bytes: &[u8]) -> String {
    use std::hash::Hasher as _;
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    format!("{:016x}", hasher.finish())
}

impl Builder<'_> {
    fn entry(
        &mut self,
        package: PackageId,
        dependency: DependencyId,
        peers: BTreeMap<Arc<str>, PackageId>,
    ) -> EntryId {
        let key = (
            package,
            peers
                .iter()
                .map(|(name, id)| (Arc::clone(name), *id))
                .collect(),
        );
        if let Some(&known) = self.known.get(&key) {
            let optional =
                |id: DependencyId| self.graph.dependency(id).behavior.has(Behavior::OPTIONAL);
            if let Some(entry) = self.plan.entries.get_mut(known)
                && optional(entry.dependency)
                && !optional(dependency)
            {
                entry.dependency = dependency;
            }
            return known;
        }
        let id = self.plan.entries.len();
        self.plan.entries.push(Entry {
            package,
            dependency,
            peers,
            links: BTreeMap::new(),
            folder: None,
        });
        self.known.insert(key, id);
        self.queue.push(id);
        id
    }

    /// Links an entry to what it depends on.
    fn fill(&mut self, id: EntryId) {
        let Some(entry) = self.plan.entries.get(id) else {
            return;
        };
        let (package, peers) = (entry.package, entry.peers.clone());
        let mut sees: BTreeMap<Arc<str>, (PackageId, DependencyId)> = BTreeMap::new();
        for dependency in self.graph.dependencies_of(package) {
            if !self
                .wanted
                .get(dependency as usize)
                .copied()
                .unwrap_or(false)
            {
                continue;
            }
            let found = self.graph.dependency(dependency);
            if found.behavior.has(Behavior::WORKSPACE) || found.behavior.has(Behavior::BUNDLED) {
                continue;
            }
            let from_above = peers
                .get(&found.name)
                .filter(|_| found.behavior.has(Behavior::PEER));
            let target = from_above
                .copied()
                .or_else(|| self.graph.resolution(dependency));
            // A plain dependency of the name counts before a peer.
            if let Some(target) = target
                && (!found.behavior.has(Behavior::PEER) || !sees.contains_key(&found.name))
            {
                sees.insert(Arc::clone(&found.name), (target, dependency));
            }
        }
        let is_workspace = matches!(
            self.graph.package(package).resolution,
            Resolution::Workspace(_)
        );
        let mut links = BTreeMap::new();
        for (name, &(target, dependency)) in &sees {
            if target == package {
                continue;
            }
            let expected = self.open.get(target as usize).cloned().unwrap_or_default();
            let passed = expected
                .into_iter()
                .filter_map(|(peer, resolved)| {
                    let here = sees.get(&peer).map(|(found, _)| *found);
                    let above = || self.root.get(&peer).copied().filter(|_| is_workspace);
                    let found = here
                        .or_else(|| peers.get(&peer).copied())
                        .or_else(above)
                        .or(resolved)?;
                    (found != target).then_some((peer, found))
                })
                .collect();
            let own = matches!(
                self.graph.package(target).resolution,
                Resolution::Root | Resolution::Workspace(_)
            );
            let passed = if own { BTreeMap::new() } else { passed };
            links.insert(Arc::clone(name), self.entry(target, dependency, passed));
        }
        if let Some(entry) = self.plan.entries.get_mut(id) {
            entry.links = links;
        }
    }
}

/// For each package the peers that it, or what it depends on, expects from its dependents.
fn open_peers(graph: &Graph) -> Vec<Open> {
    let mut open: Vec<Open> = vec![Open::new(); graph.packages.len()];
    // Packages depend on each other in circles, so this goes on until nothing changes; each round adds
    // a name to a package, and there are only so many.
    let mut changed = true;
    while changed {
        changed = false;
        // What a package needs mostly came after it.
        for id in (0..crate::graph::index(graph.packages.len())).rev() {
            let package = graph.package(id);
            if id == ROOT
                || matches!(
                    package.resolution,
                    Resolution::Workspace(_) | Resolution::Link(_)
                )
            {
                continue;
            }
            let mut found = Open::new();
            for dependency in graph.dependencies_of(id) {
                let own = graph.dependency(dependency);
                if own.behavior.has(Behavior::PEER) {
                    found.insert(Arc::clone(&own.name), graph.resolution(dependency));
                } else if let Some(target) = graph.resolution(dependency) {
                    for (name, resolved) in open.get(target as usize).into_iter().flatten() {
                        found.entry(Arc::clone(name)).or_insert(*resolved);
                    }
                }
            }
            // Its own dependencies serve what they need of each other.
            for dependency in graph.dependencies_of(id) {
                let own = graph.dependency(dependency);
                if !own.behavior.has(Behavior::PEER) {
                    found.remove(&own.name);
                }
            }
            if let Some(slot) = open.get_mut(id as usize)
                && slot.len() < found.len()
            {
                *slot = found;
                changed = true;
            }
        }
    }
    open
}

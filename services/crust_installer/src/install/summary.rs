//! What an installation did, as data for whoever tells people.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

use super::dedupe::Deduped;
use super::edit::{Edits, find};
use super::update::version_of;
use crate::graph::{Behavior, Bin, DependencyId, Graph, PackageId, ROOT, Resolution};
use crate::lockfile::Lockfile;
use crate::resolve::Hoist;
use crate::semver::Version;

/// A dependency of the project that was installed.
#[derive(Debug, Clone)]
pub struct Changed {
    /// Its name.
    pub name: Arc<str>,
    /// Its version, or what stands for one.
    pub version: String,
    /// A greater version that the registry calls the latest.
    pub available: Option<String>,
}

/// A package that was asked for on the command line.
#[derive(Debug, Clone)]
pub struct Installed {
    /// Its name.
    pub name: Arc<str>,
    /// Its version, or what stands for one.
    pub version: String,
    /// Its commands.
    pub binaries: Vec<String>,
}

/// A dependency of the project that has another version now.
#[derive(Debug, Clone)]
pub struct Updated {
    /// Its name.
    pub name: Arc<str>,
    /// The version before.
    pub from: String,
    /// The version now.
    pub to: String,
    /// A greater version that the registry calls the latest.
    pub available: Option<String>,
}

/// The result of an installation.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a line of its own in what people read"
)]
pub struct Summary {
    started: Instant,
    /// Dependencies of the project that were placed, in Bun's order.
    pub added: Vec<Changed>,
    pub(crate) installed: Vec<DependencyId>,
    /// Folders that were taken away.
    pub removed: Vec<String>,
    /// Packages placed in this run.
    pub placed: usize,
    /// Packages of the whole tree.
    pub total: usize,
    /// Whether the stamp said that there is nothing to do.
    pub unchanged: bool,
    /// What `add` was asked for.
    pub requested: Vec<Installed>,
    /// What `update` changed.
    pub updated: Vec<Updated>,
    /// Packages of which there are fewer versions.
    pub deduped: Vec<Deduped>,
    /// Names that were taken out of a manifest.
    pub removed_names: Vec<String>,
    /// Scripts of packages placed in this run that were not run, because nobody trusts them.
    pub blocked_scripts: usize,
    /// Manifests that were written.
    pub saved_manifests: usize,
    /// Whether the lockfile was taken away, because nothing is left to lock.
    pub deleted_lockfile: bool,
    /// Whether nothing was to be written.
    pub dry_run: bool,
    /// Whether the lockfile was written.
    pub saved_lockfile: bool,
    /// How long the first project header took, when this installation wrote it.
    pub wrote_header: Option<Duration>,
}

impl Summary {
    pub(super) fn new(started: Instant) -> Self {
        Self {
            started,
            added: Vec::new(),
            installed: Vec::new(),
            removed: Vec::new(),
            placed: 0,
            total: 0,
            unchanged: false,
            requested: Vec::new(),
            updated: Vec::new(),
            deduped: Vec::new(),
            removed_names: Vec::new(),
            blocked_scripts: 0,
            saved_manifests: 0,
            deleted_lockfile: false,
            dry_run: false,
            saved_lockfile: false,
            wrote_header: None,
        }
    }

    pub(super) fn unchanged(started: Instant, total: usize) -> Self {
        Self {
            total,
            unchanged: true,
            ..Self::new(started)
        }
    }

    /// Time since the command began.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Lists what was placed and what changed. `edits` are those of the request.
    pub(super) fn describe(&mut self, graph: &Graph, hoist: &Hoist, view: &View<'_>) {
        self.requested = requested(graph, view.edits);
        self.updated = view.updated(graph);
        let root = graph.dependencies_of(ROOT);
        let Some(tree) = hoist.trees.first() else {
            return;
        };
        for &id in &tree.dependencies {
            let dependency = graph.dependency(id);
            let name = &dependency.name;
            let shown = root.contains(&id)
                && self.installed.contains(&id)
                && !dependency.behavior.has(Behavior::WORKSPACE)
                && !self.requested.iter().any(|known| known.name == *name)
                && !self.updated.iter().any(|known| known.name == *name);
            let Some(package) = graph.resolution(id).filter(|_| shown) else {
                continue;
            };
            self.added.push(Changed {
                name: Arc::clone(name),
                version: version(graph, id, package),
                available: view.available(graph, id, package),
            });
        }
    }
}

/// What a description needs besides the graph.
pub(super) struct View<'a> {
    pub(super) edits: &'a Edits,
    pub(super) latest: &'a FxHashMap<Arc<str>, Version>,
    /// The lockfile before, where its differences are wanted.
    pub(super) before: Option<&'a Lockfile>,
    pub(super) targets: &'a [String],
}

impl View<'_> {
    /// A greater version that the registry calls the latest.
    fn available(&self, graph: &Graph, id: DependencyId, package: PackageId) -> Option<String> {
        let package = graph.package(package);
        let Resolution::Npm { version, .. } = &package.resolution else {
            return None;
        };
        let latest = self.latest.get(&package.name)?;
        let is_alias = graph.dependency(id).name != package.name;
        (latest > version && !is_alias).then(|| latest.to_string())
    }

    fn updated(&self, graph: &Graph) -> Vec<Updated> {
        let Some(before) = self.before else {
            return Vec::new();
        };
        let mut found: Vec<Updated> = Vec::new();
        for (id, package) in (0..).zip(&graph.packages) {
            let path: &str = match &package.resolution {
                Resolution::Root => "",
                Resolution::Workspace(path) => path,
                _ => continue,
            };
            if !self.targets.iter().any(|target| target == path) {
                continue;
            }
            for id in graph.dependencies_of(id) {
                let name = &graph.dependency(id).name;
                let known = found.iter().any(|known| known.name == *name);
                let Some(package) = graph.resolution(id).filter(|_| !known) else {
                    continue;
                };
                if let Resolution::Npm { version, .. } = &graph.package(package).resolution
                    && let Some(old) = version_of(before, path, name)
                    && old != version
                {
                    found.push(Updated {
                        name: Arc::clone(name),
                        from: old.to_string(),
                        to: version.to_string(),
                        available: self.available(graph, id, package),
                    });
                }
            }
        }
        found.sort_by(|left, right| left.name.cmp(&right.name));
        found
    }
}

fn requested(graph: &Graph, edits: &Edits) -> Vec<Installed> {
    let mut found: Vec<Installed> = Vec::new();
    for file in &edits.files {
        for change in file.changes.iter().filter(|change| change.is_named) {
            let known = found.iter().any(|known| known.name == change.name);
            let Some(id) = find(graph, &file.workspace, change).filter(|_| !known) else {
                continue;
            };
            let Some(package) = graph.resolution(id) else {
                continue;
            };
            let own = graph.package(package);
            let short = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
            found.push(Installed {
                name: Arc::clone(&change.name),
                version: version(graph, id, package),
                binaries: match &own.meta.bin {
                    Bin::File(_) => vec![short(&own.name)],
                    Bin::Map(files) => files.iter().map(|(name, _)| short(name)).collect(),
                    Bin::None | Bin::Directory(_) => Vec::new(),
                },
            });
        }
    }
    found
}

/// A package's version, or what stands for one.
fn version(graph: &Graph, id: DependencyId, package: PackageId) -> String {
    let dependency = graph.dependency(id);
    let package = graph.package(package);
    match &package.resolution {
        Resolution::Npm { version, .. } if dependency.literal.starts_with("npm:") => {
            format!("npm:{}@{version}", package.name)
        }
        Resolution::Npm { version, .. } => version.to_string(),
        Resolution::Workspace(path) => format!("workspace:{path}"),
        Resolution::Folder(path)
        | Resolution::LocalTarball(path)
        | Resolution::RemoteTarball(path) => path.to_string(),
        Resolution::Link(path) => format!("link:{path}"),
        Resolution::Git { url, commit } => {
            format!("git+{}#{commit}", url.trim_start_matches("git+"))
        }
        Resolution::Github { repository, commit } => format!("github:{repository}#{commit}"),
        Resolution::Root => dependency.literal.to_string(),
    }
}

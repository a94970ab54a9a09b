//! The resolver: breadth first through the dependencies, in an order that does not depend on the
//! network, while packuments that will be needed are fetched ahead. Never places a package.

use std::collections::VecDeque;
use std::ops::Range as Span;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use tokio::sync::mpsc;

use crate::error::InstallError;
use crate::graph::{Behavior, Dependency, DependencyId, Graph, Meta, PackageId, ROOT, Resolution};
use crate::manifest::{Parent, Rules};
use crate::migrate::Pins;
use crate::registry::{Packument, Registry, VersionManifest};
use crate::semver::Version;
use crate::sources::Sources;
use crate::spec::Spec;

/// Versions of the project's own packages by name.
pub(crate) type WorkspaceVersions = FxHashMap<Arc<str>, (PackageId, Option<Version>)>;

/// Called for every package that is new to the graph.
type OnPackage<'a> = dyn FnMut(&Graph, PackageId) + 'a;
/// What the resolver goes by.
pub(crate) struct ResolverOptions {
    /// Overrides and catalogs.
    pub rules: Rules,
    /// The project's own packages.
    pub workspaces: WorkspaceVersions,
    /// Whether they serve ranges of the registry.
    pub link_workspace_packages: bool,
    /// Versions published after this moment, in the registry's way of writing it, are passed over.
    pub published_before: Option<String>,
    /// Packages to which that does not apply.
    pub age_excludes: Vec<String>,
    /// Versions that the lockfile of another package manager holds.
    pub pins: Pins,
    /// Whether a version of the graph serves a range that has a greater one.
    pub reuse: bool,
    /// How many dependencies, the first ones, are of the project's own packages.
    pub own_dependencies: DependencyId,
}

/// What came out.
pub(crate) struct Resolved {
    pub(crate) graph: Graph,
    /// The latest versions of packages that were asked for.
    pub(crate) latest: FxHashMap<Arc<str>, Version>,
}

/// Resolves a graph.
pub(crate) struct Resolver<'a> {
    graph: Graph,
    options: ResolverOptions,
    /// Packages by name, greatest version first.
    by_name: FxHashMap<Arc<str>, Vec<PackageId>>,
    packuments: FxHashMap<Arc<str>, Result<Arc<Packument>, Option<InstallError>>>,
    requested: FxHashSet<Arc<str>>,
    /// Ranges that are known to be asked of packuments that are on their way.
    expected: FxHashMap<Arc<str>, Vec<Spec>>,
    manifests: FxHashMap<(Arc<str>, Box<str>), Arc<VersionManifest>>,
    registry: Registry,
    sender: mpsc::UnboundedSender<Arrival>,
    receiver: mpsc::UnboundedReceiver<Arrival>,
    queue: VecDeque<Span<DependencyId>>,
    peers: VecDeque<DependencyId>,
    on_package: Box<OnPackage<'a>>,
    sources: Sources,
}

/// A packument that came; as many as names in the graph, each once.
type Arrival = (Arc<str>, Result<Packument, InstallError>);

impl<'a> Resolver<'a> {
    /// A resolver of `graph`, whose resolved dependencies stay as they are.
    pub(crate) fn new(
        graph: Graph,
        options: ResolverOptions,
        registry: Registry,
        on_package: Box<OnPackage<'a>>,
        sources: Sources,
    ) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut resolver = Self {
            graph: Graph::default(),
            options,
            by_name: FxHashMap::default(),
            packuments: FxHashMap::default(),
            requested: FxHashSet::default(),
            expected: FxHashMap::default(),
            manifests: FxHashMap::default(),
            registry,
            sender,
            receiver,
            queue: VecDeque::new(),
            peers: VecDeque::new(),
            on_package,
            sources,
        };
        for (id, package) in (0..).zip(&graph.packages) {
            if matches!(package.resolution, Resolution::Npm { .. }) {
                let ids = resolver
                    .by_name
                    .entry(Arc::clone(&package.name))
                    .or_default();
                insert_sorted(ids, id, &graph);
            }
        }
        resolver.graph = graph;
        resolver
    }

    /// Resolves everything that is unresolved, and gives the graph back.
    pub(crate) async fn run(mut self, open: Vec<DependencyId>) -> Result<Resolved, InstallError> {
        for id in open {
            let span = id..id + 1;
            self.enqueue(span);
        }
        loop {
            while let Some(span) = self.queue.pop_front() {
                for id in span {
                    if self.graph.resolution(id).is_some() {
                        continue;
                    }
                    let behavior = self.graph.dependency(id).behavior;
                    if behavior.is_optional_peer() {
                        continue;
                    }
                    if behavior.has(Behavior::PEER) {
                        self.peers.push_back(id);
                    } else {
                        self.resolve(id).await?;
                    }
                }
            }
            if self.peers.is_empty() {
                return Ok(self.finish());
            }
            // Peers come after everything that others bring, because that serves them.
            for id in std::mem::take(&mut self.peers) {
                self.resolve_peer(id).await?;
            }
        }
    }

    fn finish(self) -> Resolved {
        let packuments = self.packuments.into_iter();
        let latest = packuments.filter_map(|(name, packument)| {
            let latest = packument.ok()?.tag("latest")?.clone();
            Some((name, latest))
        });
        Resolved {
            latest: latest.collect(),
            graph: self.graph,
        }
    }

    fn enqueue(&mut self, span: Span<DependencyId>) {
        for id in span.clone() {
            let open = self.graph.resolution(id).is_none();
            let dependency = self.graph.dependency(id);
            if open && !dependency.behavior.has(Behavior::PEER) {
                let spec = self.effective(id);
                self.expect(&spec);
            }
        }
        self.queue.push_back(span);
    }

    /// The specifier after overrides and catalogs; a catalog that lacks the name stays as it is.
    fn effective(&self, id: DependencyId) -> Spec {
        let dependency = self.graph.dependency(id);
        let parent = self
            .owner(id)
            .map_or_else(|| Parent::of(self.graph.package(ROOT)), Parent::of);
        self.options.rules.effective(dependency, parent)
    }

    async fn resolve(&mut self, id: DependencyId) -> Result<(), InstallError> {
        let result = self.try_resolve(id, self.options.reuse).await;
        let optional = self.graph.dependency(id).behavior.has(Behavior::OPTIONAL);
        match result {
            Err(InstallError::NotFound { .. } | InstallError::NoMatchingVersion { .. })
                if optional =>
            {
                Ok(())
            }
            Err(error) => Err(self.explain(error, id)),
            Ok(()) => Ok(()),
        }
    }

    async fn resolve_peer(&mut self, id: DependencyId) -> Result<(), InstallError> {
        let spec = self.effective(id);
        // A tag that the project itself names is that version, not whatever there is.
        let is_choice = matches!(spec, Spec::Tag { .. }) && id < self.options.own_dependencies;
        if let Some(name) = spec.registry_name().filter(|_| !is_choice) {
            let candidates = self.by_name.get(name).cloned().unwrap_or_default();
            let fits = |candidate: &&PackageId| {
                matches!(
                    (&spec, &self.graph.package(**candidate).resolution),
                    (Spec::Npm { range, .. }, Resolution::Npm { version, .. }) if range.satisfies(version)
                )
            };
            let chosen = candidates.iter().find(fits).or(candidates.first()).copied();
            if let Some(chosen) = chosen {
                self.settle(id, chosen);
                return Ok(());
            }
        }
        self.resolve(id).await
    }

    fn settle(&mut self, id: DependencyId, package: PackageId) {
        if let Some(slot) = self.graph.resolutions.get_mut(id as usize) {
            *slot = Some(package);
        }
    }

    async fn try_resolve(&mut self, id: DependencyId, reuse: bool) -> Result<(), InstallError> {
        let spec = self.effective(id);
        if let Some(package) = self.workspace(&spec, id)? {
            self.settle(id, package);
            return Ok(());
        }
        let Some(name) = spec.registry_name().cloned() else {
            return self.resolve_other(&spec, id).await;
        };
        let packument = self.packument(&name).await?;
        let pinned = self.pinned(&spec, &packument);
        let reuse = reuse && pinned.is_none();
        let version = match pinned {
            Some(version) => version,
            None => self.choose(&spec, &packument)?,
        };
        if let Some(package) = self.known(&name, &version, &spec, reuse) {
            self.settle(id, package);
            return Ok(());
        }
        let manifest = self.manifest(&packument, &version)?;
        let written = packument.exact(&version).cloned().unwrap_or(version);
        let conventional = self
            .registry
            .client()
            .config()
            .registries
            .tarball_url(&name, &written.to_string());
        let is_default = manifest.tarball.is_empty() || manifest.tarball == conventional;
        let url: Arc<str> = if is_default {
            "".into()
        } else {
            manifest.tarball.as_str().into()
        };
        let (mut meta, mut dependencies) = crate::manifest::of_registry(&manifest);
        if let Some(integrity) = self.options.pins.integrity(&name, &written) {
            meta.integrity = Arc::clone(integrity);
        }
        meta.extended = self
            .options
            .rules
            .extend(&name, &written, &mut dependencies);
        if !meta.extended.is_empty() {
            crate::manifest::sort_of_registry(&mut dependencies);
        }
        let resolution = Resolution::Npm {
            version: written,
            url,
        };
        let package = self.add(name, resolution, meta, dependencies);
        self.settle(id, package);
        Ok(())
    }

    async fn resolve_other(&mut self, spec: &Spec, id: DependencyId) -> Result<(), InstallError> {
        let dependency = self.graph.dependency(id).clone();
        let base = match self.owner(id).map(|owner| &owner.resolution) {
            Some(Resolution::Workspace(path) | Resolution::Folder(path)) => path.to_string(),
            Some(Resolution::Root) => String::new(),
            _ if matches!(
                spec,
                Spec::Folder(_) | Spec::Link(_) | Spec::LocalTarball(_)
            ) =>
            {
                return Err(InstallError::Specifier {
                    name: dependency.name.to_string(),
                    spec: dependency.literal.to_string(),
                    reason: "is a path in a package that does not lie on this disk".to_owned(),
                });
            }
            _ => String::new(),
        };
        let found = self.sources.find(spec, &dependency.name, &base).await?;
        let same = self
            .graph
            .packages
            .iter()
            .position(|package| package.resolution == found.resolution);
        let package = match same {
            Some(package) => crate::graph::index(package),
            None => self.add(found.name, found.resolution, found.meta, found.dependencies),
        };
        self.settle(id, package);
        Ok(())
    }

    /// The package that a dependency is of. Packages stand in the order of their dependencies.
    fn owner(&self, id: DependencyId) -> Option<&crate::graph::Package> {
        let packages = &self.graph.packages;
        let after = packages.partition_point(|package| package.first_dependency <= id);
        let own = |package: &&crate::graph::Package| {
            id - package.first_dependency < package.dependency_count
        };
        packages.get(..after)?.iter().rev().find(own)
    }

    fn add(
        &mut self,
        name: Arc<str>,
        resolution: Resolution,
        meta: Meta,
        dependencies: Vec<Dependency>,
    ) -> PackageId {
        let is_npm = matches!(resolution, Resolution::Npm { .. });
        let package = self
            .graph
            .push(Arc::clone(&name), resolution, meta, dependencies);
        if is_npm {
            let ids = self.by_name.entry(name).or_default();
            insert_sorted(ids, package, &self.graph);
        }
        (self.on_package)(&self.graph, package);
        let span = self.graph.dependencies_of(package);
        if !span.is_empty() {
            self.enqueue(span);
        }
        package
    }

    /// A package of the project that serves the dependency.
    fn workspace(&self, spec: &Spec, id: DependencyId) -> Result<Option<PackageId>, InstallError> {
        let dependency = self.graph.dependency(id);
        match spec {
            Spec::Workspace(text) => {
                let found = self.workspace_by(text, &dependency.name);
                found.map(Some).ok_or_else(|| InstallError::Specifier {
                    name: dependency.name.to_string(),
                    spec: dependency.literal.to_string(),
                    reason: "names no package of the workspace".to_owned(),
                })
            }
            Spec::Npm { name, range, .. } if self.options.link_workspace_packages => {
                let found = self.options.workspaces.get(name);
                Ok(found
                    .filter(|(_, version)| match version {
                        Some(version) => range.satisfies(version),
                        None => range.first_version().is_none(),
                    })
                    .map(|&(package, _)| package))
            }
            _ => Ok(None),
        }
    }

    fn workspace_by(&self, text: &str, name: &Arc<str>) -> Option<PackageId> {
        if let Some(&(package, _)) = self.options.workspaces.get(name) {
            return Some(package);
        }
        // `workspace:name@range` and `workspace:path`.
        let (alias, _) = text
            .rsplit_once('@')
            .filter(|(alias, _)| !alias.is_empty())
            .unwrap_or((text, ""));
        if let Some(&(package, _)) = self.options.workspaces.get(alias) {
            return Some(package);
        }
        let path = text.trim_start_matches("./").trim_end_matches('/');
        let by_path = |package: &crate::graph::Package| matches!(&package.resolution, Resolution::Workspace(known) if **known == *path);
        self.graph
            .packages
            .iter()
            .position(by_path)
            .map(crate::graph::index)
    }

    /// A package of the graph that serves: the same version, or one that is in the range.
    fn known(
        &self,
        name: &Arc<str>,
        version: &Version,
        spec: &Spec,
        reuse: bool,
    ) -> Option<PackageId> {
        let serves = |candidate: &&PackageId| {
            let Resolution::Npm { version: found, .. } =
                &self.graph.package(**candidate).resolution
            else {
                return false;
            };
            found == version
                || matches!(spec, Spec::Npm { range, .. } if reuse && range.satisfies(found))
        };
        self.by_name.get(name)?.iter().find(serves).copied()
    }

    /// The version that another lockfile holds for a specifier, if the registry has it.
    fn pinned(&self, spec: &Spec, packument: &Packument) -> Option<Version> {
        packument.exact(self.options.pins.get(spec)?).cloned()
    }

    fn choose(&self, spec: &Spec, packument: &Packument) -> Result<Version, InstallError> {
        let aged = self.options.published_before.as_deref().filter(|_| {
            !self
                .options
                .age_excludes
                .iter()
                .any(|name| **name == **packument.name())
        });
        let allowed = |version: &Version| match aged {
            // The registry writes moments so that texts compare as moments do.
            Some(limit) => packument
                .time(&version.to_string())
                .is_none_or(|time| time <= limit),
            None => true,
        };
        let (found, range) = match spec {
            Spec::Npm { range, text, .. } => (
                packument
                    .best(range, allowed)
                    .filter(|found| allowed(found)),
                &**text,
            ),
            Spec::Tag { tag, .. } => (tagged(packument, tag, allowed), &**tag),
            _ => (None, ""),
        };
        found
            .cloned()
            .ok_or_else(|| InstallError::NoMatchingVersion {
                name: packument.name().to_string(),
                range: range.to_owned(),
                requested_by: String::new(),
                known: match aged {
                    Some(limit) => format!(
                        "{}; versions published after {limit} are passed over",
                        known_versions(packument)
                    ),
                    None => known_versions(packument),
                },
            })
    }

    fn manifest(
        &mut self,
        packument: &Packument,
        version: &Version,
    ) -> Result<Arc<VersionManifest>, InstallError> {
        let key = (
            Arc::clone(packument.name()),
            version.to_string().into_boxed_str(),
        );
        if let Some(manifest) = self.manifests.get(&key) {
            return Ok(Arc::clone(manifest));
        }
        let manifest = Arc::new(packument.manifest(version)?);
        self.manifests.insert(key, Arc::clone(&manifest));
        Ok(manifest)
    }

    /// Asks for a packument without waiting for it.
    fn request(&mut self, name: &Arc<str>) {
        if !self.requested.insert(Arc::clone(name)) {
            return;
        }
        let (registry, name, sender) =
            (self.registry.clone(), Arc::clone(name), self.sender.clone());
        tokio::spawn(async move {
            let result = registry.packument(&name).await;
            // The resolver ended early, by an error that it reports.
            let _ = sender.send((name, result));
        });
    }

    /// Waits for a packument.
    async fn packument(&mut self, name: &Arc<str>) -> Result<Arc<Packument>, InstallError> {
        self.request(name);
        loop {
            if let Some(found) = self.packuments.get_mut(name) {
                return match found {
                    Ok(packument) => Ok(Arc::clone(packument)),
                    Err(error) => Err(error.take().unwrap_or_else(|| not_found(name))),
                };
            }
            if let Some((name, result)) = self.receiver.recv().await {
                self.arrived(&name, result);
            }
        }
    }

    fn arrived(&mut self, name: &Arc<str>, result: Result<Packument, InstallError>) {
        let result = result.map(Arc::new).map_err(Some);
        let packument = result.as_ref().ok().cloned();
        self.packuments.insert(Arc::clone(name), result);
        let expected = self.expected.remove(name).unwrap_or_default();
        if let Some(packument) = packument {
            for spec in expected {
                self.look_ahead(&packument, &spec);
            }
        }
    }

    /// Fetches what a dependency will need, and what that will need, as far as is known.
    fn expect(&mut self, spec: &Spec) {
        let Some(name) = spec.registry_name() else {
            return;
        };
        if self.options.link_workspace_packages && self.options.workspaces.contains_key(name) {
            return;
        }
        self.request(name);
        match self.packuments.get(name) {
            Some(Ok(packument)) => {
                let packument = Arc::clone(packument);
                self.look_ahead(&packument, spec);
            }
            Some(Err(_)) => {}
            None => self
                .expected
                .entry(Arc::clone(name))
                .or_default()
                .push(spec.clone()),
        }
    }

    fn look_ahead(&mut self, packument: &Packument, spec: &Spec) {
        // Errors are found again, and reported, when the dependency's turn comes.
        let pinned = self.pinned(spec, packument).map(Ok);
        let Ok(version) = pinned.unwrap_or_else(|| self.choose(spec, packument)) else {
            return;
        };
        let key = (
            Arc::clone(packument.name()),
            version.to_string().into_boxed_str(),
        );
        if self.manifests.contains_key(&key) {
            return;
        }
        let Ok(manifest) = self.manifest(packument, &version) else {
            return;
        };
        let (_, mut dependencies) = crate::manifest::of_registry(&manifest);
        let name = Arc::clone(packument.name());
        self.options
            .rules
            .extend(&name, &version, &mut dependencies);
        for dependency in &dependencies {
            let peer = dependency.behavior.has(Behavior::PEER);
            if !peer && !dependency.behavior.has(Behavior::BUNDLED) {
                let parent = Parent::version(&name, &version);
                let spec = self.options.rules.effective(dependency, parent);
                self.expect(&spec);
            }
        }
    }

    /// Adds who asked to an error.
    fn explain(&self, error: InstallError, id: DependencyId) -> InstallError {
        let owner = self
            .owner(id)
            .map_or_else(String::new, |package| match &package.resolution {
                Resolution::Root => String::new(),
                Resolution::Npm { version, .. } => format!("{}@{version}", package.name),
                _ => package.name.to_string(),
            });
        match error {
            InstallError::NotFound { name, url, .. } => InstallError::NotFound {
                name,
                url,
                requested_by: owner,
            },
            InstallError::NoMatchingVersion {
                name, range, known, ..
            } => InstallError::NoMatchingVersion {
                name,
                range,
                known,
                requested_by: owner,
            },
            other => other,
        }
    }
}

/// The version of a tag; where that is too young, the greatest release before it that is not.
fn tagged<'p>(
    packument: &'p Packument,
    tag: &str,
    allowed: impl Fn(&Version) -> bool,
) -> Option<&'p Version> {
    let version = packument.tag(tag)?;
    if allowed(version) {
        return Some(version);
    }
    packument
        .versions()
        .rev()
        .find(|found| *found < version && found.is_release() && allowed(found))
}

fn not_found(name: &Arc<str>) -> InstallError {
    InstallError::NotFound {
        name: name.to_string(),
        url: String::new(),
        requested_by: String::new(),
    }
}

fn insert_sorted(ids: &mut Vec<PackageId>, id: PackageId, graph: &Graph) {
    let resolution = &graph.package(id).resolution;
    let at = ids
        .iter()
        .position(|&known| resolution.order(&graph.package(known).resolution).is_gt())
        .unwrap_or(ids.len());
    ids.insert(at, id);
}

/// What there is, for the message: the tags and the greatest versions.
fn known_versions(packument: &Packument) -> String {
    let latest = packument
        .tag("latest")
        .map(|version| format!("latest is {version}"));
    let greatest: Vec<String> = packument
        .versions()
        .rev()
        .take(5)
        .map(ToString::to_string)
        .collect();
    let greatest = if greatest.is_empty() {
        "it has no versions".to_owned()
    } else {
        format!("greatest versions: {}", greatest.join(", "))
    };
    latest
        .into_iter()
        .chain([greatest])
        .collect::<Vec<_>>()
        .join("; ")
}

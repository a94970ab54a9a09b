//! One installation from its beginning to its end. What each step does stands in the other files.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustc_hash::{FxHashMap, FxHashSet};

use super::downloads::Downloads;
use super::edit::{Edits, Namer};
use super::header::ProjectHeader;
use super::layout::{Laid, Layout};
use super::scripts::{self, Pending};
use super::summary::{Summary, View};
use super::{Deduped, InstallOptions, dedupe, interrupt, isolated, plan, save, stamp, update};
use crate::config::Config;
use crate::error::InstallError;
use crate::events::{Event, Sink};
use crate::files::FileStates;
use crate::graph::{Behavior, Graph, PackageId, ROOT, Resolution};
use crate::link::detach;
use crate::lockfile::{self, Lockfile};
use crate::manifest::{Project, Rules};
use crate::migrate::{self, Pins};
use crate::patches::Patches;
use crate::registry::{Client, Registry};
use crate::request::Request;
use crate::resolve::{Platform, Resolved, Resolver, ResolverOptions, hoist};
use crate::semver::Version;
use crate::sources::{GlobalLinks, Sources};
use crate::spec::Spec;
use crate::store::Store;
use crate::trust::Trust;

/// How long work that nobody waits for may take in the end.
const LAST_WORK: Duration = Duration::from_secs(5);

/// An installation.
pub(super) struct Session<'a> {
    pub(super) started: Instant,
    pub(super) header: ProjectHeader,
    pub(super) project: Project,
    pub(super) config: Arc<Config>,
    pub(super) options: &'a InstallOptions,
    pub(super) sink: &'a Sink,
    /// What the files that decide the installation were like when they were read.
    states: FileStates,
    /// The packages of the project that filters leave, and those that they need; all without filters.
    selected: Option<Vec<String>>,
    /// Those that filters leave.
    filtered: Vec<String>,
    /// Filters that mean none.
    missed: Vec<String>,
}

/// How versions are chosen.
struct How {
    reuse: bool,
    pins: Pins,
}

/// What a resolution knows.
pub(super) struct Outcome<'a> {
    pub(super) graph: Graph,
    pub(super) rules: Rules,
    pub(super) latest: FxHashMap<Arc<str>, Version>,
    pub(super) trust: Trust,
    pub(super) edits: Edits,
    pub(super) targets: Vec<String>,
    pub(super) locked: Option<&'a Lockfile>,
    /// The `configVersion` of a new lockfile.
    pub(super) config_version: u32,
    /// The lockfile as it was.
    pub(super) text: Option<&'a str>,
    pub(super) frozen: bool,
    pub(super) request: &'a Request,
    pub(super) deduped: Vec<Deduped>,
    pub(super) patches: Arc<Patches>,
}

impl<'a> Session<'a> {
    pub(super) fn open(
        folder: &Path,
        options: &'a InstallOptions,
        adjust: impl Fn(&mut Config) -> Result<(), InstallError>,
        sink: &'a Sink,
        started: Instant,
    ) -> Result<Self, InstallError> {
        let project = Project::find(folder)?;
        let mut states = project.states.clone();
        stamp::note_files(&project, &mut states);
        let mut config = Config::load(&project.root)?;
        adjust(&mut config)?;
        if let Some(path) = config.bunfig() {
            states.note(&project.root, &path.to_string_lossy());
        }
        let header = ProjectHeader::of(&project.root, &config, options)?;
        // Files and the command line say more than the header.
        config.linker = config.linker.or(header.linker());
        let mut session = Self {
            started,
            header,
            project,
            config: Arc::new(config),
            options,
            sink,
            states,
            selected: None,
            filtered: Vec::new(),
            missed: Vec::new(),
        };
        if !options.filters.is_empty() {
            let (mut selected, missed) = session.project.select(&options.filters);
            session.missed = missed.into_iter().map(str::to_owned).collect();
            session.filtered.clone_from(&selected);
            let needed: Vec<String> = selected
                .iter()
                .flat_map(|path| session.project.needed_by(path))
                .map(str::to_owned)
                .collect();
            selected.extend(needed);
            session.selected = Some(selected);
        }
        Ok(session)
    }

    /// Says which filters mean no package; a request that changes manifests needs one.
    fn check_filters(&self, request: &Request) -> Result<(), InstallError> {
        let changes = !matches!(request, Request::Install | Request::Dedupe);
        if changes && self.filtered.is_empty() && !self.options.filters.is_empty() {
            return Err(InstallError::NothingMeant(self.options.filters.join(", ")));
        }
        for pattern in &self.missed {
            let text = format!("no package of the workspace is meant by the filter \"{pattern}\"");
            (self.sink)(Event::Warning(text));
        }
        Ok(())
    }

    /// Carries out a request; nobody else works on the project.
    pub(super) fn run(mut self, request: &Request) -> Result<Summary, InstallError> {
        if let Some(summary) = self.nothing_to_do(request)? {
            return Ok(summary);
        }
        self.check_filters(request)?;
        let lock_path = self.project.root.join(lockfile::FILE_NAME);
        let text = save::read_lockfile(&lock_path)?;
        // One that is migrated from another is written over this one only in the end.
        let locked = match text.as_ref().filter(|_| !self.options.migrate) {
            Some(text) => Some(lockfile::read(text, &lock_path)?),
            None => None,
        };
        if locked.as_ref().is_some_and(|locked| locked.is_merged) {
            let text = format!(
                "{} had merge conflicts, which are resolved",
                lockfile::FILE_NAME
            );
            (self.sink)(Event::Warning(text));
        }
        let pins = self.pins(locked.is_some())?;
        // A new project is a modern one.
        let config_version = pins.config_version.unwrap_or(1);
        let frozen = self.options.frozen_lockfile || self.config.frozen_lockfile;
        if frozen && text.is_none() {
            return Err(InstallError::Frozen);
        }
        let runtime = crate::runtime()?;
        let store = Store::new(&self.config.cache).trusting(self.header.installs_fast());
        let registry = Registry::new(
            Client::new(&self.config)?,
            self.options.freshness,
            self.config.minimum_release_age > 0,
        );
        let sources = Sources::new(&self.project.root, &registry, &store);
        let mut downloads = Downloads::new(
            runtime.handle(),
            &self.project.root,
            registry.clone(),
            store,
            self.sink,
        );
        let patches = Arc::new(Patches::of(&self.project.root, &self.project.package)?);
        downloads = downloads.patched(Arc::clone(&patches));
        let targets = if self.options.filters.is_empty() {
            vec![self.project.own.clone()]
        } else {
            self.filtered.clone()
        };
        let base = self.project.own.clone();
        let mut namer = |literal: &str| {
            let spec = Spec::parse("", literal);
            let found = runtime.block_on(sources.find(&spec, literal, &base))?;
            Ok(found.name.to_string())
        };
        let mut edits = self.edits(request, &targets, locked.as_ref(), &mut namer)?;
        let mut rules = Rules::of(&self.project.package);
        self.warn_of(&rules);
        edits.reopen.keeps_versions = matches!(
            request,
            Request::Install | Request::Add(_) | Request::Remove(_)
        );
        let mut plan = plan::plan(&self.project, locked.as_ref(), &rules, &edits.reopen);
        let mut deduped = Vec::new();
        if matches!(request, Request::Dedupe) {
            deduped = dedupe::collapse(&mut plan.graph, &rules);
        }
        let reuse = !matches!(request, Request::Update(_));
        let how = How { reuse, pins };
        let resolved = self.resolve(plan, &rules, how, &sources, &registry, &mut downloads);
        let resolved = interrupt::or_stop(&self.options.stop, resolved);
        let mut resolved = runtime.block_on(resolved)?;
        edits.settle(&mut self.project, &mut resolved.graph, &mut rules)?;
        let trust = self.trust(request, &mut edits, &resolved.graph)?;
        let outcome = Outcome {
            graph: resolved.graph,
            rules,
            latest: resolved.latest,
            trust,
            edits,
            targets,
            locked: locked.as_ref(),
            config_version,
            text: text.as_deref(),
            frozen,
            request,
            deduped,
            patches,
        };
        let summary = self.finish(outcome, &mut downloads, &runtime)?;
        runtime.shutdown_timeout(LAST_WORK);
        Ok(summary)
    }

    /// Says which overrides have no effect; Bun leaves them out, too.
    fn warn_of(&self, rules: &Rules) {
        for name in &rules.unsupported {
            (self.sink)(Event::Warning(format!(
                "the override or extension of \"{name}\" has no effect: one name below another is the deepest"
            )));
        }
    }

    /// What the lockfile of another package manager holds, where there is none of ours.
    fn pins(&self, has_lockfile: bool) -> Result<Pins, InstallError> {
        if has_lockfile {
            return Ok(Pins::default());
        }
        let Some((name, pins)) = migrate::find(&self.project.root)? else {
            if self.options.migrate {
                return Err(InstallError::NothingToMigrate(self.project.root.clone()));
            }
            return Ok(Pins::default());
        };
        if !pins.is_empty() {
            (self.sink)(Event::Migrating { file: name });
        }
        Ok(pins)
    }

    /// What the last installation left is still so; only the project's own scripts run.
    pub(super) fn nothing_to_do(&self, request: &Request) -> Result<Option<Summary>, InstallError> {
        let options = self.options;
        if !matches!(request, Request::Install)
            || options.force
            || options.dry_run
            || options.lockfile_only
            || options.migrate
        {
            return Ok(None);
        }
        let key = self.key(&self.states);
        let Some(checked) = stamp::check(&self.project, &key) else {
            return Ok(None);
        };
        if !Pending::read(&self.project.root).paths.is_empty() {
            return Ok(None);
        }
        self.check_filters(request)?;
        self.run_own_scripts()?;
        Ok(Some(Summary::unchanged(self.started, checked)))
    }

    /// What the stamp of this installation says, of files in these states.
    fn key(&self, states: &FileStates) -> stamp::Key {
        let choices = stamp::Choices {
            omit: &self.omitted(),
            linker: self.config.linker,
            links_binaries: self.header.links_binaries(),
        };
        stamp::Key::of(states, &choices, self.options)
    }

    fn edits(
        &mut self,
        request: &Request,
        targets: &[String],
        locked: Option<&Lockfile>,
        namer: &mut Namer<'_>,
    ) -> Result<Edits, InstallError> {
        match request {
            Request::Install | Request::Dedupe => Ok(Edits::default()),
            Request::Add(request) => Edits::add(&mut self.project, request, targets, namer),
            Request::Remove(names) => Edits::remove(&mut self.project, names, targets),
            Request::Update(request) => {
                let all: Vec<String> = if request.recursive {
                    self.project.paths().map(str::to_owned).collect()
                } else {
                    targets.to_vec()
                };
                update::update(&mut self.project, request, &all, locked)
            }
        }
    }

    /// Who is trusted; `--trust` adds those who have something to run to the manifest.
    fn trust(
        &mut self,
        request: &Request,
        edits: &mut Edits,
        graph: &Graph,
    ) -> Result<Trust, InstallError> {
        let asked = matches!(request, Request::Add(request) if request.trust);
        if asked && !self.skips_scripts() {
            let has_scripts = |name: &Arc<str>| {
                (0..).zip(&graph.dependencies).any(|(id, dependency)| {
                    let package = graph.resolution(id).map(|package| graph.package(package));
                    dependency.name == *name
                        && package.is_some_and(|package| package.meta.has_install_script)
                })
            };
            let names: Vec<Arc<str>> = edits
                .named()
                .filter(|name| has_scripts(name))
                .cloned()
                .collect();
            edits.trust(&mut self.project, &names)?;
        }
        Ok(Trust::of(&self.project.package))
    }

    pub(super) fn skips_scripts(&self) -> bool {
        (self.options.ignore_scripts || self.config.ignore_scripts)
            && self.header.may_ignore_scripts()
    }

    pub(super) fn omitted(&self) -> Vec<String> {
        let mut omit = self.options.omit.clone();
        omit.extend(self.config.omit.iter().cloned());
        omit.sort();
        omit.dedup();
        omit
    }

    async fn resolve(
        &self,
        plan: plan::Plan,
        rules: &Rules,
        how: How,
        sources: &Sources,
        registry: &Registry,
        downloads: &mut Downloads,
    ) -> Result<Resolved, InstallError> {
        if plan.open.is_empty() {
            return Ok(Resolved {
                graph: plan.graph,
                latest: FxHashMap::default(),
            });
        }
        (self.sink)(Event::Resolving);
        let options = ResolverOptions {
            rules: rules.clone(),
            workspaces: plan.versions,
            link_workspace_packages: self.config.link_workspace_packages,
            published_before: published_before(self.config.minimum_release_age),
            age_excludes: self.config.minimum_release_age_excludes.clone(),
            pins: how.pins,
            reuse: how.reuse,
            own_dependencies: crate::graph::index(plan.own_dependencies),
        };
        let fetch = !self.options.lockfile_only && !self.options.dry_run;
        let platform = &self.options.platform;
        let sink = self.sink;
        let on_package = Box::new(|graph: &Graph, id| {
            sink(Event::Resolved {
                total: graph.packages.len(),
            });
            if fetch && platform.fits(&graph.package(id).meta) {
                downloads.start(graph, id);
            }
        });
        let sources = sources.clone();
        Resolver::new(plan.graph, options, registry.clone(), on_package, sources)
            .run(plan.open)
            .await
    }

    fn finish(
        &self,
        mut outcome: Outcome<'_>,
        downloads: &mut Downloads,
        runtime: &tokio::runtime::Runtime,
    ) -> Result<Summary, InstallError> {
        let whole = hoist(&mut outcome.graph, |_, _| true);
        let lock = save::NewLockfile::of(self, &outcome, &whole);
        if outcome.frozen && lock.is_changed {
            return Err(InstallError::Frozen);
        }
        let mut summary = Summary::new(self.started);
        summary.dry_run = self.options.dry_run;
        summary.deduped.clone_from(&outcome.deduped);
        summary.removed_names.clone_from(&outcome.edits.removed);
        let links = !self.options.lockfile_only && !self.options.dry_run;
        let mut laid = Laid::default();
        if links {
            laid = self.link(&mut outcome, downloads, runtime, &mut summary)?;
        } else {
            let view = Self::view(&outcome);
            summary.describe(&outcome.graph, &crate::resolve::Hoist::default(), &view);
        }
        let mut states = self.states.clone();
        let saved = lock.save(self, &outcome, &mut summary, &mut states)?;
        if links && (saved || !lock.is_changed) {
            let key = self.key(&states.to_remember());
            stamp::write(&self.project.root, &key, &laid.placed)?;
        }
        if links {
            self.run_own_scripts()?;
        }
        Ok(summary)
    }

    fn view<'o>(outcome: &'o Outcome<'_>) -> View<'o> {
        View {
            edits: &outcome.edits,
            latest: &outcome.latest,
            before: outcome
                .locked
                .filter(|_| matches!(outcome.request, Request::Update(_))),
            targets: &outcome.targets,
        }
    }

    fn link(
        &self,
        outcome: &mut Outcome<'_>,
        downloads: &mut Downloads,
        runtime: &tokio::runtime::Runtime,
        summary: &mut Summary,
    ) -> Result<Laid, InstallError> {
        let omit = self.omitted();
        let platform = &self.options.platform;
        let own = self.unselected(&outcome.graph);
        let skipped = |id: u32| own.iter().any(|span| span.contains(&id));
        let tree = hoist(&mut outcome.graph, |graph, id| {
            !skipped(id) && wanted(graph, id, &omit, platform)
        });
        let (with_scripts, untrusted) = self.with_scripts(outcome);
        let mut laid = if self.is_isolated(outcome) {
            let plan = isolated::Plan::of(&outcome.graph, |graph, id| {
                !skipped(id) && wanted(graph, id, &omit, platform)
            });
            self.layout(&outcome.graph, &plan, &with_scripts, &untrusted)
                .apply(downloads, runtime, summary)?
        } else {
            self.layout(&outcome.graph, &tree, &with_scripts, &untrusted)
                .apply(downloads, runtime, summary)?
        };
        self.run_scripts(&outcome.graph, &with_scripts, &mut laid, summary)?;
        summary.describe(&outcome.graph, &tree, &Self::view(outcome));
        Ok(laid)
    }

    /// The dependencies of packages of the project that filters leave out.
    fn unselected(&self, graph: &Graph) -> Vec<std::ops::Range<u32>> {
        let Some(selected) = &self.selected else {
            return Vec::new();
        };
        let is_selected = |path: &str| selected.iter().any(|known| known == path);
        let mut spans = Vec::new();
        for (id, package) in (0..).zip(&graph.packages) {
            let path: &str = match &package.resolution {
                Resolution::Root => "",
                Resolution::Workspace(path) => path,
                _ => continue,
            };
            let all = graph.dependencies_of(id);
            if id != ROOT && !is_selected(path) {
                spans.push(all);
                continue;
            }
            // The root's edges to workspaces go by the workspace.
            for id in all {
                let dependency = graph.dependency(id);
                let skipped = match &dependency.spec {
                    Spec::Workspace(path) if dependency.behavior.has(Behavior::WORKSPACE) => {
                        !is_selected(path)
                    }
                    _ => !is_selected(path),
                };
                if skipped {
                    spans.push(id..id + 1);
                }
            }
        }
        spans
    }

    fn layout<'l, P>(
        &'l self,
        graph: &'l Graph,
        plan: &'l P,
        with_scripts: &'l FxHashSet<PackageId>,
        untrusted: &'l FxHashSet<PackageId>,
    ) -> Layout<'l, P> {
        Layout {
            project: &self.project,
            graph,
            plan,
            force: self.options.force,
            backend: self.options.backend,
            links_binaries: self.header.links_binaries(),
            with_scripts,
            untrusted,
            links: GlobalLinks::of_this_user(),
            keeps_others: self.selected.is_some(),
            stop: &self.options.stop,
            sink: self.sink,
        }
    }

    /// Whether packages go into `node_modules/.bun`.
    fn is_isolated(&self, outcome: &Outcome<'_>) -> bool {
        let new = Some(outcome.config_version);
        let version = outcome.locked.map_or(new, |locked| locked.config_version);
        isolated::is_chosen(&self.project, &self.config, version)
    }

    /// Packages whose scripts are run where they are placed, and those that nobody trusts with that.
    fn with_scripts(&self, outcome: &Outcome<'_>) -> (FxHashSet<PackageId>, FxHashSet<PackageId>) {
        let graph = &outcome.graph;
        let (mut trusted, mut untrusted) = (FxHashSet::default(), FxHashSet::default());
        for (id, dependency) in (0..).zip(&graph.dependencies) {
            let Some(package) = graph.resolution(id) else {
                continue;
            };
            let found = graph.package(package);
            if !found.meta.has_install_script {
                continue;
            }
            if outcome.trust.allows(found, &dependency.name) {
                trusted.insert(package);
            } else {
                untrusted.insert(package);
            }
        }
        untrusted.retain(|package| !trusted.contains(package));
        if self.skips_scripts() {
            trusted.clear();
        }
        (trusted, untrusted)
    }

    /// Runs the scripts of dependencies, and takes those away that were optional and failed.
    fn run_scripts(
        &self,
        graph: &Graph,
        with_scripts: &FxHashSet<PackageId>,
        laid: &mut Laid,
        summary: &mut Summary,
    ) -> Result<(), InstallError> {
        if self.skips_scripts() {
            return Ok(());
        }
        let root = &self.project.root;
        let mut pending = Pending::read(root);
        let runs: Vec<_> = laid
            .standing
            .iter()
            .filter(|found| with_scripts.contains(&found.package))
            .filter(|found| found.is_new || pending.paths.contains(&found.path))
            .collect();
        for found in runs.iter().filter(|found| !found.is_new) {
            // It was placed before it was trusted: its files may be the store's.
            detach(&root.join(&found.path))?;
        }
        let jobs = scripts::dependencies(root, graph, &runs);
        let failed = scripts::run(&jobs, &self.options.scripts, root, self.sink)
            // Ctrl-C reaches scripts as well.
            .map_err(|error| interrupt::check(&self.options.stop).err().unwrap_or(error))?;
        for job in failed.iter().filter_map(|&at| jobs.get(at)) {
            laid.remove(root, &job.folder)?;
        }
        if !pending.paths.is_empty() {
            pending.paths.clear();
            pending.write()?;
        }
        let blocked = laid.standing.iter().filter(|found| {
            let package = graph.package(found.package);
            found.is_new
                && package.meta.has_install_script
                && !with_scripts.contains(&found.package)
        });
        summary.blocked_scripts = blocked
            .map(|found| {
                let resolution = &graph.package(found.package).resolution;
                scripts::scripts_of(&root.join(&found.path), resolution).len()
            })
            .sum();
        Ok(())
    }

    /// The scripts of the project and its workspaces.
    fn run_own_scripts(&self) -> Result<(), InstallError> {
        if self.skips_scripts() {
            return Ok(());
        }
        let all = || self.project.paths().map(str::to_owned).collect();
        let paths: Vec<String> = self.selected.clone().unwrap_or_else(all);
        let jobs = scripts::of_projects(&self.project, &paths);
        scripts::run(&jobs, &self.options.scripts, &self.project.root, self.sink)?;
        Ok(())
    }
}

/// The moment before which versions have to be published, as registries write it.
fn published_before(age: u64) -> Option<String> {
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH).ok()?;
    (age > 0).then(|| moment(since.as_secs().saturating_sub(age)))
}

/// Seconds since 1970 as `2020-01-31T12:00:00.000Z`.
fn moment(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Days from 1 March of the year 0, in eras of 400 years: the usual arithmetic of calendars.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z")
}

/// Whether a dependency is installed at all.
fn wanted(graph: &Graph, id: u32, omit: &[String], platform: &Platform) -> bool {
    let behavior = graph.dependency(id).behavior;
    if behavior.is_omitted(omit) {
        return false;
    }
    let Some(package) = graph.resolution(id) else {
        return behavior.is_optional_peer();
    };
    package == ROOT || platform.fits(&graph.package(package).meta)
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn moments() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_826_154, "2000-02-29T12:09:14.000Z"),
            (1_798_761_599, "2026-12-31T23:59:59.000Z"),
        ] {
            assert_eq!(moment(seconds), text);
        }
    }
}

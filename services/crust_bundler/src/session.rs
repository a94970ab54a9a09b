//! A program that is built once, or again and again: which groups of entry points there are, and rolldown's run for
//! each. A session that may go on keeps what rolldown knows, so that another build reads only what changed.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arcstr::ArcStr;
use crust_diag::{Diagnostic, Severity};
use rolldown::{Bundler, BundlerBuilder, InjectImport};
use rolldown_common::{Output, ScanMode};
use rolldown_error::{BatchedBuildDiagnostic, BuildDiagnostic};
use rolldown_plugin::__inner::SharedPluginable;

use crate::artifact::{self, Artifact, Build};
use crate::bundle::{Failure, find_entries, injected, no_duplicates};
use crate::css;
use crate::dts;
use crate::hooks::Hooks;
use crate::memory;
use crate::metafile::Metafile;
use crate::minifier::Minifier;
use crate::options::BuildOptions;
use crate::page;
use crate::plugin::{CrustPlugin, Deferrals, Shared};
use crate::problem::{self, convert, is_noise, is_unresolved};
use crate::settings::{Entry, EntryKind, bundler_options};

/// A program's entry points, and what is known of them.
pub(crate) struct Session {
    shared: Arc<Shared>,
    entries: Vec<Entry>,
    groups: Vec<Group>,
    root: PathBuf,
    inject: Vec<InjectImport>,
    /// Whether there may be another build.
    goes_on: bool,
    /// Files of all builds so far whose change makes another one worthwhile.
    pub(crate) watched: BTreeSet<String>,
}

/// Entry points that share a run of rolldown.
struct Group {
    entries: Range<usize>,
    /// Kept for another build.
    bundler: Option<Bundler>,
    /// What the last run gave.
    outputs: Vec<Output>,
}

impl Session {
    /// Finds the entry points.
    pub(crate) async fn open(
        options: BuildOptions,
        hooks: Option<Arc<dyn Hooks>>,
        goes_on: bool,
    ) -> Result<Self, Failure> {
        Self::of(Shared::new(options, hooks), goes_on).await
    }

    /// A worker, in the builds of these.
    pub(crate) async fn open_worker(
        options: BuildOptions,
        hooks: Option<Arc<dyn Hooks>>,
        workers: Vec<String>,
        starter: Option<&Deferrals>,
    ) -> Result<Self, Failure> {
        Self::of(Shared::of_worker(options, hooks, workers, starter), false).await
    }

    async fn of(shared: Shared, goes_on: bool) -> Result<Self, Failure> {
        let shared = Arc::new(shared);
        let (entries, root) = find_entries(&shared).await?;
        let groups = groups(&shared.options, &entries);
        Ok(Self {
            inject: injected(&shared.options)?,
            shared,
            entries,
            groups,
            root,
            goes_on,
            watched: BTreeSet::new(),
        })
    }

    /// Builds everything, or what depends on these modules.
    pub(crate) async fn build(&mut self, changed: &[String]) -> Result<Build, Failure> {
        let shared = Arc::clone(&self.shared);
        let mut build = Build::default();
        let mut metafile = Metafile::new(&shared.options.directory);
        let mut failed = Vec::new();
        for group in &mut self.groups {
            let entries = self.entries.get(group.entries.clone()).unwrap_or_default();
            let first = build.artifacts.len();
            if entries.iter().any(|entry| entry.kind != EntryKind::Css) {
                let run = Run {
                    shared: &shared,
                    entries,
                    root: &self.root,
                    inject: &self.inject,
                    goes_on: self.goes_on,
                };
                match group.run(&run, changed).await {
                    Ok(warnings) => {
                        if shared.options.metafile {
                            metafile.add(&group.outputs, entries);
                        }
                        artifact::collect(&shared, &group.outputs, &mut build.artifacts);
                        build.warnings.extend(warnings);
                    }
                    Err(problems) if problems.is_empty() => return Err(problems.into()),
                    Err(problems) => failed.extend(problems),
                }
            }
            for entry in entries {
                failed.extend(finish(&shared, entry, first, &mut build.artifacts));
            }
            if shared.options.splitting && failed.is_empty() {
                let late = page::late_styles(&shared, &group.outputs, &mut build.artifacts);
                failed.extend(late.err().unwrap_or_default());
            }
        }
        if shared.options.declarations {
            let (artifacts, found) = dts::declarations(&shared, &self.programs()).await;
            build.artifacts.extend(artifacts);
            failed.extend(found);
        }
        let sources = |id: &str| shared.source(id);
        failed.extend(shared.problems.take(&sources));
        if shared.has_css_modules() {
            failed.extend(css::check_composed(&shared, &self.used()));
        }
        self.watched.append(&mut shared.watched());
        let watched = self.watched.iter().map(PathBuf::from).collect();
        if failed
            .iter()
            .any(|problem| problem.severity == Severity::Error)
        {
            let mut failure = Failure::from(failed);
            failure.watched = watched;
            failure.missing = shared.problems.missing();
            return Err(failure);
        }
        build.warnings.extend(failed);
        problem::sort(&mut build.warnings);
        artifact::order(&mut build.artifacts);
        no_duplicates(&build.artifacts, &self.entries)?;
        self.forget_what_is_not_used();
        build.modules = shared.modules().len();
        build.metafile = shared.options.metafile.then(|| metafile.finish(&shared));
        build.watched = watched;
        Ok(build)
    }

    /// The entry points that are scripts, and what was built of them. Where nothing was, the name that it would have.
    fn programs(&self) -> Vec<dts::Program> {
        let of_group = |group: &Group| {
            let entries = self.entries.get(group.entries.clone());
            let scripts = entries.unwrap_or_default().iter();
            let scripts = scripts.filter(|entry| entry.kind == EntryKind::Script);
            let programs = scripts.map(|entry| dts::Program {
                script: script_of(&group.outputs, entry),
                id: entry.id.clone(),
            });
            programs.collect::<Vec<_>>()
        };
        self.groups.iter().flat_map(of_group).collect()
    }

    /// Modules that nothing imports any longer do not count.
    fn forget_what_is_not_used(&self) {
        if self.goes_on {
            self.shared.keep(&self.used().into_iter().collect());
        }
    }

    /// The modules of all entry points, each after those that it imports.
    fn used(&self) -> Vec<String> {
        let entries = self.entries.iter();
        let used = entries.flat_map(|entry| self.shared.in_order(&entry.id));
        used.collect()
    }

    /// The modules that these files are; `None` if knowing which files changed is not enough to build less than all.
    pub(crate) fn modules_of(&self, changed: &BTreeSet<PathBuf>) -> Option<Vec<String>> {
        let mut modules = Vec::new();
        for path in changed {
            if !path.is_file() || self.is_root_of_anything(path) {
                return None;
            }
            modules.extend(self.shared.modules_at(path)?);
        }
        // rolldown 1.2.5 keeps the statements of late imports of a module when it reads it again.
        let late = modules.iter().any(|id| self.shared.imports_late(id));
        (!late).then_some(modules)
    }

    /// Pages say which modules there are, and injected files which names.
    fn is_root_of_anything(&self, path: &Path) -> bool {
        let is_page = |entry: &Entry| {
            let identity = crate::plugin::Identity::of(&entry.id);
            entry.kind == EntryKind::Page && Path::new(identity.path) == path
        };
        let injects = |name: &String| self.shared.options.directory.join(name) == path;
        self.entries.iter().any(is_page) || self.shared.options.inject.iter().any(injects)
    }
}

fn script_of(outputs: &[Output], entry: &Entry) -> String {
    let chunks = outputs.iter().filter_map(|output| match output {
        Output::Chunk(chunk) if chunk.is_entry => Some(chunk),
        _ => None,
    });
    let mut own = chunks.filter(|chunk| {
        let id = chunk.facade_module_id.as_ref();
        id.is_some_and(|id| **id == *entry.id)
    });
    own.next().map_or_else(
        || entry.template.clone(),
        |chunk| chunk.filename.to_string(),
    )
}

/// Scripts that share chunks are one group, everything else is by itself.
fn groups(options: &BuildOptions, entries: &[Entry]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut was_script = false;
    for (index, entry) in entries.iter().enumerate() {
        let is_script = entry.kind == EntryKind::Script;
        match groups.last_mut() {
            Some(last) if options.splitting && is_script && was_script => {
                last.entries.end = index + 1;
            }
            _ => groups.push(Group {
                entries: index..index + 1,
                bundler: None,
                outputs: Vec::new(),
            }),
        }
        was_script = is_script;
    }
    groups
}

/// Adds what comes along with an entry point, whose run gave the artifacts from `first` on.
fn finish(
    shared: &Shared,
    entry: &Entry,
    first: usize,
    artifacts: &mut Vec<Artifact>,
) -> Vec<Diagnostic> {
    let mut own = artifacts.split_off(first);
    let done = match entry.kind {
        EntryKind::Page => page::finish(shared, entry, &mut own),
        EntryKind::Script | EntryKind::Css => page::styles(shared, entry, &mut own),
    };
    artifacts.append(&mut own);
    done.err().unwrap_or_default()
}

/// What a run of rolldown is told.
struct Run<'a> {
    shared: &'a Arc<Shared>,
    entries: &'a [Entry],
    root: &'a Path,
    inject: &'a [InjectImport],
    goes_on: bool,
}

impl Group {
    /// Runs rolldown, if any of the changed modules is one of the group's; answers its warnings.
    async fn run(
        &mut self,
        run: &Run<'_>,
        changed: &[String],
    ) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        if let Some(bundler) = &mut self.bundler {
            let entries = run.entries.iter();
            let used: BTreeSet<String> = entries
                .flat_map(|entry| run.shared.in_order(&entry.id))
                .collect();
            let changed = changed.iter().filter(|id| used.contains(*id));
            let changed: Vec<ArcStr> = changed.map(|id| ArcStr::from(id.as_str())).collect();
            if changed.is_empty() {
                return Ok(Vec::new());
            }
            let output = bundler.incremental_generate(ScanMode::Partial(changed));
            let output = output.await.map_err(|found| run.errors(found))?;
            let warnings = run.warnings(output.warnings)?;
            let entries = run.entries.iter();
            let still: BTreeSet<String> = entries
                .flat_map(|entry| run.shared.in_order(&entry.id))
                .collect();
            // To rolldown, what a module that is gone imported late is still an entry point.
            let mut gone = used.difference(&still);
            if gone.any(|id| run.shared.imports_late(id)) {
                return Err(Vec::new());
            }
            self.outputs = with_assets(output.assets, std::mem::take(&mut self.outputs));
            return Ok(warnings);
        }
        let mut ran = self.run_whole(run).await;
        if ran.is_err() && !run.shared.is_tolerant() {
            // rolldown stops at a module whose imports lead nowhere; what else is wrong is wanted too.
            run.shared.tolerate();
            ran = self.run_whole(run).await;
        }
        ran
    }

    async fn run_whole(&mut self, run: &Run<'_>) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        let mut options = bundler_options(
            &run.shared.options,
            run.entries,
            run.root,
            run.inject.to_vec(),
        );
        if let Some(experimental) = &mut options.experimental {
            experimental.incremental_build = Some(run.goes_on);
        }
        let mut plugins: Vec<SharedPluginable> =
            vec![Arc::new(CrustPlugin(Arc::clone(run.shared)))];
        if let Some(minifier) = Minifier::new(run.shared) {
            plugins.push(Arc::new(minifier));
        }
        let mut bundler = BundlerBuilder::default()
            .with_options(options)
            .with_plugins(plugins)
            .build()
            .map_err(|found| run.errors(found))?;
        if let Some(deferrals) = &run.shared.deferrals {
            deferrals.begin();
        }
        let output = bundler.generate().await;
        if let Some(deferrals) = &run.shared.deferrals {
            deferrals.end();
        }
        let output = output.map_err(|found| run.errors(found))?;
        let warnings = run.warnings(output.warnings)?;
        self.outputs = output.assets;
        if run.goes_on {
            self.bundler = Some(bundler);
        } else {
            memory::let_go(bundler);
        }
        Ok(warnings)
    }
}

/// rolldown gives an asset when it is new. Those of earlier runs that the code still names belong to this one too.
fn with_assets(mut outputs: Vec<Output>, earlier: Vec<Output>) -> Vec<Output> {
    let known: BTreeSet<&str> = outputs.iter().map(Output::filename).collect();
    let kept: Vec<Output> = earlier
        .into_iter()
        .filter(|output| matches!(output, Output::Asset(_)) && !known.contains(output.filename()))
        .filter(|asset| {
            let name = asset.filename().rsplit('/').next().unwrap_or_default();
            outputs.iter().any(|output| match output {
                Output::Chunk(chunk) => chunk.code.contains(name),
                Output::Asset(_) => false,
            })
        })
        .collect();
    outputs.extend(kept);
    outputs
}

impl Run<'_> {
    fn errors(&self, found: BatchedBuildDiagnostic) -> Vec<Diagnostic> {
        let shared = self.shared;
        let sources = |id: &str| shared.source(id);
        problem::convert_all(
            &found.into_vec(),
            &shared.options.directory,
            &sources,
            &|path| shared.loader_of(path),
        )
    }

    /// rolldown's warnings as ours; an import that leads nowhere is an error.
    fn warnings(&self, found: Vec<BuildDiagnostic>) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        let directory = &self.shared.options.directory;
        let sources = |id: &str| self.shared.source(id);
        let found = found.into_iter().filter(|found| !is_noise(found));
        let (unresolved, warnings): (Vec<_>, Vec<_>) = found.partition(is_unresolved);
        let converted = |found: &[BuildDiagnostic], severity| {
            let found = found.iter();
            found
                .map(|found| convert(found, severity, directory, &sources))
                .collect()
        };
        if unresolved.is_empty() {
            Ok(converted(&warnings, Severity::Warning))
        } else {
            Err(converted(&unresolved, Severity::Error))
        }
    }
}

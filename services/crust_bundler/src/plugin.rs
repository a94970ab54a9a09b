//! Our part in rolldown's run: where imports lead, how files are read, what is replaced before the parser
//! sees it. Never decides what comes out.

mod deferrals;
mod identity;
mod load;
mod parallel_starts;
mod resolve;
mod source_place;
mod transform;
mod worker;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crust_minify::REGION;
use crust_transpile::{MacroCall, MacroResult};
use rolldown_common::{ModuleId, ModuleInfo, NormalModule};
use rolldown_plugin::{
    HookLoadArgs, HookLoadReturn, HookNoopReturn, HookRenderChunkArgs, HookRenderChunkReturn,
    HookResolveIdArgs, HookResolveIdReturn, HookTransformArgs, HookTransformReturn, HookUsage,
    Plugin, PluginContext, SharedLoadPluginContext, SharedTransformPluginContext,
};

pub use deferrals::Deferral;
pub(crate) use deferrals::Deferrals;
pub(crate) use identity::{Identity, id_with_loader};
pub(crate) use load::{asset_path, data_url};
pub(crate) use resolve::{find_outside, find_virtual, is_excluded, is_path, normalized, output_of};
pub(crate) use transform::{STACK_FACTOR, may_be_jsx};

use crate::artifact::ArtifactKind;
use crate::css;
use crate::hooks::Hooks;
use crate::loader::Loader;
use crate::options::BuildOptions;
use crate::problem::Problems;
use worker::WorkerKind;

/// esbuild's name of an import that is done when it is needed.
const LATE: &str = "dynamic-import";

/// What ends a comment of one line.
const LINE_BREAKS: [char; 4] = ['\n', '\r', '\u{2028}', '\u{2029}'];

/// Where an import of a module leads.
#[derive(Clone, Debug)]
pub(crate) struct Imported {
    /// The module's id, or what is imported from outside of the bundle.
    pub(crate) target: String,
    /// esbuild's name of the way of importing.
    pub(crate) kind: &'static str,
    pub(crate) external: bool,
}

/// What the parts of a run share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) options: BuildOptions,
    pub(crate) hooks: Option<Arc<dyn Hooks>>,
    pub(crate) problems: Problems,
    /// Modules under way, where an `onLoad` may wait for them.
    pub(crate) deferrals: Option<Arc<Deferrals>>,
    /// The programs of the workers that are being built, outermost first.
    workers: Vec<String>,
    /// Imports that lead nowhere are noted and left out, so that the rest of the graph is read too.
    tolerant: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The `type` attributes of imports: loaders by importing module and specifier.
    attributes: BTreeMap<(String, String), Loader>,
    /// What plugins gave along with modules, by their ids.
    plugin_data: BTreeMap<String, u64>,
    /// Contents of modules that are not as on the disk, for excerpts.
    sources: BTreeMap<String, String>,
    /// Ids of the modules.
    modules: BTreeSet<String>,
    /// Files that were read, or that plugins want watched.
    watched: BTreeSet<String>,
    /// Ids of style sheets that scripts import.
    css: BTreeSet<String>,
    /// CSS modules by path.
    css_modules: BTreeMap<String, Arc<css::Module>>,
    /// Where the imports of style sheets lead, by importing module and specifier.
    composed_from: BTreeMap<(String, String), String>,
    /// What each module imports.
    imports: BTreeMap<String, Vec<Imported>>,
    /// Files that `new URL("…", import.meta.url)` names.
    named_by_url: BTreeSet<String>,
    /// Workers by importing module and specifier.
    workers: BTreeMap<(String, String), WorkerKind>,
    /// Files of the output that workers brought.
    worker_files: BTreeMap<String, ArtifactKind>,
    /// How assets were read, by their names in the output without hash.
    asset_loaders: BTreeMap<String, Loader>,
    /// Names of modules that do not fit into a line.
    broken_names: BTreeSet<String>,
    /// Calls of macros with what they gave, by module.
    macros: BTreeMap<String, (Vec<MacroCall>, Vec<MacroResult>)>,
}

impl Shared {
    pub(crate) fn new(mut options: BuildOptions, hooks: Option<Arc<dyn Hooks>>) -> Self {
        let root = options.root.take();
        options.root = root.map(|root| normalized(&options.directory.join(root)));
        Self {
            options,
            // Plugins are asked once for each import, so nothing may be read twice.
            tolerant: AtomicBool::new(hooks.is_some()),
            deferrals: hooks
                .as_ref()
                .filter(|hooks| hooks.wants_load())
                .map(|_| Arc::default()),
            hooks,
            problems: Problems::default(),
            workers: Vec::new(),
            state: Mutex::default(),
        }
    }

    /// What a worker's build shares.
    pub(crate) fn of_worker(
        options: BuildOptions,
        hooks: Option<Arc<dyn Hooks>>,
        workers: Vec<String>,
        starter: Option<&Deferrals>,
    ) -> Self {
        Self {
            workers,
            deferrals: starter.map(|deferrals| Arc::new(deferrals.of_worker())),
            ..Self::new(options, hooks)
        }
    }

    pub(crate) fn is_tolerant(&self) -> bool {
        self.tolerant.load(Ordering::Relaxed)
    }

    /// From now on as much of a broken program is read as can be.
    pub(crate) fn tolerate(&self) {
        self.tolerant.store(true, Ordering::Relaxed);
    }

    fn state<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How a file is read when nothing but its name says so.
    pub(crate) fn loader_of(&self, path: &str) -> Loader {
        let name = path.rsplit('/').next().unwrap_or(path);
        // The longest extension wins: `.module.css` before `.css`.
        let mut dots = name.match_indices('.').map(|(at, _)| at);
        let given = dots.find_map(|at| {
            let extension = name.get(at..)?;
            self.options.loaders.get(extension).copied()
        });
        given.unwrap_or_else(|| Loader::of_path(path.as_ref()))
    }

    /// A chunk whose comments with names of modules are comments to their ends. The number of lines stays.
    pub(crate) fn with_whole_comments<'t>(&self, code: &'t str) -> Cow<'t, str> {
        let mut code = Cow::Borrowed(code);
        for name in self.state(|state| state.broken_names.clone()) {
            let comment = name
                .replace('\n', "\n//")
                .replace(LINE_BREAKS.get(1..).unwrap_or_default(), " ");
            let (before, after) = (format!("{REGION}{name}"), format!("{REGION}{comment}"));
            code = Cow::Owned(code.replace(&before, &after));
        }
        code
    }

    /// A module's source as it was read, for excerpts.
    pub(crate) fn source(&self, id: &str) -> Option<String> {
        let known = self.state(|state| state.sources.get(id).cloned());
        known.or_else(|| {
            let path = Path::new(Identity::of(id).path);
            let given = self.options.files.get(path).cloned();
            let bytes = given.or_else(|| std::fs::read(path).ok())?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        })
    }

    /// The bytes of a file, which may be a virtual one.
    pub(crate) fn read(&self, path: &Path) -> Option<Vec<u8>> {
        // Devices and pipes may have no end.
        if !self.has(path) {
            return None;
        }
        let given = self.options.files.get(path).cloned();
        let bytes = given.or_else(|| std::fs::read(path).ok())?;
        self.watch([path.to_string_lossy().into_owned()]);
        Some(bytes)
    }

    /// Whether there is such a file.
    pub(crate) fn has(&self, path: &Path) -> bool {
        self.options.files.contains_key(path) || path.is_file()
    }

    /// Counts a module that rolldown does not see.
    pub(crate) fn count(&self, id: &str) {
        self.state(|state| state.modules.insert(id.to_owned()));
    }

    /// What a plugin gave as a module's content.
    pub(crate) fn given(&self, id: &str) -> Option<String> {
        self.state(|state| state.sources.get(id).cloned())
    }

    pub(crate) fn give(&self, id: &str, text: String) {
        self.state(|state| state.sources.insert(id.to_owned(), text));
    }

    /// A CSS module that a script imports.
    pub(crate) fn css_module(&self, path: &str) -> Option<Arc<css::Module>> {
        self.state(|state| state.css_modules.get(path).cloned())
    }

    /// Whether any script imports a CSS module.
    pub(crate) fn has_css_modules(&self) -> bool {
        self.state(|state| !state.css_modules.is_empty())
    }

    /// The module that a CSS module composes from under this specifier.
    pub(crate) fn composed_from(&self, id: &str, specifier: &str) -> Option<String> {
        let key = (id.to_owned(), specifier.to_owned());
        self.state(|state| state.composed_from.get(&key).cloned())
    }

    /// Whether a module is a style sheet.
    pub(crate) fn is_css(&self, id: &str) -> bool {
        self.state(|state| state.css.contains(id))
    }

    /// Files whose change makes another build worthwhile.
    pub(crate) fn watched(&self) -> BTreeSet<String> {
        self.state(|state| std::mem::take(&mut state.watched))
    }

    /// The modules of all runs.
    pub(crate) fn modules(&self) -> BTreeSet<String> {
        self.state(|state| state.modules.clone())
    }

    /// How an asset of this name was read.
    pub(crate) fn asset_loader(&self, name: &str) -> Option<Loader> {
        self.state(|state| state.asset_loaders.get(name).copied())
    }

    /// What a file of the output is that a worker brought.
    pub(crate) fn worker_file(&self, name: &str) -> Option<ArtifactKind> {
        self.state(|state| state.worker_files.get(name).copied())
    }

    /// Watches the files of a worker. They are none of the modules of this build.
    fn note_worker<'p>(&self, files: impl Iterator<Item = &'p PathBuf>) {
        let files: Vec<String> = files
            .map(|path| path.to_string_lossy().into_owned())
            .collect();
        self.state(|state| state.named_by_url.extend(files.iter().cloned()));
        self.watch(files);
    }

    /// What a module imports.
    pub(crate) fn imports_of(&self, id: &str) -> Vec<Imported> {
        self.state(|state| {
            let mut imports = state.imports.get(id).cloned().unwrap_or_default();
            for import in &mut imports {
                import.external = !state.imports.contains_key(&import.target);
            }
            imports
        })
    }

    /// The ids of the modules that a file is; `None` if it is one that rolldown reads in a way of its own.
    pub(crate) fn modules_at(&self, path: &Path) -> Option<Vec<String>> {
        self.state(|state| {
            if state
                .named_by_url
                .iter()
                .any(|named| path == Path::new(named))
            {
                return None;
            }
            let ids = state.modules.iter();
            let ids = ids.filter(|id| Path::new(Identity::of(id).path) == path);
            Some(ids.cloned().collect())
        })
    }

    /// Whether a module imports something when it is needed.
    pub(crate) fn imports_late(&self, id: &str) -> bool {
        self.state(|state| {
            let imports = state.imports.get(id);
            imports.is_some_and(|imports| imports.iter().any(|import| import.kind == LATE))
        })
    }

    /// Forgets all modules but these.
    pub(crate) fn keep(&self, used: &BTreeSet<String>) {
        self.state(|state| state.modules.retain(|id| used.contains(id)));
    }

    /// The modules that one uses, each after those that it imports, which is the order in which they run.
    pub(crate) fn in_order(&self, entry: &str) -> Vec<String> {
        self.state(|state| {
            let imports = |id: &str| state.imports.get(id).map(Vec::as_slice).unwrap_or_default();
            let (mut found, mut seen) = (Vec::new(), BTreeSet::from([entry]));
            // Each step is a module, and which of its imports have not been visited.
            let mut path = vec![(entry, imports(entry).iter())];
            while let Some((id, rest)) = path.last_mut() {
                if let Some(import) = rest.next() {
                    let target = import.target.as_str();
                    if seen.insert(target) {
                        path.push((target, imports(target).iter()));
                    }
                } else {
                    found.push((*id).to_owned());
                    path.pop();
                }
            }
            found
        })
    }

    pub(crate) fn watch(&self, files: impl IntoIterator<Item = String>) {
        self.state(|state| state.watched.extend(files));
    }

    /// What the same calls of a module gave before.
    pub(crate) fn macro_results(&self, id: &str, calls: &[MacroCall]) -> Option<Vec<MacroResult>> {
        self.state(|state| {
            let (known, results) = state.macros.get(id)?;
            (known == calls).then(|| results.clone())
        })
    }

    pub(crate) fn keep_macro_results(
        &self,
        id: &str,
        calls: Vec<MacroCall>,
        results: Vec<MacroResult>,
    ) {
        self.state(|state| state.macros.insert(id.to_owned(), (calls, results)));
    }

    fn keep_plugin_data(&self, id: &str, data: Option<u64>) {
        if let Some(data) = data {
            self.state(|state| state.plugin_data.insert(id.to_owned(), data));
        }
    }

    pub(crate) fn plugin_data(&self, id: &str) -> Option<u64> {
        self.state(|state| state.plugin_data.get(id).copied())
    }
}

/// The plugin that every run has.
#[derive(Debug)]
pub(crate) struct CrustPlugin(pub(crate) Arc<Shared>);

impl Plugin for CrustPlugin {
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("crust")
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::ResolveId
            | HookUsage::Load
            | HookUsage::Transform
            | HookUsage::ModuleParsed
            | HookUsage::RenderChunk
    }

    async fn module_parsed(
        &self,
        _ctx: &PluginContext,
        info: Arc<ModuleInfo>,
        module: &NormalModule,
    ) -> HookNoopReturn {
        let import = |id: &ModuleId, kind| Imported {
            target: id.to_string(),
            kind,
            external: false,
        };
        let statements = info.imported_ids.iter();
        let statements = statements.map(|id| import(id, "import-statement"));
        let calls = info.dynamically_imported_ids.iter();
        let calls = calls.map(|id| import(id, LATE));
        let imports = statements.chain(calls).collect();
        self.0.state(|state| {
            state.imports.insert(info.id.to_string(), imports);
            if module.debug_id.contains(LINE_BREAKS) {
                state.broken_names.insert(module.debug_id.clone());
            }
        });
        if let Some(deferrals) = &self.0.deferrals {
            deferrals.finish(&info.id);
        }
        Ok(())
    }

    async fn resolve_id(
        &self,
        ctx: &PluginContext,
        args: &HookResolveIdArgs<'_>,
    ) -> HookResolveIdReturn {
        let found = resolve::resolve(&self.0, ctx, args).await?;
        if let (Some(importer), Some(found)) = (args.importer, &found)
            && self.0.is_css(importer)
        {
            let key = (importer.to_owned(), args.specifier.to_owned());
            let id = found.id.to_string();
            self.0.state(|state| state.composed_from.insert(key, id));
        }
        Ok(found)
    }

    async fn load(&self, ctx: SharedLoadPluginContext, args: &HookLoadArgs<'_>) -> HookLoadReturn {
        load::load(&self.0, &ctx, args).await
    }

    async fn transform(
        &self,
        _ctx: SharedTransformPluginContext,
        args: &HookTransformArgs<'_>,
    ) -> HookTransformReturn {
        Ok(transform::transform(&self.0, args).await)
    }

    async fn render_chunk(
        &self,
        ctx: &PluginContext,
        args: &HookRenderChunkArgs<'_>,
    ) -> HookRenderChunkReturn {
        Ok(load::render_chunk(&self.0, ctx, args))
    }
}

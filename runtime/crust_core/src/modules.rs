//! The module system: loading a graph of files (no JS involved), linking it, and evaluating it by
//! the algorithms of ECMA-262 §16.2.1.6 over our own module records. The engine only ever sees
//! functions.

mod data;
mod embedded;
mod error;
mod evaluate;
mod export;
mod graph;
mod link;
mod loaded_files;
mod macros;
mod natives;
mod plugins;
mod record;
mod source;
mod testing;

pub use error::LoadError;
pub(crate) use error::rendered;
pub use loaded_files::state as file_state;
pub(crate) use macros::OPS as MACRO_OPS;
pub(crate) use natives::OPS;
pub(crate) use plugins::OPS as PLUGIN_OPS;
pub use source::{check_syntax, transpile_builtin};
pub(crate) use testing::OPS as TESTING_OPS;

pub use crust_transpile::Print;

use crust_resolve::{ReferrerKind, ResolveOptions, Resolved, Resolver};
use jsc::{Exception, Scope, Value};
use record::{ModuleId, ModuleKey, Record};
use rustc_hash::FxHashMap;
use source::Sources;
use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};

/// How modules are found and transpiled.
#[derive(Debug, Clone, Default)]
pub struct ModuleSettings {
    /// Resolution.
    pub resolve: ResolveOptions,
    /// `--define`.
    pub defines: Vec<(String, String)>,
    /// The names of which `feature("NAME")` of `bun:bundle` is true.
    pub features: Vec<String>,
    /// Told a line about each file that is read (the flag DEBUG of the project header).
    pub trace: Option<fn(&str)>,
    /// A descriptor that receives the state and path of each loaded file, one a line (`--watch`).
    pub loaded_files: Option<i32>,
    /// Mock calls of test files come before their imports.
    pub hoist_mocks: bool,
    /// Files that are instrumented for coverage.
    pub covers: Option<fn(&Path) -> bool>,
    /// `--no-macros`
    pub refuses_macros: bool,
}

/// The program to run.
#[derive(Debug, Clone)]
pub enum Program {
    /// A file.
    File(PathBuf),
    /// Text with the name it has in messages, resolved as if it were that file.
    Text {
        /// TypeScript with JSX.
        text: String,
        /// An absolute path that need not exist.
        name: PathBuf,
        /// What to print at the end (`--print`).
        print: Print,
    },
}

/// The modules of one VM.
pub(crate) struct Modules {
    resolver: Resolver,
    sources: Sources,
    records: RefCell<Vec<Record>>,
    by_key: RefCell<FxHashMap<ModuleKey, ModuleId>>,
    main: RefCell<Option<PathBuf>>,
    /// The program, loaded and linked before the engine was open.
    prepared: Cell<Option<Result<ModuleId, LoadError>>>,
    /// The program's module, once it has been started.
    started: Cell<Option<ModuleId>>,
    async_order: Cell<u64>,
    /// A loaded module exports a const enum, so its importers may have constants to fill in.
    has_constants: Cell<bool>,
    /// Gives the namespaces of mocked modules.
    mock_loader: RefCell<Option<jsc::Global>>,
    plugins: plugins::Plugins,
    macro_resolver: macros::MacroResolver,
}

impl Modules {
    pub(crate) fn new(settings: ModuleSettings) -> Self {
        Self {
            macro_resolver: macros::MacroResolver::new(settings.resolve.clone()),
            resolver: Resolver::new(settings.resolve),
            sources: Sources::new(
                settings.defines,
                settings.features,
                settings.trace,
                settings.loaded_files,
            )
            .for_tests(settings.hoist_mocks, settings.covers)
            .with_macros(settings.refuses_macros),
            records: RefCell::default(),
            by_key: RefCell::default(),
            main: RefCell::default(),
            prepared: Cell::default(),
            started: Cell::default(),
            async_order: Cell::new(0),
            has_constants: Cell::new(false),
            mock_loader: RefCell::default(),
            plugins: plugins::Plugins::default(),
        }
    }

    /// Where a specifier leads from a file.
    pub(crate) fn resolve(
        &self,
        specifier: &str,
        referrer: &Path,
        kind: ReferrerKind,
    ) -> Result<Resolved, LoadError> {
        let other = match self.resolve_asking(specifier, referrer, kind)? {
            Ok(resolved) => return Ok(resolved),
            Err(other) => other,
        };
        let specifier = other.as_deref().unwrap_or(specifier);
        let directory = graph::directory_of(referrer);
        let resolved = embedded::resolve(&self.resolver, specifier, &directory, kind)
            .map_err(|error| LoadError::not_found(*error, referrer));
        resolved.or_else(|error| {
            let mocked = testing::virtual_mock(&self.sources, specifier, referrer);
            mocked.ok_or(error)
        })
    }

    /// Loads and links the program. Failures are kept for `run_main`.
    pub(crate) fn prepare(&self, program: &Program) {
        let key = match program {
            Program::File(path) => ModuleKey::file(path),
            Program::Text { text, name, print } => {
                self.sources.provide(name, text, *print);
                crate::stack::sources::provide(&name.to_string_lossy(), text);
                ModuleKey::file(name)
            }
        };
        *self.main.borrow_mut() = Some(key.file_path());
        let main = self.load(key).and_then(|id| self.link(id).map(|()| id));
        self.prepared.set(Some(main));
    }

    /// The program's file, `Bun.main`.
    pub(crate) fn main(&self) -> Option<PathBuf> {
        self.main.borrow().clone()
    }
}

impl crate::runtime::Runtime {
    /// Starts the program that was prepared by [`Runtime::start`]. The answer is the promise of its
    /// top-level await.
    ///
    /// # Errors
    /// What loading, linking or evaluating throws.
    pub fn run_main<'s>(&self, scope: Scope<'s>) -> Result<Option<Value<'s>>, Exception<'s>> {
        let Some(mut main) = self.modules.prepared.take() else {
            return Ok(None);
        };
        // Plugins came meanwhile, or macros have been called.
        let has_waited = matches!(main, Err(LoadError::Waits(_)));
        if self.modules.plugins.is_active() || has_waited {
            main = self.modules.load_again();
        }
        main = self.modules.start_macros(scope, main);
        if let Err(LoadError::Waits(_)) = &main {
            self.modules.prepared.set(Some(main));
            return self.after_plugins(scope, "mainAgain", &[]).map(Some);
        }
        let id = main.map_err(|error| Exception::new(error.to_js(scope)))?;
        self.modules.started.set(Some(id));
        self.evaluate(scope, id)
    }

    /// The namespace of the program, if it is an ES module and was started; while its top-level await
    /// goes on, a promise of it. `promise` is what [`Runtime::run_main`](crate::Runtime::run_main) gave.
    ///
    /// # Errors
    /// Only when the engine runs out of memory.
    pub fn main_namespace<'s>(
        &self,
        scope: Scope<'s>,
        promise: Option<Value<'s>>,
    ) -> Result<Option<Value<'s>>, Exception<'s>> {
        let started = self.modules.started.get();
        if let (None, Some(promise)) = (started, promise) {
            // Plugins have to be waited for.
            let namespace = self
                .core_function(scope, "mainFollowing")
                .call(&[promise])?;
            return Ok(Some(namespace));
        }
        let Some(id) = started.filter(|id| self.is_es_module(*id)) else {
            return Ok(None);
        };
        let number = scope.number(id.number());
        let namespace = match promise {
            Some(promise) => self
                .core_function(scope, "follow")
                .call(&[promise, number])?,
            None => self.core_function(scope, "namespaceOf").call(&[number])?,
        };
        Ok(Some(namespace))
    }

    fn is_es_module(&self, id: ModuleId) -> bool {
        let records = self.modules.records.borrow();
        records
            .get(id.index())
            .is_some_and(|record| matches!(record.kind, record::Kind::Esm(_)))
    }

    /// Loads and runs a file before the program (`--preload`), as `import` would.
    ///
    /// # Errors
    /// As [`Runtime::run_main`](crate::Runtime::run_main).
    pub fn preload<'s>(
        &self,
        scope: Scope<'s>,
        specifier: &str,
        referrer: &Path,
    ) -> Result<Option<Value<'s>>, Exception<'s>> {
        let loaded = self
            .modules
            .load_specifier(specifier, referrer, None)
            .and_then(|id| self.modules.link(id).map(|()| id));
        let loaded = self.modules.start_macros(scope, loaded);
        if let Err(LoadError::Waits(_)) = &loaded {
            let arguments = [
                scope.string(specifier),
                scope.string(&referrer.to_string_lossy()),
            ];
            return self
                .after_plugins(scope, "importAgain", &arguments)
                .map(Some);
        }
        let id = loaded.map_err(|error| Exception::new(error.to_js(scope)))?;
        self.evaluate(scope, id)
    }

    /// Calls a function of the core with the promise of a plugin's answer, and more.
    fn after_plugins<'s>(
        &self,
        scope: Scope<'s>,
        function: &str,
        more: &[Value<'s>],
    ) -> Result<Value<'s>, Exception<'s>> {
        let promise = self.modules.plugins.take_promise();
        let promise = promise.map_or_else(|| scope.undefined(), |promise| promise.get(scope));
        let arguments: Vec<_> = std::iter::once(promise)
            .chain(more.iter().copied())
            .collect();
        self.core_function(scope, function).call(&arguments)
    }
}

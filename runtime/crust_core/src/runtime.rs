//! [`Runtime`]: a VM with its event loop, modules and features, and the loop that drives them.
//! Never prints or exits by itself: the host's hooks do.

mod rejections;
mod run;
mod state;

use crate::builtins::{BuiltinSource, Builtins};
use crate::code_cache::{CodeCache, Prepared};
use crate::event_loop::EventLoop;
use crate::feature::Feature;
use crate::modules::{ModuleSettings, Modules, Program};
use crate::op_error::{ErrorClass, Throw};
use crate::process_info::ProcessInfo;

use jsc::{Engine, EngineOptions, Exception, Global, OpenError, Scope, Script, Value, Vm};
use rejections::Rejections;
use state::TypeMap;
use std::cell::{Cell, OnceCell, RefCell};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::rc::Rc;

/// What the program's embedder decides.
pub struct RuntimeOptions {
    /// Features in assembly order.
    pub features: &'static [Feature],
    /// Where builtin modules come from.
    pub builtins: BuiltinSource,
    /// How modules are found and transpiled.
    pub modules: ModuleSettings,
    /// What to do with rejections that nothing handles.
    pub unhandled_rejections: UnhandledRejections,
    /// Use the engine's public C API alone.
    pub portable: bool,
    /// Grow the heap slowly.
    pub small_heap: bool,
    /// Where bytecode is kept from one run to the next; `None`: nowhere.
    pub code_cache: Option<PathBuf>,
    /// What the process was started with.
    pub process: ProcessInfo,
    /// The embedder's side of printing and exiting.
    pub hooks: Hooks,
}

/// What only the process may do.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// Ends the process at once; standard output was flushed.
    pub exit: fn(i32) -> !,
    /// Writes to standard error.
    pub print_error: fn(&str),
}

/// `--unhandled-rejections`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnhandledRejections {
    /// Emit `unhandledRejection`; without a listener, treat as an uncaught exception.
    #[default]
    Throw,
    /// Treat as an uncaught exception first, then emit `unhandledRejection`.
    Strict,
    /// Emit, and always print a warning.
    Warn,
    /// Emit, and print nothing.
    None,
    /// Emit, print a warning without a listener and set the exit code.
    WarnWithErrorCode,
}

/// One VM and everything around it, bound to its thread.
pub struct Runtime {
    vm: Vm,
    engine: &'static Engine,
    pub(crate) code: CodeCache,
    event_loop: EventLoop,
    pub(crate) builtins: Builtins,
    pub(crate) modules: Modules,
    process: ProcessInfo,
    hooks: Hooks,
    unhandled_rejections: UnhandledRejections,
    core: OnceCell<Global>,
    classes: OnceCell<Vec<(ErrorClass, Global)>>,
    pub(crate) tick: RefCell<Option<Global>>,
    pub(crate) ticks_pending: Rc<Cell<bool>>,
    pub(crate) uncaught: RefCell<Option<Global>>,
    /// Set when an error was reported that ends the process with this turn.
    pub(crate) doomed: Cell<bool>,
    pub(crate) rejected: RefCell<Option<Global>>,
    pub(crate) handled: RefCell<Option<Global>>,
    pub(crate) exiting: RefCell<Option<Global>>,
    rejections: Rejections,
    flushers: RefCell<Vec<Rc<dyn Fn()>>>,
    exit_code: Cell<i32>,
    depth: Cell<u32>,
    /// The engine's run loop has something to do.
    engine_due: Cell<bool>,
    states: TypeMap,
}

thread_local! {
    static CURRENT: Cell<Option<&'static Runtime>> = const { Cell::new(None) };
}

const BOOTSTRAP: &str = "crust:core/bootstrap";

impl Runtime {
    /// Opens the engine and makes the runtime of this thread. It lives as long as the process.
    /// Meanwhile `program` is read, transpiled and linked, so that [`Runtime::run_main`] can begin
    /// at once.
    ///
    /// # Errors
    /// [`StartError`] when there is no engine or the process is out of resources.
    pub fn start(
        options: RuntimeOptions,
        program: Option<&Program>,
    ) -> Result<&'static Self, StartError> {
        // Dynamic linking takes as long as reading a small program: they overlap.
        let engine_options = EngineOptions {
            portable: options.portable,
            small_heap: options.small_heap,
        };
        let opener = program.map(|_| {
            let engine_options = engine_options.clone();
            std::thread::spawn(move || Engine::preload(&engine_options))
        });
        let modules = Modules::new(options.modules);
        if let Some(program) = program {
            modules.prepare(program);
        }
        let code = Prepared::read(
            options.code_cache.as_deref(),
            options.process.entry.as_ref(),
        );
        // `open` below reports whatever the early opening met.
        drop(opener.map(std::thread::JoinHandle::join));
        let engine = Engine::open(&engine_options)?;
        let runtime: &'static Self = Box::leak(Box::new(Self {
            vm: Vm::new(engine, true),
            event_loop: EventLoop::new()?,
            builtins: Builtins::new(options.features, options.builtins),
            modules,
            code: CodeCache::new(code, engine),
            engine,
            process: options.process,
            hooks: options.hooks,
            unhandled_rejections: options.unhandled_rejections,
            core: OnceCell::new(),
            classes: OnceCell::new(),
            tick: RefCell::default(),
            ticks_pending: Rc::default(),
            uncaught: RefCell::default(),
            doomed: Cell::default(),
            rejected: RefCell::default(),
            handled: RefCell::default(),
            exiting: RefCell::default(),
            rejections: Rejections::default(),
            flushers: RefCell::default(),
            exit_code: Cell::new(0),
            depth: Cell::new(0),
            engine_due: Cell::new(true),
            states: TypeMap::default(),
        }));
        CURRENT.set(Some(runtime));
        let formats = runtime.vm.set_stack_formatter(crate::stack::format);
        runtime
            .vm
            .locked(|scope| runtime.boot(scope, options.features, options.builtins))?;
        if !formats {
            // Level 0: errors that the program makes are formatted when made; the engine's own keep
            // its format until they are printed.
            runtime.vm.locked(|scope| {
                // It only replaces globals.
                let _ = runtime
                    .core_function(scope, "formatErrorsWhenMade")
                    .call(&[]);
            });
        }
        Ok(runtime)
    }

    /// The runtime of this thread.
    ///
    /// # Panics
    /// On a thread without one, which is a bug of the caller: natives only run on such threads.
    pub fn current() -> &'static Self {
        #[expect(
            clippy::expect_used,
            reason = "natives run on threads that `start` prepared"
        )]
        CURRENT.get().expect("no runtime on this thread")
    }

    fn boot(
        &self,
        scope: Scope<'_>,
        features: &[Feature],
        source: BuiltinSource,
    ) -> Result<(), StartError> {
        let broken = |what: String| StartError::Bootstrap(what);
        let text = source(BOOTSTRAP)
            .map_err(broken)?
            .ok_or_else(|| broken("no bootstrap module".into()))?;
        let describe = |thrown: Exception<'_>| broken(format!("{thrown:?}"));
        let natives = self
            .builtins
            .load(scope, "crust:ops/core")
            .map_err(|thrown| broken(thrown.to_js(scope).to_text().unwrap_or_default()))?;
        let script = Script {
            text: &text.text,
            url: BOOTSTRAP,
        };
        let core = self
            .code
            .evaluate(scope, script, Some(natives))
            .map_err(describe)?;
        // Set once: `boot` runs once per runtime.
        let _ = self.core.set(Global::new(core));
        self.keep_error_classes(scope);
        self.set_stack_trace_limit(scope).map_err(describe)?;
        self.install_globals(scope, features).map_err(describe)?;
        Rejections::watch(scope);
        Ok(())
    }

    fn keep_error_classes(&self, scope: Scope<'_>) {
        let all = [
            ErrorClass::Error,
            ErrorClass::TypeError,
            ErrorClass::RangeError,
            ErrorClass::SyntaxError,
            ErrorClass::ReferenceError,
        ];
        let classes = all.into_iter().filter_map(|class| {
            let constructor = scope.global().get(class.name()).ok()?;
            Some((class, Global::new(constructor)))
        });
        // Set once: `boot` runs once per runtime.
        let _ = self.classes.set(classes.collect());
    }

    /// `--stack-trace-limit`; ten frames as elsewhere, not the engine's hundred.
    fn set_stack_trace_limit<'s>(&self, scope: Scope<'s>) -> Result<(), Exception<'s>> {
        const FRAMES: u32 = 10;
        let limit = self.process.stack_trace_limit.unwrap_or(FRAMES);
        let class = self.error_class(scope, ErrorClass::Error)?;
        class.set("stackTraceLimit", scope.number(f64::from(limit)))
    }

    fn install_globals<'s>(
        &self,
        scope: Scope<'s>,
        features: &[Feature],
    ) -> Result<(), Exception<'s>> {
        // Names of globals, modules and exports need no escapes in JSON.
        let mut list = String::from("[");
        for global in features.iter().flat_map(|feature| feature.globals) {
            let separator = if list.len() > 1 { "," } else { "" };
            // Writing to a string does not fail.
            let _ = write!(
                list,
                "{separator}[\"{}\",\"{}\",\"{}\",{}]",
                global.name, global.module, global.export, global.enumerable
            );
        }
        list.push(']');
        let list = scope.parse_json(&list).unwrap_or_else(|| scope.undefined());
        self.core_function(scope, "lazyGlobals").call(&[list])?;
        Ok(())
    }

    /// A function of the bootstrap script; `undefined` before it ran.
    pub(crate) fn core_function<'s>(&self, scope: Scope<'s>, name: &str) -> Value<'s> {
        let Some(core) = self.core.get() else {
            return scope.undefined();
        };
        core.get(scope)
            .get(name)
            .unwrap_or_else(|_| scope.undefined())
    }

    /// The engine's own constructor, whatever the program did to the global of that name.
    pub(crate) fn error_class<'s>(
        &self,
        scope: Scope<'s>,
        class: ErrorClass,
    ) -> Result<Value<'s>, Exception<'s>> {
        let kept = self
            .classes
            .get()
            .and_then(|classes| classes.iter().find(|(kept, _)| *kept == class));
        match kept {
            Some((_, constructor)) => Ok(constructor.get(scope)),
            None => scope.global().get(class.name()),
        }
    }

    /// The namespace of a builtin module, loaded if needed.
    ///
    /// # Errors
    /// What its evaluation throws.
    pub fn builtin<'s>(&self, scope: Scope<'s>, specifier: &str) -> Result<Value<'s>, Throw<'s>> {
        self.builtins.load(scope, specifier)
    }

    /// What the process was started with.
    pub fn process(&self) -> &ProcessInfo {
        &self.process
    }

    /// Writes to standard error, past the program's own streams.
    pub fn print_error(&self, text: &str) {
        (self.hooks.print_error)(text);
    }

    /// The event loop.
    pub fn event_loop(&self) -> &EventLoop {
        &self.event_loop
    }

    /// The VM.
    pub fn vm(&self) -> &Vm {
        &self.vm
    }

    /// The feature state of type `T`, made when first asked for.
    pub fn state<T: Default + 'static>(&self) -> Rc<T> {
        self.states.get()
    }

    /// Runs `flush` before the loop sleeps, before the process exits and when asked to.
    pub fn on_flush(&self, flush: impl Fn() + 'static) {
        self.flushers.borrow_mut().push(Rc::new(flush));
    }

    /// Flushes buffered output now.
    pub fn flush(&self) {
        let flushers: Vec<Rc<dyn Fn()>> = self.flushers.borrow().clone();
        for flush in flushers {
            flush();
        }
    }

    /// The exit code that `process.exitCode` shows.
    pub fn exit_code(&self) -> i32 {
        self.exit_code.get()
    }

    /// Sets the code the process ends with when nothing is pending.
    pub fn set_exit_code(&self, code: i32) {
        self.exit_code.set(code);
    }

    /// `process.reallyExit`: flushes and ends the process.
    pub fn exit_now(&self, code: i32) -> ! {
        self.flush();
        self.keep_code();
        (self.hooks.exit)(code)
    }

    /// Leaves the bytecode of this run to the next.
    pub(crate) fn keep_code(&self) {
        self.code.save(self.engine, &self.vm);
    }
}

/// The engine's library file and its accelerators' states.
///
/// # Errors
/// What to install when there is no engine.
pub fn engine_levels(portable: bool) -> Result<(String, Vec<jsc::Level>), String> {
    let options = EngineOptions {
        portable,
        small_heap: false,
    };
    let engine = Engine::open(&options).map_err(|error| error.to_string())?;
    let vm = Vm::new(engine, true);
    vm.set_stack_formatter(crate::stack::format);
    Ok((engine.library_path().to_owned(), vm.levels()))
}

/// Why a runtime could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The engine is missing or too old.
    #[error("{0}")]
    Engine(#[from] OpenError),
    /// The process is out of descriptors.
    #[error("cannot make the event loop: {0}")]
    EventLoop(#[from] std::io::Error),
    /// A builtin module of Crust itself failed.
    #[error("internal error: {0}")]
    Bootstrap(String),
}

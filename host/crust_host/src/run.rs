//! Starts a runtime with every feature and runs one program in it.

use crate::features::FEATURES;
use crate::options::{Entry, Print, RunOptions};
use crate::{auto_serve, builtins, hooks, test_worker, vitals};
use crust_core::{
    EngineLevel, Hooks, ModuleSettings, ProcessInfo, Program, ResolveOptions, Runtime,
    RuntimeOptions,
};
use crust_header::Feature;
use crust_header_file::SNAPSHOT_VARIABLE;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Switches to the engine's public C API alone when it is `portable`.
const ENGINE_VARIABLE: &str = "CRUST_ENGINE";
const CODE_CACHE_VARIABLE: &str = "CRUST_CODE_CACHE";

/// Runs a program to its end and answers the exit code.
pub fn run(mut options: RunOptions) -> i32 {
    follow_link(&mut options);
    let print_error = options.print_error;
    let program = match program_of(&options) {
        Ok(program) => program,
        Err(message) => {
            print_error(&format!("error: {message}\n"));
            return 1;
        }
    };
    let worker = match &options.entry {
        Entry::TestWorker(settings) => Some(settings.clone()),
        _ => None,
    };
    let (preload, expose_gc) = (options.preload.clone(), options.expose_gc);
    let runtime = match Runtime::start(runtime_options(options), program.as_ref()) {
        Ok(runtime) => runtime,
        Err(error) => {
            print_error(&format!("error: {error}\n"));
            return 1;
        }
    };
    if worker.is_none() {
        vitals::install();
    }
    let referrer = std::env::current_dir()
        .unwrap_or_default()
        .join("[preload]");
    if worker.is_none()
        && let Some(folder) = test_worker::coverage_folder()
    {
        runtime.run_first(|scope| test_worker::count_for(scope, &folder));
    }
    for specifier in preload {
        runtime.run_first(|scope| runtime.preload(scope, &specifier, &referrer));
    }
    runtime.run_program(|scope| {
        hooks::install(scope, expose_gc)?;
        if let Some(settings) = &worker {
            return test_worker::start(scope, settings).map(Some);
        }
        let main = runtime.run_main(scope)?;
        auto_serve::install(scope, main)?;
        Ok(main)
    })
}

/// A program is the file that its links lead to: what it imports lies beside that.
fn follow_link(options: &mut RunOptions) {
    if options.preserve_symlinks_main {
        return;
    }
    if let Entry::File(path) = &mut options.entry
        && let Ok(real) = path.canonicalize()
    {
        *path = real;
    }
}

/// What is loaded before the engine is open; a worker asks for its files later.
fn program_of(options: &RunOptions) -> Result<Option<Program>, String> {
    let directory = || {
        std::env::current_dir().map_err(|error| format!("the current directory is gone: {error}"))
    };
    Ok(Some(match &options.entry {
        Entry::TestWorker(_) | Entry::Macros => return Ok(None),
        Entry::File(path) => Program::File(path.clone()),
        Entry::Eval { code, print } => Program::Text {
            text: code.clone(),
            name: directory()?.join("[eval]"),
            print: *print,
        },
        Entry::Stdin => {
            let mut bytes = Vec::new();
            std::io::stdin()
                .read_to_end(&mut bytes)
                .map_err(|error| format!("cannot read standard input: {error}"))?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Program::Text {
                text,
                name: directory()?.join("[stdin]"),
                print: Print::Nothing,
            }
        }
    }))
}

pub(crate) fn runtime_options(options: RunOptions) -> RuntimeOptions {
    let directory = std::env::current_dir().unwrap_or_default();
    let node_path = std::env::var_os("NODE_PATH").map(|paths| {
        std::env::split_paths(&paths)
            .map(|path| directory.join(path))
            .collect()
    });
    let entry = match &options.entry {
        Entry::File(path) => Some(path.clone()),
        Entry::Eval { .. } | Entry::TestWorker(_) | Entry::Macros => None,
        Entry::Stdin => Some(PathBuf::from("-")),
    };
    RuntimeOptions {
        features: FEATURES,
        builtins: builtins::find,
        modules: ModuleSettings {
            resolve: ResolveOptions {
                conditions: options.conditions,
                preserve_symlinks: options.preserve_symlinks,
                replaced_packages: test_worker::replaced_packages(&options.entry),
                node_path: node_path.unwrap_or_default(),
                ..ResolveOptions::default()
            },
            defines: options.defines,
            features: options.features,
            trace: options
                .config
                .has(Feature::Debug)
                .then_some(options.print_error),
            loaded_files: options.loaded_files,
            hoist_mocks: matches!(options.entry, Entry::TestWorker(_)),
            covers: test_worker::covers(&options.entry),
            refuses_macros: options.refuses_macros,
        },
        unhandled_rejections: options.unhandled_rejections,
        portable: std::env::var_os(ENGINE_VARIABLE).is_some_and(|level| level == "portable"),
        small_heap: options.smol,
        code_cache: code_cache_folder(),
        process: ProcessInfo {
            entry,
            argv: options.argv,
            argv0: options.argv0,
            exec_argv: options.exec_argv,
            exec_path: options.exec_path,
            environment: environment(options.env),
            title: options.title,
            stack_trace_limit: options.stack_trace_limit,
            config: options.config,
        },
        hooks: Hooks {
            exit: options.exit,
            print_error: options.print_error,
        },
    }
}

/// `CRUST_CODE_CACHE`, or the usual place of caches.
fn code_cache_folder() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(named) = variable(CODE_CACHE_VARIABLE) {
        return (named != "off").then(|| PathBuf::from(named));
    }
    let caches = variable("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(variable("HOME")?).join(".cache")))?;
    Some(caches.join("crust").join("code"))
}

/// The process's variables, which win, and those of `.env` files. The one that leads to the header
/// is not the program's: its children get it whatever environment the program gives them.
fn environment(from_files: Vec<(OsString, OsString)>) -> Vec<(OsString, OsString)> {
    let mut list: Vec<(OsString, OsString)> = std::env::vars_os()
        .filter(|(name, _)| name != SNAPSHOT_VARIABLE)
        .collect();
    for (name, value) in from_files {
        if !list.iter().any(|(known, _)| *known == name) {
            list.push((name, value));
        }
    }
    list
}

/// Reports the syntax errors of a file (`node --check`). Answers the exit code.
pub fn check_syntax(file: &Path, print_error: fn(&str)) -> i32 {
    match crust_core::check_syntax(file) {
        Ok(()) => 0,
        Err(text) => {
            print_error(&text);
            1
        }
    }
}

/// The engine's library and what of it is in use beyond the public C API.
///
/// # Errors
/// When the engine cannot be opened: what to install.
pub fn engine_levels() -> Result<(String, Vec<EngineLevel>), String> {
    let portable = std::env::var_os(ENGINE_VARIABLE).is_some_and(|level| level == "portable");
    crust_core::engine_levels(portable)
}

//! What the command line decides about a run.

pub use crust_core::{Print, UnhandledRejections};
use crust_header_file::Snapshot;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

/// What to run.
#[derive(Debug, Clone)]
pub enum Entry {
    /// A file, absolute.
    File(PathBuf),
    /// `-e` and `-p`.
    Eval {
        /// TypeScript.
        code: String,
        /// What to print at the end.
        print: Print,
    },
    /// Standard input.
    Stdin,
    /// A worker of `crust test`, with its settings as JSON.
    TestWorker(String),
    /// Nothing but the macros of a build ([`crate::run_macros`]).
    Macros,
}

/// One run of a program.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a command line flag")]
pub struct RunOptions {
    /// What to run.
    pub entry: Entry,
    /// The program's own arguments.
    pub argv: Vec<String>,
    /// Ours (`process.execArgv`).
    pub exec_argv: Vec<String>,
    /// The path of the binary (`process.execPath`).
    pub exec_path: PathBuf,
    /// The name in `process.argv0`.
    pub argv0: String,
    /// Modules to run first.
    pub preload: Vec<String>,
    /// `--define`.
    pub defines: Vec<(String, String)>,
    /// The names of which `feature("NAME")` is true.
    pub features: Vec<String>,
    /// The project header as it was at the start.
    pub config: Arc<Snapshot>,
    /// `--conditions`.
    pub conditions: Vec<String>,
    /// `--preserve-symlinks`.
    pub preserve_symlinks: bool,
    /// `--preserve-symlinks-main`.
    pub preserve_symlinks_main: bool,
    /// Variables from `.env` files.
    pub env: Vec<(OsString, OsString)>,
    /// `--no-macros`.
    pub refuses_macros: bool,
    /// `--smol`.
    pub smol: bool,
    /// `--unhandled-rejections`.
    pub unhandled_rejections: UnhandledRejections,
    /// `--expose-gc`.
    pub expose_gc: bool,
    /// `--stack-trace-limit`.
    pub stack_trace_limit: Option<u32>,
    /// `--title`.
    pub title: Option<String>,
    /// A descriptor that receives the path of each loaded file, one a line (`--watch`).
    pub loaded_files: Option<i32>,
    /// How to end the process.
    pub exit: fn(i32) -> !,
    /// How to write to standard error.
    pub print_error: fn(&str),
}

//! What the process was started with, for the features that show it to programs.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use crust_header_file::Snapshot;

/// Words, paths and variables of this run.
#[derive(Debug, Clone, Default)]
pub struct ProcessInfo {
    /// The program's file; `None` for `--eval`, `-` for standard input.
    pub entry: Option<PathBuf>,
    /// The program's own arguments.
    pub argv: Vec<String>,
    /// The name the binary was called by.
    pub argv0: String,
    /// The arguments before the program.
    pub exec_argv: Vec<String>,
    /// The binary.
    pub exec_path: PathBuf,
    /// Every variable, those of `.env` files included.
    pub environment: Vec<(OsString, OsString)>,
    /// `--title`.
    pub title: Option<String>,
    /// `--stack-trace-limit`.
    pub stack_trace_limit: Option<u32>,
    /// The project header as it was at the start.
    pub config: Arc<Snapshot>,
}

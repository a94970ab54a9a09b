//! The seam to the runtime host. It never runs anything: this build has no runtime, and says so.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::message;

#[derive(Debug)]
pub(crate) enum Entry {
    File(PathBuf),
    Eval { code: String, print: bool },
    Stdin,
}

#[derive(Debug)]
pub(crate) enum UnhandledRejections {
    Strict,
    Throw,
    Warn,
    None,
    WarnWithErrorCode,
}

#[expect(dead_code, reason = "the host reads them")]
#[derive(Debug)]
pub(crate) struct RunOptions {
    pub(crate) entry: Entry,
    pub(crate) argv: Vec<String>,
    pub(crate) exec_argv: Vec<String>,
    pub(crate) exec_path: PathBuf,
    pub(crate) preload: Vec<String>,
    pub(crate) defines: Vec<(String, String)>,
    pub(crate) conditions: Vec<String>,
    pub(crate) preserve_symlinks: bool,
    pub(crate) preserve_symlinks_main: bool,
    pub(crate) env: Vec<(OsString, OsString)>,
    pub(crate) smol: bool,
    pub(crate) unhandled_rejections: UnhandledRejections,
    pub(crate) expose_gc: bool,
    pub(crate) stack_trace_limit: Option<u32>,
    pub(crate) title: Option<String>,
    pub(crate) loaded_files: Option<i32>,
}

pub(crate) fn run(options: &RunOptions) -> i32 {
    message::error(&format!(
        "this build has no runtime to run {:?}",
        options.entry
    ));
    1
}

pub(crate) fn check_syntax(file: &Path) -> i32 {
    message::error(&format!(
        "this build has no runtime to check {}",
        file.display()
    ));
    1
}

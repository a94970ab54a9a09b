//! Lifecycle scripts: of trusted dependencies, each after those it depends on and several at a time,
//! then of the project's own packages. Never decides whom to trust.

mod collect;
mod runner;

pub(crate) use collect::{Pending, scripts_of};
pub(super) use collect::{dependencies, named_of, of_projects};
pub(super) use runner::run;

use std::ffi::OsString;
use std::path::PathBuf;

/// What scripts are run with.
#[derive(Debug, Clone)]
pub struct ScriptHost {
    /// The shell, which takes `-c`.
    pub shell: PathBuf,
    /// Variables over those of this process, without `PATH`.
    pub variables: Vec<(OsString, OsString)>,
    /// Folders of programs, after those of the packages.
    pub search_path: Vec<PathBuf>,
    /// Most scripts at a time; 0 for twice the processors.
    pub concurrency: usize,
    /// Whether the output of all scripts is passed on.
    pub verbose: bool,
}

impl Default for ScriptHost {
    fn default() -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Self {
            shell: "/bin/sh".into(),
            variables: Vec::new(),
            search_path: std::env::split_paths(&path).collect(),
            concurrency: 0,
            verbose: false,
        }
    }
}

/// The scripts of one package.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) name: String,
    pub(super) version: String,
    /// Where they run.
    pub(super) folder: PathBuf,
    /// Names and commands, in order.
    pub(super) stages: Vec<(&'static str, String)>,
    /// Whether the package may fail and is left out then.
    pub(super) optional: bool,
    /// Jobs that come first, all of which stand before this one.
    pub(super) after: Vec<usize>,
    /// Whether people see what the scripts print.
    pub(super) shown: bool,
}

//! Who we are in this run: the name we were called by, the path of the binary, the words given.
//! It never interprets the words.

use std::cell::OnceCell;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::args::{UnknownOptions, split_words};

/// The name the binary was called by, which decides how it behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProgramName {
    /// `crust`, and any name not listed here
    Crust,
    /// `bun`
    Bun,
    /// `crustx` and `bunx`: the command `x`
    Execute,
    /// `node`
    Node,
    /// `crust-pm`: the command `proc`
    ProcessManager,
}

impl ProgramName {
    fn from_file_name(name: &str) -> Self {
        match name {
            "bun" => Self::Bun,
            "bunx" | "crustx" => Self::Execute,
            "node" | "nodejs" => Self::Node,
            "crust-pm" => Self::ProcessManager,
            _ => Self::Crust,
        }
    }
}

/// One run of the binary.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) name: ProgramName,
    /// The name as people typed it, for messages and help: `crust`, `bun`, `bunx`, `node`.
    pub(crate) display_name: String,
    /// The absolute path of the binary.
    pub(crate) exec_path: PathBuf,
    /// The words after the name, with those of `BUN_OPTIONS` or `NODE_OPTIONS` in front.
    pub(crate) words: Vec<OsString>,
    /// How many of the words come from the environment.
    pub(crate) words_of_environment: usize,
    /// The working directory before `--cwd` changed it.
    pub(crate) first_directory: OnceCell<PathBuf>,
}

impl Session {
    pub(crate) fn of_this_process() -> Self {
        let mut words = std::env::args_os();
        let called_as = words.next().unwrap_or_else(|| OsString::from("crust"));
        let display_name = Path::new(&called_as).file_name().map_or_else(
            || "crust".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        );
        let name = ProgramName::from_file_name(&display_name);
        let exec_path = std::env::current_exe().unwrap_or_else(|_| PathBuf::from(called_as));
        let mut all = options_from_environment(name);
        let words_of_environment = all.len();
        all.extend(words);
        let first_directory = OnceCell::new();
        Self {
            name,
            display_name,
            exec_path,
            words: all,
            words_of_environment,
            first_directory,
        }
    }

    /// How this name treats options it does not know. Bun leaves them to the program.
    pub(crate) fn unknown_options(&self) -> UnknownOptions {
        match self.name {
            ProgramName::Bun => UnknownOptions::Keep,
            _ => UnknownOptions::Refuse,
        }
    }

    /// The name that starts another program of ours in messages: `crust`, or `bun` when called so.
    pub(crate) fn main_name(&self) -> &'static str {
        match self.name {
            ProgramName::Bun => "bun",
            _ => "crust",
        }
    }
}

/// The options of `BUN_OPTIONS`, which stand before those of the command line. `NODE_OPTIONS` is read
/// by the `node` command, which is more lenient with it.
fn options_from_environment(name: ProgramName) -> Vec<OsString> {
    if !matches!(name, ProgramName::Crust | ProgramName::Bun) {
        return Vec::new();
    }
    let text = std::env::var("BUN_OPTIONS").unwrap_or_default();
    split_words(&text).into_iter().map(OsString::from).collect()
}

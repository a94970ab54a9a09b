//! One case as it stands on disk: `test.toml` and the expected output beside it. Never runs anything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;

pub(crate) const MANIFEST: &str = "test.toml";
pub(crate) const STDOUT: &str = "expected.txt";
pub(crate) const STDERR: &str = "expected_stderr.txt";

/// The fields of `test.toml`; every one may be left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// Arguments after the program's name.
    #[serde(default = "main_file")]
    pub(crate) args: Vec<String>,
    /// The name the program is called by, through a symbolic link: `bun`, `bunx`, `node`.
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) stdin: String,
    /// Added to a small fixed environment.
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    /// Folder of the case to start in.
    pub(crate) cwd: Option<String>,
    #[serde(default)]
    pub(crate) exit: i32,
    /// The signal that ends the program, where it does not exit by itself, as `SIGTERM`.
    pub(crate) signal: Option<String>,
    /// Seconds; generous, because a debug build on a busy machine is slow.
    #[serde(default = "half_a_minute")]
    timeout: u64,
    /// `check` compares standard error with its file, or with nothing; `any` does not look.
    #[serde(default)]
    pub(crate) stderr: StderrRule,
    /// The peers whose output this is, and which `ORACLE=1` asks again.
    #[serde(default)]
    pub(crate) oracle: Vec<Peer>,
    /// The level of the engine the case is about.
    #[serde(default)]
    pub(crate) mode: Mode,
    /// Inputs that do not belong into a repository: large, linked, not text.
    #[serde(default)]
    pub(crate) file: Vec<Generated>,
    /// Files beside several cases, by their path from this one, which each gets a copy of.
    #[serde(default)]
    pub(crate) shared: Vec<String>,
    /// What happens while the program runs.
    #[serde(default)]
    pub(crate) on: Vec<Reaction>,
    /// For readers: where and why this differs from a peer.
    #[serde(default, rename = "note")]
    _note: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StderrRule {
    #[default]
    Check,
    /// Compared, but the peers have words of their own.
    Own,
    Any,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Peer {
    Bun,
    Node,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    #[default]
    Any,
    Portable,
    Accelerated,
}

/// An input that the runner makes. Exactly one of the kinds is given.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Generated {
    /// May contain `{i}`, together with `count`.
    pub(crate) path: String,
    /// Text; `{i}` is the index and `{next}` the next one, wrapping at `count`.
    pub(crate) text: Option<String>,
    /// Bytes as hexadecimal pairs; spaces are ignored.
    pub(crate) hex: Option<String>,
    /// How many files to make.
    pub(crate) count: Option<usize>,
    /// How often the text or bytes are repeated in the file.
    #[serde(default = "once")]
    pub(crate) repeat: usize,
    /// A symbolic link to this target.
    pub(crate) symlink: Option<String>,
    /// An empty folder.
    #[serde(default)]
    pub(crate) folder: bool,
    /// May be executed.
    #[serde(default)]
    pub(crate) executable: bool,
}

/// When standard output has the text, each of the actions happens, in the order of the fields.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reaction {
    pub(crate) stdout: String,
    /// A file of the case to write …
    pub(crate) write: Option<String>,
    /// … with this text.
    #[serde(default)]
    pub(crate) text: String,
    /// Text for standard input, which then stays open.
    pub(crate) stdin: Option<String>,
    /// A signal to send, as `SIGTERM`.
    pub(crate) signal: Option<String>,
}

impl Case {
    pub(crate) fn load(folder: &Path) -> Result<Self> {
        let path = folder.join(MANIFEST);
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        toml::from_str(&text).with_context(|| path.display().to_string())
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}

/// Every folder below `root` that has a `test.toml`, with its name: the path with slashes.
pub(crate) fn discover(root: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    let mut pending = vec![(String::new(), root.to_path_buf())];
    while let Some((name, folder)) = pending.pop() {
        if folder.join(MANIFEST).is_file() {
            found.push((name, folder));
            continue;
        }
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                let own = entry.file_name().to_string_lossy().into_owned();
                let below = if name.is_empty() {
                    own
                } else {
                    format!("{name}/{own}")
                };
                pending.push((below, entry.path()));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn main_file() -> Vec<String> {
    vec!["main.ts".to_owned()]
}

fn half_a_minute() -> u64 {
    30
}

fn once() -> usize {
    1
}

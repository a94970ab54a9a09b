//! The list of files and functions that are longer than the rule, each with its reason: it only
//! shrinks. An entry that is no longer needed, or whose number is too high, is a problem as well.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::Problem;
use crate::tree::Tree;

pub(super) const LIST: &str = "xtask/ratchet.toml";

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    entry: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    path: String,
    /// Absent where the whole file is meant.
    function: Option<String>,
    lines: usize,
    reason: String,
    #[serde(skip)]
    seen: bool,
}

/// The list, and which of its entries were met.
pub(super) struct Ratchet {
    entries: Vec<Entry>,
}

impl Ratchet {
    pub(super) fn load(tree: &Tree) -> Result<Self> {
        let list: List = toml::from_str(tree.text(LIST)?).context(LIST)?;
        Ok(Self {
            entries: list.entry,
        })
    }

    /// Compares one file or function with the rule and with its entry.
    pub(super) fn judge(
        &mut self,
        path: &str,
        function: Option<&str>,
        line: usize,
        lines: usize,
        max: usize,
    ) -> Option<Problem> {
        if lines <= max {
            return None;
        }
        let what = function.map_or_else(|| "file".to_owned(), |name| format!("function {name}"));
        let entry = self
            .entries
            .iter_mut()
            .find(|entry| entry.path == path && entry.function.as_deref() == function);
        let Some(entry) = entry else {
            return Some(Problem::at(
                path,
                line,
                format!("{what} has {lines} lines (at most {max})"),
            ));
        };
        entry.seen = true;
        let message = if entry.reason.trim().is_empty() {
            format!("{what} stands in {LIST} without a reason")
        } else if lines > entry.lines {
            format!("{what} grew from {} to {lines} lines", entry.lines)
        } else if lines < entry.lines {
            format!("{what} shrank: write lines = {lines} in {LIST}")
        } else {
            return None;
        };
        Some(Problem::at(path, line, message))
    }

    /// Entries that nothing needs any more.
    pub(super) fn stale(&self) -> Vec<Problem> {
        let unused = self.entries.iter().filter(|entry| !entry.seen);
        unused
            .map(|entry| {
                let what = entry.function.as_deref().unwrap_or("the file");
                Problem::of(
                    LIST,
                    format!("{} ({what}) keeps the rule: remove it", entry.path),
                )
            })
            .collect()
    }
}

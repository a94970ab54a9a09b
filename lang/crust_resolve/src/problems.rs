//! Configuration files that could not be read while resolving. They do not fail a resolution by
//! themselves; whoever owns the terminal shows them once.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crust_diag::{Diagnostic, LineIndex, Severity};

/// A `package.json` or tsconfig that could not be used as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigProblem {
    pub(crate) path: PathBuf,
    /// Line from 1; 0 when the place is unknown.
    pub(crate) line: usize,
    /// Column from 1, in bytes; 0 when the place is unknown.
    pub(crate) column: usize,
    /// One sentence without a full stop.
    pub(crate) message: String,
}

impl ConfigProblem {
    /// With an excerpt of the file as it is now.
    pub(crate) fn diagnostic(&self) -> Diagnostic {
        let file = self.path.display().to_string();
        let diagnostic = Diagnostic::new(Severity::Warning, self.message.clone()).file(file);
        let text = match self.line {
            0 => None,
            _ => std::fs::read_to_string(&self.path).ok(),
        };
        let Some(text) = text else {
            return diagnostic;
        };
        let lines = LineIndex::new(&text);
        let start = u32::try_from(self.line - 1)
            .ok()
            .and_then(|line| lines.start(line));
        let column = u32::try_from(self.column.saturating_sub(1)).unwrap_or_default();
        match start.and_then(|start| start.checked_add(column)) {
            Some(offset) => diagnostic.at(&text, &lines, offset, offset),
            None => diagnostic,
        }
    }
}

/// At most this many are kept: enough for a person to read, and a tree of a million broken
/// packages does not grow memory.
const LIMIT: usize = 32;

#[derive(Debug, Default)]
pub(crate) struct Problems(Mutex<Vec<ConfigProblem>>);

impl Problems {
    pub(crate) fn add(&self, problem: ConfigProblem) {
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if list.len() < LIMIT && !list.contains(&problem) {
            list.push(problem);
        }
    }

    pub(crate) fn list(&self) -> Vec<ConfigProblem> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

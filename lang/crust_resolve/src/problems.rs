//! Configuration files that could not be read while resolving. They do not fail a resolution by
//! themselves; whoever owns the terminal shows them once.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// A `package.json` or `tsconfig.json` that could not be used as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The file.
    pub path: PathBuf,
    /// Line from 1; 0 when the place is unknown.
    pub line: usize,
    /// Column from 1, in bytes; 0 when the place is unknown.
    pub column: usize,
    /// One sentence.
    pub message: String,
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

//! tsconfig and jsconfig: what they mean for running a program, with everything they extend. Type
//! checking options are not its business.

mod extends;
mod load;
mod options;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use crust_diag::Diagnostic;
use rustc_hash::FxHashMap;

pub use options::{CompilerOptions, Jsx, PathMapping};

/// A tsconfig with what it extends folded in.
#[derive(Debug, Clone, Default)]
pub struct Tsconfig {
    /// The file.
    pub path: PathBuf,
    /// Every file that was read, this one first; a change of one of them is a change of all.
    pub files: Vec<PathBuf>,
    /// The settings.
    pub options: CompilerOptions,
    /// What is wrong with the files. A file that cannot be parsed counts as empty.
    pub problems: Vec<Diagnostic>,
}

impl Tsconfig {
    /// Reads `path` and what it extends. It never fails: see [`Tsconfig::problems`].
    pub fn read(path: &Path) -> Self {
        load::load(path)
    }
}

/// The tsconfig of each directory, remembered. May be asked from several threads.
#[derive(Debug, Default)]
pub struct Tsconfigs {
    fixed: Option<PathBuf>,
    by_dir: RwLock<FxHashMap<PathBuf, Option<Arc<Tsconfig>>>>,
}

impl Tsconfigs {
    /// `fixed` is one tsconfig for every directory (`--tsconfig-override`).
    pub fn new(fixed: Option<PathBuf>) -> Self {
        Self {
            fixed,
            by_dir: RwLock::default(),
        }
    }

    /// The tsconfig that holds for files in `dir`: the nearest `tsconfig.json`, or `jsconfig.json`
    /// where that directory has no tsconfig. One that lies inside `node_modules` never counts.
    pub fn nearest(&self, dir: &Path) -> Option<Arc<Tsconfig>> {
        let dir = if self.fixed.is_some() {
            Path::new("/")
        } else {
            dir
        };
        let mut visited = Vec::new();
        let mut found = None;
        for ancestor in dir.ancestors() {
            let known = self.by_dir.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = known.get(ancestor) {
                found.clone_from(known);
                break;
            }
            drop(known);
            visited.push(ancestor);
            if let Some(path) = self.config_in(ancestor) {
                found = Some(Arc::new(Tsconfig::read(&path)));
                break;
            }
        }
        let mut map = self.by_dir.write().unwrap_or_else(PoisonError::into_inner);
        for ancestor in visited {
            map.insert(ancestor.to_owned(), found.clone());
        }
        found
    }

    /// What is wrong with the files read so far.
    pub fn problems(&self) -> Vec<Diagnostic> {
        let map = self.by_dir.read().unwrap_or_else(PoisonError::into_inner);
        let mut seen: Vec<&Path> = Vec::new();
        let mut problems = Vec::new();
        for tsconfig in map.values().flatten() {
            if !seen.contains(&tsconfig.path.as_path()) {
                seen.push(&tsconfig.path);
                problems.extend(tsconfig.problems.iter().cloned());
            }
        }
        problems
    }

    /// Forgets everything, for when files changed.
    pub fn clear(&self) {
        self.by_dir
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    fn config_in(&self, dir: &Path) -> Option<PathBuf> {
        if let Some(fixed) = &self.fixed {
            return Some(fixed.clone());
        }
        if dir
            .components()
            .any(|part| part.as_os_str() == "node_modules")
        {
            return None;
        }
        let names = ["tsconfig.json", "jsconfig.json"];
        names
            .iter()
            .map(|name| dir.join(name))
            .find(|path| path.is_file())
    }
}

//! Which tsconfig's `paths` and `baseUrl` hold for a directory, remembered per directory. What a
//! tsconfig means for the transpiler is not its business.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use oxc_resolver::{ResolveError as LibraryError, ResolverGeneric, TsConfig};
use rustc_hash::FxHashMap;

use crate::file_system::{RepairingFileSystem, Repairs};
use crate::problems::ConfigProblem;

#[derive(Debug, Default)]
pub(crate) struct Tsconfigs {
    by_dir: RwLock<FxHashMap<PathBuf, Option<Arc<TsConfig>>>>,
}

impl Tsconfigs {
    /// The tsconfig whose mappings apply to files in `dir`: the nearest `tsconfig.json`, or
    /// `jsconfig.json` where that directory has no tsconfig. `None` where it maps nothing, and
    /// always inside `node_modules`: a project's aliases do not redirect its packages' imports.
    pub(crate) fn nearest(
        &self,
        dir: &Path,
        fixed: Option<&Path>,
        library: &ResolverGeneric<RepairingFileSystem>,
        repairs: &Repairs,
    ) -> Option<Arc<TsConfig>> {
        if dir
            .components()
            .any(|part| part.as_os_str() == "node_modules")
        {
            return None;
        }
        let dir = if fixed.is_some() { Path::new("/") } else { dir };
        if let Some(known) = self.read(dir) {
            return known;
        }
        if let Some(path) = fixed {
            return self.remember(&[dir], load(path, library, repairs));
        }
        let mut visited = Vec::new();
        for ancestor in dir.ancestors() {
            if let Some(known) = self.read(ancestor) {
                return self.remember(&visited, known);
            }
            visited.push(ancestor);
            let names = ["tsconfig.json", "jsconfig.json"];
            let path = names
                .iter()
                .map(|name| ancestor.join(name))
                .find(|path| path.is_file());
            if let Some(path) = path {
                return self.remember(&visited, load(&path, library, repairs));
            }
        }
        self.remember(&visited, None)
    }

    #[expect(
        clippy::option_option,
        reason = "not looked up yet, or known to map nothing"
    )]
    fn read(&self, dir: &Path) -> Option<Option<Arc<TsConfig>>> {
        self.by_dir
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(dir)
            .cloned()
    }

    fn remember(&self, dirs: &[&Path], found: Option<Arc<TsConfig>>) -> Option<Arc<TsConfig>> {
        let mut map = self.by_dir.write().unwrap_or_else(PoisonError::into_inner);
        for dir in dirs {
            map.insert((*dir).to_owned(), found.clone());
        }
        found
    }
}

/// Loads one tsconfig. If what it extends cannot be used, its own settings still count.
fn load(
    path: &Path,
    library: &ResolverGeneric<RepairingFileSystem>,
    repairs: &Repairs,
) -> Option<Arc<TsConfig>> {
    let mut loaded = library.resolve_tsconfig(path);
    if let Err(error) = &loaded {
        repairs.problems.add(problem_of(path, error));
        if repairs.tsconfig(path) {
            loaded = library.resolve_tsconfig(path);
        }
    }
    let tsconfig = loaded.ok()?;
    let options = &tsconfig.compiler_options;
    (options.paths.is_some() || options.base_url.is_some()).then_some(tsconfig)
}

fn problem_of(path: &Path, error: &LibraryError) -> ConfigProblem {
    let error = match error {
        LibraryError::TsconfigLoadFailed { source, .. } => source,
        other => other,
    };
    if let LibraryError::Json(json) = error {
        return ConfigProblem {
            path: json.path.clone(),
            line: json.line,
            column: json.column,
            message: json.message.clone(),
        };
    }
    let message = match error {
        LibraryError::TsconfigNotFound(extended) => {
            format!(
                "\"extends\" names \"{}\", which does not exist",
                extended.display()
            )
        }
        LibraryError::TsconfigCircularExtend(cycle) => {
            format!("\"extends\" forms a cycle: {cycle}")
        }
        other => other.to_string(),
    };
    ConfigProblem {
        path: path.to_owned(),
        line: 0,
        column: 0,
        message,
    }
}

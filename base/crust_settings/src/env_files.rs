//! Which `.env` files are read, in which order, and what they add to the process's environment.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crust_diag::{Diagnostic, Severity};

use crate::env_expand::expand;
use crate::env_parse::parse;

/// A `.env` file is a page or two; this bounds one that somebody else wrote, before it is read
/// into memory. It does not bound the number of files, which is four or given by the user.
const FILE_LIMIT: usize = 4 << 20;

/// All expanded values together; see [`expand`].
const EXPANSION_LIMIT: usize = 16 << 20;

/// Chooses the files that belong to a mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Any value but the other two, and none.
    Development,
    /// `production`.
    Production,
    /// `test`: `.env.local` is left out, so that tests run alike on every machine.
    Test,
}

impl Mode {
    /// The mode that `BUN_ENV`, else `NODE_ENV`, names.
    pub fn of(process: &dyn Fn(&str) -> Option<String>) -> Self {
        let named = process("BUN_ENV").or_else(|| process("NODE_ENV"));
        match named.as_deref() {
            Some("production") => Self::Production,
            Some("test") => Self::Test,
            _ => Self::Development,
        }
    }

    /// The word in the file's name.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
            Self::Test => "test",
        }
    }
}

/// What the files add.
#[derive(Debug, Default)]
pub struct LoadedEnv {
    /// Names that the process did not have, with their expanded values.
    pub variables: Vec<(String, String)>,
    /// The files that were read, strongest first.
    pub files: Vec<PathBuf>,
    /// Named files that do not exist. Bun says nothing about them.
    pub missing: Vec<PathBuf>,
    /// Files that could not be used, as warnings.
    pub problems: Vec<Diagnostic>,
}

/// Reads the `.env` files of `dir`. From strong to weak: the process's environment,
/// `.env.MODE.local`, `.env.local` (not for tests), `.env.MODE`, `.env`.
pub fn load_default(dir: &Path, process: &dyn Fn(&str) -> Option<String>) -> LoadedEnv {
    let mode = Mode::of(process);
    let mut names = vec![format!(".env.{}.local", mode.suffix())];
    if mode != Mode::Test {
        names.push(".env.local".to_owned());
    }
    names.push(format!(".env.{}", mode.suffix()));
    names.push(".env".to_owned());
    let paths: Vec<PathBuf> = names.iter().map(|name| dir.join(name)).collect();
    let mut loaded = load(&paths, process);
    loaded.missing.clear();
    loaded
}

/// Reads the files of `--env-file` instead of the default ones. A later file is stronger; one
/// option may name several, separated by commas.
pub fn load_named(
    dir: &Path,
    options: &[String],
    process: &dyn Fn(&str) -> Option<String>,
) -> LoadedEnv {
    let names = options.iter().flat_map(|option| option.split(','));
    let mut paths: Vec<PathBuf> = names
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| dir.join(name))
        .collect();
    paths.reverse();
    load(&paths, process)
}

/// Reads `paths`, strongest first. A file's values may refer to stronger files and to itself.
fn load(paths: &[PathBuf], process: &dyn Fn(&str) -> Option<String>) -> LoadedEnv {
    let mut loaded = LoadedEnv::default();
    let mut index: HashMap<String, usize> = HashMap::new();
    let mut budget = EXPANSION_LIMIT;
    for path in paths {
        let text = match read(path) {
            Read::Text(text) => text,
            Read::Missing => {
                loaded.missing.push(path.clone());
                continue;
            }
            Read::Unusable(why) => {
                loaded.problems.push(warning(path, &why));
                continue;
            }
        };
        loaded.files.push(path.clone());
        let first = loaded.variables.len();
        for (name, value) in parse(&text) {
            match index.get(&name) {
                Some(&at) if at >= first => loaded.variables[at].1 = value,
                Some(_) => {}
                None if process(&name).is_some() => {}
                None => {
                    index.insert(name.clone(), loaded.variables.len());
                    loaded.variables.push((name, value));
                }
            }
        }
        if !expand_all(&mut loaded.variables, first, &index, process, &mut budget) {
            let why = "its values refer to each other and grow beyond 16 MiB; they are kept as \
                       written";
            loaded.problems.push(warning(path, why));
        }
    }
    loaded
}

/// Expands the values from `first` on, in order: an earlier name is seen expanded, a later one as
/// written. `false` when the budget is used up.
fn expand_all(
    variables: &mut [(String, String)],
    first: usize,
    index: &HashMap<String, usize>,
    process: &dyn Fn(&str) -> Option<String>,
    budget: &mut usize,
) -> bool {
    for at in first..variables.len() {
        if !variables[at].1.contains('$') {
            continue;
        }
        let known = |name: &str| match index.get(name) {
            Some(&other) => Some(variables[other].1.clone()),
            None => process(name),
        };
        match expand(&variables[at].1, &known, budget) {
            Some(value) => variables[at].1 = value,
            None => return false,
        }
    }
    true
}

enum Read {
    Text(String),
    Missing,
    Unusable(String),
}

fn read(path: &Path) -> Read {
    use std::io::ErrorKind;
    let mut bytes = Vec::new();
    let limit = u64::try_from(FILE_LIMIT).unwrap_or(u64::MAX);
    let result =
        std::fs::File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes));
    match result {
        Ok(_) if bytes.len() > FILE_LIMIT => Read::Unusable("it is larger than 4 MiB".to_owned()),
        Ok(_) => Read::Text(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) => match error.kind() {
            // A directory named `.env` is a virtual environment of Python, not a mistake.
            ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory => {
                Read::Missing
            }
            _ => Read::Unusable(error.to_string()),
        },
    }
}

fn warning(path: &Path, why: &str) -> Diagnostic {
    let message = format!("the environment file is not used as written: {why}");
    Diagnostic::new(Severity::Warning, message).file(path.display().to_string())
}

//! Which files are tests: those whose names say so below a folder, or those named on the command line.
//! Never reads a file's content.

use crate::pattern::Pattern;
use std::path::{Component, Path, PathBuf};

/// What to look for.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// The folder to search, absolute.
    pub root: PathBuf,
    /// The folder that words of the command line are relative to, absolute.
    pub directory: PathBuf,
    /// Parts of paths, globs, or `./` paths of files and folders; none means everything.
    pub words: Vec<String>,
    /// Globs of paths to leave out.
    pub ignore: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Absolute paths in order.
    pub files: Vec<PathBuf>,
    /// Words that led to no file.
    pub unmatched: Vec<String>,
    /// How many files were looked at.
    pub searched: usize,
}

const EXTENSIONS: &[&str] = &["js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts"];
const ENDINGS: &[&str] = &[".test", "_test", ".spec", "_spec"];

/// Folders deeper than this are not searched: no project nests so, and a cycle of mounts would not end.
const DEEPEST: usize = 64;

/// Whether a file's name says that it is a test.
pub fn is_test_file(path: &Path) -> bool {
    let text =
        |part: Option<&std::ffi::OsStr>| part.and_then(|part| part.to_str().map(str::to_owned));
    let (Some(stem), Some(extension)) = (text(path.file_stem()), text(path.extension())) else {
        return false;
    };
    EXTENSIONS.contains(&extension.as_str()) && ENDINGS.iter().any(|ending| stem.ends_with(ending))
}

/// Finds the tests.
pub fn discover(search: &Search) -> Found {
    let mut found = Found::default();
    let mut filters = Vec::new();
    for word in &search.words {
        match named(search, word) {
            Some(path) if path.is_file() => {
                found.searched += 1;
                found.files.push(path);
            }
            Some(path) if path.is_dir() => {
                let mut below = Vec::new();
                walk(&path, 0, &mut below, &mut found.searched);
                if below.is_empty() {
                    found.unmatched.push(word.clone());
                }
                found.files.extend(below);
            }
            Some(_) => found.unmatched.push(word.clone()),
            None => filters.push(word.clone()),
        }
    }
    if search.words.is_empty() || !filters.is_empty() {
        filtered(search, &filters, &mut found);
    }
    let ignored: Vec<Pattern> = search
        .ignore
        .iter()
        .map(|text| Pattern::new(text))
        .collect();
    found.files.retain(|file| {
        let path = relative(&search.root, file);
        !ignored
            .iter()
            .any(|pattern| pattern.matches(&path) || pattern.matches(&file.to_string_lossy()))
    });
    found.files.sort();
    found.files.dedup();
    found
}

/// A word that is a path rather than a part of one.
fn named(search: &Search, word: &str) -> Option<PathBuf> {
    let is_path =
        word.starts_with("./") || word.starts_with("../") || word.starts_with('/') || word == ".";
    is_path.then(|| normal(&search.directory.join(word)))
}

/// Resolves `.` and `..` by their text.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

fn filtered(search: &Search, filters: &[String], found: &mut Found) {
    let mut all = Vec::new();
    walk(&search.root, 0, &mut all, &mut found.searched);
    if filters.is_empty() {
        found.files.extend(all);
        return;
    }
    for filter in filters {
        let glob = Pattern::is_glob(filter).then(|| Pattern::new(filter));
        let before = found.files.len();
        for file in &all {
            let path = relative(&search.root, file);
            let matches = path.contains(filter.as_str())
                || file.to_string_lossy().contains(filter.as_str())
                || glob.as_ref().is_some_and(|glob| glob.matches(&path));
            if matches {
                found.files.push(file.clone());
            }
        }
        if found.files.len() == before {
            found.unmatched.push(filter.clone());
        }
    }
}

fn relative(root: &Path, file: &Path) -> String {
    file.strip_prefix(root)
        .unwrap_or(file)
        .to_string_lossy()
        .into_owned()
}

fn walk(directory: &Path, depth: usize, files: &mut Vec<PathBuf>, searched: &mut usize) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() {
            if !name.starts_with('.') && name != "node_modules" && depth < DEEPEST {
                walk(&entry.path(), depth + 1, files, searched);
            }
            continue;
        }
        *searched += 1;
        let path = entry.path();
        if is_test_file(&path) && (kind.is_file() || path.is_file()) {
            files.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_tests() {
        for name in [
            "a.test.ts",
            "a_test.js",
            "x.spec.tsx",
            "y_spec.mjs",
            "b.test.cts",
        ] {
            assert!(is_test_file(Path::new(name)), "{name}");
        }
        for name in [
            "a.ts",
            "test.ts",
            "a.test.json",
            "a.tests.ts",
            "spec",
            "atest.ts",
        ] {
            assert!(!is_test_file(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn dots_are_resolved() {
        assert_eq!(normal(Path::new("/a/b/.././c")), PathBuf::from("/a/c"));
    }
}

//! Which files coverage is about: a project's own programs, loaded or not, but neither tests nor packages.

use super::syntax_of;
use crate::discover::is_test_file;
use std::path::{Path, PathBuf};

/// Folders deeper than this are not searched.
const DEEPEST: usize = 64;

/// Whether a file is counted.
pub fn is_covered(path: &Path) -> bool {
    let is_foreign = path.components().any(|part| {
        let part = part.as_os_str();
        part == "node_modules" || part == "__mocks__" || part == "__snapshots__"
    });
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_declaration = [".d.ts", ".d.mts", ".d.cts"]
        .iter()
        .any(|ending| name.ends_with(ending));
    syntax_of(path).is_some() && !is_foreign && !is_declaration && !is_test_file(path)
}

/// Every such file below a folder, in order.
pub fn sources(root: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    walk(root, 0, &mut files);
    files.sort();
    files
}

fn walk(directory: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_hidden = name.to_string_lossy().starts_with('.');
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() && !is_hidden && name != "node_modules" && depth < DEEPEST {
            walk(&entry.path(), depth + 1, files);
        } else if kind.is_file() && is_covered(&entry.path()) {
            files.push(entry.path());
        }
    }
}

//! Which test files reach a changed file by their imports. Imports are found by the words that stand before
//! a specifier, so a string in a comment may make one test too many run, never one too few.

use crust_resolve::{ReferrerKind, ResolveOptions, ResolvedKind, Resolver};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Words behind which a specifier stands.
const WORDS: &[&str] = &[
    "from", "import", "require", "mock", "module", "import_", "resolve",
];
/// A source beyond this is no program somebody wrote.
const LARGEST: u64 = 16 << 20;

/// Those of `files` that are changed themselves or import, directly or not, a changed file.
pub fn affected(files: Vec<PathBuf>, changed: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let mut graph = Graph {
        resolver: Resolver::new(ResolveOptions::default()),
        imports: BTreeMap::new(),
    };
    files
        .into_iter()
        .filter(|file| graph.reaches(file, changed))
        .collect()
}

struct Graph {
    resolver: Resolver,
    imports: BTreeMap<PathBuf, Vec<PathBuf>>,
}

impl Graph {
    fn reaches(&mut self, file: &Path, changed: &BTreeSet<PathBuf>) -> bool {
        let (mut seen, mut work) = (BTreeSet::new(), vec![file.to_owned()]);
        while let Some(path) = work.pop() {
            if changed.contains(&path) {
                return true;
            }
            if seen.insert(path.clone()) {
                work.extend(self.imports_of(&path).iter().cloned());
            }
        }
        false
    }

    fn imports_of(&mut self, path: &Path) -> &[PathBuf] {
        if !self.imports.contains_key(path) {
            let found = self.read(path);
            self.imports.insert(path.to_owned(), found);
        }
        self.imports.get(path).map_or(&[], Vec::as_slice)
    }

    fn read(&self, path: &Path) -> Vec<PathBuf> {
        let is_program = crate::coverage::syntax_of(path).is_some();
        let small = std::fs::metadata(path).is_ok_and(|metadata| metadata.len() <= LARGEST);
        let text = if is_program && small {
            std::fs::read_to_string(path).ok()
        } else {
            None
        };
        let directory = path.parent().unwrap_or(Path::new("/"));
        let mut found = Vec::new();
        for specifier in specifiers(&text.unwrap_or_default()) {
            for kind in [ReferrerKind::Import, ReferrerKind::Require] {
                let Ok(resolved) = self.resolver.resolve(&specifier, directory, kind) else {
                    continue;
                };
                let is_own = !resolved
                    .path
                    .components()
                    .any(|part| part.as_os_str() == "node_modules");
                if resolved.kind == ResolvedKind::File && is_own && !found.contains(&resolved.path)
                {
                    found.push(resolved.path);
                }
            }
        }
        found
    }
}

/// Quoted texts behind one of the words, with or without a parenthesis between.
fn specifiers(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (start, quote) in text.match_indices(['"', '\'', '`']) {
        let before = text.get(..start).unwrap_or_default().trim_end();
        let before = before.strip_suffix('(').unwrap_or(before).trim_end();
        if !WORDS.iter().any(|word| before.ends_with(word)) {
            continue;
        }
        let rest = text.get(start + 1..).unwrap_or_default();
        let Some(end) = rest.find(quote) else {
            continue;
        };
        let specifier = rest.get(..end).unwrap_or_default();
        if !specifier.is_empty() && !specifier.contains(['\n', '$']) {
            found.push(specifier.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_import_is_found() {
        let text = "import a from './a';\nimport \"./b\";\nexport * from `./c`;\nconst d = require( './d' );\nawait import('./e');\nvi.mock('./f', () => 1);\nlog('./g');";
        assert_eq!(specifiers(text), ["./a", "./b", "./c", "./d", "./e", "./f"]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[from import('\"`é\n]{0,40}") {
            let _ = specifiers(&text);
        }
    }
}

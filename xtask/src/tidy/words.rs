//! Words that may not stand in the tree: marks of unfinished work in sources, and the host name of a
//! package registry anywhere. The words are composed here, so that this file does not contain them.

use super::Problem;
use crate::tree::{File, Tree};

pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let marks = unfinished_marks();
    let hosts = registry_hosts();
    let mut problems = Vec::new();
    for file in &tree.files {
        let Some(text) = file.text.as_deref() else {
            continue;
        };
        if ["rs", "ts", "tsx"]
            .iter()
            .any(|extension| file.has_extension(extension))
        {
            find(file, text, &marks, "unfinished work", &mut problems);
        }
        find(file, text, &hosts, "a registry's host name", &mut problems);
    }
    problems
}

fn unfinished_marks() -> Vec<String> {
    let call = |word: &str| format!("{word}!(");
    vec![
        call("todo"),
        call("unimplemented"),
        ["FIX", "ME"].concat(),
        "X".repeat(3),
    ]
}

fn registry_hosts() -> Vec<String> {
    [
        ["npmjs", "org"],
        ["npmjs", "com"],
        ["yarnpkg", "com"],
        ["npmmirror", "com"],
    ]
    .iter()
    .map(|[name, end]| ["registry", name, end].join("."))
    .collect()
}

fn find(file: &File, text: &str, words: &[String], what: &str, problems: &mut Vec<Problem>) {
    for word in words {
        for (at, _) in text.match_indices(word.as_str()) {
            if stands_alone(text, at, word) {
                let line = text[..at].matches('\n').count() + 1;
                problems.push(Problem::at(&file.path, line, format!("{what}: {word}")));
            }
        }
    }
}

/// A template such as the tail of `mkdtemp`'s argument is not a mark.
fn stands_alone(text: &str, at: usize, word: &str) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + word.len()..].chars().next();
    let is_word = |next: Option<char>| next.is_some_and(|c| c.is_alphanumeric() || c == '_');
    !is_word(before) && (word.ends_with('(') || !is_word(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_not_a_mark() {
        let mark = "X".repeat(3);
        assert!(stands_alone(&format!("// {mark} later"), 3, &mark));
        assert!(!stands_alone(&format!("dir-{mark}{mark}"), 4, &mark));
    }
}

//! Relative links in Markdown resolve to a file or folder, and `#anchors` to a heading.
//! Never looks at the network.

use std::path::Path;

use super::Problem;
use crate::tree::{File, Tree};

pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let pages = tree
        .files
        .iter()
        .filter(|file| file.has_extension("md") && !file.is_fixture());
    pages.flat_map(|page| check_page(tree, page)).collect()
}

fn check_page(tree: &Tree, page: &File) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut in_code = false;
    for (index, line) in page.text.as_deref().unwrap_or_default().lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for target in targets(line) {
            if !resolves(tree, page, target) {
                let message = format!("the link to {target} leads nowhere");
                problems.push(Problem::at(&page.path, index + 1, message));
            }
        }
    }
    problems
}

/// The targets of `[text](target)`; code spans are skipped by looking at text between backticks.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').step_by(2).flat_map(|text| {
        text.split("](")
            .skip(1)
            .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
    })
}

fn resolves(tree: &Tree, page: &File, target: &str) -> bool {
    if target.contains("://") || target.starts_with("mailto:") {
        return true;
    }
    let (path, anchor) = target
        .split_once('#')
        .map_or((target, None), |(p, a)| (p, Some(a)));
    let folder = Path::new(&page.path).parent().unwrap_or(Path::new(""));
    let full = if path.is_empty() {
        tree.root.join(&page.path)
    } else {
        tree.root.join(folder).join(path)
    };
    if !full.exists() {
        return false;
    }
    let Some(anchor) = anchor.filter(|_| full.extension().is_some_and(|e| e == "md")) else {
        return true;
    };
    let text = std::fs::read_to_string(&full).unwrap_or_default();
    text.lines()
        .filter(|line| line.starts_with('#'))
        .any(|line| slug(line) == anchor)
}

/// The anchor that common Markdown hosts give a heading.
fn slug(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    words
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_leave_out_code() {
        let found: Vec<&str> = targets("a [b](c.md) `[d](e)` [f](#g)").collect();
        assert_eq!(found, ["c.md", "#g"]);
    }

    #[test]
    fn slugs() {
        assert_eq!(
            slug("## The parts, and their arrows"),
            "the-parts-and-their-arrows"
        );
    }
}

//! "Did you mean": the nearest name to one that does not exist. It reads one directory at most.

use std::path::Path;

use crate::builtins::{BUN_MODULES, NODE_MODULES, NODE_PREFIX_ONLY};

/// More entries than this are not compared: a hint must not cost more than the failure.
const ENTRIES: usize = 2000;

/// Splits `./a.ts?x` into path and query.
pub(crate) fn split_query(specifier: &str) -> (&str, &str) {
    specifier.split_at(specifier.find('?').unwrap_or(specifier.len()))
}

/// `@scope/name` or `name` of a bare specifier.
pub(crate) fn package_name(specifier: &str) -> &str {
    let mut slashes = specifier.match_indices('/').map(|(at, _)| at);
    let end = if specifier.starts_with('@') {
        slashes.nth(1)
    } else {
        slashes.next()
    };
    &specifier[..end.unwrap_or(specifier.len())]
}

/// A sentence naming the entry of `target`'s directory that is most like it.
pub(crate) fn similar_file(written: &str, target: &Path) -> Option<String> {
    let wanted = target.file_name()?.to_str()?;
    let entries = std::fs::read_dir(target.parent()?).ok()?;
    let names = entries
        .take(ENTRIES)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name != wanted);
    let nearest = names
        .filter_map(|name| Some((distance(wanted, &name)?, name)))
        .min()?
        .1;
    let shown = match written.rfind('/') {
        Some(at) => format!("{}{nearest}", &written[..=at]),
        None => nearest,
    };
    Some(format!("did you mean \"{shown}\"?"))
}

/// A sentence naming the builtin that is most like `specifier`.
pub(crate) fn similar_builtin(specifier: &str) -> Option<String> {
    let bare = specifier.strip_prefix("node:").unwrap_or(specifier);
    if bare.len() < 2 {
        return None;
    }
    let node = NODE_MODULES
        .iter()
        .chain(NODE_PREFIX_ONLY)
        .map(|name| (*name, "node:"));
    let all = node.chain(BUN_MODULES.iter().map(|name| (*name, "")));
    let (_, name, prefix) = all
        .filter_map(|(name, prefix)| Some((builtin_distance(bare, name)?, name, prefix)))
        .min()?;
    Some(format!("did you mean \"{prefix}{name}\"?"))
}

/// Builtins are short names: one edit, and only the case of the letters for the shortest.
fn builtin_distance(written: &str, name: &str) -> Option<usize> {
    if written.eq_ignore_ascii_case(name) {
        return Some(0);
    }
    let long_enough = written.len() >= 4;
    (long_enough && edits(written, name) == 1).then_some(1)
}

/// How unlike two file names are; `None` when one would not be taken for the other.
fn distance(wanted: &str, name: &str) -> Option<usize> {
    let (wanted, name) = (wanted.to_lowercase(), name.to_lowercase());
    if wanted == name {
        return Some(0);
    }
    let (wanted_stem, stem) = (stem(&wanted), stem(&name));
    if wanted_stem == stem {
        return Some(1);
    }
    let allowed = match wanted_stem.len() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    let apart = edits(wanted_stem, stem);
    (apart <= allowed).then(|| apart + 1)
}

fn stem(name: &str) -> &str {
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

/// Levenshtein's distance with transpositions, on names up to 64 bytes; longer ones are far apart.
fn edits(one: &str, other: &str) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() > 64 || other.len() > 64 || one.len().abs_diff(other.len()) > 2 {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (row, byte) in one.iter().enumerate() {
        let mut line = vec![row + 1];
        for (column, against) in other.iter().enumerate() {
            let changed = above[column] + usize::from(byte != against);
            let mut least = changed.min(above[column + 1] + 1).min(line[column] + 1);
            let swapped =
                row > 0 && column > 0 && one[row - 1] == *against && *byte == other[column - 1];
            if swapped {
                least = least.min(before[column - 1] + 1);
            }
            line.push(least);
        }
        before = std::mem::replace(&mut above, line);
    }
    above.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(edits("abc", "abc"), 0);
        assert_eq!(edits("uitl", "util"), 1);
        assert_eq!(edits("server", "serve"), 1);
        assert_eq!(edits("", "ab"), 2);
    }

    #[test]
    fn package_names() {
        assert_eq!(package_name("a/b/c"), "a");
        assert_eq!(package_name("@s/p/x"), "@s/p");
        assert_eq!(package_name("@s"), "@s");
    }

    #[test]
    fn builtins_are_suggested() {
        assert_eq!(
            similar_builtin("FS").as_deref(),
            Some("did you mean \"node:fs\"?")
        );
        assert_eq!(
            similar_builtin("node:evnts").as_deref(),
            Some("did you mean \"node:events\"?")
        );
        assert_eq!(similar_builtin("lodash"), None);
    }
}

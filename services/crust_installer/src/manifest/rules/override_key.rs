//! The keys of `overrides` and `resolutions`: a name, perhaps with a range, perhaps below another one.

use std::sync::Arc;

use crate::lockfile::is_name;
use crate::semver::{Range, Version};
use crate::spec::Spec;

/// A name, and the versions that are meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Selector {
    pub(crate) name: Arc<str>,
    /// Empty for all versions.
    pub(crate) range: Arc<str>,
}

impl Selector {
    /// Reads `name` or `name@range`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let at = text
            .char_indices()
            .skip(1)
            .find(|&(_, letter)| letter == '@')
            .map(|(at, _)| at);
        let (name, range) = match at {
            Some(at) => (text.get(..at)?, text.get(at + 1..)?),
            None => (text, ""),
        };
        let is_range = range.is_empty() || Range::parse(range).is_some();
        (is_name(name) && is_range && at.is_none_or(|_| !range.is_empty())).then(|| Self {
            name: name.into(),
            range: range.into(),
        })
    }

    /// `name` or `name@range`.
    pub(crate) fn text(&self) -> String {
        if self.range.is_empty() {
            self.name.to_string()
        } else {
            format!("{}@{}", self.name, self.range)
        }
    }

    /// Whether a package of this version is meant.
    pub(crate) fn has(&self, name: &str, version: Option<&Version>) -> bool {
        if *self.name != *name {
            return false;
        }
        if self.range.is_empty() {
            return true;
        }
        let range = Range::parse(&self.range);
        range
            .zip(version)
            .is_some_and(|(range, version)| range.satisfies_with_prereleases(version))
    }

    /// Whether what a dependency asks for is meant: the lowest version of its range decides.
    pub(crate) fn asks(&self, name: &str, spec: &Spec) -> bool {
        if *self.name != *name {
            return false;
        }
        if self.range.is_empty() {
            return true;
        }
        match spec {
            Spec::Npm { range, .. } => self.has(name, range.first_version()),
            _ => false,
        }
    }
}

/// `name`, `parent/name`, `parent>name`, `**/name`; `None` for what goes deeper.
pub(crate) fn parse(text: &str) -> Option<(Option<Selector>, Selector)> {
    let text = text.strip_prefix("**/").unwrap_or(text);
    let mut parts: Vec<String> = Vec::new();
    for half in halves(text) {
        let mut scope: Option<&str> = None;
        for part in half.trim().split('/') {
            match scope.take() {
                Some(scope) => parts.push(format!("{scope}/{part}")),
                None if part.starts_with('@') => scope = Some(part),
                None => parts.push(part.to_owned()),
            }
        }
        if scope.is_some() {
            return None;
        }
    }
    match parts.as_slice() {
        [name] => Some((None, Selector::parse(name)?)),
        [parent, name] => Some((Some(Selector::parse(parent)?), Selector::parse(name)?)),
        _ => None,
    }
}

/// The text between `>` signs that stand between names; others are part of ranges.
fn halves(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices('>') {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text
            .get(at + 1..)
            .and_then(|after| after.trim_start().chars().next());
        let in_range = before.is_none_or(|letter| "@ <|".contains(letter));
        let names = after.is_some_and(|letter| letter.is_alphabetic() || "@_".contains(letter));
        if !in_range && names {
            found.extend(text.get(start..at));
            start = at + 1;
        }
    }
    found.extend(text.get(start..));
    found
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn keys() {
        for (text, expected) in [
            ("a", Some("a")),
            ("@s/a", Some("@s/a")),
            ("a@^1", Some("a@^1")),
            ("**/a", Some("a")),
            ("a/b", Some("a b")),
            ("@s/a/@t/b", Some("@s/a @t/b")),
            ("a@1>b@2", Some("a@1 b@2")),
            ("a@>=2", Some("a@>=2")),
            ("a@>1>b@>=2", Some("a@>1 b@>=2")),
            ("a/b/c", None),
            ("@s", None),
            ("", None),
            ("a@", None),
        ] {
            let found = parse(text).map(|(parent, own)| {
                let parent = parent.map(|parent| format!("{} ", parent.text()));
                format!("{}{}", parent.unwrap_or_default(), own.text())
            });
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}

//! `name@range` and its relatives on a command line. Never looks at a disk or a network.

use crate::error::InstallError;
use crate::lockfile::is_name;
use crate::spec::Spec;

/// A package on a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Positional {
    /// The name it is depended on by; none where only its own manifest says it.
    pub(crate) name: Option<String>,
    /// What stands after the name; empty where nothing does.
    pub(crate) literal: String,
}

impl Positional {
    /// Reads `text`.
    pub(crate) fn parse(text: &str) -> Result<Self, InstallError> {
        let text = text.trim();
        let wrong = || InstallError::Specifier {
            name: text.to_owned(),
            spec: String::new(),
            reason: "is no package, folder, tarball or repository".to_owned(),
        };
        if let Some(rest) = text.strip_prefix("npm:") {
            let (name, _) = split(rest);
            return named(name, text).ok_or_else(wrong);
        }
        if stands_alone(text) {
            return Ok(Self {
                name: None,
                literal: text.to_owned(),
            });
        }
        let (name, literal) = split(text);
        named(name, literal).ok_or_else(wrong)
    }
}

fn named(name: &str, literal: &str) -> Option<Positional> {
    let plain = |letter: char| !letter.is_whitespace() && !letter.is_control() && letter != '@';
    let bare = name.strip_prefix('@').unwrap_or(name);
    (is_name(name) && bare.chars().all(plain)).then(|| Positional {
        name: Some(name.to_owned()),
        literal: literal.trim().to_owned(),
    })
}

/// The name, and what follows the `@` after it.
fn split(text: &str) -> (&str, &str) {
    let after_scope = text.char_indices().skip(1);
    let mut ats = after_scope.filter(|&(_, letter)| letter == '@');
    match ats.next() {
        Some((at, _)) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    }
}

/// Whether the text is no name but a place.
fn stands_alone(text: &str) -> bool {
    let is_scoped = text.starts_with('@');
    !is_scoped
        && matches!(
            Spec::parse("", text),
            Spec::Folder(_)
                | Spec::Link(_)
                | Spec::LocalTarball(_)
                | Spec::RemoteTarball(_)
                | Spec::Git { .. }
                | Spec::Github { .. }
        )
        // `name@./folder` has a name.
        && !text.split_once('@').is_some_and(|(name, rest)| {
            is_name(name)
                && !name.contains(':')
                && name != "git"
                && stands_alone(rest)
        })
}

#[cfg(test)]
mod tests {
    use super::Positional;

    #[test]
    fn names_and_places() {
        for (text, name, literal) in [
            ("a", Some("a"), ""),
            ("a@^1", Some("a"), "^1"),
            ("@s/a", Some("@s/a"), ""),
            ("@s/a@next", Some("@s/a"), "next"),
            ("x@npm:a@1", Some("x"), "npm:a@1"),
            ("npm:a@1", Some("a"), "npm:a@1"),
            ("./l", None, "./l"),
            ("z@./l", Some("z"), "./l"),
            ("../x/y.tgz", None, "../x/y.tgz"),
            ("o/r", None, "o/r"),
            ("o/r#v1", None, "o/r#v1"),
            ("github:o/r", None, "github:o/r"),
            ("git@host:o/r.git", None, "git@host:o/r.git"),
            ("z@git@host:o/r.git", Some("z"), "git@host:o/r.git"),
            ("http://h/x.tgz", None, "http://h/x.tgz"),
            ("z@http://h/x.tgz", Some("z"), "http://h/x.tgz"),
            ("b@workspace:*", Some("b"), "workspace:*"),
        ] {
            let found = Positional::parse(text).unwrap();
            assert_eq!(
                (found.name.as_deref(), &*found.literal),
                (name, literal),
                "{text}"
            );
        }
        for text in ["", "x y", "@s", "a/../b/c/d@1 2", "..@1"] {
            assert!(
                Positional::parse(text).is_err() || Positional::parse(text).unwrap().name.is_none(),
                "{text}"
            );
        }
    }
}

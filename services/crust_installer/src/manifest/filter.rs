//! `--filter`: which packages of the project are meant. pnpm's grammar as Bun has it: names and paths with
//! patterns, `!` for all but those, `...` for what they depend on and what depends on them.

use std::collections::BTreeSet;

use super::Project;

/// One pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a sign of the grammar"
)]
struct Filter<'p> {
    pattern: &'p str,
    excludes: bool,
    /// Also what the packages depend on, of the project.
    dependencies: bool,
    /// Also what depends on them.
    dependents: bool,
    /// Not the packages themselves.
    without_itself: bool,
}

impl<'p> Filter<'p> {
    fn parse(text: &'p str) -> Self {
        let (excludes, text) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (dependents, text) = match text.strip_prefix("...") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (dependencies, text) = match text.strip_suffix("...") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let plain = text.strip_prefix('^').or_else(|| text.strip_suffix('^'));
        Self {
            pattern: plain.unwrap_or(text),
            excludes,
            dependencies,
            dependents,
            without_itself: plain.is_some(),
        }
    }

    fn meets(&self, project: &Project, path: &str) -> bool {
        let inside = self
            .pattern
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        let place = inside.or_else(|| self.pattern.starts_with('.').then_some(self.pattern));
        if let Some(place) = place {
            let clean = place.trim_start_matches("./").trim_end_matches('/');
            let clean = if clean == "." { "" } else { clean };
            return clean == path || (!clean.is_empty() && fast_glob::glob_match(clean, path));
        }
        let package = project.at_path(path);
        let name = package
            .and_then(|package| package.name.as_deref())
            .unwrap_or_default();
        self.pattern == name || fast_glob::glob_match(self.pattern, name)
    }
}

impl Project {
    /// The paths of the packages that the patterns mean, and the patterns that mean none.
    pub(crate) fn select<'p>(&self, patterns: &'p [String]) -> (Vec<String>, Vec<&'p str>) {
        let filters: Vec<(&str, Filter<'_>)> = patterns
            .iter()
            .map(|text| (text.as_str(), Filter::parse(text)))
            .collect();
        let mut chosen: BTreeSet<&str> = BTreeSet::new();
        let mut missed = Vec::new();
        if filters.iter().all(|(_, filter)| filter.excludes) {
            chosen.extend(self.paths());
        }
        for (text, filter) in &filters {
            let own: BTreeSet<&str> = self
                .paths()
                .filter(|path| filter.meets(self, path))
                .collect();
            if own.is_empty() {
                missed.push(*text);
            }
            let mut found = own.clone();
            if filter.dependencies {
                found.extend(own.iter().flat_map(|path| self.needed_by(path)));
            }
            if filter.dependents {
                let needs = |path: &&str| own.iter().any(|own| self.needed_by(path).contains(own));
                found.extend(self.paths().filter(needs));
            }
            if filter.without_itself {
                found.retain(|path| !own.contains(path));
            }
            if filter.excludes {
                chosen.retain(|path| !found.contains(path));
            } else {
                chosen.extend(found);
            }
        }
        (chosen.into_iter().map(str::to_owned).collect(), missed)
    }

    /// The paths of the project's packages that one of them depends on, also through others.
    pub(crate) fn needed_by<'s>(&'s self, path: &str) -> BTreeSet<&'s str> {
        let mut found = BTreeSet::new();
        let mut open = vec![path.to_owned()];
        while let Some(path) = open.pop() {
            let Some(package) = self.at_path(&path) else {
                continue;
            };
            let lists = [
                &package.dependencies,
                &package.dev_dependencies,
                &package.optional_dependencies,
                &package.peer_dependencies,
            ];
            for (name, _) in lists.into_iter().flatten() {
                let mut own = self.workspaces.iter();
                let own = own.find(|known| known.package.name.as_ref() == Some(name));
                if let Some(own) = own
                    && found.insert(own.path.as_str())
                {
                    open.push(own.path.clone());
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use crust_manifest::PackageJson;
    use std::path::{Path, PathBuf};

    use super::super::WorkspaceManifest;
    use super::*;
    use crate::files::FileStates;

    fn project() -> Project {
        let read = |text: &str| PackageJson::parse(text, Path::new("package.json")).unwrap();
        let own = |path: &str, text: &str| WorkspaceManifest {
            path: path.to_owned(),
            package: read(text),
        };
        Project {
            states: FileStates::default(),
            root: PathBuf::from("/p"),
            package: read(r#"{"name":"p"}"#),
            workspaces: vec![
                own("w/one", r#"{"name":"one","dependencies":{"two":"*"}}"#),
                own("w/three", r#"{"name":"@t/three"}"#),
                own(
                    "w/two",
                    r#"{"name":"two","devDependencies":{"@t/three":"*"}}"#,
                ),
            ],
            own: String::new(),
        }
    }

    #[test]
    fn patterns_choose() {
        let project = project();
        for (patterns, expected) in [
            (&["one"][..], &["w/one"][..]),
            (&["one..."], &["w/one", "w/three", "w/two"]),
            (&["one^..."], &["w/three", "w/two"]),
            (&["...two"], &["w/one", "w/two"]),
            (&["...^two"], &["w/one"]),
            (&["!one"], &["", "w/three", "w/two"]),
            (&["*", "!two"], &["", "w/one"]),
            (&["@t/*"], &["w/three"]),
            (&["./w/*", "!{w/one}"], &["w/three", "w/two"]),
            (&["{w/two}"], &["w/two"]),
            (&["./"], &[""]),
            (&["nope"], &[]),
        ] {
            let patterns: Vec<String> = patterns.iter().map(|&text| text.to_owned()).collect();
            assert_eq!(project.select(&patterns).0, expected, "{patterns:?}");
        }
        let patterns = ["nope".to_owned()];
        assert_eq!(project.select(&patterns).1, ["nope"]);
    }
}

//! `update`: which dependencies are resolved anew, and how their ranges are written afterwards. Never
//! resolves one.

use std::sync::Arc;

use super::edit::{Change, Edits, catalog_place};
use super::plan::Others;
use crate::error::InstallError;
use crate::graph::{Graph, Resolution};
use crate::lockfile::Lockfile;
use crate::manifest::{Project, Rules};
use crate::request::{Group, Positional, UpdateRequest};
use crate::semver::Version;
use crate::spec::Spec;

/// What the command line names.
struct Patterns {
    wanted: Vec<(String, String)>,
    unwanted: Vec<String>,
}

impl Patterns {
    fn of(texts: &[String]) -> Result<Self, InstallError> {
        let mut found = Self {
            wanted: Vec::new(),
            unwanted: Vec::new(),
        };
        for text in texts {
            if let Some(pattern) = text.strip_prefix('!') {
                found.unwanted.push(pattern.to_owned());
            } else if text.contains('*') {
                found.wanted.push((text.clone(), String::new()));
            } else {
                let positional = Positional::parse(text)?;
                let name = positional.name.unwrap_or_else(|| text.clone());
                found.wanted.push((name, positional.literal));
            }
        }
        Ok(found)
    }

    /// The range asked for, empty where there is none; nothing where the name is not meant.
    fn meets(&self, name: &str) -> Option<&str> {
        let fits = |pattern: &str| fast_glob::glob_match(pattern, name);
        if self.unwanted.iter().any(|pattern| fits(pattern)) {
            return None;
        }
        if self.wanted.is_empty() {
            return Some("");
        }
        let mut wanted = self.wanted.iter();
        let (_, range) = wanted.find(|(pattern, _)| pattern == name || fits(pattern))?;
        Some(range)
    }
}

/// The changes of an update in the manifests of `targets`.
pub(super) fn update(
    project: &mut Project,
    request: &UpdateRequest,
    targets: &[String],
    locked: Option<&Lockfile>,
) -> Result<Edits, InstallError> {
    let patterns = Patterns::of(&request.packages)?;
    let rules = Rules::of(&project.package);
    let mut edits = Edits::default();
    let mut met: Vec<String> = Vec::new();
    for target in targets {
        for line in lines(project, target) {
            let (group, name, literal) = line;
            let in_group = request.groups.is_empty() || request.groups.contains(&group);
            let Some(range) = patterns.meets(&name).filter(|_| in_group) else {
                continue;
            };
            met.push(name.clone());
            let update = Update {
                request,
                target,
                group,
                name: &name,
                literal: &literal,
                range,
                locked,
            };
            update.apply(project, &rules, &mut edits)?;
        }
    }
    let empty = Graph::default();
    let graph = locked.map_or(&empty, |locked| &locked.graph);
    let indirect: Vec<Arc<str>> = graph
        .packages
        .iter()
        .filter(|package| matches!(package.resolution, Resolution::Npm { .. }))
        .filter(|package| patterns.meets(&package.name).is_some())
        .map(|package| Arc::clone(&package.name))
        .collect();
    for (name, _) in &patterns.wanted {
        let is_glob = name.contains('*');
        let known = met.contains(name) || indirect.iter().any(|known| **known == **name);
        if !is_glob && !known {
            return Err(InstallError::NotListed(name.clone()));
        }
    }
    edits.reopen_others(if request.direct_only {
        Others::None
    } else if patterns.wanted.is_empty() && patterns.unwanted.is_empty() {
        Others::All
    } else {
        Others::Named(indirect)
    });
    edits.apply(project)?;
    Ok(edits)
}

/// The dependencies of a package's manifest.
fn lines(project: &Project, target: &str) -> Vec<(Group, String, String)> {
    let Some(package) = project.at_path(target) else {
        return Vec::new();
    };
    [
        (Group::Production, &package.dependencies),
        (Group::Development, &package.dev_dependencies),
        (Group::Optional, &package.optional_dependencies),
        (Group::Peer, &package.peer_dependencies),
    ]
    .into_iter()
    .flat_map(|(group, list)| {
        list.iter()
            .map(move |(name, literal)| (group, name.clone(), literal.clone()))
    })
    .collect()
}

/// One dependency that is updated.
struct Update<'a> {
    request: &'a UpdateRequest,
    target: &'a str,
    group: Group,
    name: &'a str,
    literal: &'a str,
    /// The range of the command line.
    range: &'a str,
    locked: Option<&'a Lockfile>,
}

impl Update<'_> {
    fn apply(
        &self,
        project: &Project,
        rules: &Rules,
        edits: &mut Edits,
    ) -> Result<(), InstallError> {
        let own = project
            .workspaces
            .iter()
            .any(|known| known.package.name.as_deref() == Some(self.name));
        if own {
            return Ok(());
        }
        let key = (self.target.into(), self.name.into());
        edits.reopen.direct.insert(key);
        let group = match Spec::parse(self.name, self.literal) {
            Spec::Catalog(group) => Some(group),
            _ => None,
        };
        let entry = group
            .as_deref()
            .map(|group| rules.catalog_entry(group, self.name));
        let written: Arc<str> = match entry {
            Some(Some(entry)) => Arc::clone(entry),
            Some(None) => return Ok(()),
            None => self.literal.into(),
        };
        let Some(prefix) = self.prefix(&written) else {
            return Ok(());
        };
        let asked = self.asked(&written);
        let place = group.map(|group| catalog_place(project, &group));
        if let Some(asked) = asked {
            match &place {
                Some(place) => edits
                    .file(project, "")?
                    .set_path(place, self.name, &asked)?,
                None => edits
                    .file(project, self.target)?
                    .set(self.group, self.name, &asked)?,
            }
        }
        edits.file(project, self.target)?.changes.push(Change {
            group: self.group,
            name: self.name.into(),
            prefix: Some(prefix),
            catalog: place,
            is_named: false,
        });
        Ok(())
    }

    /// What is asked of the registry instead of the range, if anything.
    fn asked(&self, written: &str) -> Option<String> {
        // With a tag, its author chose a line of versions.
        let Spec::Npm { name: package, .. } = Spec::parse(self.name, written) else {
            return None;
        };
        let range = if !self.range.is_empty() {
            self.range
        } else if self.request.latest && !self.is_ahead() {
            "latest"
        } else {
            return None;
        };
        if written.starts_with("npm:") {
            return Some(format!("npm:{package}@{range}"));
        }
        Some(range.to_owned())
    }

    /// Whether a prerelease is in use, which the latest release may be older than.
    fn is_ahead(&self) -> bool {
        let version = self
            .locked
            .and_then(|locked| version_of(locked, self.target, self.name));
        version.is_some_and(|version| !version.is_release())
    }

    /// What goes in front of the new version; none where the range is kept as it is.
    fn prefix(&self, written: &str) -> Option<String> {
        let anew = self.request.latest || !self.range.is_empty();
        let (name, text) = match Spec::parse(self.name, written) {
            Spec::Npm { name, text, .. } => (name, text),
            Spec::Tag { name, tag } if self.request.latest => (name, tag),
            _ => return None,
        };
        let rest = text.strip_prefix(['^', '~']);
        let is_version = Version::parse(&text).is_some();
        let is_simple = rest.is_some_and(|rest| {
            rest.bytes()
                .next()
                .is_some_and(|byte| byte.is_ascii_digit())
                && !rest.contains(' ')
                && !rest.contains('|')
        });
        let sign = if self.request.exact && (anew || is_simple) {
            ""
        } else if is_simple {
            text.get(..1)?
        } else if is_version && anew {
            ""
        } else if anew {
            "^"
        } else {
            return None;
        };
        let alias = if written.starts_with("npm:") {
            format!("npm:{name}@")
        } else {
            String::new()
        };
        Some(format!("{alias}{sign}"))
    }
}

/// The version of a dependency of one of the project's packages in a lockfile.
pub(super) fn version_of<'l>(locked: &'l Lockfile, path: &str, name: &str) -> Option<&'l Version> {
    let workspace = locked
        .workspaces
        .iter()
        .find(|known| *known.path == *path)?;
    let graph = &locked.graph;
    let id = graph
        .dependencies_of(workspace.package)
        .find(|&id| *graph.dependency(id).name == *name)?;
    match &graph.package(graph.resolution(id)?).resolution {
        Resolution::Npm { version, .. } => Some(version),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_keep_their_kind() {
        for (literal, latest, exact, expected) in [
            ("^1.0.0", false, false, Some("^")),
            ("~1", false, false, Some("~")),
            ("1.0.0", false, false, None),
            ("1.x", false, false, None),
            (">=1", false, false, None),
            ("next", false, false, None),
            ("npm:b@^1", false, false, Some("npm:b@^")),
            ("1.0.0", true, false, Some("")),
            ("1.x", true, false, Some("^")),
            ("next", true, false, Some("^")),
            ("npm:b@*", true, false, Some("npm:b@^")),
            ("^1.0.0", false, true, Some("")),
            ("./x", true, false, None),
        ] {
            let request = UpdateRequest {
                latest,
                exact,
                ..UpdateRequest::default()
            };
            let update = Update {
                request: &request,
                target: "",
                group: Group::Production,
                name: "a",
                literal,
                range: "",
                locked: None,
            };
            assert_eq!(update.prefix(literal).as_deref(), expected, "{literal}");
        }
    }

    #[test]
    fn patterns() {
        let texts = ["@s/*", "b@^2", "!@s/c"].map(str::to_owned);
        let patterns = Patterns::of(&texts).unwrap();
        assert_eq!(patterns.meets("@s/a"), Some(""));
        assert_eq!(patterns.meets("@s/c"), None);
        assert_eq!(patterns.meets("b"), Some("^2"));
        assert_eq!(patterns.meets("x"), None);
    }
}

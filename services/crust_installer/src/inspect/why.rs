//! Why a package is there: who depends on it, up to the project.

use super::{LockedProject, meant, shown_version};
use crate::error::InstallError;
use crate::graph::{Behavior, PackageId, Resolution};

/// Chains longer than this are cut: no project has them.
const DEEPEST: usize = 64;
/// Lines of one answer: a popular package of a large project has some thousands.
const MOST_LINES: usize = 20_000;

/// A package that was asked about.
#[derive(Debug, Clone)]
pub struct Why {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Who depends on it.
    pub dependents: Vec<Dependent>,
}

/// A package that depends on another one.
#[derive(Debug, Clone)]
pub struct Dependent {
    /// `dev`, `peer`, `optional`, `optional peer`; empty for a plain dependency.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Its version; none for packages of the project.
    pub version: Option<String>,
    /// What it asks for.
    pub requires: String,
    /// Whether it was met before on the way here.
    pub is_circle: bool,
    /// Who depends on it.
    pub dependents: Vec<Dependent>,
}

struct Search<'a> {
    locked: &'a LockedProject,
    /// For each package, the owners of dependencies on it, and which.
    users: Vec<Vec<(PackageId, u32)>>,
    depth: usize,
    lines: usize,
}

impl LockedProject {
    /// Who depends on the packages that `pattern` means, `depth` levels upwards.
    pub fn why(&self, pattern: &str, depth: Option<usize>) -> Result<Vec<Why>, InstallError> {
        let graph = self.graph();
        let (name, version) = match pattern
            .char_indices()
            .skip(1)
            .find(|(_, letter)| *letter == '@')
        {
            Some((at, _)) => (&pattern[..at], Some(&pattern[at + 1..])),
            None => (pattern, None),
        };
        let mut users = vec![Vec::new(); graph.packages.len()];
        for (owner, _) in (0..).zip(&graph.packages) {
            for id in graph.dependencies_of(owner) {
                let used = graph
                    .resolution(id)
                    .and_then(|used| users.get_mut(used as usize));
                if graph.dependency(id).behavior.has(Behavior::WORKSPACE) {
                    continue;
                }
                if let Some(list) = used {
                    list.push((owner, id));
                }
            }
        }
        let mut search = Search {
            locked: self,
            users,
            depth: depth.unwrap_or(DEEPEST).min(DEEPEST),
            lines: 0,
        };
        let names = [name.to_owned()];
        let mut found = Vec::new();
        for (id, package) in (0..).zip(&graph.packages) {
            let shown = shown_version(graph, id);
            let fits =
                meant(&names, &package.name) && version.is_none_or(|wanted| *wanted == shown);
            if fits && !matches!(package.resolution, Resolution::Root) {
                found.push(Why {
                    name: package.name.to_string(),
                    version: shown,
                    dependents: search.dependents(id, &mut vec![id]),
                });
            }
        }
        if found.is_empty() {
            return Err(InstallError::NotListed(pattern.to_owned()));
        }
        found
            .sort_by(|left, right| (&left.name, &left.version).cmp(&(&right.name, &right.version)));
        Ok(found)
    }
}

impl Search<'_> {
    fn dependents(&mut self, package: PackageId, way: &mut Vec<PackageId>) -> Vec<Dependent> {
        let graph = self.locked.graph();
        let users = self
            .users
            .get(package as usize)
            .cloned()
            .unwrap_or_default();
        let mut found = Vec::new();
        for (owner, id) in users {
            self.lines += 1;
            if self.lines > MOST_LINES {
                break;
            }
            let (own, dependency) = (graph.package(owner), graph.dependency(id));
            let is_own = matches!(own.resolution, Resolution::Root | Resolution::Workspace(_));
            let is_circle = way.contains(&owner);
            let requires = if dependency.name == graph.package(package).name {
                dependency.literal.to_string()
            } else {
                format!("{}@{}", dependency.name, dependency.literal)
            };
            let mut dependent = Dependent {
                kind: kind(dependency.behavior),
                name: own.name.to_string(),
                version: (!is_own).then(|| shown_version(graph, owner)),
                requires,
                is_circle,
                dependents: Vec::new(),
            };
            if !is_circle && way.len() < self.depth {
                way.push(owner);
                dependent.dependents = self.dependents(owner, way);
                way.pop();
            }
            found.push(dependent);
        }
        found.sort_by(|left, right| {
            let key = |found: &Dependent| (found.kind.contains("peer"), found.name.clone());
            key(left).cmp(&key(right))
        });
        found
    }
}

fn kind(behavior: Behavior) -> &'static str {
    if behavior.is_optional_peer() {
        "optional peer"
    } else if behavior.has(Behavior::PEER) {
        "peer"
    } else if behavior.has(Behavior::OPTIONAL) {
        "optional"
    } else if behavior.has(Behavior::DEVELOPMENT) {
        "dev"
    } else {
        ""
    }
}

//! `dedupe`: as few versions of each package as the ranges allow, of those that the lockfile has. Never
//! asks a registry.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::graph::{DependencyId, Graph, PackageId, Resolution};
use crate::manifest::{Parent, Rules};
use crate::semver::Version;
use crate::spec::Spec;

/// A package of which there are fewer versions now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deduped {
    /// Its name.
    pub name: Arc<str>,
    /// The versions before.
    pub before: Vec<String>,
    /// The versions after.
    pub after: Vec<String>,
}

/// A dependency on a package that there are several versions of.
struct Edge {
    id: DependencyId,
    held: PackageId,
    spec: Spec,
}

/// Lets dependencies share versions.
pub(super) fn collapse(graph: &mut Graph, rules: &Rules) -> Vec<Deduped> {
    let mut edges: BTreeMap<Arc<str>, Vec<Edge>> = BTreeMap::new();
    let owners = graph.packages.iter().flat_map(|package| {
        let first = package.first_dependency;
        (first..first + package.dependency_count).map(move |id| (id, package))
    });
    for (id, owner) in owners {
        let dependency = graph.dependency(id);
        let Some(held) = graph.resolution(id) else {
            continue;
        };
        let package = graph.package(held);
        if matches!(package.resolution, Resolution::Npm { .. }) {
            let edge = Edge {
                id,
                held,
                spec: rules.effective(dependency, Parent::of(owner)),
            };
            edges
                .entry(Arc::clone(&package.name))
                .or_default()
                .push(edge);
        }
    }
    let mut found = Vec::new();
    for (name, edges) in edges {
        let used: BTreeSet<PackageId> = edges.iter().map(|edge| edge.held).collect();
        if used.len() < 2 {
            continue;
        }
        let chosen = choose(graph, &name, &edges, &used);
        let after: BTreeSet<PackageId> = chosen.iter().map(|(_, package)| *package).collect();
        if after.len() >= used.len() {
            continue;
        }
        let versions = |ids: &BTreeSet<PackageId>| -> Vec<String> {
            let mut versions: Vec<&Version> =
                ids.iter().filter_map(|id| version(graph, *id)).collect();
            versions.sort();
            versions.into_iter().map(ToString::to_string).collect()
        };
        found.push(Deduped {
            name,
            before: versions(&used),
            after: versions(&after),
        });
        for (id, package) in chosen {
            if let Some(slot) = graph.resolutions.get_mut(id as usize) {
                *slot = Some(package);
            }
        }
    }
    found
}

fn version(graph: &Graph, package: PackageId) -> Option<&Version> {
    match &graph.package(package).resolution {
        Resolution::Npm { version, .. } => Some(version),
        _ => None,
    }
}

/// A package for each dependency: first the one that serves most, then the one that serves most of the
/// rest, the greater version where it is the same.
fn choose(
    graph: &Graph,
    name: &Arc<str>,
    edges: &[Edge],
    used: &BTreeSet<PackageId>,
) -> Vec<(DependencyId, PackageId)> {
    let serves = |edge: &Edge, package: PackageId| {
        edge.held == package
            || match (&edge.spec, version(graph, package)) {
                (
                    Spec::Npm {
                        range, name: asked, ..
                    },
                    Some(version),
                ) => asked == name && range.satisfies(version),
                _ => false,
            }
    };
    let mut chosen = Vec::new();
    let mut left: Vec<&Edge> = edges.iter().collect();
    while !left.is_empty() {
        let best = used.iter().max_by(|&&one, &&other| {
            let count = |package| left.iter().filter(|edge| serves(edge, package)).count();
            count(one)
                .cmp(&count(other))
                .then_with(|| version(graph, one).cmp(&version(graph, other)))
        });
        let Some(&best) = best else { break };
        let before = left.len();
        left.retain(|edge| {
            let served = serves(edge, best);
            if served {
                chosen.push((edge.id, best));
            }
            !served
        });
        // Each dependency is served by what it has.
        if left.len() == before {
            break;
        }
    }
    chosen
}

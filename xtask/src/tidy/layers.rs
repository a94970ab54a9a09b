//! The arrows of layers.toml, over `cargo metadata`: a crate depends only on crates of the layers
//! its own layer names, and a library under `[only]` is named by its one crate alone.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::Problem;
use crate::shell;
use crate::tree::Tree;

const RULES: &str = "layers.toml";

#[derive(Deserialize)]
struct Rules {
    layers: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    only: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// The folder of a dependency of ours; `None` for a library.
    path: Option<String>,
    /// `dev`, `build`, or `None` for an ordinary one.
    kind: Option<String>,
}

/// Tools for tests may be used by the tests of every layer.
const TESTING: &str = "testing";

pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    find(tree).unwrap_or_else(|error| vec![Problem::of(RULES, format!("{error:#}"))])
}

fn find(tree: &Tree) -> Result<Vec<Problem>> {
    let rules: Rules = toml::from_str(tree.text(RULES)?).context(RULES)?;
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let args = [
        "metadata",
        "--no-deps",
        "--offline",
        "--format-version",
        "1",
    ];
    let metadata: Metadata = serde_json::from_str(&shell::read(&tree.root, &cargo, &args)?)?;
    let mut problems = Vec::new();
    for package in &metadata.packages {
        check_package(tree, &rules, package, &mut problems);
    }
    Ok(problems)
}

fn check_package(tree: &Tree, rules: &Rules, package: &Package, problems: &mut Vec<Problem>) {
    let manifest = Path::new(&package.manifest_path);
    let shown = manifest
        .strip_prefix(&tree.root)
        .unwrap_or(manifest)
        .display()
        .to_string();
    let Some(layer) = layer_of(tree, manifest) else {
        return;
    };
    let Some(allowed) = rules.layers.get(&layer) else {
        problems.push(Problem::of(
            &shown,
            format!("layer \"{layer}\" is not in {RULES}"),
        ));
        return;
    };
    for dependency in &package.dependencies {
        let problem = match &dependency.path {
            Some(path) => check_edge(tree, &layer, allowed, dependency, Path::new(path)),
            None => check_library(&rules.only, &package.name, &dependency.name),
        };
        if let Some(message) = problem {
            problems.push(Problem::of(
                &shown,
                format!("{}: {message}", dependency.name),
            ));
        }
    }
}

fn check_edge(
    tree: &Tree,
    layer: &str,
    allowed: &[String],
    dependency: &Dependency,
    path: &Path,
) -> Option<String> {
    let target = layer_of(tree, path)?;
    let is_dev = dependency.kind.as_deref() == Some("dev");
    let fine = allowed.contains(&target) || (is_dev && target == TESTING);
    (!fine).then(|| {
        format!(
            "{layer} may not depend on {target}; it may on {}",
            allowed.join(", ")
        )
    })
}

/// The longest matching key decides, so that `oxc` covers `oxc_parser` but not `oxc_resolver` where
/// that has a line of its own.
fn check_library(
    only: &BTreeMap<String, Vec<String>>,
    package: &str,
    library: &str,
) -> Option<String> {
    let covers = |key: &str| {
        library
            .strip_prefix(key)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', '-']))
    };
    let (_, owners) = only
        .iter()
        .filter(|(key, _)| covers(key))
        .max_by_key(|(key, _)| key.len())?;
    let fine = owners.iter().any(|owner| owner == package);
    (!fine).then(|| format!("only {} may name this library", owners.join(", ")))
}

/// The first folder below the root.
fn layer_of(tree: &Tree, path: &Path) -> Option<String> {
    let inside = path.strip_prefix(&tree.root).ok()?;
    Some(
        inside
            .components()
            .next()?
            .as_os_str()
            .to_string_lossy()
            .into_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_key_owns_a_library() {
        let only = BTreeMap::from([
            ("oxc".to_owned(), vec!["crust_transpile".to_owned()]),
            ("oxc_resolver".to_owned(), vec!["crust_resolve".to_owned()]),
        ]);
        assert!(check_library(&only, "crust_transpile", "oxc_parser").is_none());
        assert!(check_library(&only, "crust_resolve", "oxc_resolver").is_none());
        assert!(check_library(&only, "crust_transpile", "oxc_resolver").is_some());
        assert!(check_library(&only, "crust_core", "oxc").is_some());
        assert!(check_library(&only, "crust_core", "oxcart").is_none());
    }
}

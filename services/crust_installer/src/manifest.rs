//! What manifests ask for, as dependencies of the graph: `package.json` of the project and manifests of
//! the registry. Never resolves one.

mod edit;
mod filter;
mod project;
mod rules;

pub(crate) use edit::{JsonText, elements, quoted};
pub(crate) use project::{Project, WorkspaceManifest};
pub(crate) use rules::{Extended, Override, Parent, Rules, Selector};

use std::sync::Arc;

use crust_manifest::{PackageJson, Value};

use crate::graph::{Behavior, Bin, Dependency, Meta};
use crate::registry::{Pairs, VersionManifest};
use crate::spec::Spec;

/// Metadata and dependencies of a version of the registry.
pub(crate) fn of_registry(manifest: &VersionManifest) -> (Meta, Vec<Dependency>) {
    let meta = Meta {
        os: manifest.os.clone(),
        cpu: manifest.cpu.clone(),
        libc: manifest.libc.clone(),
        has_install_script: manifest.has_install_script,
        integrity: manifest.integrity.as_str().into(),
        tag: "".into(),
        bin: manifest.bin.clone(),
        extended: Extended::default(),
    };
    let mut dependencies = Vec::new();
    let optional = &manifest.optional_dependencies.0;
    let is_optional = |name: &str| optional.iter().any(|(known, _)| **known == *name);
    for (name, literal) in &manifest.dependencies.0 {
        // Registries repeat optional dependencies among the others.
        if !is_optional(name) {
            let mut behavior = Behavior::PRODUCTION;
            if manifest.bundled.has(name) {
                behavior = behavior.and(Behavior::BUNDLED);
            }
            dependencies.push(dependency(name, literal, behavior));
        }
    }
    for (name, literal) in optional {
        let mut behavior = Behavior::OPTIONAL;
        if manifest.bundled.has(name) {
            behavior = behavior.and(Behavior::BUNDLED);
        }
        dependencies.push(dependency(name, literal, behavior));
    }
    for (name, literal) in &manifest.peer_dependencies.0 {
        // What it brings itself, it does not expect from others.
        let listed = |list: &Pairs| list.0.iter().any(|(known, _)| known == name);
        if listed(&manifest.dependencies) || listed(&manifest.optional_dependencies) {
            continue;
        }
        let mut behavior = Behavior::PEER;
        if manifest
            .optional_peers
            .iter()
            .any(|known| **known == **name)
        {
            behavior = behavior.and(Behavior::OPTIONAL);
        }
        dependencies.push(dependency(name, literal, behavior));
    }
    // A peer that has only a "meta" entry may be anything.
    for name in &manifest.optional_peers {
        if !manifest
            .peer_dependencies
            .0
            .iter()
            .any(|(known, _)| **known == **name)
        {
            let behavior = Behavior::PEER.and(Behavior::OPTIONAL);
            dependencies.push(dependency(&name.as_str().into(), &"*".into(), behavior));
        }
    }
    sort_of_registry(&mut dependencies);
    (meta, dependencies)
}

/// Bun keeps each list of a registry's manifest by name.
pub(crate) fn sort_of_registry(dependencies: &mut [Dependency]) {
    dependencies.sort_by(|left, right| {
        let group = |dependency: &Dependency| {
            let peer = dependency.behavior.has(Behavior::PEER);
            (peer, !peer && dependency.behavior.has(Behavior::OPTIONAL))
        };
        (group(left), &left.name).cmp(&(group(right), &right.name))
    });
}

fn dependency(name: &Arc<str>, literal: &Arc<str>, behavior: Behavior) -> Dependency {
    Dependency {
        name: Arc::clone(name),
        literal: Arc::clone(literal),
        spec: Spec::parse(name, literal),
        behavior,
    }
}

/// The dependencies of a `package.json`; `development` for packages of the project itself.
pub(crate) fn of_package_json(package: &PackageJson, development: bool) -> Vec<Dependency> {
    let optional_peers = optional_peers(package);
    let bundled = bundled(package);
    let mut dependencies = Vec::new();
    let named = |list: &[(String, String)], name: &str| list.iter().any(|(known, _)| known == name);
    let mut push = |list: &[(String, String)], behavior: Behavior| {
        for (name, literal) in list {
            let elsewhere =
                behavior == Behavior::PRODUCTION && named(&package.optional_dependencies, name);
            if elsewhere {
                continue;
            }
            let mut behavior = behavior;
            if behavior == Behavior::PEER && optional_peers.contains(name) {
                behavior = behavior.and(Behavior::OPTIONAL);
            }
            if behavior != Behavior::PEER && bundled.contains(name) && !development {
                behavior = behavior.and(Behavior::BUNDLED);
            }
            dependencies.push(dependency(
                &name.as_str().into(),
                &literal.as_str().into(),
                behavior,
            ));
        }
    };
    push(&package.dependencies, Behavior::PRODUCTION);
    if development {
        push(&package.dev_dependencies, Behavior::DEVELOPMENT);
    }
    push(&package.optional_dependencies, Behavior::OPTIONAL);
    push(&package.peer_dependencies, Behavior::PEER);
    dependencies
}

/// The commands of a `package.json`.
pub(crate) fn bin_of(package: &PackageJson) -> Bin {
    match package.object.get("bin") {
        Some(Value::String(file)) => return Bin::File(file.as_str().into()),
        Some(Value::Object(map)) => {
            let files = map
                .iter()
                .filter_map(|(name, file)| Some((name.as_str().into(), file.as_str()?.into())));
            return Bin::Map(files.collect());
        }
        _ => {}
    }
    let directories = package.object.get("directories").and_then(Value::as_object);
    match directories.and_then(|found| found.get("bin")) {
        Some(Value::String(folder)) => Bin::Directory(folder.as_str().into()),
        _ => Bin::None,
    }
}

/// A member that is a text or a list of texts.
pub(crate) fn texts(package: &PackageJson, key: &str) -> Vec<Arc<str>> {
    match package.object.get(key) {
        Some(Value::String(text)) => vec![text.as_str().into()],
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(|item| item.as_str().map(Into::into))
            .collect(),
        _ => Vec::new(),
    }
}

fn optional_peers(package: &PackageJson) -> Vec<String> {
    let meta = package
        .object
        .get("peerDependenciesMeta")
        .and_then(Value::as_object);
    let optional = |value: &Value| {
        value
            .as_object()
            .is_some_and(|object| object.get("optional") == Some(&Value::Bool(true)))
    };
    meta.into_iter()
        .flatten()
        .filter(|(_, value)| optional(value))
        .map(|(name, _)| name.clone())
        .collect()
}

/// The dependencies that come inside the tarball.
pub(crate) fn bundled(package: &PackageJson) -> Vec<String> {
    let list = package
        .object
        .get("bundleDependencies")
        .or_else(|| package.object.get("bundledDependencies"));
    match list {
        Some(Value::Bool(true)) => package
            .dependencies
            .iter()
            .map(|(name, _)| name.clone())
            .collect(),
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(|item| item.as_str().map(ToOwned::to_owned))
            .filter(|name| crate::lockfile::is_name(name))
            .collect(),
        _ => Vec::new(),
    }
}

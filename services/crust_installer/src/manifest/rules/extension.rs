//! `packageExtensions`: dependencies that the root's manifest adds to packages of others.

use std::sync::Arc;

use crust_manifest::{Object, PackageJson, Value};

use super::Selector;
use crate::graph::{Behavior, Dependency};
use crate::semver::Version;
use crate::spec::Spec;

/// What is added to packages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extension {
    pub(crate) selector: Selector,
    dependencies: Vec<(Arc<str>, Arc<str>)>,
    optional: Vec<(Arc<str>, Arc<str>)>,
    peers: Vec<(Arc<str>, Arc<str>)>,
    optional_peers: Vec<Arc<str>>,
}

/// What was added to one package, as the lockfile has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Extended {
    pub(crate) dependencies: Vec<Arc<str>>,
    pub(crate) peers: Vec<Arc<str>>,
    pub(crate) optional_peers: Vec<Arc<str>>,
}

impl Extended {
    pub(crate) fn is_empty(&self) -> bool {
        self.dependencies.is_empty() && self.peers.is_empty() && self.optional_peers.is_empty()
    }
}

/// The extensions of the root's manifest; the keys that make no sense go to `unsupported`.
pub(super) fn read(root: &PackageJson, unsupported: &mut Vec<String>) -> Vec<Extension> {
    let Some(Value::Object(list)) = root.object.get("packageExtensions") else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, value) in list {
        let (Some(selector), Value::Object(object)) = (Selector::parse(key), value) else {
            unsupported.push(key.clone());
            continue;
        };
        let meta = object
            .get("peerDependenciesMeta")
            .and_then(Value::as_object);
        let is_optional = |value: &Value| {
            value
                .as_object()
                .is_some_and(|meta| meta.get("optional") == Some(&Value::Bool(true)))
        };
        let optional = meta
            .into_iter()
            .flatten()
            .filter(|(_, value)| is_optional(value));
        found.push(Extension {
            selector,
            dependencies: pairs(object, "dependencies"),
            optional: pairs(object, "optionalDependencies"),
            peers: pairs(object, "peerDependencies"),
            optional_peers: optional.map(|(name, _)| name.as_str().into()).collect(),
        });
    }
    found
}

fn pairs(object: &Object, key: &str) -> Vec<(Arc<str>, Arc<str>)> {
    let list = object.get(key).and_then(Value::as_object);
    list.into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.as_str().into(), value.as_str()?.into())))
        .collect()
}

/// Adds what the extensions say of a package; what was added.
pub(super) fn apply(
    extensions: &[Extension],
    name: &str,
    version: &Version,
    dependencies: &mut Vec<Dependency>,
) -> Extended {
    let mut extended = Extended::default();
    let own = extensions
        .iter()
        .filter(|extension| extension.selector.has(name, Some(version)));
    for extension in own {
        let mut add =
            |list: &[(Arc<str>, Arc<str>)], behavior: Behavior, names: &mut Vec<Arc<str>>| {
                for (name, literal) in list {
                    let is_peer = behavior.has(Behavior::PEER);
                    let known = dependencies.iter().any(|known| {
                        known.name == *name && known.behavior.has(Behavior::PEER) == is_peer
                    });
                    if known {
                        continue;
                    }
                    dependencies.push(Dependency {
                        name: Arc::clone(name),
                        literal: Arc::clone(literal),
                        spec: Spec::parse(name, literal),
                        behavior,
                    });
                    names.push(Arc::clone(name));
                }
            };
        add(
            &extension.dependencies,
            Behavior::PRODUCTION,
            &mut extended.dependencies,
        );
        add(
            &extension.optional,
            Behavior::OPTIONAL,
            &mut extended.dependencies,
        );
        add(&extension.peers, Behavior::PEER, &mut extended.peers);
        for name in &extension.optional_peers {
            let peer = dependencies
                .iter_mut()
                .find(|known| known.name == *name && known.behavior.has(Behavior::PEER));
            if let Some(peer) = peer
                && !peer.behavior.has(Behavior::OPTIONAL)
            {
                peer.behavior = peer.behavior.and(Behavior::OPTIONAL);
                if !extended.peers.contains(name) {
                    extended.optional_peers.push(Arc::clone(name));
                }
            }
        }
    }
    for list in [
        &mut extended.dependencies,
        &mut extended.peers,
        &mut extended.optional_peers,
    ] {
        list.sort();
    }
    extended
}

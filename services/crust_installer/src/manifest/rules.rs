//! What the root's manifest says about everybody's dependencies: overrides and catalogs.

mod extension;
mod override_key;

pub(crate) use extension::{Extended, Extension};
pub(crate) use override_key::Selector;

use std::sync::Arc;

use crust_manifest::{Object, PackageJson, Value};

use crate::graph::{Dependency, Package, Resolution};
use crate::semver::Version;
use crate::spec::Spec;

/// One line of `overrides` or `resolutions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Override {
    /// The dependents that it is for; all without it.
    pub parent: Option<Selector>,
    /// What it replaces.
    pub target: Selector,
    /// What to take instead.
    pub spec: Arc<str>,
}

impl Override {
    /// Whether it needs the third version of the lockfile.
    pub(crate) fn is_scoped(&self) -> bool {
        self.parent.is_some() || !self.target.range.is_empty()
    }
}

/// The package that a dependency is of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parent<'a> {
    name: &'a str,
    version: Option<&'a Version>,
}

impl<'a> Parent<'a> {
    /// For the overrides of its dependencies.
    pub(crate) fn of(package: &'a Package) -> Self {
        Self {
            name: &package.name,
            version: match &package.resolution {
                Resolution::Npm { version, .. } => Some(version),
                _ => None,
            },
        }
    }

    /// The same, of a version that is no package of the graph yet.
    pub(crate) fn version(name: &'a str, version: &'a Version) -> Self {
        Self {
            name,
            version: Some(version),
        }
    }
}

/// Names and specifiers of a catalog.
pub(crate) type Entries = Vec<(Arc<str>, Arc<str>)>;

/// Overrides, catalogs and extensions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Sorted; those for one parent before those for all.
    pub overrides: Vec<Override>,
    /// `catalog`, sorted by name.
    pub catalog: Vec<(Arc<str>, Arc<str>)>,
    /// `catalogs` by group, sorted.
    pub catalogs: Vec<(Arc<str>, Entries)>,
    /// `packageExtensions`
    pub extensions: Vec<Extension>,
    /// Overrides and extensions that are left out, as written.
    pub unsupported: Vec<String>,
}

impl Rules {
    /// The rules of the root's manifest.
    pub(crate) fn of(root: &PackageJson) -> Self {
        let mut rules = Self::default();
        rules.read_catalogs(&root.object);
        if let Some(Value::Object(workspaces)) = root.object.get("workspaces") {
            rules.read_catalogs(workspaces);
        }
        for key in ["overrides", "resolutions"] {
            if let Some(Value::Object(list)) = root.object.get(key) {
                for (name, value) in list {
                    rules.read_override(root, None, name, value);
                }
            }
        }
        rules.extensions = extension::read(root, &mut rules.unsupported);
        rules.sort();
        rules
    }

    /// Brings overrides into the order in which they are looked at and written.
    pub(crate) fn sort(&mut self) {
        self.overrides.sort_by_key(|found| {
            (
                found.parent.is_none(),
                found.parent.clone(),
                found.target.range.is_empty(),
                found.target.clone(),
            )
        });
    }

    fn read_override(
        &mut self,
        root: &PackageJson,
        above: Option<&Selector>,
        key: &str,
        value: &Value,
    ) {
        let own = match above {
            Some(own) if key == "." => Some((None, own.clone())),
            _ => override_key::parse(key),
        };
        let place = match (above, own) {
            // A name inside another one's object is for its dependencies.
            (Some(above), Some((None, target))) if key != "." => {
                Some((Some(above.clone()), target))
            }
            (Some(_), Some((Some(_), _))) | (_, None) => None,
            (_, found) => found,
        };
        let Some((parent, target)) = place else {
            self.unsupported.push(key.to_owned());
            return;
        };
        match value {
            Value::String(text) => match reference(root, text) {
                Some(spec) => self.add(parent, target, spec),
                None => self.unsupported.push(key.to_owned()),
            },
            Value::Object(object) if object.len() == 1 && object.contains_key(".") => {
                if let Some(value) = object.get(".") {
                    let shown = target.text();
                    match (
                        value.as_str().and_then(|text| reference(root, text)),
                        parent,
                    ) {
                        (Some(spec), parent) => self.add(parent, target, spec),
                        (None, _) => self.unsupported.push(shown),
                    }
                }
            }
            Value::Object(object) if parent.is_none() => {
                for (name, value) in object {
                    self.read_override(root, Some(&target), name, value);
                }
            }
            _ => self.unsupported.push(key.to_owned()),
        }
    }

    pub(crate) fn add(&mut self, parent: Option<Selector>, target: Selector, spec: Arc<str>) {
        self.overrides
            .retain(|known| known.parent != parent || known.target != target);
        self.overrides.push(Override {
            parent,
            target,
            spec,
        });
    }

    fn read_catalogs(&mut self, object: &Object) {
        if let Some(Value::Object(catalog)) = object.get("catalog") {
            self.catalog = sorted(catalog);
        }
        if let Some(Value::Object(groups)) = object.get("catalogs") {
            self.catalogs = groups
                .iter()
                .filter_map(|(group, catalog)| {
                    Some((group.as_str().into(), sorted(catalog.as_object()?)))
                })
                .collect();
            self.catalogs.sort();
        }
    }

    /// What a catalog says of `name`.
    pub(crate) fn catalog_entry(&self, group: &str, name: &str) -> Option<&Arc<str>> {
        let list = if group.is_empty() || group == "default" && !self.catalog.is_empty() {
            &self.catalog
        } else {
            &self.catalogs.iter().find(|(known, _)| **known == *group)?.1
        };
        list.iter()
            .find(|(known, _)| **known == *name)
            .map(|(_, spec)| spec)
    }

    /// What an override puts in the place of a dependency.
    pub(crate) fn replacement(
        &self,
        dependency: &Dependency,
        parent: Parent<'_>,
    ) -> Option<&Arc<str>> {
        if matches!(dependency.spec, Spec::Workspace(_)) {
            return None;
        }
        let found = self.overrides.iter().find(|found| {
            found.target.asks(&dependency.name, &dependency.spec)
                && found
                    .parent
                    .as_ref()
                    .is_none_or(|wanted| wanted.has(parent.name, parent.version))
        });
        found.map(|found| &found.spec)
    }

    /// What a dependency asks for after overrides and catalogs.
    pub(crate) fn effective(&self, dependency: &Dependency, parent: Parent<'_>) -> Spec {
        let spec = match self.replacement(dependency, parent) {
            Some(text) => Spec::parse(&dependency.name, text),
            None => dependency.spec.clone(),
        };
        match &spec {
            Spec::Catalog(group) => match self.catalog_entry(group, &dependency.name) {
                Some(text) => Spec::parse(&dependency.name, text),
                None => spec,
            },
            _ => spec,
        }
    }

    /// Adds what extensions say of a package of a registry; what was added.
    pub(crate) fn extend(
        &self,
        name: &str,
        version: &Version,
        dependencies: &mut Vec<Dependency>,
    ) -> Extended {
        if self.extensions.is_empty() {
            return Extended::default();
        }
        extension::apply(&self.extensions, name, version, dependencies)
    }
}

/// The specifier, or for `$name` the one that the root has for that name.
fn reference(root: &PackageJson, text: &str) -> Option<Arc<str>> {
    let Some(other) = text.strip_prefix('$') else {
        return Some(text.into());
    };
    let lists = [
        &root.dependencies,
        &root.dev_dependencies,
        &root.optional_dependencies,
        &root.peer_dependencies,
    ];
    let mut lines = lists.into_iter().flatten();
    let (_, spec) = lines.find(|(known, _)| known == other)?;
    Some(spec.as_str().into())
}

fn sorted(object: &Object) -> Vec<(Arc<str>, Arc<str>)> {
    let mut list: Vec<(Arc<str>, Arc<str>)> = object
        .iter()
        .filter_map(|(name, spec)| Some((name.as_str().into(), spec.as_str()?.into())))
        .collect();
    list.sort();
    list
}

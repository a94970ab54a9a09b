//! `package-lock.json`, versions 1 to 3.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Pins, split};

/// Deeper trees are refused.
const DEEPEST: usize = 256;

pub(super) fn parse(text: &str) -> Result<Pins, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let root = value.as_object().ok_or("it holds no object")?;
    let mut pins = Pins::default();
    if let Some(packages) = root.get("packages").and_then(Value::as_object) {
        of_packages(&mut pins, packages);
    } else if let Some(tree) = root.get("dependencies").and_then(Value::as_object) {
        of_tree(&mut pins, tree, &mut Vec::new())?;
    }
    Ok(pins)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn of_packages(pins: &mut Pins, packages: &Map<String, Value>) {
    for (path, package) in packages {
        if let Some(name) = own_name(path, package) {
            pins.version(name, text(package, "version"), text(package, "integrity"));
        }
        for key in [
            "dependencies",
            "devDependencies",
            "optionalDependencies",
            "peerDependencies",
        ] {
            let list = package.get(key).and_then(Value::as_object);
            for (name, range) in list.into_iter().flatten() {
                let found = resolve(packages, path, name).map(|found| text(found, "version"));
                if let (Some(range), Some(version)) = (range.as_str(), found) {
                    pins.pin(name, range, version);
                }
            }
        }
    }
}

/// The package's own name: its path's last part, unless it was depended on by another name.
fn own_name<'v>(path: &'v str, package: &'v Value) -> Option<&'v str> {
    let (_, folder) = path.rsplit_once("node_modules/")?;
    let is_link = package
        .get("link")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    let named = package.get("name").and_then(Value::as_str);
    (!is_link).then_some(named.unwrap_or(folder))
}

/// The package that Node finds for `name` from `path`.
fn resolve<'v>(packages: &'v Map<String, Value>, path: &str, name: &str) -> Option<&'v Value> {
    let mut from = path;
    loop {
        let place = if from.is_empty() {
            format!("node_modules/{name}")
        } else {
            format!("{from}/node_modules/{name}")
        };
        if let Some(found) = packages.get(&place) {
            return Some(found);
        }
        if from.is_empty() {
            return None;
        }
        from = match from.rfind("/node_modules/") {
            Some(cut) => &from[..cut],
            None => "",
        };
    }
}

/// A package of the first version, by what it holds.
fn of_tree<'v>(
    pins: &mut Pins,
    tree: &'v Map<String, Value>,
    above: &mut Vec<&'v Map<String, Value>>,
) -> Result<(), String> {
    if above.len() > DEEPEST {
        return Err("it is nested too deeply".to_owned());
    }
    above.push(tree);
    for (name, package) in tree {
        let (own, version) = version_of(name, package);
        pins.version(own, version, text(package, "integrity"));
        let inside = package.get("dependencies").and_then(Value::as_object);
        let required = package.get("requires").and_then(Value::as_object);
        let wanted: BTreeMap<&String, &str> = required
            .into_iter()
            .flatten()
            .filter_map(|(name, range)| Some((name, range.as_str()?)))
            .collect();
        for (name, range) in wanted {
            let levels = inside.into_iter().chain(above.iter().rev().copied());
            let mut found = levels.filter_map(|level| level.get(name));
            if let Some(found) = found.next() {
                pins.pin(name, range, version_of(name, found).1);
            }
        }
        if let Some(inside) = inside {
            of_tree(pins, inside, above)?;
        }
    }
    above.pop();
    Ok(())
}

/// `1.0.0`, or `npm:name@1.0.0` of an alias.
fn version_of<'v>(name: &'v str, package: &'v Value) -> (&'v str, &'v str) {
    let version = text(package, "version");
    let alias = version.strip_prefix("npm:").and_then(split);
    alias.unwrap_or((name, version))
}

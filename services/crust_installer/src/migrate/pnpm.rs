//! `pnpm-lock.yaml`, versions 5 to 9.

use crust_manifest::{DataFormat, Object, Value};

use super::{Pins, split};

pub(super) fn parse(text: &str) -> Result<Pins, String> {
    let parsed = crust_manifest::parse_data(text, DataFormat::Yaml, "pnpm-lock.yaml");
    let value = parsed.map_err(|problems| {
        problems.first().map_or_else(
            || "it cannot be read".to_owned(),
            |problem| problem.message.clone(),
        )
    })?;
    let root = value.as_object().ok_or("it holds no entries")?;
    let mut pins = Pins::default();
    let packages = root.get("packages").and_then(Value::as_object);
    for (id, package) in packages.into_iter().flatten() {
        let Some((name, version)) = identity(id) else {
            continue;
        };
        let resolution = package
            .as_object()
            .and_then(|found| found.get("resolution"));
        let integrity = resolution
            .and_then(Value::as_object)
            .and_then(|found| found.get("integrity"))
            .and_then(Value::as_str);
        pins.version(name, version, integrity.unwrap_or_default());
    }
    match root.get("importers").and_then(Value::as_object) {
        Some(importers) => {
            for (_, importer) in importers {
                if let Some(importer) = importer.as_object() {
                    of_importer(&mut pins, importer);
                }
            }
        }
        None => of_importer(&mut pins, root),
    }
    Ok(pins)
}

fn of_importer(pins: &mut Pins, importer: &Object) {
    // Older files keep the ranges apart.
    let specifiers = importer.get("specifiers").and_then(Value::as_object);
    for key in ["dependencies", "devDependencies", "optionalDependencies"] {
        let list = importer.get(key).and_then(Value::as_object);
        for (name, entry) in list.into_iter().flatten() {
            let (range, version) = match entry {
                Value::Object(entry) => (entry.get("specifier"), entry.get("version")),
                other => (specifiers.and_then(|list| list.get(name)), Some(other)),
            };
            let text = |value: Option<&Value>| value.and_then(scalar);
            if let (Some(range), Some(version)) = (text(range), text(version)) {
                let held = identity(&version).map_or(version.as_str(), |(_, version)| version);
                pins.pin(name, &range, plain(held));
            }
        }
    }
}

/// YAML takes `1.5` for a number.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// `a@1.0.0(peer@1)`, `/a@1.0.0`, `/a/1.0.0_peer@1`, `/@s/a/1.0.0`.
fn identity(id: &str) -> Option<(&str, &str)> {
    let rest = id.strip_prefix('/').unwrap_or(id);
    let head = plain(rest);
    if let Some((name, version)) = split(head)
        && version
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_digit())
    {
        return Some((name, version));
    }
    let (name, version) = head.rsplit_once('/')?;
    let is_version = version
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_digit());
    (is_version && id.starts_with('/')).then_some((name, version))
}

/// Without what says which peers were found. Names have underscores too, versions do not.
fn plain(text: &str) -> &str {
    let text = text.split('(').next().unwrap_or(text);
    let version = text.rfind('/').map_or(0, |at| at + 1);
    match text.get(version..).and_then(|rest| rest.find('_')) {
        Some(at) if text.as_bytes().get(version).is_some_and(u8::is_ascii_digit) => {
            &text[..version + at]
        }
        _ => text,
    }
}

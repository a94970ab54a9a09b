//! `crust info`: what the registry knows of a package.

use std::fmt::Write as _;

use crust_installer::{PackageInfo, info};
use crust_manifest::{Object, Value};

use super::install::Line;
use crate::args::{Parsed, Scope};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::script;
use crate::session::Session;

/// Dependencies that are shown; the rest are counted.
const MOST_SHOWN: usize = 20;

/// `crust info PACKAGE [FIELDS]`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "info", Scope::INFO)?;
    print(&line, &line.words)
}

/// Prints a package, or fields of it.
pub(super) fn print(line: &Line<'_>, words: &[String]) -> Result<Outcome, CliError> {
    if let Some(outcome) = line.begin()? {
        return Ok(outcome);
    }
    let Some((package, fields)) = words.split_first() else {
        return line.needs_packages();
    };
    let folder = script::working_directory()?;
    let found = info(&folder, package, |config| line.adjust(config))?;
    let text = match fields {
        [] if line.has("json") => pretty(&Value::Object(found.manifest.clone())),
        [] => describe(&found),
        fields => {
            let mut text = String::new();
            for field in fields {
                if let Some(value) = value_of(&found, field) {
                    text.push_str(&shown(&value, line.has("json")));
                    text.push('\n');
                }
            }
            if text.is_empty() {
                message::error(&format!(
                    "{} has no field \"{}\"",
                    found.name,
                    fields.join("\", \"")
                ));
                return Ok(Outcome::FAILURE);
            }
            text.trim_end().to_owned()
        }
    };
    message::print(&format!("{text}\n"));
    Ok(Outcome::SUCCESS)
}

/// A field of the version, or of the package; `versions` is a list.
fn value_of(found: &PackageInfo, field: &str) -> Option<Value> {
    if field == "versions" {
        let list = found
            .versions
            .iter()
            .map(|version| Value::String(version.clone()));
        return Some(Value::Array(list.collect()));
    }
    let mut steps = field.split('.');
    let first = steps.next()?;
    let mut value = found
        .manifest
        .get(first)
        .or_else(|| found.document.get(first))?;
    for step in steps {
        value = match value {
            Value::Object(object) => object.get(step)?,
            Value::Array(items) => items.get(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value.clone())
}

fn shown(value: &Value, as_json: bool) -> String {
    match value {
        Value::String(text) if !as_json => text.clone(),
        other => pretty(other),
    }
}

/// JSON by two spaces.
fn pretty(value: &Value) -> String {
    let text = value.to_json().unwrap_or_default();
    let parsed: Result<serde_json::Value, _> = serde_json::from_str(&text);
    parsed
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or(text)
}

fn text_of<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    object.get(key)?.as_str()
}

fn describe(found: &PackageInfo) -> String {
    let manifest = &found.manifest;
    let dependencies = manifest.get("dependencies").and_then(Value::as_object);
    let count = dependencies.map_or(0, Object::len);
    let mut text = format!(
        "{}@{} | {} | deps: {count} | versions: {}\n",
        found.name,
        found.version,
        text_of(manifest, "license").unwrap_or("no license"),
        found.versions.len()
    );
    // Writing to a string cannot fail.
    if let Some(reason) = text_of(manifest, "deprecated") {
        let _ = writeln!(text, "DEPRECATED: {reason}");
    }
    for key in ["description", "homepage"] {
        if let Some(value) = text_of(manifest, key) {
            let _ = writeln!(text, "{value}");
        }
    }
    let words = manifest.get("keywords").and_then(Value::as_array);
    let words: Vec<&str> = words
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if !words.is_empty() {
        let _ = writeln!(text, "keywords: {}", words.join(", "));
    }
    match manifest.get("bin") {
        Some(Value::String(_)) => {
            let name = found.name.rsplit('/').next().unwrap_or(&found.name);
            let _ = writeln!(text, "bin: {name}");
        }
        Some(Value::Object(bin)) if !bin.is_empty() => {
            let names: Vec<&str> = bin.iter().map(|(name, _)| name.as_str()).collect();
            let _ = writeln!(text, "bin: {}", names.join(", "));
        }
        _ => {}
    }
    if let Some(dependencies) = dependencies.filter(|list| !list.is_empty()) {
        let _ = writeln!(text, "\ndependencies ({count}):");
        for (name, range) in dependencies.iter().take(MOST_SHOWN) {
            let _ = writeln!(text, "- {name}: {}", range.as_str().unwrap_or_default());
        }
        if count > MOST_SHOWN {
            let _ = writeln!(text, "(…and {} more)", count - MOST_SHOWN);
        }
    }
    describe_dist(&mut text, found);
    text.trim_end().to_owned()
}

fn describe_dist(text: &mut String, found: &PackageInfo) {
    if let Some(dist) = found.manifest.get("dist").and_then(Value::as_object) {
        text.push_str("\ndist\n");
        for key in ["tarball", "shasum", "integrity"] {
            if let Some(value) = text_of(dist, key) {
                let _ = writeln!(text, " .{key}: {value}");
            }
        }
        if let Some(Value::Number(size)) = dist.get("unpackedSize") {
            let _ = writeln!(text, " .unpackedSize: {size} B");
        }
        let attested = dist
            .get("attestations")
            .and_then(Value::as_object)
            .is_some();
        let _ = writeln!(
            text,
            " provenance: {}",
            if attested { "attested" } else { "none" }
        );
    }
    if !found.tags.is_empty() {
        text.push_str("\ndist-tags:\n");
        for (tag, version) in &found.tags {
            let _ = writeln!(text, "{tag}: {version}");
        }
    }
    if let Some(time) = &found.published {
        let _ = writeln!(text, "\nPublished: {time}");
    }
}

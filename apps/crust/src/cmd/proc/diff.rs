//! `diff FILE`: what `apply FILE` would change. It changes nothing; as with `diff` of the shell, 1 says that there
//! is a difference.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crust_procman::ProcmanError;
use serde_json::{Map, Value, json};

use super::{Line, print_json, start};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;

/// Values of these keys are not shown: they may be secret.
const SECRET: &str = "env";

pub(super) fn diff(line: &Line) -> Result<Outcome, CliError> {
    let wanted: BTreeMap<String, Value> = start::apps(line)?
        .into_iter()
        .map(|app| (app.name.clone(), plain(json!(app))))
        .collect();
    let present = present(line)?;
    let files: Vec<&Value> = wanted.values().map(|app| &app["config_file"]).collect();
    let mut changes = Vec::new();
    for (name, app) in &wanted {
        match present.get(name) {
            None => changes.push(json!({"name": name, "change": "add"})),
            Some(now) => {
                let keys = keys_that_differ("", now, app);
                if !keys.is_empty() {
                    changes.push(json!({"name": name, "change": "update", "keys": keys}));
                }
            }
        }
    }
    for (name, app) in &present {
        let of_file = !app["config_file"].is_null() && files.contains(&&app["config_file"]);
        if of_file && !wanted.contains_key(name) {
            changes.push(json!({"name": name, "change": "remove", "with": "apply --prune"}));
        }
    }
    if line.has("json") {
        print_json(&Value::Array(changes.clone()));
    } else {
        for change in &changes {
            message::print(&shown(change));
        }
    }
    Ok(if changes.is_empty() {
        Outcome::SUCCESS
    } else {
        Outcome::FAILURE
    })
}

/// Without what the file around it changes.
fn plain(mut config: Value) -> Value {
    if let Some(keys) = config.as_object_mut() {
        keys.remove("config_file_sha256");
    }
    config
}

/// The configurations that the daemon has, by name.
fn present(line: &Line) -> Result<BTreeMap<String, Value>, CliError> {
    let rows = match line.daemon()?.get("/v1/processes/all?env=1") {
        Err(ProcmanError::Refused { code, .. }) if code == "NOT_FOUND" => json!([]),
        other => other?,
    };
    let rows = rows.as_array().cloned().unwrap_or_default();
    let pair = |row: &Value| {
        Some((
            row["name"].as_str()?.to_owned(),
            plain(row["config"].clone()),
        ))
    };
    Ok(rows.iter().filter_map(pair).collect())
}

/// The keys that differ, each with the old and the new value.
fn keys_that_differ(at: &str, old: &Value, new: &Value) -> Map<String, Value> {
    let mut found = Map::new();
    let (Value::Object(before), Value::Object(after)) = (old, new) else {
        if old != new {
            let hidden = at.starts_with(SECRET);
            let (old, new) = if hidden {
                (&json!("***"), &json!("***"))
            } else {
                (old, new)
            };
            found.insert(at.to_owned(), json!([old, new]));
        }
        return found;
    };
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let path = if at.is_empty() {
            key.clone()
        } else {
            format!("{at}.{key}")
        };
        let nothing = Value::Null;
        let (old, new) = (
            before.get(key).unwrap_or(&nothing),
            after.get(key).unwrap_or(&nothing),
        );
        found.extend(keys_that_differ(&path, old, new));
    }
    found
}

fn shown(change: &Value) -> String {
    let name = change["name"].as_str().unwrap_or_default();
    match change["change"].as_str() {
        Some("add") => format!("+ {name}\n"),
        Some("remove") => format!("- {name}  (only with apply --prune)\n"),
        _ => {
            let mut text = format!("~ {name}\n");
            for (key, values) in change["keys"].as_object().into_iter().flatten() {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "    {key}: {} -> {}", values[0], values[1]);
            }
            text
        }
    }
}

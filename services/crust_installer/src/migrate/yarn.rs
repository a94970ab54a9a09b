//! `yarn.lock`: the classic format, and the YAML of later versions.

use crust_manifest::{DataFormat, Value};

use super::{Pins, split};

pub(super) fn parse(text: &str) -> Result<Pins, String> {
    if text.lines().any(|line| line.starts_with("__metadata:")) {
        berry(text)
    } else {
        Ok(classic(text))
    }
}

/// An entry of the classic format.
#[derive(Default)]
struct Entry {
    patterns: Vec<String>,
    version: String,
    integrity: String,
}

impl Entry {
    fn keep(&self, pins: &mut Pins) {
        for pattern in &self.patterns {
            let Some((name, range)) = split(pattern) else {
                continue;
            };
            let own = range
                .strip_prefix("npm:")
                .map(|rest| split(rest).map_or(rest, |found| found.0));
            pins.version(own.unwrap_or(name), &self.version, &self.integrity);
            pins.pin(name, range, &self.version);
        }
    }
}

fn classic(text: &str) -> Pins {
    let mut pins = Pins::default();
    let mut entry = Entry::default();
    for line in text.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if !line.starts_with(' ') {
            entry.keep(&mut pins);
            let patterns = line.trim_end_matches(':').split(", ");
            entry = Entry {
                patterns: patterns
                    .map(|text| text.trim_matches('"').to_owned())
                    .collect(),
                ..Entry::default()
            };
        } else if let Some(field) = line
            .strip_prefix("  ")
            .filter(|field| !field.starts_with(' '))
        {
            let (key, value) = field.split_once(' ').unwrap_or((field, ""));
            let value = value.trim_matches('"');
            match key {
                "version" => value.clone_into(&mut entry.version),
                "integrity" => value.clone_into(&mut entry.integrity),
                _ => {}
            }
        }
    }
    entry.keep(&mut pins);
    pins
}

fn berry(text: &str) -> Result<Pins, String> {
    let parsed = crust_manifest::parse_data(text, DataFormat::Yaml, "yarn.lock");
    let value = parsed.map_err(|problems| {
        problems.first().map_or_else(
            || "it cannot be read".to_owned(),
            |problem| problem.message.clone(),
        )
    })?;
    let object = value.as_object().ok_or("it holds no entries")?;
    let mut pins = Pins::default();
    for (patterns, entry) in object {
        let field = |key: &str| entry.as_object()?.get(key).and_then(Value::as_str);
        let (Some(version), Some(resolution)) = (field("version"), field("resolution")) else {
            continue;
        };
        let Some((own, place)) = split(resolution) else {
            continue;
        };
        if !place.starts_with("npm:") {
            continue;
        }
        pins.version(own, version, "");
        for pattern in patterns.split(", ") {
            let Some((name, range)) = split(pattern) else {
                continue;
            };
            // `npm:` stands before every range; an alias names another package after it.
            let plain = range.strip_prefix("npm:").unwrap_or(range);
            if own == name {
                pins.pin(name, plain, version);
            } else {
                pins.pin(name, range, version);
            }
        }
    }
    Ok(pins)
}

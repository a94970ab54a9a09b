//! `pm pkg`: fields of a manifest by their paths, such as `scripts.build` and `files[0]`.

use std::path::{Path, PathBuf};

use crate::error::InstallError;
use crate::files;
use crate::manifest::{JsonText, elements, quoted};

/// More items than this are a mistake.
const MOST_ITEMS: usize = 10_000;

/// A part of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Item(usize),
    /// One more item.
    End,
}

/// The manifest of a package, to be read and changed.
#[derive(Debug)]
pub struct ManifestFile {
    path: PathBuf,
    json: JsonText,
    before: String,
}

impl ManifestFile {
    /// The manifest nearest to `folder`, there or above.
    pub fn nearest(folder: &Path) -> Result<Self, InstallError> {
        let path = crust_manifest::find_package_json(folder)
            .ok_or_else(|| InstallError::NoManifest(folder.to_owned()))?;
        let before = std::fs::read_to_string(&path).map_err(InstallError::io("read", &path))?;
        let json = JsonText::new(&before).ok_or_else(|| InstallError::ManifestField {
            path: path.clone(),
            reason: "it holds no object".to_owned(),
        })?;
        Ok(Self { path, json, before })
    }

    /// The folder it lies in.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        self.json.text()
    }

    /// A value as JSON text.
    pub fn get(&self, field: &str) -> Result<Option<String>, InstallError> {
        let steps = steps(field)?;
        let keys: Vec<&str> = steps
            .iter()
            .map_while(|step| match step {
                Step::Key(key) => Some(key.as_str()),
                _ => None,
            })
            .collect();
        let Some(raw) = self.json.get(&keys) else {
            return Ok(None);
        };
        let mut raw = raw.to_owned();
        for step in steps.iter().skip(keys.len()) {
            let next = match step {
                Step::Key(key) => {
                    JsonText::new(&raw).and_then(|json| json.get(&[key]).map(ToOwned::to_owned))
                }
                Step::Item(at) => {
                    let items = elements(&raw);
                    let item = items.and_then(|items| items.get(*at).cloned());
                    item.and_then(|item| raw.get(item).map(ToOwned::to_owned))
                }
                Step::End => None,
            };
            match next {
                Some(next) => raw = next,
                None => return Ok(None),
            }
        }
        Ok(Some(raw))
    }

    /// A member of the root that is a text.
    pub fn text_of(&self, key: &str) -> Option<String> {
        serde_json::from_str(self.json.get(&[key])?).ok()
    }

    /// Sets a value, written as JSON.
    pub fn set(&mut self, field: &str, value: &str) -> Result<(), InstallError> {
        let valid: Result<serde_json::Value, _> = serde_json::from_str(value);
        if let Err(error) = valid {
            return Err(InstallError::Config(format!(
                "{field}: the value is not JSON: {error}"
            )));
        }
        let steps = steps(field)?;
        let cut = steps.iter().position(|step| !matches!(step, Step::Key(_)));
        let cut = cut.unwrap_or(steps.len());
        let (keys, rest) = steps.split_at(cut);
        let keys: Vec<&str> = keys
            .iter()
            .filter_map(|step| match step {
                Step::Key(key) => Some(key.as_str()),
                _ => None,
            })
            .collect();
        let unusable = || InstallError::Config(format!("{field} leads through something else"));
        let old = self.json.get(&keys).map(ToOwned::to_owned);
        let raw = changed(old.as_deref(), rest, value).ok_or_else(unusable)?;
        self.json.set(&keys, &raw).ok_or_else(unusable)
    }

    /// Sets a text.
    pub fn set_text(&mut self, field: &str, value: &str) -> Result<(), InstallError> {
        self.set(field, &quoted(value))
    }

    /// Takes a member of an object away; whether it was there.
    pub fn delete(&mut self, field: &str) -> Result<bool, InstallError> {
        let steps = steps(field)?;
        let keys: Option<Vec<&str>> = steps
            .iter()
            .map(|step| match step {
                Step::Key(key) => Some(key.as_str()),
                _ => None,
            })
            .collect();
        match keys {
            Some(keys) => Ok(self.json.remove(&keys)),
            None => Err(InstallError::Config(format!(
                "{field}: only members of objects can be deleted"
            ))),
        }
    }

    /// Writes the file, if something changed; whether it did.
    pub fn save(&self) -> Result<bool, InstallError> {
        let plain = JsonText::new(&self.before);
        if plain.is_some_and(|plain| plain.text() == self.json.text()) {
            return Ok(false);
        }
        files::rewrite(&self.path, self.json.text().as_bytes())
            .map(drop)
            .map_err(InstallError::io("write", &self.path))?;
        Ok(true)
    }
}

/// A value with another one inside it replaced.
fn changed(old: Option<&str>, steps: &[Step], value: &str) -> Option<String> {
    let Some((first, rest)) = steps.split_first() else {
        return Some(value.to_owned());
    };
    match first {
        Step::Key(key) => {
            let mut json = JsonText::new(old.unwrap_or("{}"))?;
            let inner = json.get(&[key]).map(ToOwned::to_owned);
            let raw = changed(inner.as_deref(), rest, value)?;
            json.set(&[key], &raw)?;
            Some(json.text().to_owned())
        }
        Step::Item(_) | Step::End => {
            let old = old.unwrap_or("[]");
            if !old.starts_with('[') {
                return None;
            }
            let mut items: Vec<String> = elements(old)?
                .into_iter()
                .filter_map(|item| old.get(item).map(ToOwned::to_owned))
                .collect();
            let at = match first {
                Step::Item(at) => *at,
                _ => items.len(),
            };
            while items.len() <= at {
                items.push("null".to_owned());
            }
            let slot = items.get_mut(at)?;
            *slot = changed((slot != "null").then_some(slot.as_str()), rest, value)?;
            Some(format!("[\n{}\n]", items.join(",\n")))
        }
    }
}

/// `a.b[0].c`; a member with dots in its name stands in brackets: `a["b.c"]`.
fn steps(field: &str) -> Result<Vec<Step>, InstallError> {
    let wrong = || InstallError::Config(format!("\"{field}\" is not the path of a field"));
    let mut steps = Vec::new();
    let mut rest = field;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let (text, after) = inside.split_once(']').ok_or_else(wrong)?;
            let quoted = text.trim_matches(['"', '\'']);
            steps.push(if text.is_empty() {
                Step::End
            } else if quoted.len() < text.len() {
                Step::Key(quoted.to_owned())
            } else {
                match text.parse() {
                    Ok(at) if at < MOST_ITEMS => Step::Item(at),
                    Ok(_) => return Err(wrong()),
                    Err(_) => Step::Key(text.to_owned()),
                }
            });
            rest = after.strip_prefix('.').unwrap_or(after);
            continue;
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        if key.is_empty() {
            return Err(wrong());
        }
        steps.push(Step::Key(key.to_owned()));
        rest = after.strip_prefix('.').unwrap_or(after);
    }
    if steps
        .first()
        .is_none_or(|first| !matches!(first, Step::Key(_)))
    {
        return Err(wrong());
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_set_by_path() {
        let mut file = ManifestFile {
            path: PathBuf::new(),
            before: String::new(),
            json: JsonText::new("{\n  \"a\": { \"b\": [1, { \"c\": \"x\" }] }\n}").unwrap(),
        };
        assert_eq!(file.get("a.b[1].c").unwrap().as_deref(), Some("\"x\""));
        assert_eq!(file.get("a.b[2]").unwrap(), None);
        file.set_text("a.b[1].c", "y").unwrap();
        file.set("a.b[]", "2").unwrap();
        file.set("n[\"x.y\"].z", "true").unwrap();
        assert!(file.set("a.b.c", "1").is_err());
        assert!(file.set("q", "{").is_err());
        let value: serde_json::Value = serde_json::from_str(file.text()).unwrap();
        assert_eq!(
            value,
            serde_json::json!({"a":{"b":[1,{"c":"y"},2]},"n":{"x.y":{"z":true}}})
        );
        assert!(file.delete("a.b").unwrap());
        assert!(!file.delete("a.b").unwrap());
        for bad in ["", ".a", "[0]", "a[99999999]", "a["] {
            assert!(file.get(bad).is_err(), "{bad}");
        }
    }
}

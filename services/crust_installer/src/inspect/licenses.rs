//! Which package stands under which license, from the manifests in `node_modules`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crust_manifest::{Object, PackageJson, Value};

use super::{LockedProject, shown_version};
use crate::error::InstallError;
use crate::graph::Resolution;

/// A package and its license.
#[derive(Debug, Clone)]
pub struct Licensed {
    /// Its name.
    pub name: String,
    /// Its versions.
    pub versions: Vec<String>,
    /// Where they stand.
    pub paths: Vec<PathBuf>,
    /// What its manifest says; `Unknown` where it says nothing.
    pub license: String,
    /// Whether only development needs it.
    pub is_development: bool,
    /// Its author.
    pub author: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Where it is at home.
    pub homepage: Option<String>,
}

impl LockedProject {
    /// The packages by license, of the project's packages that filters mean; without those of
    /// development if `production` is set, only those if `development` is.
    pub fn licenses(
        &self,
        production: bool,
        development: bool,
        filters: &[String],
    ) -> Result<BTreeMap<String, Vec<Licensed>>, InstallError> {
        let graph = self.graph();
        let selected = self.selected(filters)?;
        let is_elsewhere = self.not_needed(selected.iter().map(String::as_str), &[]);
        let only_development = self.only_omitted(&super::development(true));
        let mut found: BTreeMap<String, Vec<Licensed>> = BTreeMap::new();
        for placed in self.places(production) {
            let package = graph.package(placed.package);
            let is_development = only_development(placed.package);
            let own = matches!(
                package.resolution,
                Resolution::Workspace(_) | Resolution::Root
            );
            if own || is_elsewhere(placed.package) || (development && !is_development) {
                continue;
            }
            let folder = self.project.root.join(&placed.path);
            let manifest = PackageJson::read(&folder.join("package.json")).ok();
            let object = manifest.map(|manifest| manifest.object).unwrap_or_default();
            let license = license_of(&object);
            let version = shown_version(graph, placed.package);
            let list = found.entry(license.clone()).or_default();
            match list.iter_mut().find(|known| *known.name == *package.name) {
                Some(known) => {
                    if !known.versions.contains(&version) {
                        known.versions.push(version);
                        known.paths.push(folder);
                    }
                }
                None => list.push(Licensed {
                    name: package.name.to_string(),
                    versions: vec![version],
                    paths: vec![folder],
                    license,
                    is_development,
                    author: person(object.get("author")),
                    description: text(object.get("description")),
                    homepage: text(object.get("homepage")),
                }),
            }
        }
        for list in found.values_mut() {
            list.sort_by(|left, right| left.name.cmp(&right.name));
        }
        Ok(found)
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    Some(value?.as_str()?.to_owned())
}

fn person(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(name) => Some(name.clone()),
        Value::Object(person) => text(person.get("name")),
        _ => None,
    }
}

fn license_of(object: &Object) -> String {
    let one = |value: &Value| match value {
        Value::String(name) => Some(name.clone()),
        Value::Object(license) => text(license.get("type")).or_else(|| text(license.get("name"))),
        _ => None,
    };
    let single = object.get("license").and_then(one);
    let several = || {
        let list = object.get("licenses")?.as_array()?;
        let names: Vec<String> = list.iter().filter_map(one).collect();
        (!names.is_empty()).then(|| names.join(" OR "))
    };
    single
        .or_else(several)
        .unwrap_or_else(|| "Unknown".to_owned())
}

//! The manifest as others see it: what only the project understands is replaced by versions.

use crust_manifest::PackageJson;

use crate::error::InstallError;
use crate::manifest::{JsonText, Project, Rules};
use crate::request::Group;

/// The text of `package.json` without `workspace:` and `catalog:`; the file as it is where there are
/// none.
pub(super) fn published(
    project: &Project,
    package: &PackageJson,
    text: &str,
) -> Result<String, InstallError> {
    let rules = Rules::of(&project.package);
    let mut json: Option<JsonText> = None;
    for group in Group::ALL {
        for (name, literal) in list(package, group) {
            let Some(replaced) = replaced(project, &rules, package, name, literal)? else {
                continue;
            };
            let edited = match json.take() {
                Some(edited) => Some(edited),
                None => JsonText::new(text),
            };
            let mut edited = edited.ok_or_else(|| InstallError::ManifestField {
                path: package.path.clone(),
                reason: "it holds no object".to_owned(),
            })?;
            let _ = edited.set_text(&[group.key(), name], &replaced);
            json = Some(edited);
        }
    }
    Ok(json.map_or_else(|| text.to_owned(), |json| json.text().to_owned()))
}

fn list(package: &PackageJson, group: Group) -> &[(String, String)] {
    match group {
        Group::Production => &package.dependencies,
        Group::Development => &package.dev_dependencies,
        Group::Optional => &package.optional_dependencies,
        Group::Peer => &package.peer_dependencies,
    }
}

fn replaced(
    project: &Project,
    rules: &Rules,
    package: &PackageJson,
    name: &str,
    literal: &str,
) -> Result<Option<String>, InstallError> {
    let problem = |reason: &str| InstallError::Specifier {
        name: name.to_owned(),
        spec: literal.to_owned(),
        reason: format!(
            "{reason}, so {} cannot be published",
            package.path.display()
        ),
    };
    if let Some(group) = literal.strip_prefix("catalog:") {
        let entry = rules.catalog_entry(group.trim(), name);
        let entry = entry.ok_or_else(|| problem("names no entry of a catalog"))?;
        return Ok(Some(entry.to_string()));
    }
    let Some(range) = literal.strip_prefix("workspace:") else {
        return Ok(None);
    };
    let (alias, range) = match range
        .rsplit_once('@')
        .filter(|(alias, _)| !alias.is_empty())
    {
        Some((alias, range)) => (Some(alias), range),
        None => (None, range),
    };
    let target = alias.unwrap_or(name);
    let version = || {
        let by_name = |known: &&crate::manifest::WorkspaceManifest| {
            known.package.name.as_deref() == Some(target)
                || known.path == range.trim_start_matches("./")
        };
        let found = project.workspaces.iter().find(by_name);
        found
            .and_then(|found| found.package.version.clone())
            .ok_or_else(|| problem("names a package of the workspace without a version"))
    };
    let plain = match range {
        "" | "*" => version()?,
        "^" | "~" => format!("{range}{}", version()?),
        range if range.contains('/') => version()?,
        range => range.to_owned(),
    };
    Ok(Some(match alias {
        Some(alias) => format!("npm:{alias}@{plain}"),
        None => plain,
    }))
}

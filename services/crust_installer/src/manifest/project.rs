//! The project: its root, its manifest and those of its workspaces. Never changes one.

use std::path::{Path, PathBuf};

use crust_manifest::{PackageJson, Value, find_package_json};

use crate::error::InstallError;
use crate::files::FileStates;

/// Folders looked at while workspaces are searched: a checkout with many outputs has some 10 000.
const MOST_FOLDERS: usize = 200_000;

/// A package of the project.
#[derive(Debug, Clone)]
pub(crate) struct WorkspaceManifest {
    /// The path from the root, with slashes.
    pub path: String,
    /// Its manifest.
    pub package: PackageJson,
}

/// A project on disk.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    /// The folder that holds the lockfile and `node_modules`.
    pub root: PathBuf,
    /// The manifest of the root.
    pub package: PackageJson,
    /// Its workspaces, sorted by path.
    pub workspaces: Vec<WorkspaceManifest>,
    /// The path of the package that the command was given in; empty for the root.
    pub own: String,
    /// What the manifests were like when they were read.
    pub states: FileStates,
}

/// The name of every manifest.
const MANIFEST: &str = "package.json";

impl Project {
    /// The paths of all packages of the project; the root's is empty and the first.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        let own = self.workspaces.iter().map(|found| found.path.as_str());
        std::iter::once("").chain(own)
    }

    /// The manifest of the package at a path.
    pub(crate) fn at_path(&self, path: &str) -> Option<&PackageJson> {
        if path.is_empty() {
            return Some(&self.package);
        }
        let found = self.workspaces.iter().find(|known| known.path == path);
        found.map(|known| &known.package)
    }

    /// Puts another manifest in the place of the one at a path.
    pub(crate) fn replace(&mut self, path: &str, package: PackageJson) {
        if path.is_empty() {
            self.package = package;
        } else if let Some(found) = self.workspaces.iter_mut().find(|known| known.path == path) {
            found.package = package;
        }
    }

    /// The project that `folder` is part of.
    pub(crate) fn find(folder: &Path) -> Result<Self, InstallError> {
        let nearest =
            find_package_json(folder).ok_or_else(|| InstallError::NoManifest(folder.to_owned()))?;
        let own = nearest.parent().unwrap_or(folder).to_owned();
        // A folder above whose workspaces include this one is the root.
        for above in own.ancestors().skip(1) {
            let path = above.join(MANIFEST);
            if !path.is_file() {
                continue;
            }
            let mut states = FileStates::default();
            states.note(above, MANIFEST);
            let Ok(package) = PackageJson::read(&path) else {
                continue;
            };
            if package.workspaces.is_empty() {
                continue;
            }
            let mut project = Self::at(above, package, states)?;
            let relative = relative(above, &own);
            if project
                .workspaces
                .iter()
                .any(|workspace| workspace.path == relative)
            {
                project.own = relative;
                return project.checked();
            }
        }
        let mut states = FileStates::default();
        states.note(&own, MANIFEST);
        let package = PackageJson::read(&nearest).map_err(InstallError::Manifest)?;
        Self::at(&own, package, states)?.checked()
    }

    fn checked(self) -> Result<Self, InstallError> {
        let own = self.workspaces.iter().map(|found| &found.package);
        std::iter::once(&self.package)
            .chain(own)
            .try_for_each(check_types)?;
        Ok(self)
    }

    fn at(root: &Path, package: PackageJson, mut states: FileStates) -> Result<Self, InstallError> {
        let workspaces = workspaces(root, &package, &mut states)?;
        Ok(Self {
            root: root.to_owned(),
            package,
            workspaces,
            own: String::new(),
            states,
        })
    }
}

/// The path from `base` to `path`, with slashes.
pub(crate) fn relative(base: &Path, path: &Path) -> String {
    path.strip_prefix(base)
        .unwrap_or(path)
        .to_string_lossy()
        .into_owned()
}

fn workspaces(
    root: &Path,
    package: &PackageJson,
    states: &mut FileStates,
) -> Result<Vec<WorkspaceManifest>, InstallError> {
    let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
    for pattern in &package.workspaces {
        let clean = |text: &str| {
            text.trim_start_matches("./")
                .trim_end_matches('/')
                .to_owned()
        };
        match pattern.strip_prefix('!') {
            Some(pattern) => unwanted.push(clean(pattern)),
            None => wanted.push(clean(pattern)),
        }
    }
    let mut paths = Vec::new();
    for pattern in &wanted {
        if is_glob(pattern) {
            let mut budget = MOST_FOLDERS;
            walk(root, "", pattern, &mut paths, &mut budget)?;
        } else if root.join(pattern).join("package.json").is_file() {
            paths.push(pattern.clone());
        } else {
            return Err(InstallError::ManifestField {
                path: package.path.clone(),
                reason: format!("Workspace not found \"{pattern}\""),
            });
        }
    }
    paths.retain(|path| {
        !unwanted
            .iter()
            .any(|pattern| fast_glob::glob_match(pattern, path))
    });
    paths.sort();
    paths.dedup();
    let mut found: Vec<WorkspaceManifest> = Vec::new();
    for path in paths {
        if path.is_empty() || path == "." {
            continue;
        }
        let file = root.join(&path).join(MANIFEST);
        states.note(root, &format!("{path}/{MANIFEST}"));
        let package = PackageJson::read(&file).map_err(InstallError::Manifest)?;
        // A package without a name cannot be depended on.
        let Some(name) = &package.name else { continue };
        if let Some(other) = found
            .iter()
            .find(|other| other.package.name.as_ref() == Some(name))
        {
            return Err(InstallError::ManifestField {
                path: file,
                reason: format!("Workspace name \"{name}\" already exists in {}", other.path),
            });
        }
        found.push(WorkspaceManifest { path, package });
    }
    Ok(found)
}

/// What an installation would leave out in silence, were it taken for absent.
fn check_types(package: &PackageJson) -> Result<(), InstallError> {
    let refuse = |reason: String| {
        Err(InstallError::ManifestField {
            path: package.path.clone(),
            reason,
        })
    };
    let present = |key: &str| {
        package
            .object
            .get(key)
            .filter(|value| **value != Value::Null)
    };
    for key in [
        "dependencies",
        "devDependencies",
        "optionalDependencies",
        "peerDependencies",
    ] {
        let Some(value) = present(key) else { continue };
        let Some(list) = value.as_object() else {
            let kind = value.kind();
            return refuse(format!(
                "\"{key}\" should be an object of names and ranges, not {kind}"
            ));
        };
        let odd = list.iter().find(|(_, range)| range.as_str().is_none());
        if let Some((name, range)) = odd {
            let kind = range.kind();
            return refuse(format!(
                "\"{key}\": the range of \"{name}\" should be a string, not {kind}"
            ));
        }
    }
    for key in ["overrides", "resolutions", "patchedDependencies"] {
        if let Some(value) = present(key).filter(|value| value.as_object().is_none()) {
            let kind = value.kind();
            return refuse(format!("\"{key}\" should be an object, not {kind}"));
        }
    }
    let inside = present("workspaces").and_then(|found| found.as_object());
    for (shown, value) in [
        ("trustedDependencies", present("trustedDependencies")),
        (
            "workspaces",
            present("workspaces").filter(|found| found.as_object().is_none()),
        ),
        (
            "workspaces.packages",
            inside.and_then(|inside| inside.get("packages")),
        ),
    ] {
        let is_list = |value: &Value| {
            let items = value.as_array();
            items.is_some_and(|items| items.iter().all(|item| item.as_str().is_some()))
        };
        if value.is_some_and(|value| !is_list(value)) {
            return refuse(format!("\"{shown}\" should be an array of strings"));
        }
    }
    Ok(())
}

fn is_glob(pattern: &str) -> bool {
    pattern.contains(['*', '?', '[', '{'])
}

/// Adds the folders below `folder` that match and hold a `package.json`.
fn walk(
    root: &Path,
    folder: &str,
    pattern: &str,
    paths: &mut Vec<String>,
    budget: &mut usize,
) -> Result<(), InstallError> {
    let depth = folder.split('/').filter(|part| !part.is_empty()).count();
    let parts: Vec<&str> = pattern.split('/').collect();
    let deep = parts.contains(&"**");
    if !deep && depth >= parts.len() {
        return Ok(());
    }
    let place = root.join(folder);
    let Ok(entries) = std::fs::read_dir(&place) else {
        return Ok(());
    };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name != "node_modules" && !name.starts_with('.'))
        .collect();
    names.sort();
    for name in names {
        *budget = budget
            .checked_sub(1)
            .ok_or_else(|| InstallError::ManifestField {
                path: root.join("package.json"),
                reason: format!(
                    "the workspace pattern \"{pattern}\" goes through too many folders"
                ),
            })?;
        let path = if folder.is_empty() {
            name
        } else {
            format!("{folder}/{name}")
        };
        let first_matches = deep
            || parts.get(depth).is_some_and(|part| {
                fast_glob::glob_match(part, path.rsplit('/').next().unwrap_or(&path))
            });
        if !first_matches {
            continue;
        }
        if fast_glob::glob_match(pattern, &path) && root.join(&path).join("package.json").is_file()
        {
            paths.push(path.clone());
        }
        walk(root, &path, pattern, paths, budget)?;
    }
    Ok(())
}

//! Manifests that a request changes: first in memory, so that the rest of an installation sees what is
//! asked for, and in the end on disk, with the versions that came out. Never writes before that.

use std::path::PathBuf;
use std::sync::Arc;

use crust_manifest::PackageJson;

use super::plan::{Others, Reopen};
use crate::error::InstallError;
use crate::files::{self, FileStates};
use crate::graph::{Behavior, DependencyId, Graph, ROOT, Resolution};
use crate::manifest::{JsonText, Project, Rules, quoted};
use crate::request::{AddRequest, Group, Positional};
use crate::spec::Spec;

/// The name of a package that only its own manifest says.
pub(super) type Namer<'a> = dyn FnMut(&str) -> Result<String, InstallError> + 'a;

/// Manifests and what changes in them.
#[derive(Debug, Default)]
pub(super) struct Edits {
    pub(super) files: Vec<EditedFile>,
    pub(super) reopen: Reopen,
    /// Names that `remove` found.
    pub(super) removed: Vec<String>,
}

/// One manifest.
#[derive(Debug)]
pub(super) struct EditedFile {
    /// The package's path from the root.
    pub(super) workspace: Arc<str>,
    path: PathBuf,
    before: String,
    pub(super) json: JsonText,
    pub(super) changes: Vec<Change>,
}

/// One dependency.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) group: Group,
    pub(super) name: Arc<str>,
    /// What goes in front of the version that is resolved; without it, the text stays.
    pub(super) prefix: Option<String>,
    /// Where the range stands instead, in the root's manifest.
    pub(super) catalog: Option<Vec<String>>,
    /// Whether somebody named it on the command line.
    pub(super) is_named: bool,
}

impl Edits {
    /// The manifest at a workspace's path, to be changed.
    pub(super) fn file(
        &mut self,
        project: &Project,
        workspace: &str,
    ) -> Result<&mut EditedFile, InstallError> {
        let known = self
            .files
            .iter()
            .position(|file| *file.workspace == *workspace);
        let at = known.unwrap_or(self.files.len());
        if known.is_none() {
            self.files.push(EditedFile::read(project, workspace)?);
        }
        self.files.get_mut(at).ok_or(InstallError::Frozen)
    }

    /// `add`: puts the packages into the manifests of `targets`.
    pub(super) fn add(
        project: &mut Project,
        request: &AddRequest,
        targets: &[String],
        namer: &mut Namer<'_>,
    ) -> Result<Self, InstallError> {
        let mut edits = Self::default();
        for text in &request.packages {
            let positional = Positional::parse(text)?;
            let (name, literal) = match positional.name {
                Some(name) => (name, positional.literal),
                None => (namer(&positional.literal)?, positional.literal),
            };
            for target in targets {
                edits.add_one(project, request, target, &name, &literal)?;
            }
        }
        edits.apply(project)?;
        Ok(edits)
    }

    fn add_one(
        &mut self,
        project: &Project,
        request: &AddRequest,
        target: &str,
        name: &str,
        literal: &str,
    ) -> Result<(), InstallError> {
        let own = project
            .workspaces
            .iter()
            .any(|known| known.package.name.as_deref() == Some(name));
        let written = match (literal, own) {
            ("", true) => "workspace:*",
            ("", false) => "latest",
            (literal, _) => literal,
        };
        let prefix = prefix_of(name, written, request.exact);
        let catalog = request
            .catalog
            .as_deref()
            .filter(|_| prefix.is_some() || !literal.is_empty());
        let place = catalog.map(|group| catalog_place(project, group));
        let file = self.file(project, target)?;
        let group = file.group_of(name, request.group);
        if request.only_missing && file.json.get(&[group.key(), name]).is_some() {
            return Ok(());
        }
        for other in Group::ALL {
            if other != group && moves(other, request.group) {
                file.remove(other, name);
            }
        }
        let in_manifest = match catalog {
            Some(group) => format!("catalog:{group}"),
            None => written.to_owned(),
        };
        file.set(group, name, &in_manifest)?;
        file.json.sort(&[group.key()]);
        let asks_anew = matches!(Spec::parse(name, written), Spec::Tag { .. });
        file.changes.retain(|known| *known.name != *name);
        file.changes.push(Change {
            group,
            name: name.into(),
            prefix,
            catalog: place.clone(),
            is_named: true,
        });
        if let Some(place) = place {
            let root = self.file(project, "")?;
            root.set_path(&place, name, written)?;
        }
        if asks_anew {
            self.reopen.direct.insert((target.into(), name.into()));
        }
        Ok(())
    }

    /// `remove`: takes the names out of the manifests of `targets`.
    pub(super) fn remove(
        project: &mut Project,
        names: &[String],
        targets: &[String],
    ) -> Result<Self, InstallError> {
        let mut edits = Self::default();
        let mut removed = Vec::new();
        for target in targets {
            let file = edits.file(project, target)?;
            for name in names {
                let mut found = false;
                for group in Group::ALL {
                    found |= file.remove(group, name);
                }
                if found {
                    removed.push(name.clone());
                }
            }
        }
        removed.dedup();
        edits.removed = removed;
        edits.apply(project)?;
        Ok(edits)
    }

    /// Lets the project in memory be what the manifests now say.
    pub(super) fn apply(&self, project: &mut Project) -> Result<(), InstallError> {
        for file in &self.files {
            let package = PackageJson::parse(file.json.text(), &file.path);
            project.replace(&file.workspace, package.map_err(InstallError::Manifest)?);
        }
        Ok(())
    }

    /// Writes the resolved versions into manifests and graph.
    pub(super) fn settle(
        &mut self,
        project: &mut Project,
        graph: &mut Graph,
        rules: &mut Rules,
    ) -> Result<(), InstallError> {
        if self.files.is_empty() {
            return Ok(());
        }
        for at in 0..self.files.len() {
            let Some(file) = self.files.get(at) else {
                continue;
            };
            let (workspace, changes) = (Arc::clone(&file.workspace), file.changes.clone());
            for change in changes {
                self.settle_one(project, graph, &workspace, &change)?;
            }
        }
        self.apply(project)?;
        *rules = Rules::of(&project.package);
        Ok(())
    }

    fn settle_one(
        &mut self,
        project: &Project,
        graph: &mut Graph,
        workspace: &str,
        change: &Change,
    ) -> Result<(), InstallError> {
        let Some(id) = find(graph, workspace, change) else {
            return Ok(());
        };
        let Some(prefix) = &change.prefix else {
            return Ok(());
        };
        let Some(package) = graph.resolution(id) else {
            return Ok(());
        };
        let package = graph.package(package);
        let literal = match &package.resolution {
            Resolution::Npm { version, .. } => {
                let spec = Spec::parse(&change.name, &format!("{prefix}{version}"));
                // An override put something else in its place; the range keeps its meaning.
                if spec.registry_name() != Some(&package.name) {
                    return Ok(());
                }
                format!("{prefix}{version}")
            }
            Resolution::Workspace(_) => "workspace:*".to_owned(),
            _ => return Ok(()),
        };
        if let Some(place) = &change.catalog {
            return self
                .file(project, "")?
                .set_path(place, &change.name, &literal);
        }
        let file = self.file(project, workspace)?;
        file.set(change.group, &change.name, &literal)?;
        if let Some(dependency) = graph.dependencies.get_mut(id as usize) {
            dependency.spec = Spec::parse(&change.name, &literal);
            dependency.literal = literal.into();
        }
        Ok(())
    }

    /// The names that the command line added.
    pub(super) fn named(&self) -> impl Iterator<Item = &Arc<str>> {
        let changes = self.files.iter().flat_map(|file| &file.changes);
        changes
            .filter(|change| change.is_named)
            .map(|change| &change.name)
    }

    /// Adds names to the root's `trustedDependencies`.
    pub(super) fn trust(
        &mut self,
        project: &mut Project,
        names: &[Arc<str>],
    ) -> Result<(), InstallError> {
        if names.is_empty() {
            return Ok(());
        }
        let mut all = crate::manifest::texts(&project.package, "trustedDependencies");
        all.extend(names.iter().cloned());
        all.sort();
        all.dedup();
        let lines: Vec<String> = all.iter().map(|name| quoted(name)).collect();
        let root = self.file(project, "")?;
        let list = format!("[\n{}\n]", lines.join(",\n"));
        let done = root.json.set(&["trustedDependencies"], &list);
        done.ok_or_else(|| root.unusable("trustedDependencies"))?;
        self.apply(project)
    }

    /// Writes the manifests that differ from what is on disk; how many.
    pub(super) fn save(&self, states: &mut FileStates) -> Result<usize, InstallError> {
        let changed = self.files.iter().filter(|file| file.is_changed());
        let mut count = 0;
        for file in changed {
            let content = file.json.text().as_bytes();
            let written = files::rewrite(&file.path, content)
                .map_err(InstallError::io("write", &file.path))?;
            let folder = match &*file.workspace {
                "" => String::new(),
                path => format!("{path}/"),
            };
            states.wrote(format!("{folder}package.json"), &written);
            count += 1;
        }
        Ok(count)
    }

    /// Whether only what somebody named is resolved anew.
    pub(super) fn reopen_others(&mut self, others: Others) {
        self.reopen.others = others;
    }
}

impl EditedFile {
    fn read(project: &Project, workspace: &str) -> Result<Self, InstallError> {
        let path = project.root.join(workspace).join("package.json");
        let before = std::fs::read_to_string(&path).map_err(InstallError::io("read", &path))?;
        let json = JsonText::new(&before).ok_or_else(|| InstallError::ManifestField {
            path: path.clone(),
            reason: "it cannot be changed: it holds no plain object".to_owned(),
        })?;
        Ok(Self {
            workspace: workspace.into(),
            path,
            before,
            json,
            changes: Vec::new(),
        })
    }

    /// Whether a value of the manifest is another than on disk; a new layout alone is none.
    fn is_changed(&self) -> bool {
        let plain = JsonText::new(&self.before);
        plain.is_none_or(|plain| plain.text() != self.json.text())
    }

    /// The list that a name belongs into.
    fn group_of(&self, name: &str, asked: Option<Group>) -> Group {
        let has = |group: &Group| self.json.get(&[group.key(), name]).is_some();
        asked
            .or_else(|| Group::ALL.into_iter().find(has))
            .unwrap_or(Group::Production)
    }

    /// Sets a dependency.
    pub(super) fn set(
        &mut self,
        group: Group,
        name: &str,
        literal: &str,
    ) -> Result<(), InstallError> {
        let done = self.json.set_text(&[group.key(), name], literal);
        done.ok_or_else(|| self.unusable(group.key()))
    }

    /// Sets a member at a path and sorts its object.
    pub(super) fn set_path(
        &mut self,
        place: &[String],
        name: &str,
        literal: &str,
    ) -> Result<(), InstallError> {
        let path: Vec<&str> = place.iter().map(String::as_str).collect();
        let mut whole = path.clone();
        whole.push(name);
        let done = self.json.set_text(&whole, literal);
        done.ok_or_else(|| self.unusable(&path.join(".")))?;
        self.json.sort(&path);
        Ok(())
    }

    /// Takes a dependency out, and a list that is empty then.
    fn remove(&mut self, group: Group, name: &str) -> bool {
        let found = self.json.remove(&[group.key(), name]);
        if found && self.json.keys(&[group.key()]).is_empty() {
            self.json.remove(&[group.key()]);
        }
        found
    }

    pub(super) fn unusable(&self, key: &str) -> InstallError {
        InstallError::ManifestField {
            path: self.path.clone(),
            reason: format!("\"{key}\" is not an object"),
        }
    }
}

/// Whether a name leaves the list `other` when it is put into the list that was asked for. A peer is
/// also a development dependency, as is usual, unless it was to be a plain one before.
fn moves(other: Group, asked: Option<Group>) -> bool {
    match asked {
        None => false,
        Some(Group::Peer) => other != Group::Development,
        Some(_) => other != Group::Peer,
    }
}

/// What is kept of a specifier when its version is replaced by the resolved one: `^`, `npm:name@~`.
/// None where the text stays.
fn prefix_of(name: &str, literal: &str, exact: bool) -> Option<String> {
    let alias = |package: &str| {
        if literal.starts_with("npm:") {
            format!("npm:{package}@")
        } else {
            String::new()
        }
    };
    match Spec::parse(name, literal) {
        Spec::Tag { name, .. } => {
            let sign = if exact { "" } else { "^" };
            Some(format!("{}{sign}", alias(&name)))
        }
        Spec::Npm { name, text, .. } if exact || text.is_empty() => {
            let sign = if exact { "" } else { "^" };
            Some(format!("{}{sign}", alias(&name)))
        }
        _ => None,
    }
}

/// Where a catalog of the root's manifest stands, or will.
pub(super) fn catalog_place(project: &Project, group: &str) -> Vec<String> {
    let object = &project.package.object;
    let inside = object.get("workspaces").and_then(|found| found.as_object());
    let path: Vec<String> = if group.is_empty() {
        vec!["catalog".to_owned()]
    } else {
        vec!["catalogs".to_owned(), group.to_owned()]
    };
    let key = path.first().map_or("catalog", String::as_str);
    if inside.is_some() && !object.contains_key(key) {
        let mut whole = vec!["workspaces".to_owned()];
        whole.extend(path);
        return whole;
    }
    path
}

/// The dependency of the graph that a change is about.
pub(super) fn find(graph: &Graph, workspace: &str, change: &Change) -> Option<DependencyId> {
    let package = if workspace.is_empty() {
        ROOT
    } else {
        let own = |package: &crate::graph::Package| matches!(&package.resolution, Resolution::Workspace(path) if **path == *workspace);
        crate::graph::index(graph.packages.iter().position(own)?)
    };
    let wanted = match change.group {
        Group::Production => Behavior::PRODUCTION,
        Group::Development => Behavior::DEVELOPMENT,
        Group::Optional => Behavior::OPTIONAL,
        Group::Peer => Behavior::PEER,
    };
    graph.dependencies_of(package).find(|&id| {
        let dependency = graph.dependency(id);
        dependency.name == change.name
            && dependency.behavior.has(wanted)
            && (wanted != Behavior::OPTIONAL || !dependency.behavior.has(Behavior::PEER))
    })
}

#[cfg(test)]
mod tests {
    use super::prefix_of;

    #[test]
    fn prefixes() {
        for (literal, exact, expected) in [
            ("latest", false, Some("^")),
            ("next", true, Some("")),
            ("^1", false, None),
            ("^1", true, Some("")),
            ("npm:b", false, Some("npm:b@^")),
            ("npm:b@next", false, Some("npm:b@^")),
            ("npm:b@1", true, Some("npm:b@")),
            ("workspace:*", true, None),
            ("./x", true, None),
        ] {
            assert_eq!(
                prefix_of("a", literal, exact).as_deref(),
                expected,
                "{literal}"
            );
        }
    }
}

//! The reader: text in, a graph out. Never trusts a line to have the right shape.

use std::path::Path;
use std::sync::Arc;

use crust_manifest::{DataFormat, Object, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{GREATEST_VERSION, conflict};
use crate::error::InstallError;
use crate::graph::{Behavior, Bin, Dependency, Graph, Meta, PackageId, ROOT, Resolution};
use crate::manifest::{Extended, Rules, Selector};
use crate::semver::Version;
use crate::spec::Spec;

/// What a lockfile says.
#[derive(Debug)]
pub(crate) struct Lockfile {
    pub(crate) version: u32,
    pub(crate) config_version: Option<u32>,
    /// The root first, then its workspaces.
    pub(crate) workspaces: Vec<LockedWorkspace>,
    pub(crate) rules: Rules,
    pub(crate) graph: Graph,
    /// Whether it was made of the two sides of a merge conflict.
    pub(crate) is_merged: bool,
}

/// A package of the project, as it was when the lockfile was written.
#[derive(Debug)]
pub(crate) struct LockedWorkspace {
    pub(crate) path: Arc<str>,
    pub(crate) package: PackageId,
}

/// Reads the text of the lockfile at `path`. Of a text with merge conflicts, the first side counts, and
/// the packages of the second one are there for what the first does not have.
pub(crate) fn read(text: &str, path: &Path) -> Result<Lockfile, InstallError> {
    let Some((ours, theirs)) = conflict::sides(text) else {
        return read_plain(text, path);
    };
    let mut merged = match (read_plain(&ours, path), read_plain(&theirs, path)) {
        (Ok(mut ours), Ok(theirs)) => {
            ours.graph.absorb(&theirs.graph);
            ours
        }
        (Ok(only), Err(_)) | (Err(_), Ok(only)) => only,
        (Err(error), Err(_)) => return Err(error),
    };
    merged.is_merged = true;
    Ok(merged)
}

fn read_plain(text: &str, path: &Path) -> Result<Lockfile, InstallError> {
    let value = crust_manifest::parse_data(text, DataFormat::Jsonc, &path.display().to_string())
        .map_err(|problems| {
            broken(
                path,
                problems
                    .first()
                    .map_or("it cannot be read", |problem| &problem.message),
            )
        })?;
    let object = value
        .as_object()
        .ok_or_else(|| broken(path, "it holds no object"))?;
    let extensions = object.get("packageExtensions").and_then(Value::as_object);
    Reader { path, extensions }.lockfile(object)
}

fn broken(path: &Path, reason: &str) -> InstallError {
    InstallError::Lockfile {
        path: path.to_owned(),
        reason: reason.to_owned(),
    }
}

struct Reader<'p> {
    path: &'p Path,
    /// `packageExtensions` of the file.
    extensions: Option<&'p Object>,
}

impl Reader<'_> {
    fn error(&self, reason: impl AsRef<str>) -> InstallError {
        broken(self.path, reason.as_ref())
    }

    fn lockfile(&self, object: &Object) -> Result<Lockfile, InstallError> {
        let version = whole(object.get("lockfileVersion"))
            .ok_or_else(|| self.error("it has no lockfileVersion"))?;
        if version > GREATEST_VERSION {
            return Err(self.error(format!(
                "its version {version} is newer than {GREATEST_VERSION}"
            )));
        }
        let mut graph = Graph::default();
        let workspaces = self.workspaces(object, &mut graph)?;
        let places = self.packages(object, &mut graph, &workspaces)?;
        let bundled = bundled_places(object);
        connect(&mut graph, &places, &workspaces, &bundled);
        Ok(Lockfile {
            version,
            config_version: whole(object.get("configVersion")),
            workspaces,
            rules: rules(object),
            graph,
            is_merged: false,
        })
    }

    fn workspaces(
        &self,
        object: &Object,
        graph: &mut Graph,
    ) -> Result<Vec<LockedWorkspace>, InstallError> {
        let Some(Value::Object(list)) = object.get("workspaces") else {
            return Err(self.error("it has no workspaces"));
        };
        let Some(Value::Object(root)) = list.get("") else {
            return Err(self.error("its workspaces have no root"));
        };
        let ordered = std::iter::once(("", root)).chain(
            list.iter()
                .filter(|(path, _)| !path.is_empty())
                .filter_map(|(path, value)| Some((path.as_str(), value.as_object()?))),
        );
        let mut found = Vec::new();
        for (path, entry) in ordered {
            let name: Arc<str> = text(entry.get("name")).into();
            let path: Arc<str> = path.into();
            let resolution = if path.is_empty() {
                Resolution::Root
            } else {
                Resolution::Workspace(Arc::clone(&path))
            };
            let meta = Meta {
                bin: bin(entry),
                ..Meta::default()
            };
            let mut own = dependencies(entry);
            if path.is_empty() {
                own.extend(edges_to_workspaces(list));
            }
            let package = graph.push(name, resolution, meta, own);
            found.push(LockedWorkspace { path, package });
        }
        Ok(found)
    }

    /// Adds the packages, and says which one stands at which place.
    fn packages(
        &self,
        object: &Object,
        graph: &mut Graph,
        workspaces: &[LockedWorkspace],
    ) -> Result<Vec<(String, PackageId)>, InstallError> {
        let empty = Object::default();
        let list = match object.get("packages") {
            Some(Value::Object(list)) => list,
            None => &empty,
            Some(_) => return Err(self.error("its packages are no object")),
        };
        let mut places = Vec::with_capacity(list.len());
        // The same package may stand at several places.
        let mut seen: FxHashMap<String, PackageId> = FxHashMap::default();
        for (place, line) in list {
            let line = line
                .as_array()
                .ok_or_else(|| self.error(format!("the package \"{place}\" is no list")))?;
            let id = line
                .first()
                .and_then(Value::as_str)
                .ok_or_else(|| self.error(format!("the package \"{place}\" has no name")))?;
            if let Some(&package) = seen.get(id) {
                places.push((place.clone(), package));
                continue;
            }
            let package = self.package(place, id, line, graph, workspaces)?;
            seen.insert(id.to_owned(), package);
            places.push((place.clone(), package));
        }
        Ok(places)
    }

    fn package(
        &self,
        place: &str,
        id: &str,
        line: &[Value],
        graph: &mut Graph,
        workspaces: &[LockedWorkspace],
    ) -> Result<PackageId, InstallError> {
        let wrong = |what: &str| self.error(format!("the package \"{place}\" has {what}"));
        let (name, rest) = split(id).ok_or_else(|| wrong("no version"))?;
        if !is_name(name) {
            return Err(wrong("a name that no package may have"));
        }
        if let Some(path) = rest.strip_prefix("workspace:") {
            let found = workspaces.iter().find(|known| *known.path == *path);
            return found
                .map(|known| known.package)
                .ok_or_else(|| wrong("a workspace that does not exist"));
        }
        let string = |at: usize| line.get(at).and_then(Value::as_str);
        let (resolution, info_at) =
            resolution(rest, string(1)).ok_or_else(|| wrong("a version that cannot be read"))?;
        let empty = Object::default();
        let info = line
            .get(info_at)
            .and_then(Value::as_object)
            .unwrap_or(&empty);
        let mut meta = Meta {
            os: platforms(info.get("os")),
            cpu: platforms(info.get("cpu")),
            libc: platforms(info.get("libc")),
            has_install_script: info.get("hasInstallScript") == Some(&Value::Bool(true)),
            bin: bin(info),
            ..Meta::default()
        };
        let after = string(info_at + 1).unwrap_or_default();
        match resolution {
            Resolution::Git { .. } | Resolution::Github { .. } => {
                // It names a folder of the cache.
                if after.contains(['/', '\\']) || after == ".." {
                    return Err(wrong("a tag that is no name of a folder"));
                }
                meta.tag = after.into();
                meta.integrity = string(info_at + 2).unwrap_or_default().into();
            }
            _ => meta.integrity = after.into(),
        }
        meta.extended = extended(self.extensions, id);
        let dependencies = dependencies(info);
        Ok(graph.push(name.into(), resolution, meta, dependencies))
    }
}

/// The root's edges to its workspaces, which the file does not write down.
fn edges_to_workspaces(list: &Object) -> Vec<Dependency> {
    let named = list.iter().filter(|(path, _)| !path.is_empty());
    let edges = named.filter_map(|(path, entry)| {
        let path: Arc<str> = path.as_str().into();
        Some(Dependency {
            name: text(entry.as_object()?.get("name")).into(),
            literal: Arc::clone(&path),
            spec: Spec::Workspace(path),
            behavior: Behavior::WORKSPACE,
        })
    });
    edges.collect()
}

/// A name that can be a folder of `node_modules`.
pub(crate) fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part != "." && part != ".." && !part.contains(['/', '\\', '\0'])
    };
    name.len() <= 256
        && match name.strip_prefix('@') {
            Some(scoped) => scoped
                .split_once('/')
                .is_some_and(|(scope, name)| part(scope) && part(name)),
            None => part(name),
        }
}

/// `name@rest`, where the name may begin with `@`.
fn split(id: &str) -> Option<(&str, &str)> {
    let at = id.get(1..)?.find('@')? + 1;
    Some((id.get(..at)?, id.get(at + 1..)?))
}

/// The resolution, and where the object stands in the line.
fn resolution(rest: &str, second: Option<&str>) -> Option<(Resolution, usize)> {
    let found = if rest.starts_with("root:") {
        Resolution::Root
    } else if let Some(path) = rest.strip_prefix("file:") {
        Resolution::Folder(path.into())
    } else if let Some(path) = rest.strip_prefix("link:") {
        Resolution::Link(path.into())
    } else if let Some(rest) = rest.strip_prefix("github:") {
        let (repository, commit) = rest.rsplit_once('#')?;
        Resolution::Github {
            repository: repository.into(),
            commit: commit.into(),
        }
    } else if rest.starts_with("http://") || rest.starts_with("https://") {
        Resolution::RemoteTarball(rest.into())
    } else if let Some(version) = Version::parse(rest) {
        let url = second?.into();
        return Some((Resolution::Npm { version, url }, 2));
    } else if let Some((url, commit)) = rest.rsplit_once('#') {
        Resolution::Git {
            url: url.into(),
            commit: commit.into(),
        }
    } else {
        Resolution::LocalTarball(rest.into())
    };
    Some((found, 1))
}

/// The places whose packages came inside a tarball.
fn bundled_places(object: &Object) -> FxHashSet<&str> {
    let is_bundled = |line: &Value| {
        line.as_array().unwrap_or_default().iter().any(|item| {
            item.as_object()
                .is_some_and(|info| info.get("bundled") == Some(&Value::Bool(true)))
        })
    };
    let list = object.get("packages").and_then(Value::as_object);
    list.into_iter()
        .flatten()
        .filter(|(_, line)| is_bundled(line))
        .map(|(place, _)| place.as_str())
        .collect()
}

/// Finds what each dependency resolved to: the nearest place upwards with its name.
fn connect(
    graph: &mut Graph,
    places: &[(String, PackageId)],
    workspaces: &[LockedWorkspace],
    bundled: &FxHashSet<&str>,
) {
    let by_place: FxHashMap<&str, PackageId> = places
        .iter()
        .map(|(place, package)| (place.as_str(), *package))
        .collect();
    let mut done = vec![false; graph.packages.len()];
    let mut visit = |graph: &mut Graph, place: &str, package: PackageId| {
        if std::mem::replace(&mut done[package as usize], true) {
            return;
        }
        for id in graph.dependencies_of(package) {
            let dependency = graph.dependency(id);
            let name = Arc::clone(&dependency.name);
            let found = match &dependency.spec {
                // Another package of the name may stand at the root.
                Spec::Workspace(path) if dependency.behavior.has(Behavior::WORKSPACE) => {
                    let own = workspaces.iter().find(|known| known.path == *path);
                    own.map(|known| known.package)
                }
                _ => lookup(&by_place, place, &name),
            };
            if bundled.contains(format!("{place}/{name}").as_str())
                && let Some(dependency) = graph.dependencies.get_mut(id as usize)
            {
                dependency.behavior = dependency.behavior.and(Behavior::BUNDLED);
            }
            if let Some(slot) = graph.resolutions.get_mut(id as usize) {
                *slot = found;
            }
        }
    };
    visit(graph, "", ROOT);
    for workspace in workspaces.iter().skip(1) {
        let name = Arc::clone(&graph.package(workspace.package).name);
        visit(graph, &name, workspace.package);
    }
    for (place, package) in places {
        visit(graph, place, *package);
    }
}

fn lookup(places: &FxHashMap<&str, PackageId>, from: &str, name: &str) -> Option<PackageId> {
    let mut from = from;
    loop {
        if from.is_empty() {
            return places.get(name).copied();
        }
        if let Some(&package) = places.get(format!("{from}/{name}").as_str()) {
            return Some(package);
        }
        let cut = from.rfind('/').unwrap_or(0);
        from = &from[..cut];
        // A scope is part of a name, not a place.
        if from
            .rsplit('/')
            .next()
            .is_some_and(|last| last.starts_with('@'))
        {
            from = &from[..from.rfind('/').unwrap_or(0)];
        }
    }
}

/// What extensions added to the package with this id.
fn extended(extensions: Option<&Object>, id: &str) -> Extended {
    let entry = extensions.and_then(|list| list.get(id)?.as_object());
    let list = |key: &str| names(entry.and_then(|entry| entry.get(key)));
    Extended {
        dependencies: list("dependencies"),
        peers: list("peerDependencies"),
        optional_peers: list("optionalPeers"),
    }
}

fn dependencies(object: &Object) -> Vec<Dependency> {
    let optional_peers = names(object.get("optionalPeers"));
    let mut found = Vec::new();
    for (key, behavior) in [
        ("dependencies", Behavior::PRODUCTION),
        ("devDependencies", Behavior::DEVELOPMENT),
        ("optionalDependencies", Behavior::OPTIONAL),
        ("peerDependencies", Behavior::PEER),
    ] {
        for (name, literal) in pairs(object.get(key)) {
            let mut behavior = behavior;
            if behavior == Behavior::PEER && optional_peers.contains(&name) {
                behavior = behavior.and(Behavior::OPTIONAL);
            }
            let spec = Spec::parse(&name, &literal);
            found.push(Dependency {
                name,
                literal,
                spec,
                behavior,
            });
        }
    }
    found
}

fn rules(object: &Object) -> Rules {
    let mut rules = Rules::default();
    let list = object.get("overrides").and_then(Value::as_object);
    for (key, value) in list.into_iter().flatten() {
        let Some(own) = Selector::parse(key) else {
            continue;
        };
        match value {
            Value::String(spec) => rules.add(None, own, spec.as_str().into()),
            Value::Object(inside) => {
                for (name, spec) in inside {
                    let Some(spec) = spec.as_str() else { continue };
                    if name == "." {
                        rules.add(None, own.clone(), spec.into());
                    } else if let Some(target) = Selector::parse(name) {
                        rules.add(Some(own.clone()), target, spec.into());
                    }
                }
            }
            _ => {}
        }
    }
    rules.sort();
    let catalogs = object.get("catalogs").and_then(Value::as_object);
    rules.catalog = pairs(object.get("catalog"));
    rules.catalogs = catalogs
        .into_iter()
        .flatten()
        .map(|(group, entries)| (group.as_str().into(), pairs(Some(entries))))
        .collect();
    rules
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

fn pairs(value: Option<&Value>) -> Vec<(Arc<str>, Arc<str>)> {
    let object = value.and_then(Value::as_object);
    object
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.as_str().into(), value.as_str()?.into())))
        .collect()
}

fn names(value: Option<&Value>) -> Vec<Arc<str>> {
    let items = value.and_then(Value::as_array).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| item.as_str().map(Into::into))
        .collect()
}

fn platforms(value: Option<&Value>) -> Vec<Arc<str>> {
    match value {
        Some(Value::String(name)) => vec![name.as_str().into()],
        other => names(other),
    }
}

fn bin(object: &Object) -> Bin {
    match (object.get("bin"), object.get("binDir")) {
        (Some(Value::String(file)), _) => Bin::File(file.as_str().into()),
        (Some(map @ Value::Object(_)), _) => Bin::Map(pairs(Some(map))),
        (_, Some(Value::String(folder))) => Bin::Directory(folder.as_str().into()),
        _ => Bin::None,
    }
}

fn whole(value: Option<&Value>) -> Option<u32> {
    match value {
        Some(Value::Number(number)) if number.fract() == 0.0 && (0.0..1e9).contains(number) =>
        {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the number is whole and small"
            )]
            Some(*number as u32)
        }
        _ => None,
    }
}

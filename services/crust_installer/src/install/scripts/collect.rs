//! Which scripts there are to run, and in which order. Never runs one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crust_manifest::PackageJson;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Job;
use crate::error::InstallError;
use crate::files;
use crate::graph::{Behavior, Graph, PackageId, ROOT, Resolution};
use crate::install::layout::Standing;
use crate::install::stamp;
use crate::manifest::Project;

/// The largest list of packages that is read: 100 000 make some 10 MB.
const LIST_LIMIT: u64 = 64 << 20;

/// Scripts of a dependency that an installation runs, in order.
static OF_DEPENDENCIES: [&str; 3] = ["preinstall", "install", "postinstall"];
/// Scripts of the project's own packages.
static OF_PROJECTS: [&str; 6] = [
    "preinstall",
    "install",
    "postinstall",
    "preprepare",
    "prepare",
    "postprepare",
];

/// What stands before the path of a package that nobody trusted.
const LEFT_OUT: &str = "- ";

/// Packages that stand in `node_modules` and whose scripts have not run to their end, in
/// `node_modules/.crust-scripts`: an installation that was interrupted is finished by the next, and
/// packages that are trusted later are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pending {
    file: PathBuf,
    /// Those whose scripts are to run.
    pub(crate) paths: BTreeSet<String>,
    /// Those with scripts that nobody trusted when they were placed.
    pub(crate) left_out: BTreeSet<String>,
}

impl Pending {
    /// What the last installation left.
    pub(crate) fn read(root: &Path) -> Self {
        let file = root.join("node_modules/.crust-scripts");
        let small = std::fs::metadata(&file).is_ok_and(|found| found.len() <= LIST_LIMIT);
        let text = if small {
            std::fs::read_to_string(&file).unwrap_or_default()
        } else {
            String::new()
        };
        let mut found = Self {
            file,
            paths: BTreeSet::new(),
            left_out: BTreeSet::new(),
        };
        for line in text.lines() {
            let (list, path) = match line.strip_prefix(LEFT_OUT) {
                Some(path) => (&mut found.left_out, path),
                None => (&mut found.paths, line),
            };
            if stamp::is_inside(path) {
                list.insert(path.to_owned());
            }
        }
        found
    }

    /// Keeps the list; none where nothing is left.
    pub(crate) fn write(&self) -> Result<(), InstallError> {
        if self.paths.is_empty() && self.left_out.is_empty() {
            return match std::fs::remove_file(&self.file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(InstallError::io("remove", &self.file)(error))
                }
                _ => Ok(()),
            };
        }
        let folder = self.file.parent().unwrap_or(&self.file);
        std::fs::create_dir_all(folder).map_err(InstallError::io("create", folder))?;
        let mut lines = String::new();
        for path in &self.paths {
            lines.extend([path, "\n"]);
        }
        for path in &self.left_out {
            lines.extend([LEFT_OUT, path, "\n"]);
        }
        files::write_atomically(&self.file, lines.as_bytes(), false)
            .map_err(InstallError::io("write", &self.file))
    }
}

/// The scripts that an installation of the package in `folder` runs. Nobody built a repository before,
/// so those of preparing it run, too.
pub(crate) fn scripts_of(folder: &Path, resolution: &Resolution) -> Vec<(&'static str, String)> {
    let Ok(package) = PackageJson::read(&folder.join("package.json")) else {
        return Vec::new();
    };
    if matches!(
        resolution,
        Resolution::Git { .. } | Resolution::Github { .. }
    ) {
        return named(&package, &OF_PROJECTS);
    }
    let mut found = named(&package, &OF_DEPENDENCIES);
    let builds = found.iter().any(|(name, _)| *name != "postinstall");
    // npm builds such a package without being told.
    if !builds && folder.join("binding.gyp").is_file() {
        found.insert(0, ("install", "node-gyp rebuild".to_owned()));
    }
    found
}

fn named(package: &PackageJson, names: &[&'static str]) -> Vec<(&'static str, String)> {
    let script = |name: &&'static str| Some((*name, package.script(name)?.to_owned()));
    names
        .iter()
        .filter_map(script)
        .filter(|(_, text)| !text.trim().is_empty())
        .collect()
}

/// The job of a package's own scripts called `names`, if it has one.
pub(in crate::install) fn named_of(folder: &Path, names: &[&'static str]) -> Option<Job> {
    let package = PackageJson::read(&folder.join("package.json")).ok()?;
    let stages = named(&package, names);
    (!stages.is_empty()).then(|| Job {
        name: package.name.unwrap_or_default(),
        version: package.version.unwrap_or_default(),
        folder: folder.to_owned(),
        stages,
        optional: false,
        after: Vec::new(),
        shown: true,
    })
}

/// The jobs of packages that stand in `node_modules`, those that others need first.
pub(in crate::install) fn dependencies(
    root: &Path,
    graph: &Graph,
    standing: &[&Standing],
) -> Vec<Job> {
    let order = finishing_order(graph);
    let mut sorted: Vec<&Standing> = standing.to_vec();
    sorted.sort_by_key(|found| (order.get(&found.package), found.path.clone()));
    let sorted: Vec<(&Standing, Vec<(&'static str, String)>)> = sorted
        .into_iter()
        .map(|found| {
            let resolution = &graph.package(found.package).resolution;
            (found, scripts_of(&root.join(&found.path), resolution))
        })
        .filter(|(_, stages)| !stages.is_empty())
        .collect();
    let mut jobs = Vec::with_capacity(sorted.len());
    for (at, (found, stages)) in sorted.iter().enumerate() {
        let needs = reachable(graph, found.package);
        let before = sorted.iter().take(at).enumerate();
        let after = before
            .filter(|(_, (other, _))| {
                other.package != found.package && needs.contains(&other.package)
            })
            .map(|(other, _)| other)
            .collect();
        let package = graph.package(found.package);
        jobs.push(Job {
            name: package.name.to_string(),
            version: match &package.resolution {
                Resolution::Npm { version, .. } => version.to_string(),
                _ => version_in(&root.join(&found.path)),
            },
            folder: root.join(&found.path),
            stages: stages.clone(),
            optional: graph
                .dependency(found.dependency)
                .behavior
                .has(Behavior::OPTIONAL),
            after,
            shown: false,
        });
    }
    jobs
}

fn version_in(folder: &Path) -> String {
    let package = PackageJson::read(&folder.join("package.json")).ok();
    package
        .and_then(|package| package.version)
        .unwrap_or_default()
}

/// The jobs of the project's own packages at `paths`: workspaces as they need each other, the root last.
pub(in crate::install) fn of_projects(project: &Project, paths: &[String]) -> Vec<Job> {
    let mut order = Vec::new();
    let mut seen = FxHashSet::default();
    for workspace in &project.workspaces {
        visit(project, &workspace.path, &mut seen, &mut order);
    }
    order.push("");
    let with_scripts: Vec<(&str, &PackageJson)> = order
        .into_iter()
        .filter(|path| paths.iter().any(|wanted| wanted == path))
        .filter_map(|path| Some((path, project.at_path(path)?)))
        .filter(|(_, package)| !named(package, &OF_PROJECTS).is_empty())
        .collect();
    let mut jobs = Vec::new();
    for (at, (path, package)) in with_scripts.iter().enumerate() {
        let (mut needs, mut all) = (FxHashSet::default(), Vec::new());
        visit(project, path, &mut needs, &mut all);
        let before = with_scripts.iter().take(at).enumerate();
        jobs.push(Job {
            name: package.name.clone().unwrap_or_default(),
            version: package.version.clone().unwrap_or_default(),
            folder: project.root.join(path),
            stages: named(package, &OF_PROJECTS),
            optional: false,
            after: before
                .filter(|(_, (other, _))| path.is_empty() || needs.contains(other))
                .map(|(other, _)| other)
                .collect(),
            shown: path.is_empty(),
        });
    }
    jobs
}

/// Adds the path of a workspace after those of the workspaces that it depends on.
fn visit<'p>(
    project: &'p Project,
    path: &'p str,
    seen: &mut FxHashSet<&'p str>,
    order: &mut Vec<&'p str>,
) {
    // As deep as workspaces depend on each other, each once.
    if !seen.insert(path) {
        return;
    }
    let Some(package) = project.at_path(path) else {
        return;
    };
    let lists = [
        &package.dependencies,
        &package.dev_dependencies,
        &package.optional_dependencies,
        &package.peer_dependencies,
    ];
    for (name, _) in lists.into_iter().flatten() {
        let own = project
            .workspaces
            .iter()
            .find(|known| known.package.name.as_ref() == Some(name));
        if let Some(own) = own {
            visit(project, &own.path, seen, order);
        }
    }
    order.push(path);
}

/// Packages by when a walk through the dependencies leaves them: what they need has been left before,
/// except in circles.
fn finishing_order(graph: &Graph) -> FxHashMap<PackageId, usize> {
    let mut order = FxHashMap::default();
    let mut seen = FxHashSet::default();
    // Not recursive: chains of dependencies may be long.
    let mut stack = vec![(ROOT, false)];
    while let Some((package, is_left)) = stack.pop() {
        if is_left {
            let at = order.len();
            order.insert(package, at);
            continue;
        }
        if !seen.insert(package) {
            continue;
        }
        stack.push((package, true));
        for id in graph.dependencies_of(package).rev() {
            if let Some(next) = graph.resolution(id)
                && !seen.contains(&next)
            {
                stack.push((next, false));
            }
        }
    }
    order
}

fn reachable(graph: &Graph, from: PackageId) -> FxHashSet<PackageId> {
    let mut seen = FxHashSet::default();
    let mut stack = vec![from];
    while let Some(package) = stack.pop() {
        for id in graph.dependencies_of(package) {
            if let Some(next) = graph.resolution(id)
                && seen.insert(next)
            {
                stack.push(next);
            }
        }
    }
    seen
}

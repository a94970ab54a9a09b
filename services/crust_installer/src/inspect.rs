//! Questions about a project and its packages: what is installed and why, what is newer, under which
//! licenses. Never changes anything.

mod audit;
mod hash;
mod info;
mod licenses;
mod list;
mod outdated;
mod scripts;
mod why;

pub use audit::{Severity, Vulnerability};
pub use info::{PackageInfo, info, whoami};
pub use licenses::Licensed;
pub use list::{ListOptions, Listed, Listing};
pub use outdated::Outdated;
pub use scripts::Untrusted;
pub use why::{Dependent, Why};

use std::path::Path;
use std::sync::Arc;

use crate::config::Config;
use crate::error::InstallError;
use crate::graph::{Behavior, Graph, PackageId, Resolution};
use crate::install::linker_of_header;
use crate::lockfile::{self, Lockfile};
use crate::manifest::Project;
use crate::resolve::{Hoist, Platform, hoist};

/// A project and what its lockfile says.
#[derive(Debug)]
pub struct LockedProject {
    pub(crate) project: Project,
    pub(crate) config: Arc<Config>,
    pub(crate) locked: Lockfile,
}

impl LockedProject {
    /// The project that `folder` is part of.
    pub fn open(
        folder: &Path,
        adjust: impl FnOnce(&mut Config) -> Result<(), InstallError>,
    ) -> Result<Self, InstallError> {
        let project = Project::find(folder)?;
        let mut config = Config::load(&project.root)?;
        adjust(&mut config)?;
        // As in an installation.
        config.linker = config.linker.or(linker_of_header(&project.root)?);
        let path = project.root.join(lockfile::FILE_NAME);
        let text = crate::install::read_lockfile(&path)?;
        let text = text.ok_or_else(|| InstallError::NoLockfile(project.root.clone()))?;
        let locked = lockfile::read(&text, &path)?;
        Ok(Self {
            project,
            config: Arc::new(config),
            locked,
        })
    }

    /// The folder that holds the lockfile.
    pub fn root(&self) -> &Path {
        &self.project.root
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.locked.graph
    }

    /// Where every package stands in the hoisted layout; without the kinds of dependencies in `omit`, and
    /// of a platform only what is for it.
    pub(crate) fn hoist(&self, omit: &[String], platform: Option<&Platform>) -> Hoist {
        let mut graph = self.locked.graph.clone();
        hoist(&mut graph, |graph, id| {
            let fits = |platform: &Platform| {
                let package = graph.resolution(id).map(|package| graph.package(package));
                package.is_some_and(|package| platform.fits(&package.meta))
            };
            !graph.dependency(id).behavior.is_omitted(omit) && platform.is_none_or(fits)
        })
    }

    /// Whether nothing needs a package but the kinds of dependencies in `omit`.
    pub(crate) fn only_omitted(&self, omit: &[String]) -> Box<dyn Fn(PackageId) -> bool> {
        self.not_needed(self.project.paths(), omit)
    }

    /// Whether none of the project's packages at `paths` needs a package, or only by kinds of
    /// dependencies in `omit`.
    pub(crate) fn not_needed<'p>(
        &self,
        paths: impl Iterator<Item = &'p str>,
        omit: &[String],
    ) -> Box<dyn Fn(PackageId) -> bool> {
        let graph = self.graph();
        let mut needed = vec![false; graph.packages.len()];
        let at = |path: &str| {
            let mut own = self.locked.workspaces.iter();
            own.find(|own| *own.path == *path).map(|own| own.package)
        };
        let mut stack: Vec<PackageId> = paths.filter_map(at).collect();
        while let Some(package) = stack.pop() {
            let Some(slot) = needed.get_mut(package as usize) else {
                continue;
            };
            if std::mem::replace(slot, true) {
                continue;
            }
            let wanted = graph
                .dependencies_of(package)
                .filter(|&id| !graph.dependency(id).behavior.is_omitted(omit))
                // That a package is part of the project is no need.
                .filter(|&id| !graph.dependency(id).behavior.has(Behavior::WORKSPACE));
            stack.extend(wanted.filter_map(|id| graph.resolution(id)));
        }
        Box::new(move |package| !needed.get(package as usize).copied().unwrap_or(false))
    }

    /// The paths of the project's packages that filters mean; all where there are no filters.
    pub(crate) fn selected(&self, filters: &[String]) -> Result<Vec<String>, InstallError> {
        let (selected, missed) = self.project.select(filters);
        if selected.is_empty() {
            return Err(InstallError::NothingMeant(missed.join(", ")));
        }
        Ok(selected)
    }
}

/// What is left out where only production counts.
pub(crate) fn development(production: bool) -> Vec<String> {
    let kinds = production.then(|| "dev".to_owned());
    kinds.into_iter().collect()
}

/// A package's version, or what stands for one.
pub(crate) fn shown_version(graph: &Graph, package: PackageId) -> String {
    match &graph.package(package).resolution {
        Resolution::Root => "root".to_owned(),
        Resolution::Npm { version, .. } => version.to_string(),
        Resolution::Workspace(path) => format!("workspace:{path}"),
        Resolution::Folder(path) => format!("file:{path}"),
        Resolution::Link(path) => format!("link:{path}"),
        Resolution::RemoteTarball(path) | Resolution::LocalTarball(path) => path.to_string(),
        Resolution::Git { url, commit } => format!("{url}#{commit}"),
        Resolution::Github { repository, commit } => format!("github:{repository}#{commit}"),
    }
}

/// Whether one of the patterns means the name; no pattern means every name.
pub(crate) fn meant(patterns: &[String], name: &str) -> bool {
    let (unwanted, wanted): (Vec<&String>, Vec<&String>) = patterns
        .iter()
        .partition(|pattern| pattern.starts_with('!'));
    let fits = |pattern: &str| fast_glob::glob_match(pattern, name);
    let excluded = unwanted
        .iter()
        .filter_map(|pattern| pattern.strip_prefix('!'))
        .any(fits);
    !excluded && (wanted.is_empty() || wanted.iter().any(|pattern| fits(pattern)))
}

//! Which direct dependencies have newer versions.

use std::sync::Arc;

use super::{LockedProject, meant};
use crate::error::InstallError;
use crate::graph::{Behavior, Resolution};
use crate::manifest::Parent;
use crate::registry::{Client, Freshness, Registry};
use crate::runtime;
use crate::spec::Spec;

/// A dependency with newer versions.
#[derive(Debug, Clone)]
pub struct Outdated {
    /// The name it is depended on by.
    pub name: String,
    /// `dev`, `peer`, `optional`; empty for a plain dependency.
    pub kind: &'static str,
    /// The version in the lockfile.
    pub current: String,
    /// The greatest version in the range.
    pub update: String,
    /// The version that the registry calls the latest.
    pub latest: String,
    /// The package that depends on it.
    pub workspace: String,
}

impl LockedProject {
    /// The direct dependencies that patterns mean and that have newer versions; of the workspaces that
    /// filters mean, or of all if `recursive` is set.
    pub fn outdated(
        &self,
        patterns: &[String],
        filters: &[String],
        recursive: bool,
        freshness: Freshness,
    ) -> Result<Vec<Outdated>, InstallError> {
        let paths = match (filters, recursive) {
            ([], false) => vec![self.project.own.clone()],
            ([], true) => self.project.paths().map(str::to_owned).collect(),
            (filters, _) => self.selected(filters)?,
        };
        let runtime = runtime()?;
        let registry = Registry::new(Client::new(&self.config)?, freshness, false);
        let found = runtime.block_on(self.ask(&registry, patterns, &paths));
        runtime.shutdown_timeout(std::time::Duration::from_secs(1));
        found
    }

    async fn ask(
        &self,
        registry: &Registry,
        patterns: &[String],
        paths: &[String],
    ) -> Result<Vec<Outdated>, InstallError> {
        let graph = self.graph();
        let mut asked = Vec::new();
        for workspace in &self.locked.workspaces {
            if !paths.iter().any(|path| *path == *workspace.path) {
                continue;
            }
            for id in graph.dependencies_of(workspace.package) {
                let dependency = graph.dependency(id);
                let Some(package) = graph.resolution(id) else {
                    continue;
                };
                let package = graph.package(package);
                let Resolution::Npm { version, .. } = &package.resolution else {
                    continue;
                };
                if !meant(patterns, &dependency.name) {
                    continue;
                }
                let (registry, name) = (registry.clone(), Arc::clone(&package.name));
                let task = tokio::spawn(async move { registry.packument(&name).await });
                asked.push((id, version, workspace.package, task));
            }
        }
        let mut found = Vec::new();
        for (id, current, workspace, task) in asked {
            let packument = crate::install::joined(task.await)?;
            let dependency = graph.dependency(id);
            let owner = graph.package(workspace);
            let spec = self.locked.rules.effective(dependency, Parent::of(owner));
            let update = match spec {
                Spec::Npm { range, .. } => packument.best(&range, |_| true).cloned(),
                Spec::Tag { tag, .. } => packument.tag(&tag).cloned(),
                _ => None,
            };
            let update = update.filter(|version| version > current);
            let update = update.unwrap_or_else(|| current.clone());
            let latest = packument.tag("latest").cloned();
            let latest = latest.unwrap_or_else(|| update.clone());
            if latest > *current || update > *current {
                let behavior = dependency.behavior;
                found.push(Outdated {
                    name: dependency.name.to_string(),
                    kind: if behavior.has(Behavior::PEER) {
                        "peer"
                    } else if behavior.has(Behavior::OPTIONAL) {
                        "optional"
                    } else if behavior.has(Behavior::DEVELOPMENT) {
                        "dev"
                    } else {
                        ""
                    },
                    current: current.to_string(),
                    update: update.to_string(),
                    latest: latest.to_string(),
                    workspace: owner.name.to_string(),
                });
            }
        }
        found.sort_by(|left, right| {
            let key = |found: &Outdated| (found.kind.len(), found.kind, found.name.clone());
            key(left).cmp(&key(right))
        });
        Ok(found)
    }
}

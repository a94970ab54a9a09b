//! The isolated layout: packages in `node_modules/.bun`, each beside links to what it depends on, and
//! links to direct dependencies where the project's packages look for them. Never deletes what it did
//! not place.

mod plan;

pub(crate) use plan::Plan;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};
use tokio::runtime::Runtime;

use super::downloads::Downloads;
use super::layout::{Laid, Layout, Standing, link_identity};
use super::place::{Step, link_to, points_to, remove_commands};
use super::stamp::{self, Placed};
use super::summary::Summary;
use super::transaction::Transaction;
use crate::config::{Config, Linker};
use crate::error::InstallError;
use crate::events::Event;
use crate::graph::{Bin, ROOT, Resolution};
use crate::link::{link_bins, unlink_bins};
use crate::manifest::Project;
use plan::EntryId;

/// A link, from the root.
struct Link {
    path: String,
    to: PathBuf,
}

impl Layout<'_, Plan> {
    pub(super) fn apply(
        &self,
        downloads: &mut Downloads,
        runtime: &Runtime,
        summary: &mut Summary,
    ) -> Result<Laid, InstallError> {
        let root = &self.project.root;
        let contents = self.contents(downloads)?;
        let links = self.all_links()?;
        let before = stamp::placed(root);
        let stale = self.stale(&contents, &links, &before);
        let missing: Vec<&(EntryId, Placed)> = contents
            .iter()
            .filter(|(_, placed)| self.force || !is_right(root, placed, &before))
            .collect();
        let new: FxHashSet<EntryId> = missing.iter().map(|(id, _)| *id).collect();
        let other: Vec<&Link> = links
            .iter()
            .filter(|link| !points_to(&root.join(&link.path), &link.to))
            .collect();
        let steps: Vec<Step<'_>> = missing
            .iter()
            .filter_map(|found| self.step(found))
            .collect();
        let made: Vec<String> = missing
            .iter()
            .map(|(_, placed)| placed.path.clone())
            .chain(other.iter().map(|link| link.path.clone()))
            .collect();
        let is_there = |path: &String| root.join(path).symlink_metadata().is_ok();
        if !stale.is_empty() || made.iter().any(is_there) {
            // What is there is used until all that comes in its place is on this machine.
            runtime.block_on(self.fetch(&steps, downloads))?;
        }
        let change = Transaction::begin(root, &made)?;
        let result = (|| {
            for path in &stale {
                if change.put(&root.join(path))? {
                    summary.removed.push(path.clone());
                    self.put_entry(path, &change)?;
                }
            }
            for (_, placed) in &missing {
                change.put(&root.join(&placed.path))?;
            }
            let now: Vec<Step<'_>> = contents
                .iter()
                .filter_map(|found| self.step(found))
                .collect();
            self.note_scripts(&now, |at| {
                contents.get(at).is_some_and(|(id, _)| new.contains(id))
            })?;
            (self.sink)(Event::Linking { total: new.len() });
            runtime.block_on(self.place_all(&steps, downloads))?;
            for link in &other {
                let path = root.join(&link.path);
                change.put(&path)?;
                link_to(&link.to, &path)?;
            }
            self.bins()
        })();
        change.end(result)?;
        remove_commands(root, &summary.removed);
        summary.placed = new.len();
        summary.total = contents.len();
        self.describe(&new, summary);
        let mut laid = self.laid(contents, links, &new);
        if self.keeps_others {
            laid.keep(before);
        }
        Ok(laid)
    }

    fn step<'p>(&self, (id, placed): &'p (EntryId, Placed)) -> Option<Step<'p>> {
        Some(Step {
            path: &placed.path,
            package: self.plan.entries.get(*id)?.package,
        })
    }

    /// The paths of what was placed before and is not needed now.
    fn stale(
        &self,
        contents: &[(EntryId, Placed)],
        links: &[Link],
        before: &FxHashMap<String, String>,
    ) -> Vec<String> {
        if self.keeps_others {
            return Vec::new();
        }
        let mut now: FxHashSet<&str> = contents
            .iter()
            .map(|(_, placed)| placed.path.as_str())
            .collect();
        now.extend(links.iter().map(|link| link.path.as_str()));
        let mut stale: Vec<String> = before
            .keys()
            .filter(|path| !now.contains(path.as_str()) && stamp::is_inside(path))
            .cloned()
            .collect();
        stale.sort();
        stale
    }

    /// Puts away what is left of an entry that a path was in, if it is none any more.
    fn put_entry(&self, path: &str, change: &Transaction) -> Result<(), InstallError> {
        let inside = path.strip_prefix("node_modules/.bun/");
        let Some((folder, _)) = inside.and_then(|inside| inside.split_once('/')) else {
            return Ok(());
        };
        let known = |entry: &plan::Entry| entry.folder.as_deref() == Some(folder);
        if folder != "node_modules" && !self.plan.entries.iter().any(known) {
            change.put(&store(&self.project.root).join(folder))?;
        }
        Ok(())
    }

    /// Entries that stand in the store, and where.
    fn contents(&self, downloads: &Downloads) -> Result<Vec<(EntryId, Placed)>, InstallError> {
        let mut found = Vec::new();
        for (id, entry) in self.plan.entries.iter().enumerate() {
            if entry.folder.is_none() {
                continue;
            }
            let package = self.graph.package(entry.package);
            if !crate::lockfile::is_name(&package.name) {
                return Err(bad_name(&package.name));
            }
            let identity = self.identity(downloads, entry.package)?;
            if let Some(path) = self.plan.path(self.graph, id) {
                found.push((id, Placed { path, identity }));
            }
        }
        Ok(found)
    }

    fn all_links(&self) -> Result<Vec<Link>, InstallError> {
        let mut found = Vec::new();
        for id in 0..self.plan.entries.len() {
            let Some(modules) = self.plan.modules(self.graph, id) else {
                continue;
            };
            let Some(entry) = self.plan.entries.get(id) else {
                continue;
            };
            for (name, &target) in &entry.links {
                let own = &self.graph.package(entry.package).name;
                // Nothing stands where the package itself does.
                if entry.folder.is_some() && name == own {
                    continue;
                }
                found.push(self.link(&modules, name, target)?);
            }
        }
        for (name, &target) in &self.plan.hidden {
            found.push(self.link("node_modules/.bun/node_modules", name, target)?);
        }
        Ok(found)
    }

    fn link(&self, modules: &str, name: &str, target: EntryId) -> Result<Link, InstallError> {
        // A registry or a lockfile may call a dependency `../../elsewhere`.
        if !crate::lockfile::is_name(name) {
            return Err(bad_name(name));
        }
        let root = &self.project.root;
        let entry = self.plan.entries.get(target);
        let resolution = entry.map(|entry| &self.graph.package(entry.package).resolution);
        let to = match (resolution, self.plan.path(self.graph, target)) {
            (Some(Resolution::Link(text)), _) => self.links.target(root, text)?,
            (_, Some(path)) => root.join(path),
            _ => root.clone(),
        };
        Ok(Link {
            path: format!("{modules}/{name}"),
            to,
        })
    }

    /// The commands of what an entry sees; those of a package of the store also beside itself.
    fn bins(&self) -> Result<(), InstallError> {
        for (id, entry) in self.plan.entries.iter().enumerate() {
            let Some(modules) = self.plan.modules(self.graph, id) else {
                continue;
            };
            let modules = self.project.root.join(modules);
            let mut taken = HashSet::new();
            let mut link = |name: &str, command: &str, bin: &Bin| {
                if self.links_binaries {
                    return link_bins(&modules, name, command, bin, &mut taken);
                }
                unlink_bins(&modules, name, command, bin);
                Ok(())
            };
            let own = self.graph.package(entry.package);
            if entry.folder.is_some() {
                link(&own.name, &own.name, &own.meta.bin)?;
            }
            for (name, &target) in &entry.links {
                let Some(target) = self.plan.entries.get(target) else {
                    continue;
                };
                let package = self.graph.package(target.package);
                let command = match package.resolution {
                    Resolution::Npm { .. } => &package.name,
                    _ => name,
                };
                link(name, command, &package.meta.bin)?;
            }
        }
        Ok(())
    }

    /// Says which dependencies of the root were placed.
    fn describe(&self, new: &FxHashSet<EntryId>, summary: &mut Summary) {
        let root = self.plan.entries.iter().find(|entry| entry.package == ROOT);
        for (name, target) in root.into_iter().flat_map(|entry| &entry.links) {
            if !new.contains(target) {
                continue;
            }
            let mut own = self.graph.dependencies_of(ROOT);
            let dependency = own.find(|&id| self.graph.dependency(id).name == *name);
            summary.installed.extend(dependency);
        }
    }

    fn laid(
        &self,
        contents: Vec<(EntryId, Placed)>,
        links: Vec<Link>,
        new: &FxHashSet<EntryId>,
    ) -> Laid {
        let mut laid = Laid::default();
        for (id, placed) in contents {
            if let Some(entry) = self.plan.entries.get(id) {
                laid.standing.push(Standing {
                    path: placed.path.clone(),
                    package: entry.package,
                    dependency: entry.dependency,
                    is_new: new.contains(&id),
                });
            }
            laid.placed.push(placed);
        }
        laid.placed.extend(links.into_iter().map(|link| Placed {
            identity: link_identity(&link.to),
            path: link.path,
        }));
        laid
    }
}

/// Whether a package stands where it should.
fn is_right(root: &Path, placed: &Placed, before: &FxHashMap<String, String>) -> bool {
    before.get(&placed.path) == Some(&placed.identity)
        && root.join(&placed.path).join("package.json").is_file()
}

fn bad_name(name: &str) -> InstallError {
    InstallError::Specifier {
        name: name.to_owned(),
        spec: String::new(),
        reason: "is depended on by a name that no package may have".to_owned(),
    }
}

/// Whether a project is laid out so: its settings say so, or it is a workspace whose lockfile does.
pub(crate) fn is_chosen(project: &Project, config: &Config, config_version: Option<u32>) -> bool {
    let is_default = !project.workspaces.is_empty() && config_version.unwrap_or(0) >= 1;
    config
        .linker
        .map_or(is_default, |linker| linker == Linker::Isolated)
}

/// The folder of the store.
pub(crate) fn store(root: &Path) -> PathBuf {
    root.join("node_modules/.bun")
}

//! Folders and links put in their places, and what stood there put away: what the layouts share.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use tokio::task::JoinSet;

use super::downloads::{Downloads, Source, Wanted, joined};
use super::interrupt;
use super::layout::Layout;
use super::scripts::Pending;
use super::stamp;
use crate::error::InstallError;
use crate::events::Event;
use crate::files;
use crate::graph::{PackageId, Resolution};
use crate::link::{Backend, LinkError, link_package};
use crate::sources::folder;
use crate::store::Stored;

/// A package and where it goes.
struct Target {
    package: PackageId,
    folders: Vec<PathBuf>,
    backend: Backend,
}

/// A package that is to stand at a path.
pub(super) struct Step<'s> {
    /// From the root.
    pub(super) path: &'s str,
    pub(super) package: PackageId,
}

impl<P> Layout<'_, P> {
    /// Which package stands in a folder, as the stamp has it.
    pub(super) fn identity(
        &self,
        downloads: &Downloads,
        package: PackageId,
    ) -> Result<String, InstallError> {
        match &self.graph.package(package).resolution {
            Resolution::Folder(path) => stamp::folder_identity(&self.project.root, path),
            other => Ok(match downloads.wanted(self.graph, package) {
                Some(wanted) => wanted.key,
                None => format!("{other:?}"),
            }),
        }
    }

    /// Keeps which scripts are to run before the first of the packages in `now` is there.
    pub(super) fn note_scripts(
        &self,
        now: &[Step<'_>],
        is_new: impl Fn(usize) -> bool,
    ) -> Result<(), InstallError> {
        let before = Pending::read(&self.project.root);
        let mut pending = before.clone();
        let known: FxHashSet<&str> = now.iter().map(|step| step.path).collect();
        pending.paths.retain(|path| known.contains(path.as_str()));
        pending
            .left_out
            .retain(|path| known.contains(path.as_str()));
        for (at, step) in now.iter().enumerate() {
            let runs = self.with_scripts.contains(&step.package);
            if is_new(at) {
                pending.left_out.remove(step.path);
                if self.untrusted.contains(&step.package) {
                    pending.left_out.insert(step.path.to_owned());
                }
            }
            // Also what stands there since before it was trusted.
            if runs && (is_new(at) || pending.left_out.remove(step.path)) {
                pending.paths.insert(step.path.to_owned());
            }
        }
        if pending == before {
            Ok(())
        } else {
            pending.write()
        }
    }

    /// Waits until everything that is to be placed is in the store.
    pub(super) async fn fetch(
        &self,
        steps: &[Step<'_>],
        downloads: &mut Downloads,
    ) -> Result<(), InstallError> {
        let mut known = FxHashSet::default();
        let packages = steps.iter().map(|step| step.package);
        let packages: Vec<PackageId> = packages.filter(|&id| known.insert(id)).collect();
        interrupt::or_stop(self.stop, downloads.finish(self.graph, &packages)).await
    }

    /// Places packages that come from the store or are folders of this machine.
    pub(super) async fn place_all(
        &self,
        steps: &[Step<'_>],
        downloads: &mut Downloads,
    ) -> Result<(), InstallError> {
        let root = &self.project.root;
        let mut order: Vec<Target> = Vec::new();
        let mut known: FxHashMap<PackageId, usize> = FxHashMap::default();
        for step in steps {
            let target = root.join(step.path);
            if let Resolution::Folder(path) = &self.graph.package(step.package).resolution {
                folder::copy(&root.join(&**path), &target)?;
                continue;
            }
            let at = *known.entry(step.package).or_insert(order.len());
            if let Some(found) = order.get_mut(at) {
                found.folders.push(target);
                continue;
            }
            order.push(Target {
                package: step.package,
                folders: vec![target],
                backend: if self.with_scripts.contains(&step.package) {
                    Backend::Copy
                } else {
                    self.backend
                },
            });
        }
        self.link_all(order, downloads).await
    }

    /// Links every package into its folders, as it arrives.
    async fn link_all(
        &self,
        targets: Vec<Target>,
        downloads: &mut Downloads,
    ) -> Result<(), InstallError> {
        let mut tasks = JoinSet::new();
        let mut arriving = Vec::with_capacity(targets.len());
        for target in targets {
            let wanted = downloads.wanted(self.graph, target.package);
            let (Some(wanted), Some(task)) = (wanted, downloads.take(self.graph, target.package))
            else {
                continue;
            };
            arriving.push(task.abort_handle());
            let (source, sink) = (downloads.source().clone(), Arc::clone(self.sink));
            tasks.spawn(async move {
                let stored = joined(task.await)?;
                link_one(stored, &wanted, target.folders, target.backend, &source).await?;
                sink(Event::Linked);
                Ok(())
            });
        }
        // All of them, also after one failed: nobody may write while a change is taken back.
        let mut result = Ok(());
        loop {
            match tokio::time::timeout(interrupt::PAUSE, tasks.join_next()).await {
                Ok(None) => return result,
                Ok(Some(done)) => result = result.and(joined(done)),
                Err(_) => {}
            }
            result = result.and(interrupt::check(self.stop));
            if result.is_err() {
                arriving.drain(..).for_each(|task| task.abort());
            }
        }
    }
}

/// Links a package everywhere it is wanted; files edited in the store are fetched again, once.
async fn link_one(
    stored: Arc<Stored>,
    wanted: &Wanted,
    targets: Vec<PathBuf>,
    backend: Backend,
    source: &Source,
) -> Result<(), InstallError> {
    let mut stored = stored;
    for attempt in 0..2 {
        let (from, to) = (Arc::clone(&stored), targets.clone());
        let linked = tokio::task::spawn_blocking(move || {
            to.iter()
                .try_for_each(|target| link_package(&from, target, backend))
        });
        match linked.await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(LinkError::Failed(error))) => return Err(error),
            Ok(Err(LinkError::Edited)) if attempt == 0 => stored = source.repair(wanted).await?,
            Ok(Err(LinkError::Edited)) => break,
            Err(error) => return joined(Err(error)),
        }
    }
    Err(InstallError::Tarball {
        name: wanted.name.to_string(),
        reason: "its files in the cache change while they are linked".to_owned(),
    })
}

/// Makes `target` a symbolic link to `folder`.
pub(super) fn link_to(folder: &Path, target: &Path) -> Result<(), InstallError> {
    let parent = target.parent().unwrap_or(target);
    std::fs::create_dir_all(parent).map_err(InstallError::io("create", parent))?;
    let to = files::relative_path(parent, folder);
    std::os::unix::fs::symlink(&to, target).map_err(InstallError::io("link", target))
}

/// Whether a link leads to a folder as [`link_to`] makes it.
pub(super) fn points_to(link: &Path, folder: &Path) -> bool {
    let Some(parent) = link.parent() else {
        return false;
    };
    std::fs::read_link(link).is_ok_and(|to| to == files::relative_path(parent, folder))
}

/// Takes away the commands of packages that are gone; `removed` are paths from the root.
pub(super) fn remove_commands(root: &Path, removed: &[String]) {
    let modules: std::collections::BTreeSet<&str> = removed
        .iter()
        .filter_map(|path| Some(&path[..path.rfind("node_modules/")? + "node_modules".len()]))
        .collect();
    for modules in modules {
        let bins = root.join(modules).join(".bin");
        for entry in std::fs::read_dir(bins)
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
        {
            let path = entry.path();
            if path.is_symlink() && !path.exists() {
                // What stays leads nowhere, and harms nobody.
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

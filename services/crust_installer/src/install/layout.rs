//! What every layout of `node_modules` is made from, and what it says about itself. Never makes one.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use rustc_hash::{FxHashMap, FxHashSet};

use super::isolated;
use super::place::remove_commands;
use super::stamp::Placed;
use crate::error::InstallError;
use crate::events::Sink;
use crate::graph::{DependencyId, Graph, PackageId};
use crate::link::Backend;
use crate::manifest::Project;
use crate::sources::GlobalLinks;

/// A layout to be made, from a plan of its own kind.
pub(super) struct Layout<'a, P> {
    pub(super) project: &'a Project,
    pub(super) graph: &'a Graph,
    pub(super) plan: &'a P,
    pub(super) force: bool,
    pub(super) backend: Backend,
    /// Whether `node_modules/.bin` is filled.
    pub(super) links_binaries: bool,
    /// Packages whose scripts will run: their files are nobody else's.
    pub(super) with_scripts: &'a FxHashSet<PackageId>,
    /// Packages with scripts that nobody trusts.
    pub(super) untrusted: &'a FxHashSet<PackageId>,
    pub(super) links: GlobalLinks,
    /// Whether what was placed before and is not needed now stays, because only a part is installed.
    pub(super) keeps_others: bool,
    /// Whether somebody wants the end.
    pub(super) stop: &'a AtomicBool,
    pub(super) sink: &'a Sink,
}

/// A package that stands in a folder of its own.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    /// The path from the root, with slashes.
    pub(super) path: String,
    pub(super) package: PackageId,
    pub(super) dependency: DependencyId,
    /// Whether it was placed in this run.
    pub(super) is_new: bool,
}

/// A finished layout.
#[derive(Debug, Default)]
pub(super) struct Laid {
    /// For the stamp.
    pub(super) placed: Vec<Placed>,
    /// Packages whose scripts may be run; no links and no folders of the project.
    pub(super) standing: Vec<Standing>,
}

/// What the stamp says of a link to a folder.
pub(super) fn link_identity(to: &Path) -> String {
    format!("link {}", to.display())
}

impl Laid {
    /// Takes a package away that was optional and whose script failed, and what leads to it.
    pub(super) fn remove(&mut self, root: &Path, package: &Path) -> Result<(), InstallError> {
        // In the isolated layout what stands beside it is only there for it.
        let store = isolated::store(root);
        let inside = package.strip_prefix(&store).ok();
        let entry = inside.and_then(|inside| inside.components().next());
        let folder = entry.map_or_else(|| package.to_owned(), |entry| store.join(entry));
        std::fs::remove_dir_all(&folder).map_err(InstallError::io("remove", &folder))?;
        let identity = link_identity(package);
        let mut gone = Vec::new();
        self.placed.retain(|placed| {
            let path = root.join(&placed.path);
            let leads_there = placed.identity == identity;
            if leads_there {
                // A link that stays leads nowhere, and harms nobody.
                let _ = std::fs::remove_file(&path);
            }
            let is_gone = leads_there || path.starts_with(&folder);
            if is_gone {
                gone.push(placed.path.clone());
            }
            !is_gone
        });
        remove_commands(root, &gone);
        Ok(())
    }

    /// Adds what stays from before.
    pub(super) fn keep(&mut self, before: FxHashMap<String, String>) {
        let now: FxHashSet<String> = self
            .placed
            .iter()
            .map(|placed| placed.path.clone())
            .collect();
        let rest = before.into_iter().filter(|(path, _)| !now.contains(path));
        self.placed
            .extend(rest.map(|(path, identity)| Placed { path, identity }));
    }
}

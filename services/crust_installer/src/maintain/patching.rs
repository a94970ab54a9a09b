//! `patch`: a package to be edited, and the patch of what was edited.

use std::path::{Path, PathBuf};

use crate::error::InstallError;
use crate::events::Sink;
use crate::files;
use crate::graph::Resolution;
use crate::inspect::LockedProject;
use crate::install::Downloads;
use crate::link::detach;
use crate::maintain::ManifestFile;
use crate::patches::difference;
use crate::registry::{Client, Freshness, Registry};
use crate::runtime;
use crate::store::Store;

/// A patch that was made.
#[derive(Debug)]
pub struct MadePatch {
    /// `name@version`
    pub package: String,
    /// The patch, from the root.
    pub path: String,
}

impl LockedProject {
    /// The folder of the package that `wanted` names, by name, by `name@version` or by path, with files
    /// of its own, so that editing them changes nothing else.
    pub fn prepare_patch(&self, wanted: &str) -> Result<PathBuf, InstallError> {
        let (path, _) = self.patched_place(wanted)?;
        let folder = self.root().join(path);
        detach(&folder)?;
        Ok(folder)
    }

    /// Makes the patch of an edited package, in a file of the folder `patches` from the root, and
    /// writes it into `patchedDependencies`.
    pub fn commit_patch(
        &self,
        wanted: &str,
        patches: &str,
        sink: &Sink,
    ) -> Result<Option<MadePatch>, InstallError> {
        let (place, package) = self.patched_place(wanted)?;
        let graph = self.graph();
        let found = graph.package(package);
        let Resolution::Npm { version, .. } = &found.resolution else {
            return Err(not_patchable(wanted, "does not come from a registry"));
        };
        let runtime = runtime()?;
        let registry = Registry::new(Client::new(&self.config)?, Freshness::Normal, false);
        let store = Store::new(&self.config.cache);
        let downloads = Downloads::new(runtime.handle(), self.root(), registry, store, sink);
        let original = downloads.pristine(graph, package);
        let original = original.ok_or_else(|| not_patchable(wanted, "is not downloaded"))?;
        let original = runtime.block_on(original)?;
        let text = difference(&original.folder, &self.root().join(place))?;
        if text.is_empty() {
            return Ok(None);
        }
        let id = format!("{}@{version}", found.name);
        let path = format!(
            "{}/{}.patch",
            patches.trim_end_matches('/'),
            id.replace('/', "%2F")
        );
        let file = self.root().join(&path);
        let folder = file.parent().unwrap_or(&file);
        std::fs::create_dir_all(folder).map_err(InstallError::io("create", folder))?;
        files::write_atomically(&file, text.as_bytes(), true)
            .map_err(InstallError::io("write", &file))?;
        let mut manifest = ManifestFile::nearest(self.root())?;
        manifest.set_text(&format!("patchedDependencies[\"{id}\"]"), &path)?;
        manifest.save()?;
        Ok(Some(MadePatch { package: id, path }))
    }

    /// The path of the package from the root, and which one it is.
    fn patched_place(&self, wanted: &str) -> Result<(String, u32), InstallError> {
        let graph = self.graph();
        let by_path = normal_path(self.root(), wanted);
        let mut found: Vec<(String, u32)> = self
            .places(false)
            .into_iter()
            .filter(|place| {
                let package = graph.package(place.package);
                let version = match &package.resolution {
                    Resolution::Npm { version, .. } => version.to_string(),
                    _ => return false,
                };
                Some(&place.path) == by_path.as_ref()
                    || *package.name == *wanted
                    || format!("{}@{version}", package.name) == wanted
            })
            .map(|place| (place.path, place.package))
            .collect();
        let first = found.first().cloned();
        let first = first.ok_or_else(|| InstallError::NotListed(wanted.to_owned()))?;
        found.retain(|(_, package)| *package != first.1);
        if let Some((_, other)) = found.first() {
            let shown = |id: u32| crate::inspect::shown_version(graph, id);
            return Err(not_patchable(
                wanted,
                &format!(
                    "has several versions, {} and {}: name one as name@version",
                    shown(first.1),
                    shown(*other)
                ),
            ));
        }
        Ok(first)
    }
}

fn not_patchable(wanted: &str, reason: &str) -> InstallError {
    InstallError::Patch {
        path: wanted.to_owned(),
        reason: format!("the package {reason}"),
    }
}

/// A path as the layout has it: from the root, without `./` and a slash at the end.
fn normal_path(root: &Path, text: &str) -> Option<String> {
    let whole = std::path::absolute(text).ok()?;
    let clean = crate::sources::folder::normal(&whole);
    let inside = clean.strip_prefix(root).ok()?;
    Some(inside.to_string_lossy().into_owned())
}

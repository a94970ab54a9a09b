//! The lockfile at the beginning and at the end of an installation, and the manifests with it. Never
//! resolves anything.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::session::{Outcome, Session};
use super::summary::Summary;
use crate::error::InstallError;
use crate::events::Event;
use crate::files::{self, FileStates};
use crate::graph::ROOT;
use crate::lockfile;
use crate::resolve::Hoist;

/// The largest lockfile that is read: 100 000 packages make some 50 MB.
const LOCKFILE_LIMIT: u64 = 256 << 20;

/// The lockfile that follows from a resolution.
pub(super) struct NewLockfile {
    /// None where there is nothing to lock.
    text: Option<String>,
    /// Whether it differs from the one on disk.
    pub(super) is_changed: bool,
}

impl NewLockfile {
    pub(super) fn of(session: &Session<'_>, outcome: &Outcome<'_>, hoist: &Hoist) -> Self {
        let is_empty =
            session.project.workspaces.is_empty() && outcome.graph.dependencies_of(ROOT).is_empty();
        let text = (!is_empty).then(|| text(session, outcome, hoist));
        Self {
            is_changed: text.as_deref() != outcome.text,
            text,
        }
    }

    /// Writes what changed, where that is wanted; whether it is.
    pub(super) fn save(
        &self,
        session: &Session<'_>,
        outcome: &Outcome<'_>,
        summary: &mut Summary,
        states: &mut FileStates,
    ) -> Result<bool, InstallError> {
        let options = session.options;
        let saves = session.config.save_lockfile && !options.no_save && !options.dry_run;
        if !options.no_save && !options.dry_run {
            summary.saved_manifests = outcome.edits.save(states)?;
        }
        if self.is_changed && saves {
            let path = session.project.root.join(lockfile::FILE_NAME);
            if let Some(text) = &self.text {
                let written = files::rewrite(&path, text.as_bytes())
                    .map_err(InstallError::io("write", &path))?;
                states.wrote(lockfile::FILE_NAME.to_owned(), &written);
                summary.saved_lockfile = true;
                (session.sink)(Event::SavedLockfile);
            } else {
                std::fs::remove_file(&path).map_err(InstallError::io("remove", &path))?;
                states.removed(lockfile::FILE_NAME);
            }
        }
        summary.deleted_lockfile = saves && self.text.is_none();
        if saves && !outcome.frozen {
            summary.wrote_header = session
                .header
                .write_first(&session.project.root, &session.config)?;
        }
        Ok(saves)
    }
}

fn text(session: &Session<'_>, outcome: &Outcome<'_>, hoist: &Hoist) -> String {
    let (project, graph, locked) = (&session.project, &outcome.graph, outcome.locked);
    let versions: Vec<(Arc<str>, Arc<str>)> = project
        .workspaces
        .iter()
        .filter_map(|workspace| {
            let version = workspace.package.version.as_deref()?;
            Some((workspace.path.as_str().into(), version.into()))
        })
        .collect();
    let placed: FxHashSet<&Arc<str>> = hoist
        .trees
        .iter()
        .flat_map(|tree| &tree.dependencies)
        .filter_map(|&id| graph.resolution(id))
        .map(|package| &graph.package(package).name)
        .collect();
    let trusted = crate::manifest::texts(&project.package, "trustedDependencies");
    let trusted: Vec<Arc<str>> = trusted
        .into_iter()
        .filter(|name| placed.contains(name))
        .collect();
    let version = locked.map_or(lockfile::LATEST_VERSION, |locked| locked.version.max(1));
    lockfile::write(&lockfile::Written {
        version: lockfile::needed_version(&outcome.rules, version),
        config_version: match locked {
            Some(locked) => locked.config_version,
            None => Some(outcome.config_version),
        },
        graph,
        hoist,
        rules: &outcome.rules,
        workspace_versions: &versions,
        trusted: &trusted,
        patched: &outcome.patches.entries(),
    })
}

/// The lockfile at `path`, if there is one.
pub(crate) fn read_lockfile(path: &Path) -> Result<Option<String>, InstallError> {
    match std::fs::metadata(path) {
        Ok(found) if found.len() > LOCKFILE_LIMIT => Err(InstallError::Lockfile {
            path: path.to_owned(),
            reason: format!("it is larger than {LOCKFILE_LIMIT} bytes"),
        }),
        Ok(_) => std::fs::read_to_string(path)
            .map(Some)
            .map_err(InstallError::io("read", path)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(InstallError::io("read", path)(error)),
    }
}

//! Scripts that run outside an installation: of packages that are trusted later, of a package that is
//! packed. Never decides whom to trust.

use std::path::Path;
use std::sync::Arc;

use super::edit::Edits;
use super::layout::Standing;
use super::scripts::{self, Pending, ScriptHost};
use crate::error::InstallError;
use crate::events::Sink;
use crate::files::FileStates;
use crate::inspect::LockedProject;

/// Runs the scripts of the packages at `paths`.
pub(crate) fn run_dependency_scripts(
    locked: &LockedProject,
    paths: &[&str],
    host: &ScriptHost,
    sink: &Sink,
) -> Result<(), InstallError> {
    let standing: Vec<Standing> = locked
        .places(false)
        .into_iter()
        .filter(|place| paths.contains(&place.path.as_str()))
        .map(|place| Standing {
            path: place.path,
            package: place.package,
            dependency: place.dependency,
            is_new: true,
        })
        .collect();
    let all: Vec<&Standing> = standing.iter().collect();
    let mut jobs = scripts::dependencies(locked.root(), locked.graph(), &all);
    for job in &mut jobs {
        // Somebody asked for it, so a failure is told.
        job.optional = false;
    }
    scripts::run(&jobs, host, locked.root(), sink)?;
    let mut pending = Pending::read(locked.root());
    for path in paths {
        pending.paths.remove(*path);
        pending.left_out.remove(*path);
    }
    pending.write()
}

/// Runs scripts of a package of the project, those that it has, one after the other.
pub(crate) fn run_scripts_named(
    folder: &Path,
    names: &[&'static str],
    host: &ScriptHost,
    sink: &Sink,
) -> Result<(), InstallError> {
    let jobs: Vec<_> = scripts::named_of(folder, names).into_iter().collect();
    scripts::run(&jobs, host, folder, sink)?;
    Ok(())
}

/// Writes names into the root's `trustedDependencies`.
pub(crate) fn trust_in_manifest(
    locked: &LockedProject,
    names: &[String],
) -> Result<(), InstallError> {
    let names: Vec<Arc<str>> = names.iter().map(|name| name.as_str().into()).collect();
    let mut project = locked.project.clone();
    let mut edits = Edits::default();
    edits.trust(&mut project, &names)?;
    edits.save(&mut FileStates::default())?;
    Ok(())
}

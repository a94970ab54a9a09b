//! `pm trust`: the scripts of packages that were not trusted so far.

use std::path::Path;

use crate::config::Config;
use crate::error::InstallError;
use crate::events::Sink;
use crate::inspect::{LockedProject, Untrusted};
use crate::install::{InstallOptions, install, run_dependency_scripts, trust_in_manifest};
use crate::link::detach;
use crate::request::Request;

/// Runs the scripts of the packages called `names`, or of all for an empty list, and writes their names
/// into `trustedDependencies`. What was run.
pub fn trust(
    folder: &Path,
    names: &[String],
    dry_run: bool,
    options: &InstallOptions,
    adjust: impl Fn(&mut Config) -> Result<(), InstallError>,
    sink: &Sink,
) -> Result<Vec<Untrusted>, InstallError> {
    let locked = LockedProject::open(folder, &adjust)?;
    let all = locked.untrusted();
    let chosen: Vec<Untrusted> = all
        .into_iter()
        .filter(|found| names.is_empty() || names.contains(&found.name))
        .collect();
    for name in names {
        if !chosen.iter().any(|found| found.name == *name) {
            return Err(InstallError::NothingToTrust(name.clone()));
        }
    }
    if dry_run || chosen.is_empty() {
        return Ok(chosen);
    }
    for found in &chosen {
        detach(&locked.root().join(&found.path))?;
    }
    let paths: Vec<&str> = chosen.iter().map(|found| found.path.as_str()).collect();
    run_dependency_scripts(&locked, &paths, &options.scripts, sink)?;
    let mut trusted: Vec<String> = chosen.iter().map(|found| found.name.clone()).collect();
    trusted.dedup();
    trust_in_manifest(&locked, &trusted)?;
    // The lockfile lists them, too.
    let options = InstallOptions {
        ignore_scripts: true,
        ..options.clone()
    };
    install(folder, &Request::Install, &options, &adjust, sink)?;
    Ok(chosen)
}

//! The command `install` and those that change manifests, as a library: manifests and lockfile in,
//! `node_modules`, manifests and lockfile out. Never prints.

mod dedupe;
mod downloads;
mod edit;
mod header;
mod hoisted;
mod interrupt;
pub(crate) mod isolated;
mod layout;
mod lock;
mod place;
mod plan;
mod save;
mod scripts;
mod session;
mod stamp;
mod summary;
mod transaction;
mod trusting;
mod update;

pub use dedupe::Deduped;
pub(crate) use downloads::{Downloads, joined};
pub(crate) use header::linker_of_header;
pub(crate) use save::read_lockfile;
pub use scripts::ScriptHost;
pub(crate) use scripts::scripts_of;
pub(crate) use stamp::placed;
pub use summary::{Changed, Installed, Summary, Updated};

pub(crate) use trusting::{run_dependency_scripts, run_scripts_named, trust_in_manifest};

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use crate::config::Config;
use crate::error::InstallError;
use crate::events::Sink;
use crate::files;
use crate::link::Backend;
use crate::registry::Freshness;
use crate::request::Request;
use crate::resolve::Platform;
use lock::ProjectLock;
use session::Session;

/// What the command line says.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own on the command line"
)]
pub struct InstallOptions {
    /// The lockfile may not change.
    pub frozen_lockfile: bool,
    /// Nothing is written.
    pub dry_run: bool,
    /// Everything is fetched and linked anew.
    pub force: bool,
    /// The lockfile of another package manager is read in place of ours, which is written anew.
    pub migrate: bool,
    /// Only the lockfile is written.
    pub lockfile_only: bool,
    /// Neither lockfile nor manifest is written.
    pub no_save: bool,
    /// The registry in use is recorded in the project header.
    pub trust_registry: bool,
    /// No lifecycle script runs.
    pub ignore_scripts: bool,
    /// `dev`, `optional`, `peer`: what is left out of `node_modules`.
    pub omit: Vec<String>,
    /// How far the network is asked.
    pub freshness: Freshness,
    /// The systems to install for.
    pub platform: Platform,
    /// How files are placed.
    pub backend: Backend,
    /// Which packages of the project are meant; all, or the current one, where there are none.
    pub filters: Vec<String>,
    /// What lifecycle scripts are run with.
    pub scripts: ScriptHost,
    /// Set by whoever wants the installation to end: what was changed is taken back.
    pub stop: Arc<AtomicBool>,
}

/// Runs scripts of the package in `folder`, those that it has, one after the other; people see what they
/// print.
pub fn run_package_scripts(
    folder: &Path,
    names: &[&'static str],
    host: &ScriptHost,
    sink: &Sink,
) -> Result<(), InstallError> {
    run_scripts_named(folder, names, host, sink)
}

/// Carries out `request` in the project that `folder` is part of, and installs it.
pub fn install(
    folder: &Path,
    request: &Request,
    options: &InstallOptions,
    adjust: impl Fn(&mut Config) -> Result<(), InstallError>,
    sink: &Sink,
) -> Result<Summary, InstallError> {
    let started = Instant::now();
    let manifest = NewManifest::of(folder, request, options)?;
    let session = Session::open(folder, options, &adjust, sink, started)?;
    if let Some(summary) = session.nothing_to_do(request)? {
        return Ok(summary);
    }
    let _lock = ProjectLock::take(
        &session.project.root,
        &session.config.cache,
        &options.stop,
        sink,
    )?;
    // Another installation may have changed what was read before the lock was had.
    let summary = Session::open(folder, options, &adjust, sink, started)?.run(request)?;
    if let Some(manifest) = manifest {
        manifest.keep();
    }
    Ok(summary)
}

/// What a manifest begins with that `add` makes where there is none, as Bun's does.
const EMPTY_MANIFEST: &str = "{}\n";

/// A manifest that `add` made: it goes again where nothing was added.
struct NewManifest(PathBuf);

impl NewManifest {
    fn of(
        folder: &Path,
        request: &Request,
        options: &InstallOptions,
    ) -> Result<Option<Self>, InstallError> {
        let writes = !options.dry_run && !options.no_save;
        let is_wanted = writes && matches!(request, Request::Add(_));
        if !is_wanted || crust_manifest::find_package_json(folder).is_some() {
            return Ok(None);
        }
        let path = folder.join("package.json");
        let fail = InstallError::io("write", &path);
        files::write_atomically(&path, EMPTY_MANIFEST.as_bytes(), false).map_err(fail)?;
        Ok(Some(Self(path)))
    }

    fn keep(mut self) {
        self.0 = PathBuf::new();
    }
}

impl Drop for NewManifest {
    fn drop(&mut self) {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        if text == EMPTY_MANIFEST {
            // One that stays is an empty one.
            let _ = std::fs::remove_file(&self.0);
        }
    }
}

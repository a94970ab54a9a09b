//! `pm fetch`: everything that the lockfile names into the cache.

use std::path::PathBuf;
use std::sync::Arc;

use crate::error::InstallError;
use crate::events::Sink;
use crate::inspect::LockedProject;
use crate::install::{Downloads, joined};
use crate::registry::{Client, Freshness, Registry};
use crate::resolve::Platform;
use crate::runtime;
use crate::store::Store;

/// What was fetched.
#[derive(Debug)]
pub struct Fetched {
    /// Packages that were downloaded.
    pub downloaded: usize,
    /// Packages that were there.
    pub present: usize,
    /// The folder of the cache.
    pub cache: PathBuf,
}

impl LockedProject {
    /// Downloads what is missing in the cache.
    pub fn fetch(
        &self,
        platform: &Platform,
        freshness: Freshness,
        sink: &Sink,
    ) -> Result<Fetched, InstallError> {
        let runtime = runtime()?;
        let store = Store::new(&self.config.cache);
        let registry = Registry::new(Client::new(&self.config)?, freshness, false);
        let mut downloads =
            Downloads::new(runtime.handle(), self.root(), registry, store.clone(), sink);
        let graph = self.graph();
        let mut fetched = Fetched {
            downloaded: 0,
            present: 0,
            cache: self.config.cache.clone(),
        };
        let mut running = Vec::new();
        for (id, package) in (0..).zip(&graph.packages) {
            let Some(wanted) = downloads.wanted(graph, id) else {
                continue;
            };
            if !platform.fits(&package.meta) {
                continue;
            }
            if store.load(&wanted.key).is_some() {
                fetched.present += 1;
            } else if let Some(task) = downloads.take(graph, id) {
                running.push(task);
            }
        }
        for task in running {
            let _: Arc<_> = joined(runtime.block_on(task))?;
            fetched.downloaded += 1;
        }
        Ok(fetched)
    }
}

//! Tarballs on their way into the store, each once. Never links anything.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use rustc_hash::FxHashMap;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::error::InstallError;
use crate::events::{Event, Sink};
use crate::graph::{Graph, PackageId, Resolution};
use crate::patches::{Patch, Patches};
use crate::registry::{Registry, strongest};
use crate::sources;
use crate::sources::git::Repository;
use crate::store::{Store, Stored, TarballKind};

pub(crate) type Task = JoinHandle<Result<Arc<Stored>, InstallError>>;

/// Downloads that run, by package.
pub(crate) struct Downloads {
    handle: Handle,
    source: Source,
    patches: Arc<Patches>,
    running: FxHashMap<PackageId, Task>,
}

/// Where a package comes from, if not from the store.
#[derive(Clone)]
pub(super) struct Source {
    root: PathBuf,
    registry: Registry,
    store: Store,
    sink: Sink,
}

/// Where a package that is not in the store is.
#[derive(Debug, Clone)]
enum Origin {
    /// On a server.
    Url(String),
    /// On disk, from the root.
    File(PathBuf),
    /// A commit of a repository.
    Commit { url: String, commit: String },
}

/// What is to be had.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(super) name: Arc<str>,
    pub(crate) key: String,
    origin: Origin,
    pub(super) integrity: Arc<str>,
    /// The key without the patch, and the patch.
    patch: Option<(String, Arc<Patch>)>,
}

impl Downloads {
    pub(crate) fn new(
        handle: &Handle,
        root: &Path,
        registry: Registry,
        store: Store,
        sink: &Sink,
    ) -> Self {
        Self {
            handle: handle.clone(),
            source: Source {
                root: root.to_owned(),
                registry,
                store,
                sink: Arc::clone(sink),
            },
            patches: Arc::default(),
            running: FxHashMap::default(),
        }
    }

    /// With these patches of packages.
    pub(crate) fn patched(mut self, patches: Arc<Patches>) -> Self {
        self.patches = patches;
        self
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// What a package needs; `None` for one that is not downloaded.
    pub(crate) fn wanted(&self, graph: &Graph, id: PackageId) -> Option<Wanted> {
        let package = graph.package(id);
        let mut integrity = Arc::clone(&package.meta.integrity);
        let mut patch = None;
        let (key, origin) = match &package.resolution {
            Resolution::Npm { version, url } => {
                let version = version.to_string();
                let config = self.source.registry.client().config();
                let url = if url.is_empty() {
                    config.registries.tarball_url(&package.name, &version)
                } else {
                    url.to_string()
                };
                let mut identity = if integrity.is_empty() {
                    url.clone()
                } else {
                    integrity.to_string()
                };
                let mut key = Store::key(&package.name, &version, &identity);
                let is_unverified = !config.verify && !integrity.is_empty();
                if is_unverified && self.source.store.load(&key).is_none() {
                    // Apart from what is verified, which nobody gets in its place.
                    identity.push_str("#unverified");
                    key = Store::key(&package.name, &version, &identity);
                    integrity = "".into();
                }
                if let Some(found) = self.patches.get(&package.name, &version) {
                    let patched = format!("{identity}#patch={}", found.digest);
                    patch = Some((key, Arc::clone(found)));
                    key = Store::key(&package.name, &version, &patched);
                }
                (key, Origin::Url(url))
            }
            Resolution::RemoteTarball(url) => {
                let identity = if integrity.is_empty() {
                    url
                } else {
                    &integrity
                };
                (sources::tarball_key(identity), Origin::Url(url.to_string()))
            }
            Resolution::LocalTarball(path) => {
                let identity = if integrity.is_empty() {
                    path
                } else {
                    &integrity
                };
                let place = self.source.root.join(&**path);
                (sources::tarball_key(identity), Origin::File(place))
            }
            Resolution::Git { url, commit } => {
                let (url, commit) = (url.to_string(), commit.to_string());
                let key = sources::repository_key(&package.resolution);
                (key, Origin::Commit { url, commit })
            }
            Resolution::Github { repository, commit } => {
                let url = sources::git::github_url(repository);
                let key = sources::repository_key(&package.resolution);
                let commit = commit.to_string();
                (key, Origin::Commit { url, commit })
            }
            Resolution::Root
            | Resolution::Workspace(_)
            | Resolution::Folder(_)
            | Resolution::Link(_) => return None,
        };
        Some(Wanted {
            key,
            name: Arc::clone(&package.name),
            origin,
            integrity,
            patch,
        })
    }

    /// Starts the download of a package, unless it runs already.
    pub(super) fn start(&mut self, graph: &Graph, id: PackageId) {
        if self.running.contains_key(&id) {
            return;
        }
        if let Some(wanted) = self.wanted(graph, id) {
            let source = self.source.clone();
            let task = self.handle.spawn(async move { source.get(&wanted).await });
            self.running.insert(id, task);
        }
    }

    /// The package as it was published, also where somebody edited it in the cache.
    pub(crate) fn pristine(
        &self,
        graph: &Graph,
        id: PackageId,
    ) -> Option<impl Future<Output = Result<Arc<Stored>, InstallError>> + use<>> {
        let wanted = self.wanted(graph, id)?;
        let source = self.source.clone();
        Some(async move {
            let stored = source.get(&wanted).await?;
            if Store::is_pristine(&stored) {
                return Ok(stored);
            }
            source.repair(&wanted).await
        })
    }

    /// Waits until these packages are in the store, in this order.
    pub(super) async fn finish(
        &mut self,
        graph: &Graph,
        packages: &[PackageId],
    ) -> Result<(), InstallError> {
        for &id in packages {
            self.start(graph, id);
        }
        for id in packages {
            let Some(task) = self.running.remove(id) else {
                continue;
            };
            let stored = joined(task.await)?;
            let done = self.handle.spawn(std::future::ready(Ok(stored)));
            self.running.insert(*id, done);
        }
        Ok(())
    }

    /// The task of a package, started if need be.
    pub(crate) fn take(&mut self, graph: &Graph, id: PackageId) -> Option<Task> {
        self.start(graph, id);
        self.running.remove(&id)
    }
}

impl Source {
    /// The package in the store, downloaded if it is not there.
    pub(super) async fn get(&self, wanted: &Wanted) -> Result<Arc<Stored>, InstallError> {
        if let Some(stored) = self.store.load(&wanted.key) {
            return Ok(Arc::new(stored));
        }
        if let Some((key, patch)) = &wanted.patch {
            let plain = Wanted {
                key: key.clone(),
                patch: None,
                ..wanted.clone()
            };
            let base = Box::pin(self.get(&plain)).await?;
            let (store, key, patch) = (self.store.clone(), wanted.key.clone(), Arc::clone(patch));
            let derived = tokio::task::spawn_blocking(move || {
                let stored = store.derive(&base, &key, |folder| patch.apply(folder))?;
                Ok(Arc::new(stored))
            });
            return joined(derived.await);
        }
        (self.sink)(Event::DownloadStarted {
            name: Arc::clone(&wanted.name),
        });
        let (bytes, kind) = self.bytes(wanted).await?;
        let (store, wanted, sink) = (self.store.clone(), wanted.clone(), Arc::clone(&self.sink));
        let added = tokio::task::spawn_blocking(move || {
            let stored = store.add(&wanted.key, &wanted.name, &bytes, kind)?;
            sink(Event::Downloaded {
                name: wanted.name,
                bytes: bytes.len() as u64,
            });
            Ok(Arc::new(stored))
        });
        joined(added.await)
    }

    async fn bytes(&self, wanted: &Wanted) -> Result<(Bytes, TarballKind), InstallError> {
        match &wanted.origin {
            Origin::Url(url) => {
                let registry = &self.registry;
                let tarball = registry.tarball(&wanted.name, url, &wanted.integrity);
                Ok((tarball.await?.0, TarballKind::Package))
            }
            Origin::File(place) => {
                let bytes = sources::read_tarball(place)?;
                check(&wanted.name, &bytes, &wanted.integrity)?;
                Ok((bytes.into(), TarballKind::Package))
            }
            Origin::Commit { url, commit } => {
                let cache = self.registry.client().config().cache.join("crust-v1/git");
                let (url, commit) = (url.clone(), commit.clone());
                let archive = tokio::task::spawn_blocking(move || {
                    Repository::with_commit(&cache, &url, &commit)?.archive(&commit)
                });
                Ok((joined(archive.await)?.into(), TarballKind::Whole))
            }
        }
    }

    /// Fetches a package anew, because its files in the store were edited.
    pub(super) async fn repair(&self, wanted: &Wanted) -> Result<Arc<Stored>, InstallError> {
        (self.sink)(Event::Warning(format!(
            "{} was edited in the cache, and is fetched again",
            wanted.name
        )));
        self.store.remove(&wanted.key)?;
        self.get(wanted).await
    }
}

/// Whether a tarball on disk is the one that the lockfile means.
fn check(name: &str, bytes: &[u8], integrity: &str) -> Result<(), InstallError> {
    let (algorithm, label, Some(expected)) = strongest(integrity) else {
        return Ok(());
    };
    let digest = aws_lc_rs::digest::digest(algorithm, bytes);
    let actual = base64_simd::STANDARD.encode_to_string(digest.as_ref());
    if actual == expected {
        return Ok(());
    }
    Err(InstallError::Integrity {
        name: name.to_owned(),
        expected: integrity.to_owned(),
        actual: format!("{label}-{actual}"),
    })
}

/// The result of a task; one that panicked is an error of its own.
pub(crate) fn joined<T>(
    result: Result<Result<T, InstallError>, tokio::task::JoinError>,
) -> Result<T, InstallError> {
    result.unwrap_or_else(|error| {
        Err(InstallError::Program {
            program: "installation".to_owned(),
            reason: error.to_string(),
        })
    })
}

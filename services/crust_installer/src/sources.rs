//! Packages that no registry has: folders, links, tarballs by path or URL, git repositories. Says what
//! such a dependency is; placing it is the layout's.

pub(crate) mod folder;
pub(crate) mod git;
mod links;

pub(crate) use links::GlobalLinks;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crust_manifest::PackageJson;

use crate::error::InstallError;
use crate::graph::{Dependency, Meta, Resolution};
use crate::manifest;
use crate::registry::{Registry, TARBALL_LIMIT};
use crate::spec::Spec;
use crate::store::{Store, Stored, TarballKind};

/// Scripts for which a package counts as one that has something to run.
static SCRIPTS: [&str; 3] = ["preinstall", "install", "postinstall"];
/// The same for a repository, which nobody built before.
static SCRIPTS_OF_REPOSITORIES: [&str; 6] = [
    "preinstall",
    "install",
    "postinstall",
    "preprepare",
    "prepare",
    "postprepare",
];

/// A package that does not come from a registry.
pub(crate) struct Found {
    pub(crate) name: Arc<str>,
    pub(crate) resolution: Resolution,
    pub(crate) meta: Meta,
    pub(crate) dependencies: Vec<Dependency>,
}

/// Where such packages are looked for. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Sources {
    root: PathBuf,
    registry: Registry,
    store: Store,
    links: GlobalLinks,
    repositories: PathBuf,
}

impl Sources {
    pub(crate) fn new(root: &Path, registry: &Registry, store: &Store) -> Self {
        let cache = &registry.client().config().cache;
        Self {
            root: root.to_owned(),
            registry: registry.clone(),
            store: store.clone(),
            links: GlobalLinks::of_this_user(),
            repositories: cache.join("crust-v1/git"),
        }
    }

    /// What `spec` of the dependency `name` is; `base` is the folder of the dependent from the root.
    pub(crate) async fn find(
        &self,
        spec: &Spec,
        name: &str,
        base: &str,
    ) -> Result<Found, InstallError> {
        match spec {
            Spec::Folder(path) => self.folder(name, &self.relative(base, path)),
            Spec::Link(text) => self.link(name, base, text),
            Spec::LocalTarball(path) => {
                let shown = if base.is_empty() {
                    path.to_string()
                } else {
                    self.relative(base, path)
                };
                self.local_tarball(name, &shown)
            }
            Spec::RemoteTarball(url) => self.remote_tarball(name, url).await,
            Spec::Git { url, committish } => self.git(name, url, committish).await,
            Spec::Github {
                repository,
                committish,
            } => self.github(name, repository, committish).await,
            Spec::Npm { .. } | Spec::Tag { .. } | Spec::Workspace(_) | Spec::Catalog(_) => {
                Err(unusable(name, spec, "names nothing that there is"))
            }
        }
    }

    /// A path as the lockfile has it: from the root, without `./`.
    fn relative(&self, base: &str, path: &str) -> String {
        let home = crate::config::home();
        let whole = match (path.strip_prefix("~/"), home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => self.root.join(base).join(path),
        };
        let clean = folder::normal(&whole);
        let relative = crate::files::relative_path(&folder::normal(&self.root), &clean);
        relative.to_string_lossy().into_owned()
    }

    fn folder(&self, name: &str, path: &str) -> Result<Found, InstallError> {
        let place = self.root.join(path);
        let package = read_manifest(&place, name)?;
        Ok(found(
            name,
            &package,
            Resolution::Folder(path.into()),
            &SCRIPTS,
        ))
    }

    fn link(&self, name: &str, base: &str, text: &str) -> Result<Found, InstallError> {
        let shown: Arc<str> = if links::is_path(text) && !base.is_empty() {
            self.relative(base, text).into()
        } else {
            text.into()
        };
        let target = self.links.target(&self.root, &shown)?;
        let package = read_manifest(&target, name)?;
        let mut linked = found(name, &package, Resolution::Link(shown), &[]);
        // It has its own tree.
        linked.dependencies.clear();
        Ok(linked)
    }

    fn local_tarball(&self, name: &str, path: &str) -> Result<Found, InstallError> {
        let place = self.root.join(path);
        let bytes = read_tarball(&place)?;
        let integrity = crate::registry::sha512(&bytes);
        let stored = self.keep(name, &integrity, &bytes)?;
        let package = read_manifest(&stored.folder, name)?;
        let mut tarball = found(
            name,
            &package,
            Resolution::LocalTarball(path.into()),
            &SCRIPTS,
        );
        tarball.meta.integrity = integrity.into();
        Ok(tarball)
    }

    async fn remote_tarball(&self, name: &str, url: &Arc<str>) -> Result<Found, InstallError> {
        let (bytes, integrity) = self.registry.tarball(name, url, "").await?;
        let stored = self.keep(name, &integrity, &bytes)?;
        let package = read_manifest(&stored.folder, name)?;
        let resolution = Resolution::RemoteTarball(Arc::clone(url));
        let mut tarball = found(name, &package, resolution, &SCRIPTS);
        tarball.meta.integrity = integrity.into();
        Ok(tarball)
    }

    fn keep(&self, name: &str, integrity: &str, bytes: &[u8]) -> Result<Arc<Stored>, InstallError> {
        let key = tarball_key(integrity);
        if let Some(stored) = self.store.load(&key) {
            return Ok(Arc::new(stored));
        }
        let stored = self.store.add(&key, name, bytes, TarballKind::Package)?;
        Ok(Arc::new(stored))
    }

    async fn git(&self, name: &str, url: &str, committish: &str) -> Result<Found, InstallError> {
        let repository = self.repository(url).await?;
        let commit = repository.commit(committish)?;
        let resolution = Resolution::Git {
            url: url.into(),
            commit: commit.as_str().into(),
        };
        self.checked_out(name, repository, resolution, commit.clone(), commit)
            .await
    }

    async fn github(
        &self,
        name: &str,
        slug: &str,
        committish: &str,
    ) -> Result<Found, InstallError> {
        let repository = self.repository(&git::github_url(slug)).await?;
        let commit = repository.commit(committish)?;
        let short: String = commit.chars().take(7).collect();
        let tag = format!("{}-{short}", slug.replace('/', "-"));
        let resolution = Resolution::Github {
            repository: slug.into(),
            commit: short.into(),
        };
        self.checked_out(name, repository, resolution, commit, tag)
            .await
    }

    async fn repository(&self, url: &str) -> Result<git::Repository, InstallError> {
        let (folder, url) = (self.repositories.clone(), url.to_owned());
        let opened = tokio::task::spawn_blocking(move || git::Repository::fetched(&folder, &url));
        crate::install::joined(opened.await)
    }

    async fn checked_out(
        &self,
        name: &str,
        repository: git::Repository,
        resolution: Resolution,
        commit: String,
        tag: String,
    ) -> Result<Found, InstallError> {
        let key = repository_key(&resolution);
        let (store, own) = (self.store.clone(), name.to_owned());
        let stored = tokio::task::spawn_blocking(move || {
            if let Some(stored) = store.load(&key) {
                return Ok(stored);
            }
            let archive = repository.archive(&commit)?;
            store.add(&key, &own, &archive, TarballKind::Whole)
        });
        let stored = crate::install::joined(stored.await)?;
        let package = read_manifest(&stored.folder, name)?;
        let mut found = found(name, &package, resolution, &SCRIPTS_OF_REPOSITORIES);
        found.meta.tag = tag.into();
        Ok(found)
    }
}

/// The store's name of a tarball that no registry has.
pub(crate) fn tarball_key(integrity: &str) -> String {
    Store::key("tarball", "", integrity)
}

/// The store's name of a commit.
pub(crate) fn repository_key(resolution: &Resolution) -> String {
    let identity = match resolution {
        Resolution::Git { url, commit } => format!("{url}#{commit}"),
        Resolution::Github { repository, commit } => format!("github:{repository}#{commit}"),
        _ => String::new(),
    };
    Store::key("git", "", &identity)
}

/// The bytes of a tarball on disk.
pub(crate) fn read_tarball(place: &Path) -> Result<Vec<u8>, InstallError> {
    let size = std::fs::metadata(place)
        .map_err(InstallError::io("read", place))?
        .len();
    if size > TARBALL_LIMIT as u64 {
        return Err(InstallError::Tarball {
            name: place.display().to_string(),
            reason: format!("it is larger than {TARBALL_LIMIT} bytes"),
        });
    }
    std::fs::read(place).map_err(InstallError::io("read", place))
}

fn unusable(name: &str, spec: &Spec, reason: &str) -> InstallError {
    let shown = match spec {
        Spec::Catalog(group) => format!("catalog:{group}"),
        Spec::Workspace(text) => format!("workspace:{text}"),
        _ => String::new(),
    };
    InstallError::Specifier {
        name: name.to_owned(),
        spec: shown,
        reason: reason.to_owned(),
    }
}

fn read_manifest(folder: &Path, name: &str) -> Result<PackageJson, InstallError> {
    let path = folder.join("package.json");
    if !path.is_file() {
        return Err(InstallError::Specifier {
            name: name.to_owned(),
            spec: folder.display().to_string(),
            reason: "has no package.json".to_owned(),
        });
    }
    PackageJson::read(&path).map_err(InstallError::Manifest)
}

fn found(name: &str, package: &PackageJson, resolution: Resolution, scripts: &[&str]) -> Found {
    let own = package
        .name
        .as_deref()
        .filter(|name| crate::lockfile::is_name(name));
    Found {
        name: own.unwrap_or(name).into(),
        resolution,
        meta: Meta {
            os: manifest::texts(package, "os"),
            cpu: manifest::texts(package, "cpu"),
            libc: manifest::texts(package, "libc"),
            has_install_script: scripts.iter().any(|name| package.script(name).is_some()),
            bin: manifest::bin_of(package),
            ..Meta::default()
        },
        dependencies: manifest::of_package_json(package, false),
    }
}

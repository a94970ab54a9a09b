//! Packages, the dependencies between them and what each dependency resolved to: the content of a
//! lockfile as data. Never reads a file or the network.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::semver::Version;
use crate::spec::Spec;

/// Index of a package in [`Graph::packages`].
pub(crate) type PackageId = u32;
/// Index of a dependency in [`Graph::dependencies`].
pub(crate) type DependencyId = u32;

/// The package that everything starts from.
pub(crate) const ROOT: PackageId = 0;

/// Why a package is depended on; a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Behavior(u8);

impl Behavior {
    /// `dependencies`
    pub(crate) const PRODUCTION: Self = Self(1);
    /// `optionalDependencies`, or a peer that may be missing
    pub(crate) const OPTIONAL: Self = Self(2);
    /// `devDependencies`
    pub(crate) const DEVELOPMENT: Self = Self(4);
    /// `peerDependencies`
    pub(crate) const PEER: Self = Self(8);
    /// The root's edge to a workspace
    pub(crate) const WORKSPACE: Self = Self(16);
    /// Comes inside its dependent's tarball
    pub(crate) const BUNDLED: Self = Self(32);

    /// Both sets.
    #[must_use]
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` is in the set.
    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The order in which the dependencies of a package are placed: workspaces, then development,
    /// optional, peer and production ones last.
    fn rank(self) -> (bool, bool, bool, bool, bool) {
        (
            !self.has(Self::WORKSPACE),
            self.has(Self::PRODUCTION),
            self.has(Self::DEVELOPMENT),
            self.has(Self::OPTIONAL),
            self.has(Self::PEER),
        )
    }

    /// Compares by that order.
    pub(crate) fn order(self, other: Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }

    /// Whether it is of one of the kinds `dev`, `optional` and `peer` that are left out.
    pub(crate) fn is_omitted(self, omit: &[String]) -> bool {
        let omits = |kind: &str| omit.iter().any(|omitted| omitted == kind);
        let optional = self.has(Self::OPTIONAL) && !self.has(Self::PEER);
        (self.has(Self::DEVELOPMENT) && omits("dev"))
            || (self.has(Self::PEER) && omits("peer"))
            || (optional && omits("optional"))
    }

    /// A peer that nobody has to install.
    pub(crate) const fn is_optional_peer(self) -> bool {
        self.has(Self::OPTIONAL) && self.has(Self::PEER)
    }
}

/// A dependency: one line of one package's manifest.
#[derive(Debug, Clone)]
pub(crate) struct Dependency {
    /// The name it is imported by.
    pub name: Arc<str>,
    /// What the manifest says, word for word.
    pub literal: Arc<str>,
    /// What that means, after overrides.
    pub spec: Spec,
    /// Which list it is from.
    pub behavior: Behavior,
}

/// Where a package comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// The project itself.
    Root,
    /// A version of a registry; the tarball's URL where it is not the default registry's.
    Npm {
        /// The version.
        version: Version,
        /// Empty for the conventional place on the default registry.
        url: Arc<str>,
    },
    /// A package of the project, by its path from the root.
    Workspace(Arc<str>),
    /// A folder, by its path from the root.
    Folder(Arc<str>),
    /// A linked package.
    Link(Arc<str>),
    /// A tarball of the network.
    RemoteTarball(Arc<str>),
    /// A tarball on disk.
    LocalTarball(Arc<str>),
    /// A commit.
    Git {
        /// The URL, as in the specifier.
        url: Arc<str>,
        /// The commit.
        commit: Arc<str>,
    },
    /// A commit on GitHub.
    Github {
        /// `owner/repository`.
        repository: Arc<str>,
        /// The commit.
        commit: Arc<str>,
    },
}

/// `bin` of a package.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Bin {
    /// No commands.
    #[default]
    None,
    /// One command with the package's name.
    File(Arc<str>),
    /// Commands and their files.
    Map(Vec<(Arc<str>, Arc<str>)>),
    /// Every file of a folder.
    Directory(Arc<str>),
}

/// What is known of a package besides its dependencies.
#[derive(Debug, Clone, Default)]
pub struct Meta {
    /// Systems it is for, with `!` in front of those it is not for.
    pub os: Vec<Arc<str>>,
    /// Processors, likewise.
    pub cpu: Vec<Arc<str>>,
    /// C libraries, likewise.
    pub libc: Vec<Arc<str>>,
    /// Whether the registry knows of install scripts.
    pub has_install_script: bool,
    /// The digest of the tarball, as in `sha512-…`; empty where there is none.
    pub integrity: Arc<str>,
    /// The name that Bun gives the downloaded folder of a commit.
    pub tag: Arc<str>,
    /// Commands.
    pub bin: Bin,
    /// What `packageExtensions` added.
    pub(crate) extended: crate::manifest::Extended,
}

/// A package in the graph.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    /// Its own name.
    pub name: Arc<str>,
    /// Where it comes from.
    pub resolution: Resolution,
    /// Index of its first dependency.
    pub first_dependency: DependencyId,
    /// How many there are.
    pub dependency_count: u32,
    /// The rest.
    pub meta: Meta,
}

/// All packages of a project.
#[derive(Debug, Clone, Default)]
pub(crate) struct Graph {
    /// The root is the first.
    pub packages: Vec<Package>,
    /// Those of one package stand together.
    pub dependencies: Vec<Dependency>,
    /// For each dependency, the package that it resolved to.
    pub resolutions: Vec<Option<PackageId>>,
}

impl Graph {
    /// Adds a package with its dependencies, which are unresolved as yet.
    pub(crate) fn push(
        &mut self,
        name: Arc<str>,
        resolution: Resolution,
        meta: Meta,
        dependencies: Vec<Dependency>,
    ) -> PackageId {
        let id = index(self.packages.len());
        let first_dependency = index(self.dependencies.len());
        let dependency_count = index(dependencies.len());
        self.resolutions
            .resize(self.resolutions.len() + dependencies.len(), None);
        self.dependencies.extend(dependencies);
        self.packages.push(Package {
            name,
            resolution,
            first_dependency,
            dependency_count,
            meta,
        });
        id
    }

    /// Adds the packages of another graph, with their connections, behind its own.
    pub(crate) fn absorb(&mut self, other: &Self) {
        let offset = index(self.packages.len());
        for (id, package) in (0..).zip(&other.packages) {
            let own = other.dependencies_of(id);
            let dependencies = own.clone().map(|id| other.dependency(id).clone()).collect();
            let added = self.push(
                Arc::clone(&package.name),
                package.resolution.clone(),
                package.meta.clone(),
                dependencies,
            );
            for (new, old) in self.dependencies_of(added).zip(own) {
                let target = other.resolution(old).map(|target| target + offset);
                if let Some(slot) = self.resolutions.get_mut(new as usize) {
                    *slot = target;
                }
            }
        }
    }

    /// The package.
    pub(crate) fn package(&self, id: PackageId) -> &Package {
        &self.packages[id as usize]
    }

    /// The dependency.
    pub(crate) fn dependency(&self, id: DependencyId) -> &Dependency {
        &self.dependencies[id as usize]
    }

    /// What a dependency resolved to.
    pub(crate) fn resolution(&self, id: DependencyId) -> Option<PackageId> {
        self.resolutions.get(id as usize).copied().flatten()
    }

    /// The ids of a package's dependencies.
    pub(crate) fn dependencies_of(&self, id: PackageId) -> std::ops::Range<DependencyId> {
        let package = self.package(id);
        package.first_dependency..package.first_dependency + package.dependency_count
    }
}

/// A length as an index. Four thousand million packages or edges do not fit into any machine that
/// runs this; the last index then stands for the rest.
pub(crate) fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Resolution {
    /// Compares versions; other kinds are equal.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Npm { version: left, .. }, Self::Npm { version: right, .. }) => left.cmp(right),
            _ => Ordering::Equal,
        }
    }
}

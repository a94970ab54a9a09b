//! The package manager as a library: registries, resolution, the lockfile, the store and the layout of
//! `node_modules`. It runs no JavaScript engine, prints nothing and never ends the process.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )
)]

mod config;
mod error;
mod events;
mod files;
mod graph;
mod inflate;
mod inspect;
mod install;
mod link;
mod lockfile;
mod maintain;
mod manifest;
mod migrate;
mod patches;
mod publish;
mod registry;
mod request;
mod resolve;
mod runtime;
mod semver;
mod sources;
mod spec;
mod store;
mod trust;

use runtime::runtime;

pub use config::{Config, Linker, RegistryConfig};
pub use error::InstallError;
pub use events::{Event, Sink};
pub use inspect::{
    Dependent, Licensed, ListOptions, Listed, Listing, LockedProject, Outdated, PackageInfo,
    Severity, Untrusted, Vulnerability, Why, info, whoami,
};
pub use install::{
    Changed, Deduped, InstallOptions, Installed, ScriptHost, Summary, Updated, install,
    run_package_scripts,
};
pub use link::Backend;
pub use maintain::{
    Bump, CacheFolder, CacheSize, Fetched, GlobalFolder, LinkedPackage, MadePatch, ManifestFile,
    PruneOptions, Pruned, Runnable, install_to_run, next_version, register_link, trust,
    unregister_link,
};
pub use publish::{PackOptions, Packed, PublishOptions, Published, pack, publish};
pub use registry::Freshness;
pub use request::{AddRequest, Group, Request, UpdateRequest};
pub use resolve::Platform;
pub use semver::{Range, Version};
pub use trust::default_trusted;

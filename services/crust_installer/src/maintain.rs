//! Work on an installed project besides installing: trusting scripts, pruning, filling the cache,
//! versions and fields of its manifest.

mod cache;
mod execute;
mod fetch;
mod fields;
mod global;
mod linking;
mod patching;
mod prune;
mod trust;
mod version;

pub use cache::{CacheFolder, CacheSize};
pub use execute::{Runnable, install_to_run};
pub use fetch::Fetched;
pub use fields::ManifestFile;
pub use global::GlobalFolder;
pub use linking::{LinkedPackage, register_link, unregister_link};
pub use patching::MadePatch;
pub use prune::{PruneOptions, Pruned};
pub use trust::trust;
pub use version::{Bump, next_version};

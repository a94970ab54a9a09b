//! `crust.lockb` on disk: the header of `crust_header`, followed by a package section (its first four bytes are the
//! count of packages, always 0 so far: the package manager keeps what it needs elsewhere, `docs/design/installer.md`
//! says why). And the way of a header from a process to its children. Prints nothing and asks nobody.
//!
//! | who | calls |
//! |---|---|
//! | start-up | [`Snapshot::take`]: the inherited header, or [`find`] |
//! | an install | [`bootstrap`], [`read`], [`pin_registry`] |
//! | nobody yet | [`read_packages`], [`replace_packages`] |
//! | `crust config` | [`update`] |
//! | whoever starts a child | [`Snapshot::inheritance`] |
//!
//! **What a crash leaves.** An update is one write of bytes 4 to 23, the values and their checksum,
//! into the file in place, followed by `fsync`. These twenty bytes lie in the first sector of the
//! file, and a sector is what a disk writes whole or not at all; a process that is killed has either
//! made the write or not. A new file, and a new package section, are written beside the old one and
//! renamed, with `fsync` of the file and of the folder. Every writer holds the file's lock (`flock`).
//!
//! Reading order: `error`, `read`, `lock`, `disk` (the steps of a write), `write`, `names`,
//! `snapshot`, `inherit`, `stamp` (the header that a binary carries).
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod disk;
mod error;
mod inherit;
mod lock;
mod names;
mod read;
mod snapshot;
mod stamp;
#[cfg(test)]
mod testing;
mod write;

pub use error::FileError;
pub use inherit::{Inheritance, SNAPSHOT_VARIABLE};
pub use names::{FeatureNames, NameError};
pub use read::{FILE_NAME, Found, find, path_in, read};
pub use snapshot::{Origin, ReadNames, Snapshot};
pub use stamp::{Stamp, StampError, is_compiled};
pub use write::{
    Bootstrap, Change, Guard, PACKAGES_LIMIT, bootstrap, pin_registry, read_packages,
    replace_packages, update,
};

//! `bun.lock`: Bun's text lockfile, read and written byte for byte. Never resolves anything.

mod conflict;
mod info;
mod read;
mod write;

pub(crate) use read::{Lockfile, is_name, read};
pub(crate) use write::{Written, needed_version, write};

/// The name of the file.
pub(crate) const FILE_NAME: &str = "bun.lock";
/// The version of files that are written anew.
pub(crate) const LATEST_VERSION: u32 = 2;
/// The version of files with overrides below a name or for a range.
const SCOPED_VERSION: u32 = 3;
/// The greatest version that is understood.
pub(crate) const GREATEST_VERSION: u32 = 3;

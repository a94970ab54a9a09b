//! What directories hold, read once per directory instead of asked name by name: probing
//! extensions asks for many names that do not exist, and each such question costs the kernel a
//! lookup on disk. It never reads a file.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use oxc_resolver::FileMetadata;
use rustc_hash::FxHashMap;

/// A directory is read after so many names were not found in it: one or two questions are cheaper
/// than a listing.
const MISSES: u8 = 2;

/// Larger directories are asked name by name. A listing of this size takes about two milliseconds
/// and a megabyte; it does not bound the number of directories, which the program's tree does.
const ENTRIES: usize = 10_000;

#[derive(Debug, Default)]
pub(crate) struct Listings(RwLock<FxHashMap<PathBuf, Known>>);

#[derive(Debug)]
enum Known {
    Misses(u8),
    Listed(FxHashMap<OsString, FileMetadata>),
    TooLarge,
}

/// What is known about a path without asking the file system.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    Unknown,
    Absent,
    Present(FileMetadata),
}

impl Listings {
    /// What the listing of the parent says, if it was read.
    pub(crate) fn ask(&self, path: &Path) -> Answer {
        let Some((parent, name)) = split(path) else {
            return Answer::Unknown;
        };
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Some(Known::Listed(entries)) = known.get(parent) else {
            return Answer::Unknown;
        };
        match entries.get(name) {
            Some(metadata) => Answer::Present(*metadata),
            // Elsewhere a name may be found in other letters than it is listed in.
            None if cfg!(target_os = "linux") => Answer::Absent,
            None => Answer::Unknown,
        }
    }

    /// Notes that `path` was not found, and reads its directory if that happens often.
    pub(crate) fn missed(&self, path: &Path) {
        let Some((parent, _)) = split(path) else {
            return;
        };
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match known.get_mut(parent) {
            None => {
                known.insert(parent.to_owned(), Known::Misses(1));
            }
            Some(Known::Misses(count)) if *count < MISSES => *count += 1,
            Some(Known::Misses(_)) => {
                let listed = list(parent).map_or(Known::TooLarge, Known::Listed);
                known.insert(parent.to_owned(), listed);
            }
            Some(Known::Listed(_) | Known::TooLarge) => {}
        }
    }
}

/// A path that ends in `..` or `/` has no name to look up.
fn split(path: &Path) -> Option<(&Path, &OsStr)> {
    Some((path.parent()?, path.file_name()?))
}

fn list(dir: &Path) -> Option<FxHashMap<OsString, FileMetadata>> {
    let mut entries = FxHashMap::default();
    for entry in std::fs::read_dir(dir).ok()? {
        let entry = entry.ok()?;
        let kind = entry.file_type().ok()?;
        let metadata = FileMetadata::new(kind.is_file(), kind.is_dir(), kind.is_symlink());
        entries.insert(entry.file_name(), metadata);
        if entries.len() > ENTRIES {
            return None;
        }
    }
    Some(entries)
}

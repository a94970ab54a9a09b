//! The folder of kept bytecode: the file of a program, readable and writable by its user alone, and a
//! bound on all of them. The engine trusts what is in them, so a file or folder that another user
//! could have written is not read. Every failure means: no cache.

use rustix::process::geteuid;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::Hasher;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Larger files are not read or written: more than the bytecode of the most text that is recorded.
const LARGEST_FILE: u64 = 128 << 20;
/// All files together; the oldest go first.
const LARGEST_FOLDER: u64 = 512 << 20;
/// Names looked at when there is too much.
const MOST_FILES: usize = 10_000;

/// Where the bytecode of one program is kept.
pub(crate) struct Place {
    folder: PathBuf,
    file: PathBuf,
}

/// What is there.
pub(crate) enum Found {
    Nothing,
    Empty,
    Bytes(Vec<u8>),
}

impl Place {
    /// `None` where the folder is not ours.
    pub(crate) fn new(folder: &Path, program: &Path) -> Option<Self> {
        if let Ok(metadata) = fs::symlink_metadata(folder)
            && !(metadata.is_dir() && is_private(&metadata))
        {
            return None;
        }
        let mut hasher = rustc_hash::FxHasher::default();
        hasher.write(program.as_os_str().as_bytes());
        Some(Self {
            folder: folder.to_owned(),
            file: folder.join(format!("{:016x}", hasher.finish())),
        })
    }

    pub(crate) fn read(&self) -> Found {
        self.try_read().unwrap_or(Found::Nothing)
    }

    fn try_read(&self) -> Option<Found> {
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(&self.file)
            .ok()?;
        let metadata = file.metadata().ok()?;
        if !metadata.is_file() || !is_private(&metadata) || metadata.len() > LARGEST_FILE {
            return None;
        }
        if metadata.len() == 0 {
            return Some(Found::Empty);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).ok()?);
        file.take(LARGEST_FILE).read_to_end(&mut bytes).ok()?;
        Some(Found::Bytes(bytes))
    }

    /// Notes that the program ran.
    pub(crate) fn empty(&self) {
        self.replace(&[]);
    }

    pub(crate) fn write(&self, bytes: &[u8]) {
        if bytes.len() as u64 <= LARGEST_FILE {
            self.replace(bytes);
            self.bound();
        }
    }

    fn replace(&self, bytes: &[u8]) {
        let made = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder);
        let temporary = self.file.with_extension(std::process::id().to_string());
        let written = made.and_then(|()| create(&temporary)).and_then(|mut file| {
            file.write_all(bytes)?;
            fs::rename(&temporary, &self.file)
        });
        if written.is_err() {
            // It may never have been there.
            let _ = fs::remove_file(&temporary);
        }
    }

    /// Removes the oldest files while all are too large.
    fn bound(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
            .flatten()
            .take(MOST_FILES)
            .filter_map(|entry| {
                let metadata = entry.metadata().ok()?;
                Some((metadata.modified().ok()?, metadata.len(), entry.path()))
            })
            .collect();
        files.sort();
        let mut total: u64 = files.iter().map(|(_, size, _)| size).sum();
        for (_, size, path) in files {
            if total <= LARGEST_FOLDER {
                break;
            }
            // Another process may have removed it.
            let _ = fs::remove_file(path);
            total -= size;
        }
    }
}

fn create(path: &Path) -> std::io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

fn is_private(metadata: &fs::Metadata) -> bool {
    const WRITABLE_BY_OTHERS: u32 = 0o022;
    metadata.uid() == geteuid().as_raw() && metadata.mode() & WRITABLE_BY_OTHERS == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn only_the_user_s_own_files_are_read() {
        let root = std::env::temp_dir().join(format!("crust-code-{}", std::process::id()));
        let folder = root.join("code");
        let place = Place::new(&folder, Path::new("/a/b.ts")).unwrap();
        assert!(matches!(place.read(), Found::Nothing));
        place.empty();
        assert!(matches!(place.read(), Found::Empty));
        place.write(b"bytes");
        assert!(matches!(place.read(), Found::Bytes(bytes) if bytes == b"bytes"));
        let other = Place::new(&folder, Path::new("/a/c.ts")).unwrap();
        assert!(matches!(other.read(), Found::Nothing));
        fs::set_permissions(&place.file, fs::Permissions::from_mode(0o666)).unwrap();
        assert!(matches!(place.read(), Found::Nothing));
        fs::remove_file(&place.file).unwrap();
        symlink("/etc/passwd", &place.file).unwrap();
        assert!(matches!(place.read(), Found::Nothing));
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(Place::new(&folder, Path::new("/a/b.ts")).is_none());
        fs::remove_dir_all(&root).unwrap();
        assert!(
            Place::new(Path::new("/proc"), Path::new("/a")).is_some_and(|place| {
                place.write(b"x");
                matches!(place.read(), Found::Nothing)
            })
        );
    }
}

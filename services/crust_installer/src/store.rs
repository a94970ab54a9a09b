//! The global store: one folder for each package, named by its tarball's digest, and an index with the
//! digest of every file. A file that was edited through a hard link is found and the package fetched
//! anew. Never holds a half-written package: an index is written last.

mod extract;
mod index;

pub(crate) use extract::TarballKind;
pub(crate) use index::{Entry, Index};

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::InstallError;
use crate::files;

/// The folder of packages.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    packages: PathBuf,
    temporary: PathBuf,
    /// Packages are taken to be as they were written.
    trusts: bool,
}

/// A package in the store.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) folder: PathBuf,
    pub(crate) index: Index,
    /// No file of the package is younger than this, unless somebody edited it.
    pub(crate) written: SystemTime,
    /// Its files are not compared with the index when they are linked.
    pub(crate) is_trusted: bool,
}

impl Store {
    pub(crate) fn new(cache: &Path) -> Self {
        Self {
            packages: cache.join("crust-v1/packages"),
            temporary: cache.join("crust-v1/tmp"),
            trusts: false,
        }
    }

    /// With `trusts`, files that were verified once are not looked at again (`FAST_INSTALL` of the project
    /// header).
    pub(crate) fn trusting(self, trusts: bool) -> Self {
        Self { trusts, ..self }
    }

    /// The name of a package's folder: readable, and different for different contents.
    pub(crate) fn key(name: &str, version: &str, identity: &str) -> String {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, identity.as_bytes());
        let short = hex_simd::encode_to_string(
            digest.as_ref().get(..10).unwrap_or_default(),
            hex_simd::AsciiCase::Lower,
        );
        format!("{}-{short}", Self::readable(name, version))
    }

    /// The part of a key that is the same for all contents.
    pub(crate) fn readable(name: &str, version: &str) -> String {
        let plain = |text: &str| -> String {
            let safe = |letter: char| {
                if letter.is_ascii_alphanumeric() || "@.-_+".contains(letter) {
                    letter
                } else {
                    '+'
                }
            };
            text.chars().map(safe).take(100).collect()
        };
        format!("{}@{}", plain(name), plain(version))
    }

    fn index_path(&self, key: &str) -> PathBuf {
        self.packages.join(format!("{key}.index"))
    }

    /// The package, if it is there whole.
    pub(crate) fn load(&self, key: &str) -> Option<Stored> {
        let path = self.index_path(key);
        let (bytes, written) = index::read_file(&path)?;
        let index = Index::decode(&bytes)?;
        Some(Stored {
            folder: self.packages.join(key),
            index,
            written,
            is_trusted: self.trusts,
        })
    }

    /// Unpacks a tarball into the store.
    pub(crate) fn add(
        &self,
        key: &str,
        name: &str,
        tarball: &[u8],
        kind: TarballKind,
    ) -> Result<Stored, InstallError> {
        std::fs::create_dir_all(&self.temporary)
            .map_err(InstallError::io("create", &self.temporary))?;
        std::fs::create_dir_all(&self.packages)
            .map_err(InstallError::io("create", &self.packages))?;
        let temporary = self.temporary.join(files::unique());
        let result = extract::extract(name, tarball, kind, &temporary)
            .and_then(|index| self.publish(key, &temporary, &index));
        if result.is_err() {
            let _ = std::fs::remove_dir_all(&temporary);
        }
        result
    }

    /// Puts an unpacked folder in its place. Another process may have been first, with the same files.
    fn publish(&self, key: &str, temporary: &Path, index: &Index) -> Result<Stored, InstallError> {
        let folder = self.packages.join(key);
        if std::fs::rename(temporary, &folder).is_err() {
            if let Some(stored) = self.load(key) {
                let _ = std::fs::remove_dir_all(temporary);
                return Ok(stored);
            }
            // A folder without an index: what was left of an interrupted installation.
            self.remove(key)?;
            std::fs::rename(temporary, &folder).map_err(InstallError::io("write", &folder))?;
        }
        let path = self.index_path(key);
        files::write_atomically(&path, &index.encode(), false)
            .map_err(InstallError::io("write", &path))?;
        self.load(key).ok_or_else(|| InstallError::Io {
            action: "read",
            path,
            source: std::io::Error::from(std::io::ErrorKind::InvalidData),
        })
    }

    /// Whether every file still has the content that it was stored with.
    pub(crate) fn is_pristine(stored: &Stored) -> bool {
        stored.index.entries.iter().all(|entry| {
            let bytes = std::fs::read(stored.folder.join(&entry.path)).unwrap_or_default();
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes);
            digest.as_ref() == entry.digest
        })
    }

    /// Stores a changed copy of a package.
    pub(crate) fn derive(
        &self,
        base: &Stored,
        key: &str,
        change: impl FnOnce(&Path) -> Result<(), InstallError>,
    ) -> Result<Stored, InstallError> {
        std::fs::create_dir_all(&self.temporary)
            .map_err(InstallError::io("create", &self.temporary))?;
        let temporary = self.temporary.join(files::unique());
        let result = (|| {
            for entry in &base.index.entries {
                let to = temporary.join(&entry.path);
                if let Some(above) = to.parent() {
                    std::fs::create_dir_all(above).map_err(InstallError::io("create", above))?;
                }
                std::fs::copy(base.folder.join(&entry.path), &to)
                    .map_err(InstallError::io("copy", &to))?;
            }
            change(&temporary)?;
            let index = Index::of_folder(&temporary)?;
            self.publish(key, &temporary, &index)
        })();
        if result.is_err() {
            let _ = std::fs::remove_dir_all(&temporary);
        }
        result
    }

    /// Takes a package out, as one that somebody edited.
    pub(crate) fn remove(&self, key: &str) -> Result<(), InstallError> {
        let _ = std::fs::remove_file(self.index_path(key));
        let folder = self.packages.join(key);
        let trash = self.temporary.join(files::unique());
        std::fs::create_dir_all(&self.temporary)
            .map_err(InstallError::io("create", &self.temporary))?;
        match std::fs::rename(&folder, &trash) {
            Ok(()) => {
                let _ = std::fs::remove_dir_all(&trash);
                Ok(())
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(InstallError::io("remove", &folder)(error)),
        }
    }
}

#[cfg(test)]
mod tests;

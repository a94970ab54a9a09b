//! The cache: where it is, how much is in it, and taking it away.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::error::InstallError;

/// The folder of the cache. Only what Crust put there is counted or taken away.
#[derive(Debug)]
pub struct CacheFolder(PathBuf);

/// How much there is.
#[derive(Debug, Clone, Copy, Default)]
pub struct CacheSize {
    /// Packages.
    pub packages: usize,
    /// Bytes of all files.
    pub bytes: u64,
}

impl CacheFolder {
    /// The cache of those who work in `folder`.
    pub fn of(
        folder: &Path,
        adjust: impl FnOnce(&mut Config) -> Result<(), InstallError>,
    ) -> Result<Self, InstallError> {
        let mut config = Config::load(folder)?;
        adjust(&mut config)?;
        Ok(Self(config.cache))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    fn own(&self) -> PathBuf {
        self.0.join("crust-v1")
    }

    /// What is in it.
    pub fn size(&self) -> CacheSize {
        let mut size = CacheSize::default();
        let packages = std::fs::read_dir(self.own().join("packages"));
        for entry in packages.into_iter().flatten().filter_map(Result::ok) {
            if entry.path().is_dir() {
                size.packages += 1;
            }
        }
        size.bytes = bytes(&self.own());
        size
    }

    /// Takes everything away; what there was.
    pub fn remove(&self) -> Result<CacheSize, InstallError> {
        let size = self.size();
        let own = self.own();
        // Whoever installs now finds nothing, not half of it.
        let trash = self
            .0
            .join(format!(".crust-trash-{}", crate::files::unique()));
        match std::fs::rename(&own, &trash) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(size),
            Err(error) => return Err(InstallError::io("remove", &own)(error)),
        }
        std::fs::remove_dir_all(&trash).map_err(InstallError::io("remove", &trash))?;
        Ok(size)
    }
}

fn bytes(folder: &Path) -> u64 {
    let mut total = 0;
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
        {
            let Ok(found) = entry.metadata() else {
                continue;
            };
            if found.is_dir() {
                open.push(entry.path());
            } else {
                total += found.size();
            }
        }
    }
    total
}

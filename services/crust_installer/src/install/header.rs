//! What the project header says to an installation: which registry the project is pinned to, its layout,
//! whether commands are linked, whether scripts may be left out and whether the store is trusted. The first
//! installation writes it.

use crust_header::{Header, RegistryHash, RegistryMismatch};
use crust_header_file::{FileError, Guard, bootstrap, path_in, pin_registry, read};
use std::path::Path;
use std::time::Duration;

use super::InstallOptions;
use crate::config::{Config, Linker};
use crate::error::InstallError;

/// The header of this installation.
pub(super) struct ProjectHeader {
    header: Header,
    is_missing: bool,
}

impl ProjectHeader {
    /// Reads the header in `root` and compares registries. With `trust_registry`, the one in use is
    /// recorded in place of the one that was.
    pub(super) fn of(
        root: &Path,
        config: &Config,
        options: &InstallOptions,
    ) -> Result<Self, InstallError> {
        let url = config.registries.default_url();
        let asked = RegistryHash::of_url(url);
        let path = path_in(root);
        let (mut header, is_missing) = match read(&path) {
            Ok(header) => (header, false),
            Err(FileError::Missing { .. }) => (Header::DEFAULT, true),
            Err(error) => return Err(error.into()),
        };
        if options.trust_registry && !is_missing && !options.dry_run && header.registry != asked {
            header = pin_registry(&path, Guard::default(), asked)?.after;
        }
        let found = Self { header, is_missing };
        found.check(url)?;
        Ok(found)
    }

    /// Writes the first header of a project; how long that took.
    pub(super) fn write_first(
        &self,
        root: &Path,
        config: &Config,
    ) -> Result<Option<Duration>, InstallError> {
        if !self.is_missing {
            return Ok(None);
        }
        let made = bootstrap(root, RegistryHash::of_url(config.registries.default_url()))?;
        Ok(made.created.then_some(made.took))
    }

    fn check(&self, url: &str) -> Result<(), InstallError> {
        self.header
            .check_registry(url)
            .map_err(
                |RegistryMismatch { recorded, asked }| InstallError::PinnedRegistry {
                    recorded: recorded.to_string(),
                    asked: asked.to_string(),
                    host: host(url),
                },
            )
    }

    /// The layout that the header asks for.
    pub(super) fn linker(&self) -> Option<Linker> {
        linker(&self.header)
    }

    pub(super) fn installs_fast(&self) -> bool {
        self.header.installs_fast()
    }

    pub(super) fn links_binaries(&self) -> bool {
        self.header.links_binaries()
    }

    pub(super) fn may_ignore_scripts(&self) -> bool {
        self.header.may_ignore_scripts()
    }
}

/// The layout that the header of the project in `root` asks for, if it has one and that does.
pub(crate) fn linker_of_header(root: &Path) -> Result<Option<Linker>, InstallError> {
    let header = match read(&path_in(root)) {
        Ok(header) => header,
        Err(FileError::Missing { .. }) => Header::DEFAULT,
        Err(error) => return Err(error.into()),
    };
    Ok(linker(&header))
}

/// The layout that a header asks for; none where the lockfile decides, as for every modern project.
fn linker(header: &Header) -> Option<Linker> {
    (!header.uses_isolated_layout(true)).then_some(Linker::Hoisted)
}

/// The part of a registry's URL that people know it by; no credentials.
fn host(url: &str) -> String {
    let parsed = url::Url::parse(url).ok();
    let host = parsed.as_ref().and_then(url::Url::host_str);
    host.map_or_else(|| "an unknown host".to_owned(), str::to_owned)
}

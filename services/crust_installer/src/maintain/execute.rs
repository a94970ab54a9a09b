//! `x`: packages that are installed only to run their commands, below the cache.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::config::Config;
use crate::error::InstallError;
use crate::events::Sink;
use crate::files;
use crate::install::{InstallOptions, install};
use crate::request::{Positional, Request, UpdateRequest};

/// How long such a package is taken without asking for a newer version.
const FRESH: Duration = Duration::from_hours(24);

/// A package that was installed to run its command.
#[derive(Debug)]
pub struct Runnable {
    /// The folder whose `node_modules` has it.
    pub folder: PathBuf,
    /// The package's name.
    pub package: String,
}

/// Installs `package`, which may have a version behind it, unless it was installed lately.
pub fn install_to_run(
    project: &Path,
    package: &str,
    options: &InstallOptions,
    adjust: impl Fn(&mut Config) -> Result<(), InstallError>,
    sink: &Sink,
) -> Result<Runnable, InstallError> {
    let positional = Positional::parse(package)?;
    // A repository or tarball says its own name only after it came; its place stands for it.
    let name = positional.name.unwrap_or_else(|| "package".to_owned());
    let literal = if positional.literal.is_empty() {
        "latest".to_owned()
    } else {
        positional.literal
    };
    let mut config = Config::load(project)?;
    adjust(&mut config)?;
    let registry = config.registries.for_package(&name).to_string();
    let identity = format!("{registry} {name} {literal}");
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, identity.as_bytes());
    let short = digest.as_ref().get(..10).unwrap_or_default();
    let short = hex_simd::encode_to_string(short, hex_simd::AsciiCase::Lower);
    let folder = config.cache.join("crust-v1/x").join(short);
    std::fs::create_dir_all(&folder).map_err(InstallError::io("create", &folder))?;
    let manifest = folder.join("package.json");
    let is_new = !folder.join("bun.lock").is_file();
    if !manifest.is_file() {
        let text =
            serde_json::json!({ "private": true, "dependencies": { name.as_str(): literal } });
        files::write_atomically(&manifest, text.to_string().as_bytes(), false)
            .map_err(InstallError::io("write", &manifest))?;
    }
    let checked = folder.join(".checked");
    let is_fresh = std::fs::metadata(&checked)
        .and_then(|found| found.modified())
        .is_ok_and(|time| SystemTime::now().duration_since(time).unwrap_or_default() < FRESH);
    let asks_anew = !is_new && (!is_fresh || package.ends_with("@latest"));
    let request = if asks_anew {
        Request::Update(UpdateRequest::default())
    } else {
        Request::Install
    };
    // The registries are those of the project, not of the folder in the cache.
    let registries = config.registries.clone();
    let settle = |own: &mut Config| {
        adjust(own)?;
        own.registries = registries.clone();
        Ok(())
    };
    install(&folder, &request, options, settle, sink)?;
    if is_new || asks_anew {
        std::fs::write(&checked, "").map_err(InstallError::io("write", &checked))?;
    }
    Ok(Runnable {
        folder,
        package: name,
    })
}

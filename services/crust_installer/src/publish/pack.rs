//! The tarball of a package. Never sends it anywhere.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use crust_manifest::PackageJson;
use libdeflater::{CompressionLvl, Compressor};

use super::{files, manifest};
use crate::error::InstallError;
use crate::events::Sink;
use crate::install::{ScriptHost, run_scripts_named};
use crate::lockfile::is_name;
use crate::manifest::Project;
use crate::semver::Version;

/// The largest tarball, unpacked.
const UNPACKED_LIMIT: u64 = 2 << 30;
/// The largest readme that is sent along.
pub(super) const README_LIMIT: u64 = 256 << 10;
/// The time of all files, npm's: the same content gives the same tarball.
const TIME: u64 = 499_162_500;

/// How a package is packed.
#[derive(Debug, Clone, Default)]
pub struct PackOptions {
    /// The folder that the tarball goes into; the package's own without it.
    pub destination: Option<PathBuf>,
    /// The tarball's name.
    pub file_name: Option<String>,
    /// No scripts run.
    pub ignore_scripts: bool,
    /// 0 to 9; 9 without it.
    pub gzip_level: Option<i32>,
    /// Nothing is written.
    pub dry_run: bool,
    /// What scripts run with.
    pub scripts: ScriptHost,
}

/// A packed package.
#[derive(Debug)]
pub struct Packed {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where the tarball is, or would be.
    pub path: PathBuf,
    /// Files and their sizes.
    pub files: Vec<(String, u64)>,
    /// The size of all files.
    pub unpacked: u64,
    /// SHA-1 of the tarball, in hexadecimal digits.
    pub shasum: String,
    /// SHA-512 of the tarball, as in lockfiles.
    pub integrity: String,
    /// The tarball.
    pub(super) tarball: Vec<u8>,
    /// The manifest in it.
    pub(super) manifest: String,
    /// The readme, if it has one.
    pub(super) readme: Option<String>,
    pub(super) folder: PathBuf,
}

impl Packed {
    /// The size of the tarball.
    pub fn size(&self) -> u64 {
        self.tarball.len() as u64
    }
}

/// Packs the package that `folder` is in.
pub fn pack(folder: &Path, options: &PackOptions, sink: &Sink) -> Result<Packed, InstallError> {
    let packed = pack_with(folder, options, &["prepack", "prepare"], sink)?;
    if !options.dry_run {
        crate::files::write_atomically(&packed.path, &packed.tarball, true)
            .map_err(InstallError::io("write", &packed.path))?;
    }
    if !options.ignore_scripts {
        run_scripts_named(&packed.folder, &["postpack"], &options.scripts, sink)?;
    }
    Ok(packed)
}

/// Runs `before` and makes the tarball in memory.
pub(super) fn pack_with(
    folder: &Path,
    options: &PackOptions,
    before: &[&'static str],
    sink: &Sink,
) -> Result<Packed, InstallError> {
    let project = Project::find(folder)?;
    let own = project.root.join(&project.own);
    if !options.ignore_scripts {
        run_scripts_named(&own, before, &options.scripts, sink)?;
    }
    // A script may have changed it.
    let path = own.join("package.json");
    let text = std::fs::read_to_string(&path).map_err(InstallError::io("read", &path))?;
    let package = PackageJson::parse(&text, &path).map_err(InstallError::Manifest)?;
    let (name, version) = identity(&package)?;
    let manifest = manifest::published(&project, &package, &text)?;
    let list = files::of(&own, &package)?;
    let (content, sizes) = archive(&own, &list, &manifest, &package)?;
    let tarball = gzip(&content, options.gzip_level.unwrap_or(9))?;
    let shown = name.trim_start_matches('@').replace('/', "-");
    let file_name = options
        .file_name
        .clone()
        .unwrap_or_else(|| format!("{shown}-{version}.tgz"));
    let (shasum, integrity) = digests(&tarball);
    Ok(Packed {
        path: options.destination.as_ref().unwrap_or(&own).join(file_name),
        unpacked: sizes.iter().map(|(_, size)| size).sum(),
        files: sizes,
        shasum,
        integrity,
        readme: readme(&own),
        name,
        version,
        tarball,
        manifest,
        folder: own,
    })
}

/// The name and version of a package, without which it cannot be told from others.
pub(super) fn identity(package: &PackageJson) -> Result<(String, String), InstallError> {
    let field = |reason: &str| InstallError::ManifestField {
        path: package.path.clone(),
        reason: reason.to_owned(),
    };
    let name = package.name.clone().filter(|name| is_name(name));
    let name = name.ok_or_else(|| field("\"name\" is missing or is no name of a package"))?;
    let version = package
        .version
        .clone()
        .filter(|text| Version::parse(text).is_some());
    let version = version.ok_or_else(|| field("\"version\" is missing or is no version"))?;
    Ok((name, version))
}

/// The SHA-1 in hexadecimal digits, and the SHA-512 as in lockfiles.
pub(super) fn digests(tarball: &[u8]) -> (String, String) {
    let sha1 = digest(&SHA1_FOR_LEGACY_USE_ONLY, tarball);
    let sha1 = hex_simd::encode_to_string(sha1.as_ref(), hex_simd::AsciiCase::Lower);
    (sha1, crate::registry::sha512(tarball))
}

/// Whether a file of that name tells about its package.
pub(super) fn is_readme(name: &str) -> bool {
    name.eq_ignore_ascii_case("readme.md") || name.eq_ignore_ascii_case("readme")
}

fn readme(folder: &Path) -> Option<String> {
    let mut names = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let found = names.find(|entry| is_readme(&entry.file_name().to_string_lossy()))?;
    let small = found
        .metadata()
        .is_ok_and(|found| found.len() <= README_LIMIT);
    small.then(|| std::fs::read_to_string(found.path()).ok())?
}

/// Files and their sizes.
type Sizes = Vec<(String, u64)>;

fn archive(
    folder: &Path,
    list: &[String],
    manifest: &str,
    package: &PackageJson,
) -> Result<(Vec<u8>, Sizes), InstallError> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut sizes = Sizes::new();
    let mut total = 0;
    let commands: Vec<&str> = package
        .bin
        .iter()
        .map(|(_, file)| file.trim_start_matches("./"))
        .collect();
    // The manifest comes first, so that readers find it at once.
    let first = std::iter::once("package.json");
    let rest = list
        .iter()
        .map(String::as_str)
        .filter(|path| *path != "package.json");
    for path in first.chain(rest) {
        let place = folder.join(path);
        let found = std::fs::metadata(&place).map_err(InstallError::io("read", &place))?;
        total += found.len();
        if total > UNPACKED_LIMIT {
            return Err(InstallError::Config(format!(
                "the package is larger than {UNPACKED_LIMIT} bytes"
            )));
        }
        let content = if path == "package.json" {
            manifest.as_bytes().to_vec()
        } else {
            std::fs::read(&place).map_err(InstallError::io("read", &place))?
        };
        let executable = found.permissions().mode() & 0o111 != 0 || commands.contains(&path);
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(if executable { 0o755 } else { 0o644 });
        header.set_mtime(TIME);
        header.set_entry_type(tar::EntryType::Regular);
        builder
            .append_data(&mut header, format!("package/{path}"), content.as_slice())
            .map_err(InstallError::io("pack", &place))?;
        sizes.push((path.to_owned(), content.len() as u64));
    }
    let bytes = builder
        .into_inner()
        .map_err(InstallError::io("pack", folder))?;
    Ok((bytes, sizes))
}

fn gzip(content: &[u8], level: i32) -> Result<Vec<u8>, InstallError> {
    let wrong = || InstallError::Config(format!("the level of gzip is 0 to 9, not {level}"));
    if !(0..=9).contains(&level) {
        return Err(wrong());
    }
    let mut compressor = Compressor::new(CompressionLvl::new(level).map_err(|_| wrong())?);
    let mut out = vec![0; compressor.gzip_compress_bound(content.len())];
    let length = compressor
        .gzip_compress(content, &mut out)
        .map_err(|_| wrong())?;
    out.truncate(length);
    Ok(out)
}

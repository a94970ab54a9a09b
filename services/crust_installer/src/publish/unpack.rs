//! A tarball that was packed before, as what is published. Never changes it, and writes no file of it.

use std::path::Path;

use crust_manifest::PackageJson;

use super::pack::{Packed, README_LIMIT, digests, identity, is_readme};
use crate::error::InstallError;
use crate::inflate;
use crate::registry::TARBALL_LIMIT;

/// The largest package, unpacked: as much as is packed.
const UNPACKED_LIMIT: usize = 2 << 30;
/// More files than this are a mistake.
const MOST_FILES: usize = 100_000;

/// Reads the tarball at `path`.
pub(super) fn unpack(path: &Path) -> Result<Packed, InstallError> {
    let found = std::fs::metadata(path).map_err(InstallError::io("read", path))?;
    let refuse = |reason: String| InstallError::Tarball {
        name: path.display().to_string(),
        reason,
    };
    if found.len() > TARBALL_LIMIT as u64 {
        return Err(refuse(format!("it is larger than {TARBALL_LIMIT} bytes")));
    }
    let tarball = std::fs::read(path).map_err(InstallError::io("read", path))?;
    let bytes = inflate::gunzip(&tarball, UNPACKED_LIMIT).map_err(refuse)?;
    let content = Content::read(&bytes).map_err(refuse)?;
    let manifest = content.manifest.ok_or_else(|| {
        refuse("it holds no package.json in its first folder, as packed packages do".to_owned())
    })?;
    let folder = path.parent().unwrap_or(path).to_owned();
    let package = PackageJson::parse(&manifest, path).map_err(InstallError::Manifest)?;
    let (name, version) = identity(&package)?;
    let (shasum, integrity) = digests(&tarball);
    Ok(Packed {
        name,
        version,
        path: path.to_owned(),
        unpacked: content.files.iter().map(|(_, size)| size).sum(),
        files: content.files,
        shasum,
        integrity,
        tarball,
        manifest,
        readme: content.readme,
        folder,
    })
}

/// What is needed of a tarball's files.
#[derive(Debug, Default)]
struct Content {
    files: Vec<(String, u64)>,
    manifest: Option<String>,
    readme: Option<String>,
}

impl Content {
    fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut content = Self::default();
        let mut archive = tar::Archive::new(bytes);
        for entry in archive.entries().map_err(|error| error.to_string())? {
            let mut entry = entry.map_err(|error| format!("it is cut off or damaged: {error}"))?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let Some((_, inside)) = path.split_once('/') else {
                continue;
            };
            if content.files.len() >= MOST_FILES {
                return Err(format!("it has more than {MOST_FILES} files"));
            }
            let size = entry.size();
            content.files.push((inside.to_owned(), size));
            let slot = match inside {
                "package.json" => &mut content.manifest,
                name if is_readme(name) && size <= README_LIMIT => &mut content.readme,
                _ => continue,
            };
            let mut text = String::new();
            std::io::Read::read_to_string(&mut entry, &mut text)
                .map_err(|error| format!("{inside}: {error}"))?;
            *slot = Some(text);
        }
        Ok(content)
    }
}

#[cfg(test)]
mod tests {
    use super::Content;

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = Content::read(&bytes);
        }
    }
}

//! The order of an upgrade. Each step is another file's.

use std::fs::{File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use url::Url;

use crate::error::UpgradeError;
use crate::manifest::{Binary, MANIFEST_LIMIT, Manifest, platform};
use crate::version::Version;
use crate::{check, fetch, swap};

/// What happens, in this order.
#[derive(Debug)]
pub enum Event {
    /// The manifest offers a newer version.
    Found {
        /// That version.
        version: Version,
        /// Bytes to download.
        size: u64,
    },
    /// More of the download is here.
    Progress {
        /// Bytes so far.
        received: u64,
        /// All of them.
        size: u64,
    },
    /// Length, hash, stamp and `--version` are right.
    Checked,
}

/// How an upgrade ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The version here is the one that the manifest names.
    Newest,
    /// The binary was replaced.
    Upgraded {
        /// The version it has now.
        version: Version,
        /// Where the old one is.
        earlier: PathBuf,
    },
}

/// Replaces `binary`, whose version is `current`, by what the manifest at `manifest` names.
///
/// # Errors
/// See [`UpgradeError`]; the binary is as it was.
pub fn upgrade(
    manifest: &str,
    binary: &Path,
    current: &Version,
    tell: &mut dyn FnMut(Event),
) -> Result<Outcome, UpgradeError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| UpgradeError::writing(binary, error))?;
    let url = Url::parse(manifest)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| UpgradeError::Url(manifest.chars().take(200).collect()))?;
    let text = runtime.block_on(text(&url))?;
    let manifest = Manifest::parse(&text)?;
    match manifest.version.order(current) {
        std::cmp::Ordering::Equal => return Ok(Outcome::Newest),
        std::cmp::Ordering::Less => {
            return Err(UpgradeError::Older {
                offered: manifest.version.to_string(),
                current: current.to_string(),
            });
        }
        std::cmp::Ordering::Greater => {}
    }
    let offered = manifest.binary(&platform())?;
    let version = manifest.version.clone();
    let size = offered.size;
    tell(Event::Found { version, size });
    let temporary = swap::temporary(binary);
    let prepared = runtime
        .block_on(download(&url, &offered, &temporary, tell))
        .and_then(|()| check::stamp(&temporary, &offered))
        .and_then(|()| check::version(&temporary, &manifest.version))
        .and_then(|()| {
            tell(Event::Checked);
            swap::install(&temporary, binary)
        });
    if let Err(error) = prepared {
        // The reason for the failure says more than a second one.
        let _ = std::fs::remove_file(&temporary);
        return Err(error);
    }
    Ok(Outcome::Upgraded {
        version: manifest.version,
        earlier: swap::earlier(binary),
    })
}

async fn text(url: &Url) -> Result<Vec<u8>, UpgradeError> {
    let mut text = Vec::new();
    fetch::get(url, |piece| {
        if (text.len() + piece.len()) as u64 > MANIFEST_LIMIT {
            let reason = format!("it has more than {MANIFEST_LIMIT} bytes");
            return Err(UpgradeError::Manifest(reason));
        }
        text.extend_from_slice(piece);
        Ok(())
    })
    .await?;
    Ok(text)
}

/// Downloads the binary to `path`, on the disk and executable, with the length and hash it should have.
async fn download(
    manifest: &Url,
    binary: &Binary,
    path: &Path,
    tell: &mut dyn FnMut(Event),
) -> Result<(), UpgradeError> {
    let url = manifest
        .join(&binary.url)
        .ok()
        .filter(|url| url.scheme() == "https" || url.scheme() == manifest.scheme())
        .ok_or_else(|| UpgradeError::Url(binary.url.chars().take(200).collect()))?;
    let writing = |error: std::io::Error| UpgradeError::writing(path, error);
    // Left by a process of the same number that died.
    let _ = std::fs::remove_file(path);
    let mut options = File::options();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(writing)?;
    let mut hash = Context::new(&SHA256);
    let (mut received, size) = (0_u64, binary.size);
    fetch::get(&url, |piece| {
        received += piece.len() as u64;
        if received > size {
            let expected = size;
            return Err(UpgradeError::Size { received, expected });
        }
        hash.update(piece);
        file.write_all(piece).map_err(writing)?;
        tell(Event::Progress { received, size });
        Ok(())
    })
    .await?;
    if received != size {
        let expected = size;
        return Err(UpgradeError::Size { received, expected });
    }
    let hash = hash.finish();
    if hash.as_ref() != binary.sha256.as_slice() {
        return Err(UpgradeError::Hash {
            received: check::hex(hash.as_ref()),
            expected: check::hex(&binary.sha256),
        });
    }
    file.set_permissions(Permissions::from_mode(0o755))
        .map_err(writing)?;
    file.sync_all().map_err(writing)
}

//! The manifest: which version there is, and where the binary for each system lies. It is JSON:
//!
//! ```json
//! { "version": "1.2.3",
//!   "binaries": {
//!     "linux-x64": { "url": "crust-linux-x64", "size": 12345678, "sha256": "…64 digits…", "stamp": "…26 digits…" } } }
//! ```
//!
//! A `url` may be relative to the manifest's. `stamp` is the header that the binary carries, 13 bytes.
//! Members that are not named here are left alone.

use std::collections::BTreeMap;

use crust_header::STAMP_LENGTH;
use serde::Deserialize;

use crate::error::UpgradeError;
use crate::version::Version;

/// The longest manifest: some dozens of systems at some hundred bytes each, with room.
pub(crate) const MANIFEST_LIMIT: u64 = 1 << 20;

/// The longest binary. A toolkit has some tens of megabytes; this bounds what a wrong manifest makes us
/// write to the disk.
const BINARY_LIMIT: u64 = 1 << 30;

/// What a server offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The version of all its binaries.
    pub version: Version,
    binaries: BTreeMap<String, RawBinary>,
}

/// One binary of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binary {
    /// Where it is; perhaps relative.
    pub url: String,
    /// Its length in bytes.
    pub size: u64,
    /// Its SHA-256.
    pub sha256: [u8; 32],
    /// The header it carries.
    pub stamp: [u8; STAMP_LENGTH],
}

#[derive(Debug, Deserialize)]
struct RawManifest {
    version: String,
    binaries: BTreeMap<String, RawBinary>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct RawBinary {
    url: String,
    size: u64,
    sha256: String,
    stamp: String,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &[u8]) -> Result<Self, UpgradeError> {
        let raw: RawManifest = serde_json::from_slice(text)
            .map_err(|error| UpgradeError::Manifest(error.to_string()))?;
        let shown: String = raw.version.chars().take(64).collect();
        let version = Version::parse(&raw.version)
            .ok_or_else(|| UpgradeError::Manifest(format!("\"{shown}\" is not a version")))?;
        Ok(Self {
            version,
            binaries: raw.binaries,
        })
    }

    /// The binary for a system such as `linux-x64`.
    ///
    /// # Errors
    /// None, or one whose description is wrong.
    pub fn binary(&self, platform: &str) -> Result<Binary, UpgradeError> {
        let raw = self
            .binaries
            .get(platform)
            .ok_or_else(|| UpgradeError::Platform(platform.to_owned()))?;
        if raw.size == 0 || raw.size > BINARY_LIMIT {
            let reason = format!("the size {} is not from 1 to {BINARY_LIMIT}", raw.size);
            return Err(UpgradeError::Manifest(reason));
        }
        Ok(Binary {
            url: raw.url.clone(),
            size: raw.size,
            sha256: digits("sha256", &raw.sha256)?,
            stamp: digits("stamp", &raw.stamp)?,
        })
    }
}

fn digits<const LENGTH: usize>(name: &str, text: &str) -> Result<[u8; LENGTH], UpgradeError> {
    let mut bytes = [0; LENGTH];
    let decoded = hex_simd::decode(
        text.as_bytes(),
        hex_simd::AsOut::as_out(bytes.as_mut_slice()),
    );
    if text.len() != 2 * LENGTH || decoded.is_err() {
        let reason = format!("{name} is not {} hexadecimal digits", 2 * LENGTH);
        return Err(UpgradeError::Manifest(reason));
    }
    Ok(bytes)
}

/// The name of the system that this binary was built for, as manifests name it.
pub(crate) fn platform() -> String {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{}-{architecture}", std::env::consts::OS)
}

#[cfg(test)]
mod tests {
    use super::Manifest;
    use proptest::prelude::*;

    fn text(size: &str, sha256: &str, stamp: &str) -> String {
        format!(
            r#"{{"version":"1.2.3","later":1,"binaries":{{"a":{{"url":"b","size":{size},"sha256":"{sha256}","stamp":"{stamp}"}}}}}}"#
        )
    }

    #[test]
    fn a_binary_is_described_whole_or_refused() {
        let (sha256, stamp) = ("ab".repeat(32), "01".repeat(13));
        let manifest = Manifest::parse(text("5", &sha256, &stamp).as_bytes()).unwrap();
        let binary = manifest.binary("a").unwrap();
        assert_eq!(
            (binary.size, binary.sha256, binary.stamp),
            (5, [0xab; 32], [1; 13])
        );
        assert_eq!(
            manifest.binary("b").unwrap_err().code(),
            "ERR_UPGRADE_PLATFORM"
        );
        let odd = "zz".repeat(32);
        for (size, sha256, stamp) in [
            ("0", sha256.as_str(), stamp.as_str()),
            ("1073741825", &sha256, &stamp),
            ("5", &sha256[2..], &stamp),
            ("5", &odd, &stamp),
            ("5", &sha256, &stamp[1..]),
        ] {
            let manifest = Manifest::parse(text(size, sha256, stamp).as_bytes()).unwrap();
            assert_eq!(
                manifest.binary("a").unwrap_err().code(),
                "ERR_UPGRADE_MANIFEST"
            );
        }
        for wrong in ["", "{}", "[]", r#"{"version":"1","binaries":{}}"#] {
            assert!(Manifest::parse(wrong.as_bytes()).is_err());
        }
    }

    proptest! {
        #[test]
        fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Manifest::parse(&bytes);
        }

        #[test]
        fn any_members(size in any::<u64>(), sha256 in "[0-9a-fA-Fx]{0,70}", stamp in "\\PC{0,30}") {
            let stamp = stamp.replace(['"', '\\'], "");
            let manifest = Manifest::parse(text(&size.to_string(), &sha256, &stamp).as_bytes()).unwrap();
            let _ = manifest.binary("a");
        }
    }
}

//! The index of a stored package.
//!
//! | bytes | meaning |
//! |---|---|
//! | 8 | `CRUSTIX1` |
//! | 4 | number of files, little endian |
//! | per file: 8 | size |
//! | 1 | 1 if executable |
//! | 32 | SHA-256 |
//! | 2 | length of the path |
//! | … | the path, with slashes |
//! | 8 | the first bytes of the SHA-256 of all before |

use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::SystemTime;

use crate::error::InstallError;

const MAGIC: &[u8; 8] = b"CRUSTIX1";
/// Files of a package: the largest published ones have some 100 000.
pub(super) const MOST_FILES: usize = 1_000_000;
/// An index of that many files with long paths stays below this.
const SIZE_LIMIT: u64 = 256 << 20;

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) path: String,
    pub(crate) size: u64,
    pub(crate) executable: bool,
    pub(crate) digest: [u8; 32],
}

/// All files of a package, in the order of the tarball with `package.json` last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Index {
    pub(crate) entries: Vec<Entry>,
}

/// The content of a file and when it was written, by one descriptor.
pub(super) fn read_file(path: &Path) -> Option<(Vec<u8>, SystemTime)> {
    let mut file = std::fs::File::open(path).ok()?;
    let metadata = file.metadata().ok()?;
    if metadata.len() > SIZE_LIMIT {
        return None;
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).ok()? + 1);
    file.read_to_end(&mut bytes).ok()?;
    Some((bytes, metadata.modified().ok()?))
}

fn checksum(bytes: &[u8]) -> [u8; 8] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    digest.as_ref().first_chunk().copied().unwrap_or_default()
}

impl Index {
    /// The index of what is in a folder.
    pub(super) fn of_folder(folder: &Path) -> Result<Self, InstallError> {
        let mut index = Self::default();
        let mut open = vec![String::new()];
        while let Some(inside) = open.pop() {
            let place = folder.join(&inside);
            let listed = std::fs::read_dir(&place).map_err(InstallError::io("read", &place))?;
            for entry in listed.filter_map(Result::ok) {
                let Ok(name) = entry.file_name().into_string() else {
                    continue;
                };
                let path = if inside.is_empty() {
                    name
                } else {
                    format!("{inside}/{name}")
                };
                let whole = entry.path();
                let found = entry.metadata().map_err(InstallError::io("read", &whole))?;
                if found.is_dir() {
                    open.push(path);
                } else if found.is_file() {
                    let bytes = std::fs::read(&whole).map_err(InstallError::io("read", &whole))?;
                    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes);
                    index.entries.push(Entry {
                        path,
                        size: bytes.len() as u64,
                        executable: found.permissions().mode() & 0o111 != 0,
                        digest: digest.as_ref().first_chunk().copied().unwrap_or_default(),
                    });
                }
            }
        }
        // As in every index, the manifest comes last.
        index.entries.sort_by(|left, right| {
            let key = |entry: &Entry| (entry.path == "package.json", entry.path.clone());
            key(left).cmp(&key(right))
        });
        Ok(index)
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.entries.len() * 80 + 32);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&crate::graph::index(self.entries.len()).to_le_bytes());
        for entry in &self.entries {
            bytes.extend_from_slice(&entry.size.to_le_bytes());
            bytes.push(u8::from(entry.executable));
            bytes.extend_from_slice(&entry.digest);
            let length = u16::try_from(entry.path.len()).unwrap_or(u16::MAX);
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(entry.path.as_bytes());
        }
        let sum = checksum(&bytes);
        bytes.extend_from_slice(&sum);
        bytes
    }

    /// `None` for anything that is not whole.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (content, sum) = bytes.split_last_chunk::<8>()?;
        if checksum(content) != *sum {
            return None;
        }
        let mut rest = content.strip_prefix(MAGIC)?;
        let count = u32::from_le_bytes(take(&mut rest)?) as usize;
        if count > MOST_FILES {
            return None;
        }
        let mut entries = Vec::with_capacity(count.min(rest.len() / 43));
        for _ in 0..count {
            let size = u64::from_le_bytes(take(&mut rest)?);
            let [executable] = take(&mut rest)?;
            let digest = take(&mut rest)?;
            let length = usize::from(u16::from_le_bytes(take(&mut rest)?));
            let (path, after) = rest.split_at_checked(length)?;
            rest = after;
            entries.push(Entry {
                path: std::str::from_utf8(path).ok()?.to_owned(),
                size,
                executable: executable != 0,
                digest,
            });
        }
        rest.is_empty().then_some(Self { entries })
    }
}

fn take<const LENGTH: usize>(rest: &mut &[u8]) -> Option<[u8; LENGTH]> {
    let (head, tail) = rest.split_first_chunk::<LENGTH>()?;
    *rest = tail;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = Index::decode(&bytes);
        }

        #[test]
        fn what_is_written_is_read(paths: Vec<String>, size: u64, executable: bool) {
            let entries = paths.into_iter().map(|path| Entry { path, size, executable, digest: [7; 32] });
            let index = Index { entries: entries.collect() };
            let bytes = index.encode();
            proptest::prop_assert_eq!(Index::decode(&bytes), Some(index));
            let mut damaged = bytes.clone();
            if let Some(byte) = damaged.get_mut(9) { *byte ^= 1; }
            proptest::prop_assert_eq!(Index::decode(&damaged), None);
        }
    }
}

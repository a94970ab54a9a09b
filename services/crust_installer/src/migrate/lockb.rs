//! `bun.lockb`, the binary lockfile of Bun before 1.2 (format 2) and of later versions that are asked for
//! it (format 3). Little-endian; a position is counted from the beginning of the file.
//!
//! | bytes | meaning |
//! |---|---|
//! | 42 | `#!/usr/bin/env bun`, `bun-lockfile-format-v0`, each with a line feed |
//! | 4 | format |
//! | 32 | a digest, which is not looked at |
//! | 8 | where the content ends |
//! | 8 | number of packages |
//! | 8, 8 | alignment; number of columns: 8, or 7 without scripts |
//! | 8, 8 | where the columns begin and end |
//! | 8 each | column: names |
//! | 8 each | column: hashes of names |
//! | 64 or 72 each | column: resolutions; format 3 has versions of 64-bit numbers |
//! | 8 each | column: first and count of a package's dependencies |
//! | 8 each | column: the same of what they resolved to |
//! | 88 each | column: platforms, number and digest (at 20: kind and 64 bytes) |
//! | … | columns that are not needed here |
//! | per list: 8, 8 | where it begins and ends; a line of text and padding are between |
//!
//! The lists are those of trees, hoisted dependencies, resolutions (4 bytes: a package), dependencies (26
//! bytes: name, hash, behavior, kind, text), strings with hashes, and the bytes of strings. A string is 8
//! bytes: the text itself, or with the highest bit set its position and length in those bytes.
//!
//! After the lists come sections, each with a word of eight letters before it. Of these only `cNfGvRsN` is
//! read, the version of the layout in 8 bytes, which only newer files have.
//!
//! No count of the file makes an allocation: each must fit into the bytes that there are.

use super::Pins;

const MAGIC: &[u8] = b"#!/usr/bin/env bun\nbun-lockfile-format-v0\n";
/// The format, the digest and the end come before the packages.
const DIGEST: usize = 32;
/// A package of a registry.
const NPM: u8 = 2;
const META: usize = 88;
/// Where the digest of a tarball stands within.
const INTEGRITY: usize = 20;
const DEPENDENCY: usize = 26;
/// The bit of a string's length that says that the text is not here.
const ELSEWHERE: u32 = 1 << 31;
/// What stands before the version of the layout.
const CONFIG_VERSION: &[u8] = b"cNfGvRsN";

/// Kinds of digests, from 1.
const DIGESTS: [(&str, usize); 4] = [("sha1", 20), ("sha256", 32), ("sha384", 48), ("sha512", 64)];

/// The versions that a file holds.
pub(super) fn parse(bytes: &[u8]) -> Result<Pins, String> {
    let file = File::read(bytes)?;
    let mut pins = file
        .pins()
        .ok_or("it is damaged: a string or a package lies outside of it")?;
    pins.config_version = config_version(file.rest);
    Ok(pins)
}

/// What newer versions of Bun write after everything else.
fn config_version(rest: &[u8]) -> Option<u32> {
    let at = rest
        .windows(CONFIG_VERSION.len())
        .rposition(|found| found == CONFIG_VERSION)?;
    let mut value = rest.get(at + CONFIG_VERSION.len()..)?;
    Some(u32::from(u64::from_le_bytes(take(&mut value)?) > 0))
}

/// The parts of a file that are needed.
struct File<'b> {
    count: usize,
    /// Bytes of a number of a version.
    number: usize,
    names: &'b [u8],
    resolutions: &'b [u8],
    dependencies_of: &'b [u8],
    resolved_of: &'b [u8],
    metas: &'b [u8],
    resolved: &'b [u8],
    dependencies: &'b [u8],
    strings: &'b [u8],
    /// What comes after the lists.
    rest: &'b [u8],
}

impl<'b> File<'b> {
    fn read(bytes: &'b [u8]) -> Result<Self, String> {
        let damaged = || "it is cut off or damaged".to_owned();
        let mut rest = bytes
            .strip_prefix(MAGIC)
            .ok_or("it is not a lockfile of Bun")?;
        let format = u32::from_le_bytes(take(&mut rest).ok_or_else(damaged)?);
        let number = match format {
            2 => 4,
            3 => 8,
            other => return Err(format!("its format {other} is not known; 2 and 3 are")),
        };
        Self::parts(bytes, number).ok_or_else(damaged)
    }

    fn parts(bytes: &'b [u8], number: usize) -> Option<Self> {
        let mut head = bytes.get(MAGIC.len() + 4 + DIGEST..)?;
        let _end = long(&mut head)?;
        let count = long(&mut head)?;
        let (_alignment, columns) = (long(&mut head)?, long(&mut head)?);
        let (begin, end) = (long(&mut head)?, long(&mut head)?);
        if !(7..=8).contains(&columns) {
            return None;
        }
        let mut rest = bytes.get(begin..end)?;
        let mut column = |size: usize| -> Option<&'b [u8]> {
            let (column, after) = rest.split_at_checked(count.checked_mul(size)?)?;
            rest = after;
            Some(column)
        };
        let names = column(8)?;
        let _hashes = column(8)?;
        // Kind and padding, a URL, three numbers, padding to 8, and two strings with hashes.
        let resolutions = column(resolution_size(number))?;
        let (dependencies_of, resolved_of) = (column(8)?, column(8)?);
        let metas = column(META)?;
        let mut at = end;
        let mut list = || -> Option<&'b [u8]> {
            let mut head = bytes.get(at..)?;
            let (begin, end) = (long(&mut head)?, long(&mut head)?);
            // Backwards it could go on for ever.
            let found = bytes.get(begin..end).filter(|_| begin >= at)?;
            at = end;
            Some(found)
        };
        let (_trees, _hoisted) = (list()?, list()?);
        let (resolved, dependencies) = (list()?, list()?);
        let (_extern, strings) = (list()?, list()?);
        let rest = bytes.get(at..)?;
        Some(Self {
            count,
            number,
            names,
            resolutions,
            dependencies_of,
            resolved_of,
            metas,
            resolved,
            dependencies,
            strings,
            rest,
        })
    }

    /// `None` where something lies outside.
    fn pins(&self) -> Option<Pins> {
        let mut pins = Pins::default();
        // Every dependency belongs to one package, so that no count makes this longer than the file.
        let mut left = self.dependencies.len() / DEPENDENCY;
        for package in 0..self.count {
            let version = self.version(package)?;
            if !version.is_empty() {
                let name = self.text(row(self.names, 8, package)?)?;
                pins.version(name, &version, &self.integrity(package)?);
            }
            let (first, length) = span(self.dependencies_of, package)?;
            let (first_resolved, resolved) = span(self.resolved_of, package)?;
            if length != resolved {
                return None;
            }
            left = left.checked_sub(length)?;
            for at in 0..length {
                let dependency = row(self.dependencies, DEPENDENCY, first.checked_add(at)?)?;
                let target = row(self.resolved, 4, first_resolved.checked_add(at)?)?;
                let target = u32::from_le_bytes(*target.first_chunk()?) as usize;
                // One that nothing resolved points nowhere.
                if target >= self.count {
                    continue;
                }
                let version = self.version(target)?;
                let name = self.text(dependency.get(..8)?)?;
                // What is from elsewhere has none, and is no pin.
                pins.pin(name, self.text(dependency.get(18..)?)?, &version);
            }
        }
        Some(pins)
    }

    /// The version of a package of a registry; empty for any other.
    fn version(&self, package: usize) -> Option<String> {
        let row = row(self.resolutions, resolution_size(self.number), package)?;
        if row.first() != Some(&NPM) {
            return Some(String::new());
        }
        let number = |at: usize| -> Option<u64> {
            let bytes = row.get(16 + at * self.number..)?;
            match self.number {
                4 => Some(u32::from_le_bytes(*bytes.first_chunk()?).into()),
                _ => Some(u64::from_le_bytes(*bytes.first_chunk()?)),
            }
        };
        let mut text = format!("{}.{}.{}", number(0)?, number(1)?, number(2)?);
        let tags = row.len().checked_sub(32)?;
        for (sign, at) in [("-", tags), ("+", tags + 16)] {
            let tag = self.text(row.get(at..at + 8)?)?;
            if !tag.is_empty() {
                text.extend([sign, tag]);
            }
        }
        Some(text)
    }

    fn integrity(&self, package: usize) -> Option<String> {
        let meta = row(self.metas, META, package)?.get(INTEGRITY..)?;
        let (&kind, digest) = meta.split_first()?;
        let Some((name, length)) = usize::from(kind)
            .checked_sub(1)
            .and_then(|kind| DIGESTS.get(kind))
        else {
            return Some(String::new());
        };
        let digest = base64_simd::STANDARD.encode_to_string(digest.get(..*length)?);
        Some(format!("{name}-{digest}"))
    }

    fn text(&self, bytes: &'b [u8]) -> Option<&'b str> {
        let own = bytes.get(..8)?;
        let mut rest = own;
        let start = u32::from_le_bytes(take(&mut rest)?) as usize;
        let length = u32::from_le_bytes(take(&mut rest)?);
        let text = if length & ELSEWHERE == 0 {
            let length = own.iter().position(|byte| *byte == 0).unwrap_or(8);
            own.get(..length)?
        } else {
            let length = (length & !ELSEWHERE) as usize;
            self.strings.get(start..start.checked_add(length)?)?
        };
        std::str::from_utf8(text).ok()
    }
}

const fn resolution_size(number: usize) -> usize {
    8 + 8 + (3 * number).next_multiple_of(8) + 32
}

/// Where a package's dependencies begin, and how many there are.
fn span(column: &[u8], package: usize) -> Option<(usize, usize)> {
    let mut rest = row(column, 8, package)?;
    let first = u32::from_le_bytes(take(&mut rest)?) as usize;
    Some((first, u32::from_le_bytes(take(&mut rest)?) as usize))
}

fn row(column: &[u8], size: usize, at: usize) -> Option<&[u8]> {
    let start = size.checked_mul(at)?;
    column.get(start..start.checked_add(size)?)
}

fn long(rest: &mut &[u8]) -> Option<usize> {
    usize::try_from(u64::from_le_bytes(take(rest)?)).ok()
}

fn take<const LENGTH: usize>(rest: &mut &[u8]) -> Option<[u8; LENGTH]> {
    let (head, tail) = rest.split_first_chunk::<LENGTH>()?;
    *rest = tail;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::semver::Version;
    use crate::spec::Spec;

    /// Written by Bun 1.1.30 and 1.4.4 for the same project.
    static FIXTURES: [&[u8]; 2] = [
        include_bytes!("fixtures/format2.lockb"),
        include_bytes!("fixtures/format3.lockb"),
    ];

    #[test]
    fn both_formats_are_read() {
        for (bytes, config_version) in FIXTURES.into_iter().zip([None, Some(1)]) {
            let pins = parse(bytes).unwrap();
            assert_eq!(pins.config_version, config_version);
            for (name, range, version) in [
                ("a", "^1.0.0", "1.0.0"),
                ("a", "~1.0.0", "1.0.0"),
                ("b", "^1.0.0", "1.0.0"),
                ("b", "2.0.0-beta.1", "2.0.0-beta.1"),
                ("x", "npm:b@^1.0.0", "1.0.0"),
                ("@scope/quite-long-name", "latest", "1.0.0"),
                ("c", "*", "1.0.0"),
            ] {
                let found = pins.get(&Spec::parse(name, range)).map(ToString::to_string);
                assert_eq!(found.as_deref(), Some(version), "{name}@{range}");
            }
            // The digest of the tarball that the registry had.
            let digest = pins.integrity(&"a".into(), &Version::new(1, 0, 0)).unwrap();
            assert_eq!(digest.len(), "sha512-".len() + 88);
            assert!(digest.starts_with("sha512-8JlU7A+voIMtNLKS"), "{digest}");
            assert!(pins.get(&Spec::parse("w", "0.1.0")).is_none());
        }
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        for bytes in FIXTURES {
            for length in 0..bytes.len() - 1000 {
                // Cut within the packages or the lists; what comes after them is not needed.
                let _ = parse(&bytes[..length]);
            }
            assert!(parse(&bytes[..bytes.len() / 2]).is_err());
            let mut other = bytes.to_vec();
            other[42] = 9;
            assert!(parse(&other).err().unwrap().contains("format 9"));
            // More packages than fit.
            let mut other = bytes.to_vec();
            other[86..94].copy_from_slice(&u64::MAX.to_le_bytes());
            assert!(parse(&other).is_err());
        }
        assert!(parse(b"{}").is_err());
    }

    proptest::proptest! {
        #[test]
        fn changed_bytes_are_read_or_refused(
            which in 0..2_usize,
            changes in proptest::collection::vec((42..3400_usize, proptest::num::u8::ANY), 1..40),
        ) {
            let mut bytes = FIXTURES[which].to_vec();
            for (at, byte) in changes {
                bytes[at] = byte;
            }
            let _ = parse(&bytes);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = parse(&bytes);
            let _ = parse(&[MAGIC, &[2, 0, 0, 0], &bytes].concat());
        }
    }
}

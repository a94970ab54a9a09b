//! The file of kept bytecode, little-endian:
//!
//! | bytes | field |
//! |---|---|
//! | 8 | magic, `CRUSTBC` and the version of this format |
//! | 8 | CRC-32 of all that follows |
//! | 32 | device, number, size and time of change of the engine's library file |
//! | 88 | `CodeLayout`, padded |
//! | 8 | number of scripts |
//! | 24 each | a script: CRC-32 and length of its text (4 + 4), place and length of its bytecode (8 + 8) |
//! | | the bytecode, each at a multiple of 16 |
//!
//! Another version, library or checksum means: no file. Never reads or writes one.

use jsc::{CodeLayout, KeptCode};
use rustc_hash::FxHashMap;

const MAGIC: [u8; 8] = *b"CRUSTBC\x01";
const LAYOUT: usize = 88;
const HEADER: usize = 8 + 8 + 32 + LAYOUT + 8;
const ENTRY: usize = 24;
/// The engine reads words of the bytecode in place.
const ALIGNMENT: usize = 16;
const _: () = assert!(CodeLayout::SIZE <= LAYOUT);

/// What a script is found by. Two texts with one key do no harm: the engine compares texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    checksum: u32,
    length: u32,
}

impl Key {
    pub(super) fn of(text: &str) -> Self {
        Self {
            checksum: crc32fast::hash(text.as_bytes()),
            length: u32::try_from(text.len()).unwrap_or(u32::MAX),
        }
    }
}

/// A file that was read.
pub(super) struct Pack {
    pub(super) layout: CodeLayout,
    pub(super) scripts: Vec<(Key, &'static [u8])>,
}

impl Pack {
    /// `None` for anything but a whole file of this version and library.
    pub(super) fn parse(bytes: &'static [u8], identity: [u64; 4]) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk::<8>()?;
        let (checksum, rest) = rest.split_first_chunk::<8>()?;
        let is_whole = u64::from(crc32fast::hash(rest)) == u64::from_le_bytes(*checksum);
        if *magic != MAGIC || !is_whole {
            return None;
        }
        let (library, rest) = rest.split_at_checked(32)?;
        if library != identity.map(u64::to_le_bytes).as_flattened() {
            return None;
        }
        let (layout, rest) = rest.split_at_checked(LAYOUT)?;
        let layout = CodeLayout::from_bytes(layout.first_chunk()?)?;
        let (count, rest) = rest.split_first_chunk::<8>()?;
        let count = usize::try_from(u64::from_le_bytes(*count)).ok()?;
        let entries = rest.get(..count.checked_mul(ENTRY)?)?;
        let scripts = entries
            .chunks_exact(ENTRY)
            .map(|entry| script(entry, bytes))
            .collect::<Option<_>>()?;
        Some(Self { layout, scripts })
    }

    /// The scripts in the engine's form.
    pub(super) fn in_engine_form(&self) -> FxHashMap<Key, KeptCode> {
        self.scripts
            .iter()
            .map(|(key, bytes)| (*key, KeptCode::new(&self.layout, bytes)))
            .collect()
    }
}

fn script(entry: &[u8], bytes: &'static [u8]) -> Option<(Key, &'static [u8])> {
    let number = |at: usize| -> Option<u64> {
        let part = entry.get(at..at + 8)?;
        Some(u64::from_le_bytes(part.try_into().ok()?))
    };
    let key = Key {
        checksum: u32::try_from(number(0)? & 0xffff_ffff).ok()?,
        length: u32::try_from(number(0)? >> 32).ok()?,
    };
    let start = usize::try_from(number(8)?).ok()?;
    let end = start.checked_add(usize::try_from(number(16)?).ok()?)?;
    Some((key, bytes.get(start..end)?))
}

/// The file's bytes.
pub(super) fn write(identity: [u64; 4], layout: CodeLayout, scripts: &[(Key, &[u8])]) -> Vec<u8> {
    let mut table = Vec::with_capacity(scripts.len() * ENTRY);
    let mut place = (HEADER + scripts.len() * ENTRY).next_multiple_of(ALIGNMENT);
    for (key, code) in scripts {
        table.extend(key.checksum.to_le_bytes());
        table.extend(key.length.to_le_bytes());
        table.extend((place as u64).to_le_bytes());
        table.extend((code.len() as u64).to_le_bytes());
        place = (place + code.len()).next_multiple_of(ALIGNMENT);
    }
    let mut bytes = Vec::with_capacity(place);
    bytes.extend(MAGIC);
    bytes.extend([0; 8]);
    bytes.extend(identity.map(u64::to_le_bytes).as_flattened());
    bytes.extend(layout.to_bytes());
    bytes.resize(HEADER - 8, 0);
    bytes.extend((scripts.len() as u64).to_le_bytes());
    bytes.extend(table);
    for (_, code) in scripts {
        bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
        bytes.extend(*code);
    }
    let checksum = u64::from(crc32fast::hash(bytes.get(16..).unwrap_or(&[])));
    if let Some(field) = bytes.get_mut(8..16) {
        field.copy_from_slice(&checksum.to_le_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDENTITY: [u64; 4] = [1, 2, 3, 4];

    fn layout() -> CodeLayout {
        let mut bytes = [0; CodeLayout::SIZE];
        bytes[0] = 17;
        CodeLayout::from_bytes(&bytes).unwrap()
    }

    fn sample() -> Vec<u8> {
        let scripts: [(Key, &[u8]); 3] = [
            (Key::of("first"), b"code of the first"),
            (Key::of("second"), b""),
            (Key::of("third"), &[7; 1000]),
        ];
        write(IDENTITY, layout(), &scripts)
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = sample().leak();
        let pack = Pack::parse(bytes, IDENTITY).unwrap();
        assert_eq!(pack.layout, layout());
        let [first, second, third] = pack.scripts.as_slice() else {
            panic!("three scripts");
        };
        assert_eq!(*first, (Key::of("first"), b"code of the first".as_slice()));
        assert!(second.1.is_empty());
        assert_eq!(third.1, [7; 1000]);
        assert!(Pack::parse(bytes, [1, 2, 3, 5]).is_none());
    }

    #[test]
    fn whatever_is_damaged_is_no_file() {
        let whole = sample();
        for length in 0..whole.len() {
            assert!(Pack::parse(whole[..length].to_vec().leak(), IDENTITY).is_none());
        }
        for place in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[place] ^= 0x10;
            assert!(Pack::parse(damaged.leak(), IDENTITY).is_none(), "{place}");
        }
    }
}

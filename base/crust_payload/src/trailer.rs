//! The last bytes of an executable with a payload; the table is in `lib.rs`.

use crate::error::PayloadError;

pub(crate) const LENGTH: usize = 48;
const MARK: [u8; 16] = *b"crust:payload:2\0";
/// Where the checksum of the trailer itself is.
const CHECKED: usize = 28;

/// Where the parts of a payload are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trailer {
    pub(crate) offset: u64,
    pub(crate) contents: u64,
    pub(crate) index: u64,
    /// Of the index's bytes.
    pub(crate) checksum: u32,
}

impl Trailer {
    pub(crate) fn encode(self) -> [u8; LENGTH] {
        let mut bytes = Vec::with_capacity(LENGTH);
        for number in [self.offset, self.contents, self.index] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(self.checksum.to_le_bytes());
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        bytes.extend(MARK);
        // The parts above are as long as the table says.
        bytes.try_into().unwrap_or([0; LENGTH])
    }

    /// Reads a trailer and checks that its parts fill the file of `size` bytes to its end.
    pub(crate) fn decode(bytes: &[u8; LENGTH], size: u64) -> Result<Self, PayloadError> {
        let (numbers, mark) = bytes.split_at(LENGTH - MARK.len());
        if mark != MARK.as_slice() {
            return Err(PayloadError::Damaged(
                "its end is missing, or of another version",
            ));
        }
        let long = |at: usize| le(numbers, at, 8);
        let short = |at: usize| u32::try_from(le(numbers, at, 4)).unwrap_or_default();
        let checked = numbers.get(..CHECKED).unwrap_or_default();
        if crc32fast::hash(checked) != short(CHECKED) {
            return Err(PayloadError::Damaged("its end is not as it was written"));
        }
        let trailer = Self {
            offset: long(0),
            contents: long(8),
            index: long(16),
            checksum: short(24),
        };
        let end = trailer
            .offset
            .checked_add(trailer.contents)
            .and_then(|end| end.checked_add(trailer.index))
            .and_then(|end| end.checked_add(LENGTH as u64));
        if end != Some(size) {
            return Err(PayloadError::Damaged("its parts do not fill the file"));
        }
        Ok(trailer)
    }
}

/// The number in `length` bytes from `at` on.
fn le(bytes: &[u8], at: usize, length: usize) -> u64 {
    let mut number = [0; 8];
    if let (Some(from), Some(to)) = (bytes.get(at..at + length), number.get_mut(..length)) {
        to.copy_from_slice(from);
    }
    u64::from_le_bytes(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_read_was_written(bytes: [u8; LENGTH], size: u64, marked: bool) {
            let mut bytes = bytes;
            if marked {
                bytes[32..].copy_from_slice(&MARK);
                let checksum = crc32fast::hash(&bytes[..CHECKED]);
                bytes[CHECKED..32].copy_from_slice(&checksum.to_le_bytes());
            }
            if let Ok(trailer) = Trailer::decode(&bytes, size) {
                prop_assert_eq!(trailer.encode(), bytes);
            }
        }

        #[test]
        fn what_is_written_is_read(offset in 0..1_u64 << 40, contents in 0..1_u64 << 40, index in 0..1_u64 << 40, checksum: u32, flipped in 0..LENGTH * 8) {
            let trailer = Trailer { offset, contents, index, checksum };
            let size = offset + contents + index + LENGTH as u64;
            prop_assert_eq!(Trailer::decode(&trailer.encode(), size).unwrap(), trailer);
            prop_assert!(Trailer::decode(&trailer.encode(), size + 1).is_err());
            let mut damaged = trailer.encode();
            damaged[flipped / 8] ^= 1 << (flipped % 8);
            prop_assert!(Trailer::decode(&damaged, size).is_err());
        }
    }
}

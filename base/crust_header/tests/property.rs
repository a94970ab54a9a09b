//! Every 104-byte input either decodes to what encodes back to it or is refused.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crust_header::{HEADER_LENGTH, Header, HeaderError, MAGIC, crc64};
use proptest::prelude::*;

fn holds(bytes: &[u8; HEADER_LENGTH]) -> bool {
    Header::decode(bytes).map_or_else(|_| true, |header| header.encode() == *bytes)
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::array::uniform32(any::<u8>()), more in prop::collection::vec(any::<u8>(), 72)) {
        let input: Vec<u8> = bytes.into_iter().chain(more).collect();
        prop_assert!(holds(input.as_slice().try_into().unwrap()));
    }

    /// Random bytes never have a right checksum; these do, so that what lies behind it is reached too.
    #[test]
    fn bytes_with_magic_and_checksum(
        values in prop::array::uniform12(prop_oneof![0_u8..5, any::<u8>()]),
        reserved in prop::option::of((24_usize..HEADER_LENGTH, any::<u8>())),
    ) {
        let mut bytes = [0; HEADER_LENGTH];
        bytes[..4].copy_from_slice(&MAGIC);
        bytes[4..16].copy_from_slice(&values);
        bytes[16..24].copy_from_slice(&crc64(&values).to_le_bytes());
        if let Some((offset, byte)) = reserved {
            bytes[offset] = byte;
        }
        prop_assert!(holds(&bytes));
        let valid = values[0] < 2 && values[9] < 4 && values[10] > 0 && values[11] > 0;
        let zero = reserved.is_none_or(|(_, byte)| byte == 0);
        prop_assert_eq!(Header::decode(&bytes).is_ok(), valid && zero);
    }

    /// One wrong bit anywhere is noticed.
    #[test]
    fn one_wrong_bit(bit in 0..HEADER_LENGTH * 8) {
        let mut bytes = Header::DEFAULT.encode();
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(Header::decode(&bytes).is_err());
    }

    #[test]
    fn any_length(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let decoded = Header::decode_start(&bytes);
        if bytes.len() < HEADER_LENGTH {
            let is_short = matches!(decoded, Err(HeaderError::Short { .. } | HeaderError::BunLockfile));
            prop_assert!(is_short);
        }
    }
}

//! The bytes of a new project's header, kept in a file, so that the format cannot change unseen; and
//! what is refused, with its code.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use core::num::NonZeroU8;

use crust_header::{
    BUN_LOCKFILE_START, ConfigVersion, Feature, Features, HEADER_LENGTH, Header, HeaderError,
    RegistryHash, Terminal, TerminalMode, crc64,
};

/// A hexadecimal dump: two digits a byte, anything after `#` is for people.
fn bytes(dump: &str) -> Vec<u8> {
    dump.lines()
        .flat_map(|line| {
            line.split('#')
                .next()
                .unwrap_or_default()
                .split_whitespace()
        })
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}

#[test]
fn a_new_project() {
    let golden = bytes(include_str!("golden/default.hex"));
    assert_eq!(Header::DEFAULT.encode().as_slice(), golden.as_slice());
    assert_eq!(Header::decode_start(&golden), Ok(Header::DEFAULT));
}

#[test]
fn a_project_with_everything() {
    let header = Header {
        version: ConfigVersion::Legacy,
        registry: RegistryHash(0xbcd5_d947),
        features: Features(0x8000_0000).with(Feature::Debug, true),
        terminal: Terminal {
            mode: TerminalMode::Pipe,
            rows: NonZeroU8::MAX,
            columns: NonZeroU8::MIN,
        },
    };
    let golden = bytes(include_str!("golden/everything.hex"));
    assert_eq!(header.encode().as_slice(), golden.as_slice());
    assert_eq!(Header::decode_start(&golden), Ok(header));
    assert_eq!(Header::of_stamp(&header.stamp()), Ok(header));
}

/// The default header with one byte changed and, where `repaired`, the checksum that belongs to it.
fn damaged(offset: usize, value: u8, repaired: bool) -> [u8; HEADER_LENGTH] {
    let mut bytes = Header::DEFAULT.encode();
    bytes[offset] = value;
    if repaired {
        let checksum = crc64(&bytes[4..16]).to_le_bytes();
        bytes[16..24].copy_from_slice(&checksum);
    }
    bytes
}

#[test]
fn refuses_with_the_reason() {
    let refused = |bytes: &[u8]| Header::decode_start(bytes).unwrap_err();
    let code = |bytes: &[u8]| refused(bytes).code();
    assert_eq!(refused(&[]), HeaderError::Short { length: 0 });
    assert_eq!(code(&Header::DEFAULT.encode()[..103]), "ERR_CONFIG_SHORT");
    assert_eq!(code(&damaged(0, b'C', false)), "ERR_CONFIG_MAGIC");
    assert_eq!(code(&damaged(9, 1, false)), "ERR_CONFIG_CHECKSUM");
    assert_eq!(refused(&damaged(4, 2, true)), HeaderError::Version(2));
    assert_eq!(refused(&damaged(13, 4, true)), HeaderError::TerminalMode(4));
    assert_eq!(refused(&damaged(14, 0, true)), HeaderError::Rows);
    assert_eq!(refused(&damaged(15, 0, true)), HeaderError::Columns);
    let reserved = |offset| HeaderError::Reserved { offset };
    assert_eq!(refused(&damaged(24, 1, false)), reserved(24));
    assert_eq!(refused(&damaged(103, 1, false)), reserved(103));
    let mut stamp = Header::DEFAULT.stamp();
    stamp[12] = 1;
    assert_eq!(Header::of_stamp(&stamp), Err(reserved(12)));
}

#[test]
fn knows_the_lockfile_of_bun() {
    let long = [BUN_LOCKFILE_START, &[b'\n'; 200]].concat();
    for bytes in [BUN_LOCKFILE_START, &long] {
        assert_eq!(Header::decode_start(bytes), Err(HeaderError::BunLockfile));
    }
}

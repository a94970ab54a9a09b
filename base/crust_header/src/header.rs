//! The header's fields and its codec: bytes to values and back, nothing else.

use core::num::NonZeroU8;
use core::ops::Range;

use crate::crc64::crc64;
use crate::error::HeaderError;
use crate::feature::Features;
use crate::registry::RegistryHash;
use crate::terminal::{Terminal, TerminalMode};

/// Bytes of a header.
pub const HEADER_LENGTH: usize = 104;

/// Bytes of a stamp: the values and one reserved byte.
pub const STAMP_LENGTH: usize = 13;

/// The first bytes of a header.
pub const MAGIC: [u8; 4] = *b"BUN1";

/// Where the values are, which the checksum covers.
pub const VALUES: Range<usize> = 4..16;

/// How a binary lockfile of Bun starts.
pub const BUN_LOCKFILE_START: &[u8] = b"#!/usr/bin/env bun\nbun-lockfile-format-v0";

const RESERVED: Range<usize> = 24..HEADER_LENGTH;

const _: () = assert!(VALUES.end - VALUES.start + 1 == STAMP_LENGTH);
const _: () = assert!(RESERVED.end - RESERVED.start == 80);

/// The rules a project is made by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ConfigVersion {
    /// The hoisted layout.
    Legacy = 0,
    /// The isolated layout in workspaces.
    Modern = 1,
}

impl ConfigVersion {
    /// The version with the number `byte`.
    #[inline]
    pub const fn of_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Legacy),
            1 => Some(Self::Modern),
            _ => None,
        }
    }

    /// Its number.
    #[inline]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// A project's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    /// The rules the project is made by.
    pub version: ConfigVersion,
    /// The registry its packages come from.
    pub registry: RegistryHash,
    /// What is switched on.
    pub features: Features,
    /// The terminal that programs get by default.
    pub terminal: Terminal,
}

impl Header {
    /// A new project's.
    pub const DEFAULT: Self = Self {
        version: ConfigVersion::Modern,
        registry: RegistryHash::DEFAULT,
        features: Features(0),
        terminal: Terminal::DEFAULT,
    };

    /// The header in `bytes`.
    ///
    /// # Errors
    /// Bytes that [`Self::encode`] would not have made, with the first reason.
    #[inline]
    pub fn decode(bytes: &[u8; HEADER_LENGTH]) -> Result<Self, HeaderError> {
        let [m0, m1, m2, m3, after @ ..] = bytes;
        if [*m0, *m1, *m2, *m3] != MAGIC {
            return Err(wrong_magic(bytes));
        }
        let (values, rest) = after.split_at(VALUES.end - VALUES.start);
        let (checksum, reserved) = rest.split_at(8);
        let computed = crc64(values);
        let stored = checksum
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u64::from(*byte));
        if stored != computed {
            return Err(HeaderError::Checksum { stored, computed });
        }
        let header = Self::of_values(values)?;
        match reserved.iter().fold(0, |any, byte| any | byte) {
            0 => Ok(header),
            _ => Err(first_reserved(reserved)),
        }
    }

    /// The header at the start of `bytes`; what follows is not looked at.
    ///
    /// # Errors
    /// As [`Self::decode`], and when there are fewer bytes than a header has.
    #[inline]
    pub fn decode_start(bytes: &[u8]) -> Result<Self, HeaderError> {
        match bytes.first_chunk() {
            Some(header) => Self::decode(header),
            None if bytes.starts_with(BUN_LOCKFILE_START) => Err(HeaderError::BunLockfile),
            None => Err(HeaderError::Short {
                length: bytes.len(),
            }),
        }
    }

    /// The bytes of this header.
    #[inline]
    pub fn encode(&self) -> [u8; HEADER_LENGTH] {
        let mut bytes = [0; HEADER_LENGTH];
        let stamp = self.stamp();
        let values = &stamp[..STAMP_LENGTH - 1];
        bytes[..VALUES.start].copy_from_slice(&MAGIC);
        bytes[VALUES].copy_from_slice(values);
        bytes[VALUES.end..RESERVED.start].copy_from_slice(&crc64(values).to_le_bytes());
        bytes
    }

    /// The 13 bytes that a binary carries.
    #[inline]
    pub const fn stamp(&self) -> [u8; STAMP_LENGTH] {
        let [r0, r1, r2, r3] = self.registry.0.to_le_bytes();
        let [f0, f1, f2, f3] = self.features.0.to_le_bytes();
        let Terminal {
            mode,
            rows,
            columns,
        } = self.terminal;
        let version = self.version.number();
        let (mode, rows, columns) = (mode as u8, rows.get(), columns.get());
        [
            version, r0, r1, r2, r3, f0, f1, f2, f3, mode, rows, columns, 0,
        ]
    }

    /// The header with the stamp `stamp`.
    ///
    /// # Errors
    /// Values that no header has.
    pub fn of_stamp(stamp: &[u8; STAMP_LENGTH]) -> Result<Self, HeaderError> {
        let (values, reserved) = stamp.split_at(STAMP_LENGTH - 1);
        match reserved {
            [0] => Self::of_values(values),
            _ => Err(HeaderError::Reserved {
                offset: STAMP_LENGTH - 1,
            }),
        }
    }

    /// From the twelve bytes that the checksum covers.
    #[inline]
    fn of_values(values: &[u8]) -> Result<Self, HeaderError> {
        let &[version, r0, r1, r2, r3, f0, f1, f2, f3, mode, rows, columns] = values else {
            return Err(HeaderError::Short {
                length: values.len(),
            });
        };
        Ok(Self {
            version: ConfigVersion::of_byte(version).ok_or(HeaderError::Version(version))?,
            registry: RegistryHash(u32::from_le_bytes([r0, r1, r2, r3])),
            features: Features(u32::from_le_bytes([f0, f1, f2, f3])),
            terminal: Terminal {
                mode: TerminalMode::of_byte(mode).ok_or(HeaderError::TerminalMode(mode))?,
                rows: NonZeroU8::new(rows).ok_or(HeaderError::Rows)?,
                columns: NonZeroU8::new(columns).ok_or(HeaderError::Columns)?,
            },
        })
    }
}

impl Default for Header {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cold]
fn wrong_magic(bytes: &[u8]) -> HeaderError {
    if bytes.starts_with(BUN_LOCKFILE_START) {
        HeaderError::BunLockfile
    } else {
        HeaderError::Magic
    }
}

#[cold]
fn first_reserved(reserved: &[u8]) -> HeaderError {
    let index = reserved.iter().position(|byte| *byte != 0);
    HeaderError::Reserved {
        offset: RESERVED.start + index.unwrap_or_default(),
    }
}

//! The project header: how a project resolves, links, builds and runs, in the first 104 bytes of
//! `crust.lockb`. Bytes in, values out: this crate opens no file and depends on nothing;
//! `crust_header_file` reads and writes.
//!
//! All numbers are little-endian.
//!
//! | offset | size | field | default |
//! |---|---|---|---|
//! | 0 | 4 | magic, the ASCII bytes `BUN1` | |
//! | 4 | 1 | config version: 0 legacy (hoisted layout), 1 modern (isolated layout in workspaces) | 1 |
//! | 5 | 4 | registry hash: `MurmurHash3` x86 32-bit, seed `0x9747b28c`, of the registry's URL without a trailing slash | of [`DEFAULT_REGISTRY`] |
//! | 9 | 4 | feature flags, 32 bits ([`Feature`]; 11 to 31 are the project's) | 0 |
//! | 13 | 1 | terminal mode: 0 disabled, 1 cooked, 2 raw, 3 pipe | 1 |
//! | 14 | 1 | rows, 1 to 255 | 24 |
//! | 15 | 1 | columns, 1 to 255 | 80 |
//! | 16 | 8 | CRC-64 (polynomial of ECMA-182, reflected, as XZ uses it) of bytes 4 to 15 | |
//! | 24 | 80 | reserved, zero | |
//!
//! The *stamp* is what is carried elsewhere (in a binary, say): 13 bytes, which are bytes 4 to 15 and
//! one reserved byte that is zero.
//!
//! **Version rule**: a version this crate does not know is refused, never guessed, and so is every
//! input that would not encode to the same bytes again.
//!
//! Reading order: `header` (the fields and the codec), `feature`, `terminal`, `registry`, `crc64`,
//! `murmur3`, `install` (what an installer asks), `error`.
#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod crc64;
mod error;
mod feature;
mod header;
mod install;
mod murmur3;
mod registry;
mod terminal;

pub use crc64::crc64;
pub use error::HeaderError;
pub use feature::{Feature, Features, FeaturesByName, PROJECT_BITS};
pub use header::{
    BUN_LOCKFILE_START, ConfigVersion, HEADER_LENGTH, Header, MAGIC, STAMP_LENGTH, VALUES,
};
pub use install::RegistryMismatch;
pub use murmur3::murmur3;
pub use registry::{DEFAULT_REGISTRY, REGISTRY_SEED, RegistryHash};
pub use terminal::{Terminal, TerminalMode};

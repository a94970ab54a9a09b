//! The program inside a single executable: files that follow the bytes of the binary. Knows no module and
//! runs nothing.
//!
//! | where | what |
//! |---|---|
//! | start | the binary, whose stamp says that it is a compiled program and has its header |
//! | a multiple of 4096 | the contents of the files, one after the other |
//! | after them | the index, JSON: [`Index`] |
//! | the last 48 bytes | the trailer |
//!
//! | offset in the trailer | size | |
//! |---|---|---|
//! | 0 | 8 | offset of the contents in the executable |
//! | 8 | 8 | length of the contents |
//! | 16 | 8 | length of the index |
//! | 24 | 4 | CRC-32 of the index |
//! | 28 | 4 | CRC-32 of the trailer's bytes before |
//! | 32 | 16 | `crust:payload:2` and a zero |
//!
//! Numbers are little-endian. The index has a CRC-32 of each file, which is checked when the file is read: a flipped bit
//! is an error and not another program. A change of the layout changes the mark, and an unknown mark is refused.
//!
//! Reading order: `index`, `write`, `place`, `payload`, `error`.
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod error;
mod index;
mod payload;
mod place;
mod trailer;
mod write;

pub use error::PayloadError;
pub use index::{Index, StoredFile};
pub use payload::{Payload, is_embedded};
pub use place::{is_this_system, put};
pub use write::{Contents, NewFile, write};

/// The folder in which the files of a payload seem to be. Bun's, so that programs which look for it
/// find it.
pub const ROOT: &str = "/$bunfs/root/";

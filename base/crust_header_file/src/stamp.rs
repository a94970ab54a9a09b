//! The stamp of a binary: the 13 bytes of a header in the binary itself, where a program can find them
//! without running it. This crate's own stamp is the header of new projects; a compiled program's will be
//! the one it was built with, and nothing overrides it.
//!
//! | offset | size | |
//! |---|---|---|
//! | 0 | 16 | the mark, `crust:stamp:v1` and two zeros, once in a binary |
//! | 16 | 1 | kind: 0 the toolkit, 1 a compiled program |
//! | 17 | 13 | the stamp |
//! | 30 | 2 | zero |

use std::hint::black_box;

use crust_header::{Header, HeaderError, STAMP_LENGTH};
use memchr::memmem;

const MARK: [u8; 16] = *b"crust:stamp:v1\0\0";
const LENGTH: usize = 32;
const KIND: usize = MARK.len();
const STAMP: usize = KIND + 1;

const _: () = assert!(STAMP + STAMP_LENGTH <= LENGTH);

/// What this binary carries.
#[used]
static OWN: [u8; LENGTH] = block(false, &Header::DEFAULT);

/// What the bits of the hidden mark are turned by.
const HIDE: u8 = 0x55;

/// The mark as this code holds it: the mark itself must be in a binary only once.
static HIDDEN_MARK: [u8; MARK.len()] = {
    let mut hidden = MARK;
    let mut index = 0;
    while index < hidden.len() {
        hidden[index] ^= HIDE;
        index += 1;
    }
    hidden
};

/// A binary's stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Whether the binary is a compiled program, not the toolkit.
    pub compiled: bool,
    /// The header's 13 bytes.
    pub bytes: [u8; STAMP_LENGTH],
}

/// Why a binary's stamp could not be read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// There is none, or it is cut off.
    #[error("the binary carries no stamp")]
    None,
    /// There are several.
    #[error("the binary carries more than one stamp")]
    Several,
    /// The kind is neither 0 nor 1.
    #[error("the binary's stamp is of the unknown kind {0}")]
    Kind(u8),
}

impl Stamp {
    /// The stamp in the bytes of a binary.
    ///
    /// # Errors
    /// None, several, or one of an unknown kind.
    pub fn of_binary(binary: &[u8]) -> Result<Self, StampError> {
        let at = place(binary)?;
        Self::of_block(binary.get(at..at + LENGTH).ok_or(StampError::None)?)
    }

    /// Puts the header of a compiled program into the bytes of a binary.
    ///
    /// # Errors
    /// As [`Self::of_binary`].
    pub fn write_compiled(binary: &mut [u8], header: &Header) -> Result<(), StampError> {
        let at = place(binary)?;
        let target = binary.get_mut(at + KIND..at + LENGTH);
        let target = target.ok_or(StampError::None)?;
        // The mark stays as it is: code that writes it would be a second one in this binary.
        let stamp = header.stamp();
        let bytes = std::iter::once(&1).chain(&stamp);
        for (target, byte) in target.iter_mut().zip(bytes) {
            *target = *byte;
        }
        Ok(())
    }

    /// The header of this stamp.
    ///
    /// # Errors
    /// Values that this program's header does not have.
    pub fn header(&self) -> Result<Header, HeaderError> {
        Header::of_stamp(&self.bytes)
    }

    fn of_block(block: &[u8]) -> Result<Self, StampError> {
        let kind = block.get(KIND).copied().ok_or(StampError::None)?;
        let bytes = block.get(STAMP..STAMP + STAMP_LENGTH);
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        Ok(Self {
            compiled: match kind {
                0 => false,
                1 => true,
                other => return Err(StampError::Kind(other)),
            },
            bytes: bytes.ok_or(StampError::None)?,
        })
    }
}

/// The header that this program was compiled with; none in the toolkit itself.
pub(crate) fn own_header() -> Option<Result<Header, HeaderError>> {
    let stamp = Stamp::of_block(&own()).ok()?;
    stamp.compiled.then(|| stamp.header())
}

/// Whether this binary is a compiled program and not the toolkit. Asks nobody.
pub fn is_compiled() -> bool {
    Stamp::of_block(&own()).is_ok_and(|stamp| stamp.compiled)
}

/// This binary's block as it is in memory, which a build may have changed after the compiler.
#[expect(
    unsafe_code,
    reason = "the compiler must not take the block for a constant"
)]
fn own() -> [u8; LENGTH] {
    // SAFETY: a reference to a static is valid for reads of its type.
    unsafe { (&raw const OWN).read_volatile() }
}

fn place(binary: &[u8]) -> Result<usize, StampError> {
    let mark = HIDDEN_MARK.map(|byte| byte ^ black_box(HIDE));
    let mut found = memmem::find_iter(binary, &mark);
    let first = found.next().ok_or(StampError::None)?;
    match found.next() {
        Some(_) => Err(StampError::Several),
        None => Ok(first),
    }
}

const fn block(compiled: bool, header: &Header) -> [u8; LENGTH] {
    let mut block = [0; LENGTH];
    let mut index = 0;
    while index < MARK.len() {
        block[index] = MARK[index];
        index += 1;
    }
    block[KIND] = compiled as u8;
    let stamp = header.stamp();
    let mut index = 0;
    while index < STAMP_LENGTH {
        block[STAMP + index] = stamp[index];
        index += 1;
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_found_and_changed() {
        let mut binary = vec![7; 100];
        binary.extend(block(false, &Header::DEFAULT));
        binary.extend([9; 50]);
        let stamp = Stamp::of_binary(&binary).unwrap();
        assert_eq!(
            (stamp.compiled, stamp.header()),
            (false, Ok(Header::DEFAULT))
        );
        let mut other = Header::DEFAULT;
        other.features.0 = 4;
        Stamp::write_compiled(&mut binary, &other).unwrap();
        let stamp = Stamp::of_binary(&binary).unwrap();
        assert_eq!((stamp.compiled, stamp.header()), (true, Ok(other)));
    }

    #[test]
    fn a_wrong_binary_is_refused() {
        let one = block(false, &Header::DEFAULT);
        assert_eq!(Stamp::of_binary(b"nothing"), Err(StampError::None));
        assert_eq!(Stamp::of_binary(&one[..31]), Err(StampError::None));
        assert_eq!(
            Stamp::of_binary(&[one, one].concat()),
            Err(StampError::Several)
        );
        let mut odd = one;
        odd[KIND] = 2;
        assert_eq!(Stamp::of_binary(&odd), Err(StampError::Kind(2)));
    }

    #[test]
    fn this_binary_carries_one() {
        let binary = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let mut places = memmem::find_iter(&binary, &OWN);
        assert!(places.next().is_some());
        assert_eq!(own_header(), None);
    }
}

//! gzip, of one or several members, and deflate in both of the forms that servers send.

use super::{Coding, State};
use crate::error::FetchError;
use flate2::{Decompress, FlushDecompress, Status};

/// The window of every stream: the largest, which reads all others.
const WINDOW_BITS: u8 = 15;
const MAGIC: [u8; 2] = [0x1f, 0x8b];

fn invalid() -> FetchError {
    FetchError::Coding("ZlibError")
}

fn inflate(
    inner: &mut Decompress,
    input: &[u8],
    output: &mut Vec<u8>,
) -> Result<(usize, Status), FetchError> {
    let before = inner.total_in();
    let status = inner
        .decompress_vec(input, output, FlushDecompress::None)
        .map_err(|_| invalid())?;
    let read = usize::try_from(inner.total_in() - before).unwrap_or(usize::MAX);
    // Neither reads nor writes though it has both: it cannot go on.
    if read == 0 && output.is_empty() && status == Status::BufError && !input.is_empty() {
        return Err(invalid());
    }
    Ok((read, status))
}

/// gzip. Members may follow each other; anything else behind the last one is passed over.
pub(super) struct Gzip {
    inner: Decompress,
    /// Bytes of the next member's magic number seen; `None` within a member.
    between: Option<usize>,
}

impl Gzip {
    pub(super) fn new() -> Self {
        Self {
            inner: Decompress::new_gzip(WINDOW_BITS),
            between: None,
        }
    }
}

impl Coding for Gzip {
    fn step(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<(usize, State), FetchError> {
        if let Some(seen) = self.between {
            let Some(first) = input.first() else {
                return Ok((0, State::Running));
            };
            if MAGIC.get(seen) != Some(first) {
                return Ok((0, State::Ended));
            }
            if seen == 0 {
                self.between = Some(1);
                return Ok((1, State::Running));
            }
            self.between = None;
            self.inner = Decompress::new_gzip(WINDOW_BITS);
            inflate(&mut self.inner, &MAGIC, output)?;
            return Ok((1, State::Running));
        }
        let (read, status) = inflate(&mut self.inner, input, output)?;
        if status == Status::StreamEnd {
            self.between = Some(0);
        }
        Ok((read, State::Running))
    }

    fn truncated(&self) -> Option<FetchError> {
        self.between.is_none().then(invalid)
    }
}

/// deflate: zlib's format as the standard says, or the raw data that some servers send.
pub(super) struct Deflate {
    inner: Option<Decompress>,
    /// The first byte, while the second one decides about the form.
    first: Option<u8>,
}

impl Deflate {
    pub(super) fn new() -> Self {
        Self {
            inner: None,
            first: None,
        }
    }
}

impl Coding for Deflate {
    fn step(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<(usize, State), FetchError> {
        if let Some(inner) = &mut self.inner {
            let (read, status) = inflate(inner, input, output)?;
            let is_end = status == Status::StreamEnd;
            return Ok((read, if is_end { State::Ended } else { State::Running }));
        }
        let Some(&byte) = input.first() else {
            return Ok((0, State::Running));
        };
        let Some(first) = self.first else {
            self.first = Some(byte);
            return Ok((1, State::Running));
        };
        let inner = self
            .inner
            .insert(Decompress::new(is_zlib_header(first, byte)));
        let (read, _) = inflate(inner, &[first], output)?;
        if read == 1 {
            Ok((0, State::Running))
        } else {
            Err(invalid())
        }
    }

    fn truncated(&self) -> Option<FetchError> {
        Some(invalid())
    }
}

/// RFC 1950, 2.2: method 8, and a check that makes both bytes a multiple of 31.
fn is_zlib_header(first: u8, second: u8) -> bool {
    first & 0x0f == 8 && u16::from_be_bytes([first, second]).is_multiple_of(31)
}

//! Body framing (RFC 9112 §6, §7.1): where a message's body ends.

use crate::error::WireError;

/// How a body is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// There is none.
    Empty,
    /// That many bytes, more than zero.
    Length(u64),
    /// The chunked coding.
    Chunked,
}

/// Takes the body out of the bytes of a connection.
#[derive(Debug, Clone)]
pub struct BodyDecoder {
    state: State,
    left: u64,
    total: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Bytes of a body of known length, or of a chunk's data.
    Plain,
    ChunkSize,
    ChunkData,
    ChunkEnd,
    Trailers,
    Done,
}

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the input that are dealt with.
    pub consumed: usize,
    /// The body is complete.
    pub done: bool,
}

/// A chunk size line with its extensions. Sixteen digits are 2⁶⁴; the rest is what an extension may
/// take.
const MAX_SIZE_LINE: usize = 256;
/// Trailer fields are read and dropped; they share the limit of a head.
const MAX_TRAILER_LINE: usize = 8 * 1024;

impl BodyDecoder {
    /// A decoder at the start of a body.
    pub fn new(framing: Framing) -> Self {
        let (state, left) = match framing {
            Framing::Empty => (State::Done, 0),
            Framing::Length(left) => (State::Plain, left),
            Framing::Chunked => (State::ChunkSize, 0),
        };
        Self {
            state,
            left,
            total: 0,
        }
    }

    /// Bytes that are still to come, where the message says so.
    pub fn remaining(&self) -> Option<u64> {
        match self.state {
            State::Plain => Some(self.left),
            State::Done => Some(0),
            _ => None,
        }
    }

    /// Appends body bytes of `input` to `body`. The body as a whole, with what earlier calls took out,
    /// may have `limit` bytes.
    ///
    /// # Errors
    /// A malformed chunk, or a body beyond the limit.
    pub fn decode(
        &mut self,
        input: &[u8],
        body: &mut Vec<u8>,
        limit: u64,
    ) -> Result<Progress, WireError> {
        let mut consumed = 0;
        loop {
            let rest = input.get(consumed..).unwrap_or_default();
            let step = match self.state {
                State::Done => {
                    return Ok(Progress {
                        consumed,
                        done: true,
                    });
                }
                State::Plain | State::ChunkData => self.take_data(rest, body, limit)?,
                State::ChunkSize => self.take_size(rest)?,
                State::ChunkEnd => self.take_line_end(rest)?,
                State::Trailers => self.take_trailer(rest)?,
            };
            match step {
                Some(taken) => consumed += taken,
                None => {
                    return Ok(Progress {
                        consumed,
                        done: false,
                    });
                }
            }
        }
    }

    fn take_data(
        &mut self,
        rest: &[u8],
        body: &mut Vec<u8>,
        limit: u64,
    ) -> Result<Option<usize>, WireError> {
        if self.total.saturating_add(self.left) > limit {
            return Err(WireError::BodyTooLarge);
        }
        let taken = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(rest.len());
        if taken == 0 {
            return Ok(None);
        }
        body.extend_from_slice(rest.get(..taken).unwrap_or_default());
        self.left -= taken as u64;
        self.total += taken as u64;
        if self.left == 0 {
            self.state = if self.state == State::Plain {
                State::Done
            } else {
                State::ChunkEnd
            };
        }
        Ok(Some(taken))
    }

    fn take_size(&mut self, rest: &[u8]) -> Result<Option<usize>, WireError> {
        let Some((line, taken)) = line(rest, MAX_SIZE_LINE)? else {
            return Ok(None);
        };
        let digits = line
            .split(|byte| *byte == b';')
            .next()
            .unwrap_or_default()
            .trim_ascii();
        let text = std::str::from_utf8(digits).map_err(|_| WireError::BadChunk)?;
        if text.is_empty() || text.len() > 16 || !text.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            return Err(WireError::BadChunk);
        }
        self.left = u64::from_str_radix(text, 16).map_err(|_| WireError::BadChunk)?;
        self.state = if self.left == 0 {
            State::Trailers
        } else {
            State::ChunkData
        };
        Ok(Some(taken))
    }

    fn take_line_end(&mut self, rest: &[u8]) -> Result<Option<usize>, WireError> {
        match rest {
            [b'\r', b'\n', ..] => {
                self.state = State::ChunkSize;
                Ok(Some(2))
            }
            [] | [b'\r'] => Ok(None),
            _ => Err(WireError::BadChunk),
        }
    }

    fn take_trailer(&mut self, rest: &[u8]) -> Result<Option<usize>, WireError> {
        let Some((line, taken)) = line(rest, MAX_TRAILER_LINE)? else {
            return Ok(None);
        };
        if line.is_empty() {
            self.state = State::Done;
        }
        Ok(Some(taken))
    }
}

/// The line at the start of `rest` without its CRLF, and how long it is with it.
fn line(rest: &[u8], limit: usize) -> Result<Option<(&[u8], usize)>, WireError> {
    match memchr::memchr(b'\n', rest) {
        Some(end) if end <= limit => {
            let line = rest.get(..end).unwrap_or_default();
            let line = line.strip_suffix(b"\r").ok_or(WireError::BadChunk)?;
            Ok(Some((line, end + 1)))
        }
        None if rest.len() <= limit => Ok(None),
        _ => Err(WireError::BadChunk),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(
        framing: Framing,
        pieces: &[&[u8]],
        limit: u64,
    ) -> Result<(Vec<u8>, bool), WireError> {
        let (mut decoder, mut body, mut pending, mut done) =
            (BodyDecoder::new(framing), Vec::new(), Vec::new(), false);
        for piece in pieces {
            pending.extend_from_slice(piece);
            let progress = decoder.decode(&pending, &mut body, limit)?;
            pending.drain(..progress.consumed);
            done = progress.done;
        }
        Ok((body, done))
    }

    #[test]
    fn a_chunked_body_in_any_pieces() {
        let whole: &[u8] = b"4;x=y\r\nWiki\r\n5\r\npedia\r\n0\r\nT: r\r\n\r\n";
        for cut in 0..whole.len() {
            let (a, b) = whole.split_at(cut);
            assert_eq!(
                decode(Framing::Chunked, &[a, b], 100),
                Ok((b"Wikipedia".to_vec(), true))
            );
        }
    }

    #[test]
    fn limits_and_nonsense() {
        assert_eq!(
            decode(Framing::Length(5), &[b"hello"], 4),
            Err(WireError::BodyTooLarge)
        );
        assert_eq!(
            decode(Framing::Chunked, &[b"ffffffffffffffff\r\n"], 9),
            Err(WireError::BodyTooLarge)
        );
        assert_eq!(
            decode(Framing::Chunked, &[b"-1\r\n"], 9),
            Err(WireError::BadChunk)
        );
        assert_eq!(
            decode(Framing::Chunked, &[b"1\r\nab"], 9),
            Err(WireError::BadChunk)
        );
        assert_eq!(
            decode(Framing::Chunked, &[b"1\n"], 9),
            Err(WireError::BadChunk)
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(Framing::Chunked, &[&bytes], 50);
        }
    }
}

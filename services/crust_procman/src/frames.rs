//! Messages between daemon and holder: four bytes of length (little-endian), then JSON. It buffers what
//! does not fit and never blocks.

use std::collections::VecDeque;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Longest message: the list of 10,000 applications with their configurations is below it. It bounds
/// what a peer can make us hold.
const LONGEST: usize = 64 << 20;

/// Read at once, so that a thousand orders are not all in memory together.
const A_TURN: usize = 128 << 10;

/// One end of a connection.
pub(crate) struct Frames {
    stream: UnixStream,
    input: Vec<u8>,
    output: VecDeque<u8>,
}

impl Frames {
    pub(crate) fn new(stream: UnixStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream,
            input: Vec::new(),
            output: VecDeque::new(),
        })
    }

    /// Queues a message; [`Self::flush`] sends it.
    pub(crate) fn push(&mut self, message: &impl Serialize) {
        let Ok(body) = serde_json::to_vec(message) else {
            return;
        };
        let Ok(length) = u32::try_from(body.len()) else {
            return;
        };
        self.output.extend(length.to_le_bytes());
        self.output.extend(body);
    }

    /// Sends what the kernel takes; `true` when nothing is left.
    pub(crate) fn flush(&mut self) -> io::Result<bool> {
        while !self.output.is_empty() {
            let (front, _) = self.output.as_slices();
            match self.stream.write(front) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => drop(self.output.drain(..written)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if self.output.capacity() > A_TURN {
            self.output = VecDeque::new();
        }
        Ok(true)
    }

    /// Reads what has arrived, or a part of it: who waits for more is told again that there is some. `false`
    /// when the peer has closed.
    pub(crate) fn fill(&mut self) -> io::Result<bool> {
        let mut piece = [0_u8; 16 << 10];
        let enough = self.input.len() + A_TURN;
        loop {
            match self.stream.read(&mut piece) {
                Ok(0) => return Ok(false),
                Ok(length) => {
                    self.input.extend_from_slice(&piece[..length]);
                    if self.input.len() >= enough {
                        return Ok(true);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The messages that are complete.
    pub(crate) fn take<T: DeserializeOwned>(&mut self) -> io::Result<Vec<T>> {
        let mut messages = Vec::new();
        let mut at = 0;
        while let Some(head) = self.input.get(at..at + 4) {
            let length = head
                .iter()
                .rev()
                .fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
            if length > LONGEST {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let Some(body) = self.input.get(at + 4..at + 4 + length) else {
                break;
            };
            // By way of a value: the bundler's libraries turn on `arbitrary_precision` of serde_json, with
            // which an enum with its tag inside cannot be read from text if it has fractions.
            let message = serde_json::from_slice(body).and_then(serde_json::from_value);
            messages.push(message.map_err(io::Error::other)?);
            at += 4 + length;
        }
        self.input.drain(..at);
        if self.input.is_empty() && self.input.capacity() > 2 * A_TURN {
            self.input = Vec::new();
        }
        Ok(messages)
    }

    /// Bytes that the other end has not taken yet.
    pub(crate) fn pending(&self) -> usize {
        self.output.len()
    }

    pub(crate) fn has_output(&self) -> bool {
        !self.output.is_empty()
    }

    pub(crate) fn stream(&self) -> &UnixStream {
        &self.stream
    }
}

impl AsFd for Frames {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_arrive_whole_and_garbage_is_refused() {
        let (left, right) = UnixStream::pair().unwrap();
        let mut left = Frames::new(left).unwrap();
        let mut right = Frames::new(right).unwrap();
        let long = "x".repeat(1 << 20);
        left.push(&"first");
        left.push(&long);
        let mut got: Vec<String> = Vec::new();
        while got.len() < 2 {
            left.flush().unwrap();
            right.fill().unwrap();
            got.extend(right.take::<String>().unwrap());
        }
        assert_eq!((got[0].as_str(), got[1].len()), ("first", 1 << 20));
        left.stream.write_all(&[0xff; 8]).unwrap();
        right.fill().unwrap();
        assert!(right.take::<String>().is_err());
    }
}

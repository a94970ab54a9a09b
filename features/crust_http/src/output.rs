//! Bytes on their way to a client: what the socket did not take yet.

use socket2::Socket;
use std::io::{self, Write};

/// A buffer that is written from its front.
#[derive(Default)]
pub(crate) struct Output {
    bytes: Vec<u8>,
    written: usize,
}

/// Memory kept for the next response; larger buffers are given back.
const KEPT: usize = 64 * 1024;

impl Output {
    /// Where to append.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Bytes the socket has not taken.
    pub(crate) fn pending(&self) -> usize {
        self.bytes.len() - self.written
    }

    /// Writes until everything is out or the socket is full. `true`: everything is out.
    pub(crate) fn flush(&mut self, mut socket: &Socket) -> io::Result<bool> {
        while self.pending() > 0 {
            match socket.write(self.bytes.get(self.written..).unwrap_or_default()) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => self.written += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        self.bytes.clear();
        self.bytes.shrink_to(KEPT);
        self.written = 0;
        Ok(true)
    }
}

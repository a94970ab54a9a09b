//! Bytes that a socket did not take yet, or that wait for the end of the callback that wrote them.

use crust_tls::Transport;
use std::io;

/// A buffer that is written from its front.
#[derive(Default)]
pub(crate) struct Output {
    bytes: Vec<u8>,
    written: usize,
}

/// Memory kept for the next writes; larger buffers are given back.
const KEPT: usize = 16 * 1024;

impl Output {
    /// Appends to the end.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Bytes that wait.
    pub(crate) fn pending(&self) -> usize {
        self.bytes.len() - self.written
    }

    /// Writes until everything is out or the socket is full. `true`: everything is out.
    pub(crate) fn flush(&mut self, transport: &mut Transport) -> io::Result<bool> {
        while self.pending() > 0 {
            let rest = self.bytes.get(self.written..).unwrap_or_default();
            match take(transport, rest)? {
                0 => return Ok(false),
                count => self.written += count,
            }
        }
        self.written = 0;
        self.bytes.clear();
        self.bytes.shrink_to(KEPT);
        Ok(true)
    }
}

/// Plaintext offered to a TLS session in one piece: one record.
const RECORD: usize = 16 * 1024;

/// Writes what the socket takes. Through TLS too bytes count as taken only while the ciphertext
/// before them is out, which bounds what a session holds by one record.
pub(crate) fn take(transport: &mut Transport, bytes: &[u8]) -> io::Result<usize> {
    if transport.session().is_none() {
        return transport.write(bytes);
    }
    let mut taken = 0;
    if !transport.flush()? {
        return Ok(0);
    }
    for record in bytes.chunks(RECORD) {
        taken += transport.write(record)?;
        if transport.wants_write() {
            break;
        }
    }
    Ok(taken)
}

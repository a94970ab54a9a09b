//! Bytes on their way to a peer. A frame for many sockets is one allocation that all of them refer to.

use crust_tls::Transport;
use std::collections::VecDeque;
use std::io::{self, IoSlice, Write};
use std::rc::Rc;

enum Chunk {
    Own(Vec<u8>),
    Shared(Rc<[u8]>),
}

impl Chunk {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Own(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }
}

/// A queue that is written from its front.
#[derive(Default)]
pub(crate) struct Output {
    chunks: VecDeque<Chunk>,
    /// Bytes of the first chunk that are out.
    sent: usize,
    /// Bytes of chunks that are complete: all but an own one at the end.
    shared: usize,
}

/// Memory kept for the next frame.
const KEPT: usize = 16 * 1024;
/// Below this a copy costs less than a reference and a slice of its own.
const COPIED: usize = 512;
/// Slices of one system call.
const SLICES: usize = 64;

impl Output {
    /// Lets `write` append frames of this socket's own.
    pub(crate) fn append(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        if let Some(Chunk::Own(bytes)) = self.chunks.back_mut() {
            return write(bytes);
        }
        let mut bytes = Vec::new();
        write(&mut bytes);
        self.shared += self.chunks.back().map_or(0, |chunk| chunk.bytes().len());
        self.chunks.push_back(Chunk::Own(bytes));
    }

    /// Appends a frame that others send too.
    pub(crate) fn share(&mut self, frame: &Rc<[u8]>) {
        if frame.len() <= COPIED {
            return self.append(|bytes| bytes.extend_from_slice(frame));
        }
        self.shared += self.chunks.back().map_or(0, |chunk| chunk.bytes().len());
        self.chunks.push_back(Chunk::Shared(Rc::clone(frame)));
    }

    /// Bytes the socket has not taken.
    pub(crate) fn pending(&self) -> usize {
        let last = self.chunks.back().map_or(0, |chunk| chunk.bytes().len());
        (self.shared + last).saturating_sub(self.sent)
    }

    /// Writes until everything is out or the socket is full. `true`: everything is out.
    pub(crate) fn flush(&mut self, transport: &mut Transport) -> io::Result<bool> {
        if !transport.flush()? {
            return Ok(false);
        }
        while self.pending() > 0 {
            // An own chunk that was kept for its memory is empty.
            self.advance(0);
            let written = self.write(transport)?;
            self.advance(written);
            // A session takes everything; what it could not send bounds what it is given.
            if written == 0 || transport.wants_write() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn write(&self, transport: &mut Transport) -> io::Result<usize> {
        let first = self.chunks.front().map_or(&[][..], Chunk::bytes);
        let first = first.get(self.sent..).unwrap_or_default();
        if transport.session().is_some() || self.chunks.len() == 1 {
            return transport.write(first);
        }
        let mut slices = [IoSlice::new(&[]); SLICES];
        let rest = self.chunks.iter().skip(1).map(Chunk::bytes);
        for (slot, bytes) in slices.iter_mut().zip(std::iter::once(first).chain(rest)) {
            *slot = IoSlice::new(bytes);
        }
        let mut socket = transport.socket();
        loop {
            match socket.write_vectored(&slices) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(0),
                other => return other,
            }
        }
    }

    fn advance(&mut self, written: usize) {
        self.sent += written;
        while let Some(length) = self.chunks.front().map(|chunk| chunk.bytes().len()) {
            if self.sent < length {
                break;
            }
            self.sent -= length;
            if self.chunks.len() > 1 {
                self.shared -= length;
                self.chunks.pop_front();
                continue;
            }
            match self.chunks.front_mut() {
                Some(Chunk::Own(bytes)) if bytes.capacity() <= KEPT => bytes.clear(),
                _ => self.chunks.clear(),
            }
            break;
        }
    }
}

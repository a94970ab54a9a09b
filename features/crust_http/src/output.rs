//! Bytes and files on their way to a client: what the socket did not take yet.

use crust_tls::Transport;
use rustix::fs::sendfile;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// A buffer that is written from its front, and a file that follows it.
#[derive(Default)]
pub(crate) struct Output {
    bytes: Vec<u8>,
    written: usize,
    file: Option<FileBody>,
}

/// A part of a file.
pub(crate) struct FileBody {
    pub(crate) file: File,
    pub(crate) offset: u64,
    pub(crate) left: u64,
}

/// Memory kept for the next response; larger buffers are given back.
const KEPT: usize = 16 * 1024;
/// Bytes handed to the transport at once: what TLS may hold as ciphertext beyond the socket.
const STEP: usize = 128 * 1024;
/// Bytes of a file sent in one go before other connections have their turn.
const FILE_TURN: u64 = 4 * 1024 * 1024;

impl Output {
    /// Where to append.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Sends a part of a file after what was appended.
    pub(crate) fn send_file(&mut self, body: FileBody) {
        self.file = Some(body);
    }

    /// Bytes the socket has not taken.
    pub(crate) fn pending(&self) -> u64 {
        let file = self.file.as_ref().map_or(0, |file| file.left);
        (self.bytes.len() - self.written) as u64 + file
    }

    /// Sends pieces after what waits, straight from where they are; only what the socket does not take
    /// is copied. Nothing must follow a file.
    ///
    /// # Errors
    /// Those of the socket.
    pub(crate) fn send_pieces(
        &mut self,
        transport: &mut Transport,
        pieces: [&[u8]; 3],
    ) -> io::Result<()> {
        let mut sent = 0;
        // Ciphertext that waits would only grow.
        if transport.flush()? {
            let waiting = self.bytes.get(self.written..).unwrap_or_default();
            let [first, second, third] = pieces;
            sent = transport.write_pieces(&[waiting, first, second, third])?;
        }
        let waiting = self.bytes.len() - self.written;
        self.written += sent.min(waiting);
        sent = sent.saturating_sub(waiting);
        if self.written == self.bytes.len() {
            self.bytes.clear();
            self.written = 0;
        }
        for piece in pieces {
            let taken = sent.min(piece.len());
            sent -= taken;
            self.bytes
                .extend_from_slice(piece.get(taken..).unwrap_or_default());
        }
        Ok(())
    }

    /// Writes until everything is out or the socket is full. `true`: everything is out.
    ///
    /// # Errors
    /// Those of the socket and the file; a file that became shorter is one.
    pub(crate) fn flush(&mut self, transport: &mut Transport) -> io::Result<bool> {
        if !transport.flush()? || !self.flush_bytes(transport)? {
            return Ok(false);
        }
        self.bytes.clear();
        self.bytes.shrink_to(KEPT);
        self.written = 0;
        let Some(body) = &mut self.file else {
            return Ok(true);
        };
        let done = if transport.session().is_none() {
            body.send(transport)?
        } else {
            body.copy(transport)?
        };
        if done {
            self.file = None;
        }
        Ok(done)
    }

    fn flush_bytes(&mut self, transport: &mut Transport) -> io::Result<bool> {
        while let Some(rest) = self
            .bytes
            .get(self.written..)
            .filter(|rest| !rest.is_empty())
        {
            let step = rest.get(..STEP).unwrap_or(rest);
            let count = transport.write(step)?;
            self.written += count;
            if count < step.len() || transport.wants_write() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl FileBody {
    /// From the file to the socket within the kernel.
    fn send(&mut self, transport: &Transport) -> io::Result<bool> {
        let stop = self.left.saturating_sub(FILE_TURN);
        while self.left > stop {
            let count = usize::try_from(self.left - stop).unwrap_or(usize::MAX);
            match sendfile(
                transport.socket(),
                &self.file,
                Some(&mut self.offset),
                count,
            ) {
                Ok(0) => return Err(shortened()),
                Ok(sent) => self.left -= sent as u64,
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => return Ok(false),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(self.left == 0)
    }

    /// Through memory, for TLS.
    fn copy(&mut self, transport: &mut Transport) -> io::Result<bool> {
        let mut buffer = vec![0; STEP];
        let stop = self.left.saturating_sub(FILE_TURN);
        while self.left > stop {
            let wanted = usize::try_from(self.left).unwrap_or(STEP).min(STEP);
            let target = buffer.get_mut(..wanted).unwrap_or_default();
            let count = self.file.read_at(target, self.offset)?;
            if count == 0 {
                return Err(shortened());
            }
            transport.write(buffer.get(..count).unwrap_or_default())?;
            self.offset += count as u64;
            self.left -= count as u64;
            if transport.wants_write() {
                return Ok(false);
            }
        }
        Ok(self.left == 0)
    }
}

fn shortened() -> io::Error {
    io::Error::new(
        io::ErrorKind::UnexpectedEof,
        "the file became shorter while it was sent",
    )
}

//! [`Transport`]: a connected, non-blocking socket that speaks plainly or through TLS, behind one
//! interface. Never waits: whoever polls the descriptor calls again.

use crate::{Progress, Session};
use rustix::buffer::spare_capacity;
use rustix::net::{RecvFlags, SendAncillaryBuffer, SendFlags, recv, sendmsg};
use socket2::Socket;
use std::io::{self, IoSlice, Write};
use std::net::Shutdown;
use std::os::fd::{AsRawFd, RawFd};

/// A connection's socket with its TLS session, if it has one.
#[derive(Debug)]
pub struct Transport {
    socket: Socket,
    session: Option<Box<Session>>,
}

/// Bytes taken from a plain socket in one call.
const READ: usize = 64 * 1024;
/// Room below which a buffer grows before it is read into.
const LEAST_ROOM: usize = 16 * 1024;

impl Transport {
    /// Wraps a connected, non-blocking socket.
    pub fn new(socket: Socket, session: Option<Session>) -> Self {
        Self {
            socket,
            session: session.map(Box::new),
        }
    }

    /// Moves the connection to a new owner. What stays behind must only be dropped: it still holds a
    /// second descriptor of the socket, for the event loop to be told of.
    ///
    /// # Errors
    /// When the process is out of file descriptors.
    pub fn take_over(&mut self) -> io::Result<Self> {
        Ok(Self {
            socket: self.socket.try_clone()?,
            session: self.session.take(),
        })
    }

    /// The descriptor to poll.
    pub fn descriptor(&self) -> RawFd {
        self.socket.as_raw_fd()
    }

    /// The socket, for its addresses and options.
    pub fn socket(&self) -> &Socket {
        &self.socket
    }

    /// The TLS session, if there is one.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_deref()
    }

    /// Speaks TLS from here on, over a socket that was plain until now.
    ///
    /// # Errors
    /// Those of the socket: a client's first message is sent at once.
    pub fn start_tls(&mut self, session: Session) -> io::Result<()> {
        self.session
            .insert(Box::new(session))
            .flush(&mut &self.socket)?;
        Ok(())
    }

    /// Appends what has arrived to `input`. After `Data` more may be waiting, in the session too:
    /// call again until `Blocked`.
    ///
    /// # Errors
    /// Those of the socket, and of the TLS protocol (`InvalidData` with a `TlsError` inside).
    pub fn read(&mut self, input: &mut Vec<u8>) -> io::Result<Progress> {
        let Some(session) = &mut self.session else {
            return read_plain(&self.socket, input);
        };
        let progress = session.read(&mut &self.socket, input);
        // Handshakes answer, and a refused peer is told why, before anything else happens.
        session.flush(&mut &self.socket)?;
        progress
    }

    /// Sends bytes and answers how many were taken; the rest is to be offered again when the
    /// descriptor is writable. Through TLS all are taken, and [`Transport::flush`] goes on.
    ///
    /// # Errors
    /// Those of the socket but `WouldBlock`.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(session) = &mut self.session else {
            return write_plain(&self.socket, bytes);
        };
        session.write(bytes)?;
        session.flush(&mut &self.socket)?;
        Ok(bytes.len())
    }

    /// As [`Transport::write`], of several pieces in one system call where there is no TLS.
    ///
    /// # Errors
    /// Those of the socket but `WouldBlock`.
    pub fn write_pieces(&mut self, pieces: &[&[u8]]) -> io::Result<usize> {
        if self.session.is_some() {
            let mut taken = 0;
            for piece in pieces {
                taken += self.write(piece)?;
            }
            return Ok(taken);
        }
        let slices: Vec<IoSlice<'_>> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
        loop {
            let mut ancillary = SendAncillaryBuffer::default();
            match sendmsg(&self.socket, &slices, &mut ancillary, SendFlags::NOSIGNAL) {
                Ok(count) => return Ok(count),
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => return Ok(0),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Sends the ciphertext that waits. `true` when none is left.
    ///
    /// # Errors
    /// Those of the socket but `WouldBlock`.
    pub fn flush(&mut self) -> io::Result<bool> {
        match &mut self.session {
            Some(session) => session.flush(&mut &self.socket),
            None => Ok(true),
        }
    }

    /// Ciphertext waits for the socket.
    pub fn wants_write(&self) -> bool {
        self.session
            .as_ref()
            .is_some_and(|session| session.wants_write())
    }

    /// Ends the writing half in order: `close_notify` where there is TLS, then FIN.
    pub fn finish(&mut self) {
        if let Some(session) = &mut self.session {
            session.close();
            // A peer that takes nothing more does not need the alert.
            let _ = session.flush(&mut &self.socket);
        }
        // The peer may be gone already.
        let _ = self.socket.shutdown(Shutdown::Write);
    }
}

fn read_plain(socket: &Socket, input: &mut Vec<u8>) -> io::Result<Progress> {
    if input.capacity() - input.len() < LEAST_ROOM {
        input.reserve(READ);
    }
    loop {
        // Only what the socket has is written: nothing is zeroed before.
        match recv(socket, spare_capacity(input), RecvFlags::empty()) {
            Ok((0, _)) => return Ok(Progress::Closed),
            Ok((count, _)) => return Ok(Progress::Data(count)),
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => return Ok(Progress::Blocked),
            Err(error) => return Err(error.into()),
        }
    }
}

fn write_plain(mut socket: &Socket, bytes: &[u8]) -> io::Result<usize> {
    let mut sent = 0;
    while let Some(rest) = bytes.get(sent..).filter(|rest| !rest.is_empty()) {
        match socket.write(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => sent += count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sent)
}

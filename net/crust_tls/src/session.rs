//! [`Session`]: one TLS connection over a non-blocking byte stream that the caller owns.

use crate::{ClientConfig, ServerConfig, ServerName, TlsError};
use rustls::Connection;
use std::io::{self, Read, Write};

/// One side of a TLS connection.
#[derive(Debug)]
pub struct Session {
    connection: Connection,
}

/// What a read brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Bytes of plaintext were appended; more may be waiting.
    Data(usize),
    /// Nothing for now: wait until the stream is readable.
    Blocked,
    /// The peer ended the stream in order.
    Closed,
}

/// Ciphertext taken in one read: a full record and its overhead fit.
const PLAINTEXT: usize = 16 * 1024;

impl Session {
    /// A server's side.
    ///
    /// # Errors
    /// A configuration that cannot be used.
    pub fn server(config: &ServerConfig) -> Result<Self, TlsError> {
        let mut connection = rustls::ServerConnection::new(ServerConfig::clone(config))?;
        connection.set_buffer_limit(None);
        Ok(Self {
            connection: connection.into(),
        })
    }

    /// A client's side, to a server of this name.
    ///
    /// # Errors
    /// A configuration that cannot be used.
    pub fn client(config: &ClientConfig, name: ServerName<'static>) -> Result<Self, TlsError> {
        let mut connection = rustls::ClientConnection::new(ClientConfig::clone(config), name)?;
        connection.set_buffer_limit(None);
        Ok(Self {
            connection: connection.into(),
        })
    }

    /// Whether the handshake is still going on.
    pub fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    /// The protocol both sides agreed on.
    pub fn protocol(&self) -> Option<&[u8]> {
        self.connection.alpn_protocol()
    }

    /// The name that a client asked for; `None` on the client's side.
    pub fn requested_name(&self) -> Option<&str> {
        match &self.connection {
            Connection::Server(server) => server.server_name(),
            Connection::Client(_) => None,
        }
    }

    /// The DER of the peer's certificate chain, its own first.
    pub fn peer_certificates(&self) -> Vec<&[u8]> {
        let chain = self.connection.peer_certificates().unwrap_or_default();
        chain.iter().map(AsRef::as_ref).collect()
    }

    /// `TLSv1.3` or `TLSv1.2`, once agreed.
    pub fn version(&self) -> Option<&'static str> {
        match self.connection.protocol_version()? {
            rustls::ProtocolVersion::TLSv1_3 => Some("TLSv1.3"),
            rustls::ProtocolVersion::TLSv1_2 => Some("TLSv1.2"),
            _ => None,
        }
    }

    /// Name of the cipher suite both sides agreed on, as RFC 8446 and IANA write it.
    pub fn cipher_suite(&self) -> Option<&'static str> {
        self.connection.negotiated_cipher_suite()?.suite().as_str()
    }

    /// Whether the handshake went on from an earlier session.
    pub fn is_resumed(&self) -> bool {
        self.connection.handshake_kind() == Some(rustls::HandshakeKind::Resumed)
    }

    /// Keying material for another protocol (RFC 5705); fills `output`.
    ///
    /// # Errors
    /// Before the end of the handshake, and for lengths that the protocol cannot make.
    pub fn export_keying_material(
        &self,
        output: &mut [u8],
        label: &[u8],
        context: Option<&[u8]>,
    ) -> Result<(), TlsError> {
        match &self.connection {
            Connection::Client(client) => client.export_keying_material(output, label, context),
            Connection::Server(server) => server.export_keying_material(output, label, context),
        }
        .map(drop)
        .map_err(TlsError::from)
    }

    /// Ciphertext waits to be written with [`Session::flush`].
    pub fn wants_write(&self) -> bool {
        self.connection.wants_write()
    }

    /// Reads what the stream has and appends the plaintext to `input`.
    ///
    /// # Errors
    /// Those of the stream; a protocol error comes as `InvalidData` with a [`TlsError`] inside, and
    /// the alert for the peer is ready to be flushed.
    pub fn read(&mut self, stream: &mut impl Read, input: &mut Vec<u8>) -> io::Result<Progress> {
        loop {
            match self.take_plaintext(input)? {
                Progress::Blocked => {}
                other => return Ok(other),
            }
            match self.connection.read_tls(stream) {
                // The stream ended without close_notify: a cut, unless everything was said.
                Ok(0) => return Ok(Progress::Closed),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Ok(Progress::Blocked);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            self.connection.process_new_packets().map_err(invalid)?;
        }
    }

    fn take_plaintext(&mut self, input: &mut Vec<u8>) -> io::Result<Progress> {
        let start = input.len();
        input.resize(start + PLAINTEXT, 0);
        let result = self
            .connection
            .reader()
            .read(input.get_mut(start..).unwrap_or_default());
        input.truncate(start + result.as_ref().map_or(0, |count| *count));
        match result {
            Ok(0) => Ok(Progress::Closed),
            Ok(count) => Ok(Progress::Data(count)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Progress::Blocked),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Progress::Closed),
            Err(error) => Err(error),
        }
    }

    /// Encrypts plaintext; [`Session::flush`] sends it. Callers bound what they let pile up.
    ///
    /// # Errors
    /// After [`Session::close`].
    pub fn write(&mut self, plaintext: &[u8]) -> io::Result<()> {
        self.connection.writer().write_all(plaintext)
    }

    /// Writes ciphertext to the stream. `true` when nothing is left.
    ///
    /// # Errors
    /// Those of the stream but `WouldBlock`.
    pub fn flush(&mut self, stream: &mut impl Write) -> io::Result<bool> {
        while self.connection.wants_write() {
            match self.connection.write_tls(stream) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Says that nothing more will be written (`close_notify`).
    pub fn close(&mut self) {
        self.connection.send_close_notify();
    }
}

fn invalid(error: rustls::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, TlsError::from(error))
}

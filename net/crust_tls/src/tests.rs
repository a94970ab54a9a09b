//! Both sides of a session over memory.

use super::*;
use std::collections::VecDeque;
use std::io::{self, Read, Write};

#[derive(Default)]
struct Pipe(VecDeque<u8>);

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.0.read(buffer)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn identity() -> Result<Identity, TlsError> {
    Identity::new(CERT, KEY, None)
}

const CERT: &[u8] = include_bytes!("../tests/localhost.crt");
const KEY: &[u8] = include_bytes!("../tests/localhost.key");
const ENCRYPTED_KEY: &[u8] = include_bytes!("../tests/localhost.encrypted.key");

fn pair(client: ClientOptions) -> Result<(Session, Session), TlsError> {
    let server = server_config(ServerOptions {
        identities: vec![(None, identity()?)],
        client_authorities: None,
        client_certificate_required: false,
        protocols: vec![b"h2".to_vec(), b"http/1.1".to_vec()],
    })?;
    let client = client_config(client)?;
    Ok((
        Session::server(&server)?,
        Session::client(&client, server_name("localhost")?)?,
    ))
}

/// Lets both sides talk until neither has anything to say.
fn talk(server: &mut Session, client: &mut Session) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let (mut up, mut down) = (Pipe::default(), Pipe::default());
    let (mut at_server, mut at_client) = (Vec::new(), Vec::new());
    for _ in 0..16 {
        client.flush(&mut up)?;
        while let Progress::Data(_) = server.read(&mut up, &mut at_server)? {}
        server.flush(&mut down)?;
        while let Progress::Data(_) = client.read(&mut down, &mut at_client)? {}
    }
    Ok((at_server, at_client))
}

#[test]
fn a_trusted_server_talks() -> Result<(), Box<dyn std::error::Error>> {
    let (mut server, mut client) = pair(ClientOptions {
        authorities: Some(Authorities::only([CERT])?),
        protocols: vec![b"http/1.1".to_vec()],
        ..ClientOptions::default()
    })?;
    talk(&mut server, &mut client)?;
    assert!(!server.is_handshaking() && !client.is_handshaking());
    assert_eq!(server.protocol(), Some(&b"http/1.1"[..]));
    assert_eq!(server.requested_name(), Some("localhost"));
    assert_eq!(client.version(), Some("TLSv1.3"));
    client.write(&vec![7; 100_000])?;
    server.write(b"hello")?;
    let (at_server, at_client) = talk(&mut server, &mut client)?;
    assert_eq!(at_server, vec![7; 100_000]);
    assert_eq!(at_client, b"hello");
    Ok(())
}

#[test]
fn a_stranger_is_refused_unless_anything_goes() -> Result<(), Box<dyn std::error::Error>> {
    let (mut server, mut client) = pair(ClientOptions {
        authorities: Some(Authorities::only([OTHER])?),
        ..ClientOptions::default()
    })?;
    let error = talk(&mut server, &mut client).err().ok_or("accepted")?;
    let inner = error.into_inner().ok_or("no cause")?;
    let code = inner.downcast_ref::<TlsError>().map(TlsError::code);
    assert_eq!(code, Some("DEPTH_ZERO_SELF_SIGNED_CERT"));
    let (mut server, mut client) = pair(ClientOptions {
        accept_any: true,
        ..ClientOptions::default()
    })?;
    talk(&mut server, &mut client)?;
    assert!(!client.is_handshaking());
    Ok(())
}

const OTHER: &[u8] = include_bytes!("../tests/other.crt");

#[test]
fn keys_are_decrypted_and_checked() {
    assert!(Identity::new(CERT, ENCRYPTED_KEY, Some(b"secret")).is_ok());
    let code = |result: Result<Identity, TlsError>| result.err().map(|error| error.code());
    assert_eq!(
        code(Identity::new(CERT, ENCRYPTED_KEY, None)),
        Some("ERR_OSSL_BAD_DECRYPT")
    );
    assert_eq!(
        code(Identity::new(CERT, ENCRYPTED_KEY, Some(b"wrong"))),
        Some("ERR_OSSL_BAD_DECRYPT")
    );
    assert_eq!(
        code(Identity::new(OTHER, KEY, None)),
        Some("ERR_SSL_INVALID_PRIVATE_KEY")
    );
    assert_eq!(
        code(Identity::new(b"nonsense", KEY, None)),
        Some("ERR_SSL_BAD_CERTIFICATE")
    );
    assert_eq!(
        code(Identity::new(CERT, b"nonsense", None)),
        Some("ERR_SSL_INVALID_PRIVATE_KEY")
    );
}

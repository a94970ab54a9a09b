//! The opening handshake (RFC 6455 §4): keys, the server's 101 and the client's reading of it.

use base64_simd::STANDARD;
use sha1::{Digest, Sha1};

/// Appended to the key before hashing (§1.3).
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/// Fields of a response; servers send a handful.
const MAX_FIELDS: usize = 128;
/// Bytes of a response's head.
const MAX_HEAD: usize = 64 * 1024;

/// Whether a `Sec-WebSocket-Key` is the base64 of 16 bytes.
pub fn is_key(key: &str) -> bool {
    key.len() == 24
        && STANDARD
            .decode_to_vec(key)
            .is_ok_and(|bytes| bytes.len() == 16)
}

/// A client's key from 16 random bytes.
pub fn make_key(random: [u8; 16]) -> String {
    STANDARD.encode_to_string(random)
}

/// The `Sec-WebSocket-Accept` that answers a key.
pub fn accept_key(key: &str) -> String {
    let mut hash = Sha1::new();
    hash.update(key.as_bytes());
    hash.update(GUID);
    STANDARD.encode_to_string(hash.finalize())
}

/// Appends the 101 response. `fields` are further complete header lines.
pub fn append_switch(output: &mut Vec<u8>, key: &str, extensions: Option<&str>, fields: &[u8]) {
    output.extend_from_slice(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ",
    );
    output.extend_from_slice(accept_key(key).as_bytes());
    output.extend_from_slice(b"\r\n");
    if let Some(extensions) = extensions {
        output.extend_from_slice(b"Sec-WebSocket-Extensions: ");
        output.extend_from_slice(extensions.as_bytes());
        output.extend_from_slice(b"\r\n");
    }
    output.extend_from_slice(fields);
    output.extend_from_slice(b"\r\n");
}

/// What a server agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerResponse {
    /// The subprotocol it chose.
    pub protocol: String,
    /// Its `Sec-WebSocket-Extensions`.
    pub extensions: String,
}

/// Why a server's answer is no WebSocket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant has its message")]
pub enum HandshakeError {
    #[error("the response is malformed")]
    Malformed,
    #[error("Expected 101 status code")]
    Status(u16),
    #[error("Missing or invalid upgrade header")]
    Upgrade,
    #[error("Missing or invalid connection header")]
    Connection,
    #[error("Missing or mismatched websocket accept header")]
    Accept,
    #[error("Mismatch client protocol")]
    Protocol,
    #[error("Unexpected extension")]
    Extension,
}

/// Reads a response's head: what the server agreed to and the head's length, `None` while it is not
/// complete.
///
/// # Errors
/// Whatever forbids to go on as a WebSocket.
pub fn parse_response(
    input: &[u8],
    key: &str,
) -> Result<Option<(ServerResponse, usize)>, HandshakeError> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    let length = match response.parse(input) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if input.len() <= MAX_HEAD => return Ok(None),
        _ => return Err(HandshakeError::Malformed),
    };
    let status = response.code.unwrap_or_default();
    if status != 101 {
        return Err(HandshakeError::Status(status));
    }
    let text = |name: &str| -> Option<String> {
        let mut values = response
            .headers
            .iter()
            .filter(|field| field.name.eq_ignore_ascii_case(name))
            .map(|field| String::from_utf8_lossy(field.value).trim().to_owned());
        let first = values.next()?;
        Some(values.fold(first, |all, value| all + ", " + &value))
    };
    let has = |name: &str, token: &str| {
        text(name).is_some_and(|value| {
            value
                .split(',')
                .any(|part| part.trim().eq_ignore_ascii_case(token))
        })
    };
    if !has("upgrade", "websocket") {
        return Err(HandshakeError::Upgrade);
    }
    if !has("connection", "upgrade") {
        return Err(HandshakeError::Connection);
    }
    if text("sec-websocket-accept").as_deref() != Some(accept_key(key).as_str()) {
        return Err(HandshakeError::Accept);
    }
    let agreed = ServerResponse {
        protocol: text("sec-websocket-protocol").unwrap_or_default(),
        extensions: text("sec-websocket-extensions").unwrap_or_default(),
    };
    Ok(Some((agreed, length)))
}

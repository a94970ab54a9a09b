//! Heads of HTTP/2 in the form of HTTP/1.1, so that everything behind them is the same for both, and
//! response lines as header maps.

use crate::reply::Reply;
use crust_wire::{Framing, METHODS, RequestHead};
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Response, request::Parts};

/// The text of a request's head and the facts about it. `None` for requests without a path.
pub(super) fn head(parts: &Parts) -> Option<(Vec<u8>, RequestHead)> {
    let method = parts.method.as_str();
    let target = parts.uri.path_and_query()?.as_str();
    let mut bytes = Vec::with_capacity(256);
    bytes.extend_from_slice(method.as_bytes());
    bytes.push(b' ');
    let target_start = bytes.len();
    bytes.extend_from_slice(target.as_bytes());
    bytes.extend_from_slice(b" HTTP/2\r\n");
    if let Some(authority) = parts.uri.authority()
        && !parts.headers.contains_key(http::header::HOST)
    {
        append(&mut bytes, b"host", authority.as_str().as_bytes());
    }
    for (name, value) in &parts.headers {
        append(&mut bytes, name.as_str().as_bytes(), value.as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    let number = METHODS.iter().position(|known| *known == method);
    let head = RequestHead {
        length: bytes.len(),
        method: number
            .and_then(|index| u8::try_from(index).ok())
            .unwrap_or(0),
        target_start,
        target_length: target.len(),
        framing: Framing::Empty,
        keep_alive: true,
        expects_continue: false,
        is_http_1_0: false,
        upgrades: false,
    };
    Some((bytes, head))
}

fn append(bytes: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    bytes.extend_from_slice(name);
    bytes.extend_from_slice(b": ");
    bytes.extend_from_slice(value);
    bytes.extend_from_slice(b"\r\n");
}

/// Fields that belong to one HTTP/1.1 connection and are malformed here (RFC 9113 §8.2.2).
const OF_CONNECTIONS: [&[u8]; 5] = [
    b"connection",
    b"keep-alive",
    b"proxy-connection",
    b"transfer-encoding",
    b"upgrade",
];

/// A response head. Lines that cannot be sent are left out.
pub(super) fn response(reply: &Reply<'_>, date: &[u8], length: Option<u64>) -> Response<()> {
    let mut response = Response::new(());
    if let Ok(status) = http::StatusCode::from_u16(reply.status) {
        *response.status_mut() = status;
    }
    let headers = response.headers_mut();
    for line in reply.fields.split(|byte| *byte == b'\n') {
        add_line(headers, line);
    }
    if let Ok(date) = HeaderValue::from_bytes(date) {
        headers.insert(http::header::DATE, date);
    }
    if let Some(length) = length {
        headers.insert(http::header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

fn add_line(headers: &mut HeaderMap, line: &[u8]) {
    let Some(colon) = memchr::memchr(b':', line) else {
        return;
    };
    let (name, value) = line.split_at(colon);
    let name = name.to_ascii_lowercase();
    if OF_CONNECTIONS.contains(&name.as_slice()) {
        return;
    }
    let value = value.get(1..).unwrap_or_default().trim_ascii();
    if let (Ok(name), Ok(value)) = (
        HeaderName::from_bytes(&name),
        HeaderValue::from_bytes(value),
    ) {
        headers.append(name, value);
    }
}

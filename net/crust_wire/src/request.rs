//! The head of a request: request line and header fields.

use crate::body::Framing;
use crate::error::WireError;

/// What a head may take.
#[derive(Debug, Clone, Copy)]
pub struct RequestLimits {
    /// Bytes of request line and fields together. A peer can make the server hold this much per
    /// connection before anything is known of it.
    pub head_bytes: usize,
}

impl Default for RequestLimits {
    fn default() -> Self {
        // Node's `--max-http-header-size`.
        Self {
            head_bytes: 16 * 1024,
        }
    }
}

/// Header fields of one request. Real clients send a dozen; proxies add a few.
const MAX_FIELDS: usize = 128;

/// A parsed head. Text is as received: names in any case, values as Latin-1 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestHead {
    /// The method.
    pub method: String,
    /// The request target: a path with query, or an absolute URL.
    pub target: String,
    /// The fields in order as `name NUL value NUL …`; neither part can hold a NUL.
    pub fields: Vec<u8>,
    /// How the body is delimited.
    pub framing: Framing,
    /// Whether the connection stays open after the response.
    pub keep_alive: bool,
    /// Whether the client waits for `100 Continue`.
    pub expects_continue: bool,
    /// `HTTP/1.0`.
    pub is_http_1_0: bool,
}

/// Parses a head at the start of `bytes`: the head and its length, or `None` when it is incomplete.
///
/// # Errors
/// Whatever makes the connection unusable.
pub fn parse_request(
    bytes: &[u8],
    limits: &RequestLimits,
) -> Result<Option<(RequestHead, usize)>, WireError> {
    let mut slots = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut request = httparse::Request::new(&mut slots);
    let length = match request.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if bytes.len() > limits.head_bytes => {
            return Err(WireError::HeadTooLarge);
        }
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(WireError::TooManyFields),
        Err(_) => return Err(WireError::Malformed),
    };
    if length > limits.head_bytes {
        return Err(WireError::HeadTooLarge);
    }
    let (Some(method), Some(target), Some(version)) =
        (request.method, request.path, request.version)
    else {
        return Err(WireError::Malformed);
    };
    let mut facts = Facts::default();
    let mut fields = Vec::with_capacity(length);
    for field in request.headers.iter() {
        facts.note(field.name, field.value)?;
        fields.extend_from_slice(field.name.as_bytes());
        fields.push(0);
        fields.extend_from_slice(field.value);
        fields.push(0);
    }
    let is_http_1_0 = version == 0;
    if !is_http_1_0 && facts.hosts != 1 {
        return Err(WireError::BadHost);
    }
    let head = RequestHead {
        method: method.to_owned(),
        target: target.to_owned(),
        fields,
        framing: facts.framing(is_http_1_0)?,
        keep_alive: if is_http_1_0 {
            facts.keep_alive
        } else {
            !facts.close
        },
        expects_continue: facts.expects_continue && !is_http_1_0,
        is_http_1_0,
    };
    Ok(Some((head, length)))
}

/// What the fields say about the message itself.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one field's answer")]
struct Facts {
    hosts: u32,
    length: Option<u64>,
    chunked: bool,
    coded: bool,
    close: bool,
    keep_alive: bool,
    expects_continue: bool,
}

impl Facts {
    fn note(&mut self, name: &str, value: &[u8]) -> Result<(), WireError> {
        match name.len() {
            4 if name.eq_ignore_ascii_case("host") => self.hosts += 1,
            6 if name.eq_ignore_ascii_case("expect") => {
                self.expects_continue = value.eq_ignore_ascii_case(b"100-continue");
            }
            10 if name.eq_ignore_ascii_case("connection") => self.note_connection(value),
            14 if name.eq_ignore_ascii_case("content-length") => self.note_length(value)?,
            17 if name.eq_ignore_ascii_case("transfer-encoding") => self.note_coding(value)?,
            _ => {}
        }
        Ok(())
    }

    fn note_connection(&mut self, value: &[u8]) {
        for option in value.split(|byte| *byte == b',') {
            let option = option.trim_ascii();
            self.close |= option.eq_ignore_ascii_case(b"close");
            self.keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
        }
    }

    fn note_length(&mut self, value: &[u8]) -> Result<(), WireError> {
        let digits = std::str::from_utf8(value)
            .ok()
            .filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
        let length = digits
            .and_then(|text| text.parse().ok())
            .ok_or(WireError::AmbiguousLength)?;
        if self.length.is_some_and(|known| known != length) {
            return Err(WireError::AmbiguousLength);
        }
        self.length = Some(length);
        Ok(())
    }

    fn note_coding(&mut self, value: &[u8]) -> Result<(), WireError> {
        if self.coded || !value.trim_ascii().eq_ignore_ascii_case(b"chunked") {
            return Err(WireError::UnsupportedCoding);
        }
        self.coded = true;
        self.chunked = true;
        Ok(())
    }

    fn framing(&self, is_http_1_0: bool) -> Result<Framing, WireError> {
        match (self.chunked, self.length) {
            (true, Some(_)) => Err(WireError::AmbiguousLength),
            (true, None) if is_http_1_0 => Err(WireError::AmbiguousLength),
            (true, None) => Ok(Framing::Chunked),
            (false, Some(0) | None) => Ok(Framing::Empty),
            (false, Some(length)) => Ok(Framing::Length(length)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<Option<(RequestHead, usize)>, WireError> {
        parse_request(text.as_bytes(), &RequestLimits::default())
    }

    #[test]
    fn a_get_request() {
        let (head, length) = parse("GET /a?b HTTP/1.1\r\nHost: x\r\nX-Y: z\r\n\r\nrest")
            .unwrap()
            .unwrap();
        assert_eq!(
            (head.method.as_str(), head.target.as_str(), length),
            ("GET", "/a?b", 38)
        );
        assert_eq!(head.fields, b"Host\0x\0X-Y\0z\0");
        assert_eq!(head.framing, Framing::Empty);
        assert!(head.keep_alive);
    }

    #[test]
    fn what_ends_a_connection() {
        let close = |text: &str| !parse(text).unwrap().unwrap().0.keep_alive;
        assert!(close("GET / HTTP/1.0\r\n\r\n"));
        assert!(!close("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
        assert!(close(
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: foo, close\r\n\r\n"
        ));
    }

    #[test]
    fn ambiguous_lengths_are_refused() {
        let error = |fields: &str| {
            parse(&format!("POST / HTTP/1.1\r\nHost: x\r\n{fields}\r\n")).unwrap_err()
        };
        assert_eq!(
            error("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
            WireError::AmbiguousLength
        );
        assert_eq!(
            error("Content-Length: 1\r\nContent-Length: 2\r\n"),
            WireError::AmbiguousLength
        );
        assert_eq!(error("Content-Length: +1\r\n"), WireError::AmbiguousLength);
        assert_eq!(
            error("Transfer-Encoding: gzip, chunked\r\n"),
            WireError::UnsupportedCoding
        );
        assert_eq!(error("Host: y\r\n"), WireError::BadHost);
    }

    #[test]
    fn limits() {
        let long = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(20_000));
        assert_eq!(parse(&long), Err(WireError::HeadTooLarge));
        let many = format!(
            "GET / HTTP/1.1\r\nHost: x\r\n{}\r\n",
            "A: b\r\n".repeat(200)
        );
        assert_eq!(parse(&many), Err(WireError::TooManyFields));
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse_request(&bytes, &RequestLimits::default());
        }
    }
}

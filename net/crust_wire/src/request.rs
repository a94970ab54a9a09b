//! The head of a request: request line and header fields.

use crate::body::Framing;
use crate::error::WireError;
use std::mem::MaybeUninit;

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

/// The methods that servers route by, as numbers that JS knows too; 0 is any other.
pub const METHODS: [&str; 10] = [
    "", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE",
];
/// Number of `HEAD`.
pub const HEAD: u8 = 2;
/// Number of `GET`.
pub const GET: u8 = 1;
/// Number of `POST`.
pub const POST: u8 = 3;

/// What a head says, as places in its bytes: nothing is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one fact of the message"
)]
pub struct RequestHead {
    /// Bytes of the whole head, with the empty line.
    pub length: usize,
    /// Index in [`METHODS`].
    pub method: u8,
    /// The request target (a path with query, or an absolute URL): where it starts …
    pub target_start: usize,
    /// … and how long it is.
    pub target_length: usize,
    /// How the body is delimited.
    pub framing: Framing,
    /// Whether the connection stays open after the response.
    pub keep_alive: bool,
    /// Whether the client waits for `100 Continue`.
    pub expects_continue: bool,
    /// `HTTP/1.0`.
    pub is_http_1_0: bool,
    /// The client asks for another protocol.
    pub upgrades: bool,
}

/// Parses a head at the start of `bytes`; `None` when it is incomplete.
///
/// # Errors
/// Whatever makes the connection unusable.
pub fn parse_request(
    bytes: &[u8],
    limits: &RequestLimits,
) -> Result<Option<RequestHead>, WireError> {
    let mut slots = [const { MaybeUninit::uninit() }; MAX_FIELDS];
    let mut request = httparse::Request::new(&mut []);
    let parsed = httparse::ParserConfig::default().parse_request_with_uninit_headers(
        &mut request,
        bytes,
        &mut slots,
    );
    let length = match parsed {
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
    refuse_bare_line_feeds(bytes.get(..length).unwrap_or_default())?;
    let mut facts = Facts::default();
    for field in request.headers.iter() {
        facts.note(field.name, field.value)?;
    }
    let is_http_1_0 = version == 0;
    if facts.hosts > 1 || (!is_http_1_0 && facts.hosts == 0) {
        return Err(WireError::BadHost);
    }
    Ok(Some(RequestHead {
        length,
        method: method_number(method),
        target_start: target.as_ptr().addr() - bytes.as_ptr().addr(),
        target_length: target.len(),
        framing: facts.framing(is_http_1_0)?,
        keep_alive: if is_http_1_0 {
            facts.keep_alive && !facts.close
        } else {
            !facts.close
        },
        expects_continue: facts.expects_continue && !is_http_1_0,
        is_http_1_0,
        upgrades: facts.upgrades && !is_http_1_0,
    }))
}

/// The path of a request's target, without the query; `*` of OPTIONS stays what it is.
pub fn path_of<'a>(bytes: &'a [u8], head: &RequestHead) -> &'a [u8] {
    let end = head.target_start + head.target_length;
    let target = bytes.get(head.target_start..end).unwrap_or_default();
    let target = if target.first() == Some(&b'/') {
        target
    } else {
        after_authority(target)
    };
    let end = memchr::memchr2(b'?', b'#', target).unwrap_or(target.len());
    target.get(..end).unwrap_or_default()
}

/// The path of an absolute URL (RFC 9112 §3.2.2).
fn after_authority(target: &[u8]) -> &[u8] {
    let Some(scheme) = memchr::memmem::find(target, b"://") else {
        return target;
    };
    let rest = target.get(scheme + 3..).unwrap_or_default();
    match memchr::memchr2(b'/', b'?', rest) {
        Some(slash) if rest.get(slash) == Some(&b'/') => rest.get(slash..).unwrap_or_default(),
        _ => b"/",
    }
}

fn method_number(method: &str) -> u8 {
    let found = METHODS.iter().position(|known| *known == method);
    found
        .and_then(|index| u8::try_from(index).ok())
        .unwrap_or(0)
}

/// A line that ends without CR is read differently by different programs (RFC 9112 §2.2 allows to
/// take it; what is behind a proxy must not).
fn refuse_bare_line_feeds(head: &[u8]) -> Result<(), WireError> {
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', head) {
        if head.get(start..end).and_then(<[u8]>::last) != Some(&b'\r') {
            return Err(WireError::Malformed);
        }
        start = end + 1;
    }
    Ok(())
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
    upgrades: bool,
}

impl Facts {
    fn note(&mut self, name: &str, value: &[u8]) -> Result<(), WireError> {
        match name.len() {
            4 if name.eq_ignore_ascii_case("host") => self.hosts += 1,
            6 if name.eq_ignore_ascii_case("expect") => {
                self.expects_continue = value.eq_ignore_ascii_case(b"100-continue");
            }
            7 if name.eq_ignore_ascii_case("upgrade") => self.upgrades = !value.is_empty(),
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
        if self.length.is_some() {
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

    fn parse(text: &str) -> Result<Option<RequestHead>, WireError> {
        parse_request(text.as_bytes(), &RequestLimits::default())
    }

    #[test]
    fn a_get_request() {
        let text = "GET /a?b HTTP/1.1\r\nHost: x\r\nX-Y: z\r\n\r\nrest";
        let head = parse(text).unwrap().unwrap();
        let target = &text[head.target_start..head.target_start + head.target_length];
        assert_eq!((head.method, target, head.length), (GET, "/a?b", 38));
        assert_eq!(head.framing, Framing::Empty);
        assert!(head.keep_alive);
    }

    #[test]
    fn paths() {
        let path = |target: &str| {
            let text = format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");
            let head = parse(&text).unwrap().unwrap();
            String::from_utf8(path_of(text.as_bytes(), &head).to_vec()).unwrap()
        };
        assert_eq!(path("/a/b?c=/d"), "/a/b");
        assert_eq!(path("http://x/a?b"), "/a");
        assert_eq!(path("http://x?b"), "/");
        assert_eq!(path("*"), "*");
    }

    #[test]
    fn what_ends_a_connection() {
        let close = |text: &str| !parse(text).unwrap().unwrap().keep_alive;
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
        assert_eq!(
            error("Content-Length: 1\r\nContent-Length: 1\r\n"),
            WireError::AmbiguousLength
        );
        assert_eq!(error("Host: y\r\n"), WireError::BadHost);
    }

    #[test]
    fn forms_that_smuggle_are_refused() {
        for text in [
            "GET / HTTP/1.1\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nA: b\n\n",
            "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n",
            "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
        ] {
            assert_eq!(parse(text), Err(WireError::Malformed), "{text:?}");
        }
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

//! As much of HTTP/1.1 as package managers speak: requests with a body of known length, kept-alive
//! connections. Never trusts a length beyond its limits.

use std::io::{BufRead, Read as _};

/// The longest line of a head.
const LINE_LIMIT: u64 = 16 << 10;
/// Lines of a head.
const MOST_LINES: usize = 200;
/// The largest body: a published tarball.
const BODY_LIMIT: usize = 64 << 20;

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Decoded, without the query.
    pub(crate) path: String,
    /// Names in small letters.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The next request of a connection; none at its end or where it makes no sense.
pub(crate) fn read(stream: &mut impl BufRead) -> Option<Request> {
    let first = line(stream)?;
    let mut words = first.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let line = line(stream)?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':')?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        if headers.len() > MOST_LINES {
            return None;
        }
    }
    let path = target.split('?').next().unwrap_or(&target);
    let path = percent_encoding::percent_decode_str(path)
        .decode_utf8_lossy()
        .into_owned();
    let mut request = Request {
        method,
        path,
        headers,
        body: Vec::new(),
    };
    let length: usize = request
        .header("content-length")
        .map_or(Some(0), |text| text.parse().ok())?;
    if request.header("transfer-encoding").is_some() {
        request.body = chunks(stream)?;
    } else if length > 0 {
        let length = Some(length).filter(|length| *length <= BODY_LIMIT)?;
        request.body = vec![0; length];
        stream.read_exact(&mut request.body).ok()?;
    }
    Some(request)
}

fn chunks(stream: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = usize::from_str_radix(line(stream)?.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            while !line(stream)?.is_empty() {}
            return Some(body);
        }
        if body.len() + size > BODY_LIMIT {
            return None;
        }
        let start = body.len();
        body.resize(start + size, 0);
        stream.read_exact(body.get_mut(start..)?).ok()?;
        line(stream)?;
    }
}

fn line(stream: &mut impl BufRead) -> Option<String> {
    let mut bytes = Vec::new();
    stream.take(LINE_LIMIT).read_until(b'\n', &mut bytes).ok()?;
    let text = bytes.strip_suffix(b"\n")?;
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    String::from_utf8(text.to_vec()).ok()
}

//! Content codings of responses: which one a client gets (RFC 9110 §12.5.3), whether it is worth it, and
//! the coding itself.

use crate::conditional::line_value;
use flate2::write::GzEncoder;
use std::io::{self, Write};

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Brotli,
    Zstd,
    Gzip,
}

/// What a server compresses.
#[derive(Debug, Clone)]
pub(crate) struct Compression {
    /// In order of preference, for clients that have none.
    pub(crate) codings: Vec<Coding>,
    /// Smaller bodies cost more time than they save.
    pub(crate) least_bytes: usize,
}

/// Larger bodies would hold up the other clients: about 20 ms of work.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// Levels at which a response costs about as much as making it.
const BROTLI_QUALITY: u32 = 4;
const ZSTD_LEVEL: i32 = 3;
const GZIP_LEVEL: u32 = 5;

impl Coding {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Brotli, Self::Zstd, Self::Gzip]
            .into_iter()
            .find(|coding| coding.name() == name)
    }

    fn encode(self, body: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Brotli => {
                let mut out = Vec::new();
                let mut writer =
                    brotli::CompressorWriter::new(&mut out, 16 * 1024, BROTLI_QUALITY, 20);
                writer.write_all(body)?;
                writer.flush()?;
                drop(writer);
                Ok(out)
            }
            Self::Zstd => zstd::bulk::compress(body, ZSTD_LEVEL),
            Self::Gzip => {
                let mut writer = GzEncoder::new(Vec::new(), flate2::Compression::new(GZIP_LEVEL));
                writer.write_all(body)?;
                writer.finish()
            }
        }
    }
}

/// A compressed body and the lines that go with it.
pub(crate) struct Compressed {
    pub(crate) body: Vec<u8>,
    pub(crate) fields: Vec<u8>,
}

impl Compression {
    /// The coding of a response: `None` when the client takes none, or when it is not worth it.
    pub(crate) fn choose(&self, head: &[u8], fields: &[u8], length: usize) -> Option<Coding> {
        if length < self.least_bytes || length > MOST_BYTES || !is_compressible(fields) {
            return None;
        }
        let accepted = crust_wire::field(head, b"accept-encoding")?;
        self.negotiate(&accepted)
    }

    fn negotiate(&self, accepted: &[u8]) -> Option<Coding> {
        let mut best: Option<(Coding, u32)> = None;
        for coding in &self.codings {
            let quality = quality_of(accepted, coding.name());
            if quality > best.map_or(0, |(_, quality)| quality) {
                best = Some((*coding, quality));
            }
        }
        best.map(|(coding, _)| coding)
    }
}

/// The weight of a coding in `Accept-Encoding`, in thousandths; 0 when it is not accepted.
fn quality_of(accepted: &[u8], name: &str) -> u32 {
    let mut any = 0;
    for item in accepted.split(|byte| *byte == b',') {
        let mut parts = item.split(|byte| *byte == b';');
        let coding = parts.next().unwrap_or_default().trim_ascii();
        let quality = parts
            .find_map(|part| {
                let part = part.trim_ascii();
                let value = part.strip_prefix(b"q=").or(part.strip_prefix(b"Q="))?;
                std::str::from_utf8(value).ok()?.parse::<f32>().ok()
            })
            .unwrap_or(1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates; a weight is at most 1"
        )]
        let thousandths = (quality.clamp(0.0, 1.0) * 1000.0) as u32;
        if coding.eq_ignore_ascii_case(name.as_bytes()) {
            return thousandths;
        }
        if coding == b"*" {
            any = thousandths;
        }
    }
    any
}

/// Text of some kind that nobody has encoded or forbidden to encode. Streams of events are not, as
/// each must arrive at once.
fn is_compressible(fields: &[u8]) -> bool {
    if line_value(fields, b"content-encoding").is_some() {
        return false;
    }
    let kept = line_value(fields, b"cache-control").is_some_and(|value| {
        memchr::memmem::find(&value.to_ascii_lowercase(), b"no-transform").is_some()
    });
    let Some(content_type) = line_value(fields, b"content-type") else {
        return false;
    };
    let essence = content_type
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default()
        .trim_ascii()
        .to_ascii_lowercase();
    let essence = std::str::from_utf8(&essence).unwrap_or_default();
    let is_text = (essence.starts_with("text/") && essence != "text/event-stream")
        || essence.ends_with("+json")
        || essence.ends_with("+xml")
        || matches!(
            essence,
            "application/json"
                | "application/javascript"
                | "application/xml"
                | "application/wasm"
                | "application/manifest+json"
                | "application/x-ndjson"
                | "font/ttf"
        );
    is_text && !kept
}

/// Encodes a body, if that makes it smaller. The fields say so, and a strong entity tag becomes weak.
pub(crate) fn compress(coding: Coding, fields: &[u8], body: &[u8]) -> Option<Compressed> {
    // An encoder over memory does not fail.
    let encoded = coding.encode(body).ok()?;
    if encoded.len() >= body.len() {
        return None;
    }
    let mut lines = Vec::with_capacity(fields.len() + 64);
    for line in fields.split_inclusive(|byte| *byte == b'\n') {
        let is_strong_tag = line_value(line, b"etag").is_some_and(|tag| tag.starts_with(b"\""));
        if is_strong_tag {
            lines.extend_from_slice(b"ETag: W/");
            lines.extend_from_slice(line_value(line, b"etag").unwrap_or_default());
            lines.extend_from_slice(b"\r\n");
        } else {
            lines.extend_from_slice(line);
        }
    }
    let name = coding.name();
    lines.extend_from_slice(
        format!("Content-Encoding: {name}\r\nVary: Accept-Encoding\r\n").as_bytes(),
    );
    Some(Compressed {
        body: encoded,
        fields: lines,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Compression {
        Compression {
            codings: vec![Coding::Brotli, Coding::Zstd, Coding::Gzip],
            least_bytes: 10,
        }
    }

    #[test]
    fn the_clients_wishes_come_first() {
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", Some(Coding::Brotli)),
            ("gzip;q=1, br;q=0.5", Some(Coding::Gzip)),
            ("br;q=0, *;q=0.1", Some(Coding::Zstd)),
            ("identity", None),
            ("", None),
            ("GZIP;Q=0.2", Some(Coding::Gzip)),
        ] {
            assert_eq!(all().negotiate(accepted.as_bytes()), expected, "{accepted}");
        }
    }

    #[test]
    fn what_is_worth_it() {
        let choose = |fields: &str, length| {
            let head = b"GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n";
            all().choose(head, fields.as_bytes(), length)
        };
        assert_eq!(
            choose("Content-Type: text/html\r\n", 100),
            Some(Coding::Gzip)
        );
        assert_eq!(choose("Content-Type: text/html\r\n", 9), None);
        assert_eq!(choose("Content-Type: image/png\r\n", 100), None);
        assert_eq!(choose("Content-Type: text/event-stream\r\n", 100), None);
        assert_eq!(
            choose("content-type: text/html\r\nContent-Encoding: br\r\n", 100),
            None
        );
        assert_eq!(
            choose(
                "Content-Type: text/css\r\nCache-Control: no-transform\r\n",
                100
            ),
            None
        );
    }

    #[test]
    fn every_coding_can_be_read_back() {
        let body = "hello ".repeat(100).into_bytes();
        for coding in all().codings {
            let encoded = compress(coding, b"ETag: \"a\"\r\n", &body).unwrap();
            assert!(
                encoded
                    .fields
                    .starts_with(b"ETag: W/\"a\"\r\nContent-Encoding: ")
            );
            let mut decoded = Vec::new();
            match coding {
                Coding::Brotli => {
                    let mut input = encoded.body.as_slice();
                    brotli::BrotliDecompress(&mut input, &mut decoded).unwrap();
                }
                Coding::Zstd => decoded = zstd::bulk::decompress(&encoded.body, 10_000).unwrap(),
                Coding::Gzip => {
                    let mut reader = flate2::read::GzDecoder::new(encoded.body.as_slice());
                    io::copy(&mut reader, &mut decoded).unwrap();
                }
            }
            assert_eq!(decoded, body);
        }
    }
}

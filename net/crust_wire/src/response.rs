//! Response heads and chunks, appended to a connection's output.

/// How the client learns where the body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseFraming {
    /// `Content-Length`.
    Length(u64),
    /// `Transfer-Encoding: chunked`.
    Chunked,
    /// A status that has no body (1xx, 204, 304).
    NoBody,
    /// The end of the connection (HTTP/1.0 without a length).
    Close,
}

/// Appends status line and fields. `fields` are complete lines, each ending in CRLF, without
/// `Content-Length`, `Transfer-Encoding`, `Connection` and `Date`.
pub fn append_head(
    out: &mut Vec<u8>,
    status: u16,
    text: &str,
    fields: &[u8],
    date: &[u8],
    framing: ResponseFraming,
    close: bool,
) {
    out.extend_from_slice(b"HTTP/1.1 ");
    append_number(out, u64::from(status));
    out.push(b' ');
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(fields);
    out.extend_from_slice(b"Date: ");
    out.extend_from_slice(date);
    match framing {
        ResponseFraming::Length(length) => {
            out.extend_from_slice(b"\r\nContent-Length: ");
            append_number(out, length);
        }
        ResponseFraming::Chunked => out.extend_from_slice(b"\r\nTransfer-Encoding: chunked"),
        ResponseFraming::NoBody | ResponseFraming::Close => {}
    }
    if close {
        out.extend_from_slice(b"\r\nConnection: close");
    }
    out.extend_from_slice(b"\r\n\r\n");
}

/// Appends one chunk of a chunked body. An empty one would end it and is left out.
pub fn append_chunk(out: &mut Vec<u8>, data: &[u8]) {
    if data.is_empty() {
        return;
    }
    out.extend_from_slice(format!("{:x}\r\n", data.len()).as_bytes());
    out.extend_from_slice(data);
    out.extend_from_slice(b"\r\n");
}

/// Ends a chunked body.
pub fn append_last_chunk(out: &mut Vec<u8>) {
    out.extend_from_slice(b"0\r\n\r\n");
}

fn append_number(out: &mut Vec<u8>, number: u64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut left = number;
    loop {
        at -= 1;
        if let Some(slot) = digits.get_mut(at) {
            // A remainder of ten fits.
            *slot = b'0' + u8::try_from(left % 10).unwrap_or(0);
        }
        left /= 10;
        if left == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(at..).unwrap_or_default());
}

/// The reason phrase of a status (RFC 9110 §15 and the IANA registry).
pub fn reason(status: u16) -> &'static str {
    match status {
        100 => "Continue",
        101 => "Switching Protocols",
        103 => "Early Hints",
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-Authoritative Information",
        204 => "No Content",
        205 => "Reset Content",
        206 => "Partial Content",
        207 => "Multi-Status",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Payload Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        418 => "I'm a Teapot",
        421 => "Misdirected Request",
        422 => "Unprocessable Entity",
        423 => "Locked",
        424 => "Failed Dependency",
        425 => "Too Early",
        426 => "Upgrade Required",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        451 => "Unavailable For Legal Reasons",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        507 => "Insufficient Storage",
        508 => "Loop Detected",
        511 => "Network Authentication Required",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_and_its_framings() {
        let check = |framing, close, expect: &str| {
            let mut out = Vec::new();
            append_head(
                &mut out,
                200,
                reason(200),
                b"A: b\r\n",
                b"today",
                framing,
                close,
            );
            assert_eq!(
                String::from_utf8(out).unwrap(),
                format!("HTTP/1.1 200 OK\r\nA: b\r\nDate: today{expect}\r\n\r\n")
            );
        };
        check(
            ResponseFraming::Length(1234),
            false,
            "\r\nContent-Length: 1234",
        );
        check(ResponseFraming::Length(0), false, "\r\nContent-Length: 0");
        check(
            ResponseFraming::Chunked,
            true,
            "\r\nTransfer-Encoding: chunked\r\nConnection: close",
        );
        check(ResponseFraming::NoBody, false, "");
    }

    #[test]
    fn chunks() {
        let mut out = Vec::new();
        append_chunk(&mut out, b"0123456789abcdef");
        append_chunk(&mut out, b"");
        append_last_chunk(&mut out);
        assert_eq!(out, b"10\r\n0123456789abcdef\r\n0\r\n\r\n");
    }
}

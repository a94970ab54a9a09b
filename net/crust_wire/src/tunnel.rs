//! What a client says to a proxy for a tunnel, and what the proxy answers (RFC 9110, 9.3.6). What goes
//! through the tunnel is not looked at.

/// Fields of a response; proxies send a handful.
const MAX_FIELDS: usize = 64;
/// Bytes of a response's head.
const MAX_HEAD: usize = 16 * 1024;

/// The request for a tunnel to `host:port`. `fields` are complete lines.
pub fn connect_request(host: &str, port: u16, fields: &str) -> String {
    let authority = if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    };
    format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{fields}\r\n")
}

/// Why there is no tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TunnelError {
    /// Not HTTP, or too long.
    #[error("the proxy's response is malformed")]
    Malformed,
    /// The proxy does not want to.
    #[error("the proxy answered with {0}")]
    Status(u16),
}

/// Reads a proxy's answer: the length of its head, `None` while it is not complete.
///
/// # Errors
/// Whatever is no tunnel.
pub fn parse_connect_response(input: &[u8]) -> Result<Option<usize>, TunnelError> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    match response.parse(input) {
        Ok(httparse::Status::Complete(length)) => match response.code.unwrap_or_default() {
            200..=299 => Ok(Some(length)),
            status => Err(TunnelError::Status(status)),
        },
        Ok(httparse::Status::Partial) if input.len() <= MAX_HEAD => Ok(None),
        _ => Err(TunnelError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn requests() {
        assert_eq!(
            connect_request("::1", 80, "A: b\r\n"),
            "CONNECT [::1]:80 HTTP/1.1\r\nHost: [::1]:80\r\nA: b\r\n\r\n"
        );
    }

    #[test]
    fn responses() {
        let parse = |text: &str| parse_connect_response(text.as_bytes());
        assert_eq!(parse("HTTP/1.1 200 OK\r\n\r\n"), Ok(Some(19)));
        assert_eq!(parse("HTTP/1.1 200 OK\r\nA: b\r\n"), Ok(None));
        assert_eq!(
            parse("HTTP/1.1 407 No\r\n\r\n"),
            Err(TunnelError::Status(407))
        );
        assert_eq!(parse("SSH-2.0\r\n\r\n"), Err(TunnelError::Malformed));
        let long = format!("HTTP/1.1 200 OK\r\nA: {}", "b".repeat(MAX_HEAD));
        assert_eq!(parse(&long), Err(TunnelError::Malformed));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_connect_response(&bytes);
        }
    }
}

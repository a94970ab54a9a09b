//! One HTTP connection: bytes to requests, answers to bytes. It never waits and knows no route.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use crust_wire::websocket::Decoder;
use crust_wire::{Framing, GET, HEAD, POST, RequestLimits, parse_request, reason};
use serde_json::Value;

use super::follow::Followed;
use crate::poller::Interest;

/// Longest body: an ecosystem of thousands of applications with their environments. It bounds what one
/// client of the same user makes us hold.
const LONGEST_BODY: u64 = 64 << 20;
/// What is read ahead of a request's end, and of a client that waits: enough for many small requests at once.
const READ_AHEAD: usize = 256 << 10;
/// Answers that a client has not read yet, beyond which its next request waits.
const MOST_UNREAD: usize = 1 << 20;
/// A listener of events that is this far behind is cut off.
const LONGEST_STREAM: usize = 4 << 20;

pub(super) enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
}

impl Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.read(buffer),
            Self::Tcp(stream) => stream.read(buffer),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.write(bytes),
            Self::Tcp(stream) => stream.write(bytes),
        }
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Unix(stream) => stream.as_fd(),
            Self::Tcp(stream) => stream.as_fd(),
        }
    }
}

/// What a connection is used for.
pub(super) enum Mode {
    Requests,
    /// A request waits for its answer; the next ones wait behind it.
    Waiting,
    /// Events as lines, chunked.
    Events,
    /// The dashboard.
    WebSocket(Box<Decoder>),
}

pub(super) struct Connection {
    pub(super) stream: Stream,
    pub(super) mode: Mode,
    pub(super) input: Vec<u8>,
    output: Vec<u8>,
    sent: usize,
    close: bool,
    /// It did not read what was sent to it for too long.
    cut: bool,
    /// The answer goes without its body.
    pub(super) head_only: bool,
    /// What the poller watches.
    pub(super) interest: Interest,
    /// Whose output a dashboard wants.
    pub(super) followed: Option<Followed>,
}

/// What a request does. There are no others here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
}

/// A request, read whole.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) body: Vec<u8>,
    /// The head as it came, for the few fields that matter to some routes.
    pub(super) head: Vec<u8>,
    pub(super) upgrades: bool,
}

impl Request {
    /// A parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        self.query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (key == name).then(|| decode(value))
        })
    }

    /// A header field.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        crust_wire::field(&self.head, name.as_bytes())
            .and_then(|value| String::from_utf8(value).ok())
    }
}

/// `%20` and `+` as what they stand for.
pub(super) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = text.get(at + 1..at + 3).filter(|_| *byte == b'%');
        if let Some(decoded) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            out.push(decoded);
            at += 3;
        } else {
            out.push(if *byte == b'+' { b' ' } else { *byte });
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

impl Connection {
    pub(super) fn new(stream: Stream) -> Self {
        Self {
            stream,
            mode: Mode::Requests,
            input: Vec::new(),
            output: Vec::new(),
            sent: 0,
            close: false,
            cut: false,
            head_only: false,
            interest: Interest::Read,
            followed: None,
        }
    }

    /// Reads what has arrived, no more than may be kept; `false` when the client is gone.
    pub(super) fn fill(&mut self) -> bool {
        let mut piece = [0_u8; 16 << 10];
        while self.input.len() < READ_AHEAD || self.input.len() < self.room() {
            match self.stream.read(&mut piece) {
                Ok(0) => return false,
                Ok(length) => {
                    self.input
                        .extend_from_slice(piece.get(..length).unwrap_or_default());
                    if length < piece.len() {
                        return true;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
            }
        }
        true
    }

    /// How much input may be kept: a request's body while one is read, else a little.
    fn room(&self) -> usize {
        if !matches!(self.mode, Mode::Requests) {
            return READ_AHEAD;
        }
        let head = parse_request(&self.input, &RequestLimits::default());
        let body = match head {
            Ok(Some(head)) => match head.framing {
                Framing::Length(length) if length <= LONGEST_BODY => {
                    head.length + usize::try_from(length).unwrap_or(0)
                }
                _ => 0,
            },
            _ => 0,
        };
        body.max(READ_AHEAD)
    }

    /// What the poller should watch: a client that does not read is not read either, and one that has sent enough
    /// has to wait.
    pub(super) fn wanted(&self) -> Interest {
        let is_full = self.unread() > MOST_UNREAD
            || !matches!(self.mode, Mode::Requests) && self.input.len() >= READ_AHEAD;
        match (is_full, self.has_output()) {
            (false, false) => Interest::Read,
            (false, true) => Interest::ReadWrite,
            (true, true) => Interest::Write,
            (true, false) => Interest::Nothing,
        }
    }

    fn unread(&self) -> usize {
        self.output.len() - self.sent
    }

    /// The next request, if it is complete; an error is a status after which the connection closes.
    pub(super) fn next(&mut self) -> Result<Option<Request>, u16> {
        if self.input.is_empty() || self.close || self.unread() > MOST_UNREAD {
            return Ok(None);
        }
        let Some(head) =
            parse_request(&self.input, &RequestLimits::default()).map_err(|_| 400_u16)?
        else {
            return Ok(None);
        };
        let method = match head.method {
            GET | HEAD => Method::Get,
            POST => Method::Post,
            _ => return Err(405),
        };
        let length = match head.framing {
            Framing::Empty => 0,
            Framing::Length(length) if length <= LONGEST_BODY => {
                usize::try_from(length).map_err(|_| 413_u16)?
            }
            Framing::Length(_) => return Err(413),
            Framing::Chunked => return Err(411),
        };
        let Some(body) = self.input.get(head.length..head.length + length) else {
            return Ok(None);
        };
        let target = self
            .input
            .get(head.target_start..head.target_start + head.target_length);
        let target = std::str::from_utf8(target.unwrap_or_default()).map_err(|_| 400_u16)?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let request = Request {
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            body: body.to_vec(),
            head: self.input.get(..head.length).unwrap_or_default().to_vec(),
            upgrades: head.upgrades,
        };
        self.close |= !head.keep_alive;
        self.head_only = head.method == HEAD;
        self.input.drain(..head.length + length);
        Ok(Some(request))
    }

    /// Queues an answer.
    pub(super) fn answer(&mut self, status: u16, kind: &str, body: &[u8], fields: &str) {
        let close = if self.close {
            "Connection: close\r\n"
        } else {
            ""
        };
        let head = format!(
            "HTTP/1.1 {status} {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{close}{fields}\r\n",
            reason(status),
            body.len()
        );
        self.output.extend_from_slice(head.as_bytes());
        if !self.head_only {
            self.output.extend_from_slice(body);
        }
    }

    /// Queues a JSON answer.
    pub(super) fn json(&mut self, status: u16, body: &Value) {
        let text = serde_json::to_vec(body).unwrap_or_default();
        self.answer(status, "application/json", &text, "");
    }

    /// Queues an error and ends the connection after it.
    pub(super) fn refuse(&mut self, status: u16) {
        self.close = true;
        self.input.clear();
        let body = serde_json::json!({"error": {"code": "BAD_REQUEST", "message": reason(status)}});
        self.json(status, &body);
    }

    /// Queues raw bytes of a stream; a listener that does not read is cut off.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if self.unread() > LONGEST_STREAM {
            self.cut = true;
            return;
        }
        self.output.extend_from_slice(bytes);
    }

    /// Sends what the kernel takes; `false` when the connection is over.
    pub(super) fn flush(&mut self) -> bool {
        if self.cut {
            return false;
        }
        while self.sent < self.output.len() {
            match self
                .stream
                .write(self.output.get(self.sent..).unwrap_or_default())
            {
                Ok(0) => return false,
                Ok(length) => self.sent += length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return true,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return false,
            }
        }
        self.output.clear();
        self.sent = 0;
        if self.output.capacity() > 256 << 10 {
            self.output = Vec::new();
        }
        !(self.close && matches!(self.mode, Mode::Requests | Mode::WebSocket(_)))
    }

    /// Ends the connection once its output is sent.
    pub(super) fn close_soon(&mut self) {
        self.close = true;
    }

    pub(super) fn has_output(&self) -> bool {
        self.sent < self.output.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn connection(bytes: &[u8]) -> Connection {
        let (ours, _) = UnixStream::pair().unwrap();
        let mut connection = Connection::new(Stream::Unix(ours));
        connection.input = bytes.to_vec();
        connection
    }

    #[test]
    fn requests_are_read_one_by_one() {
        let mut connection = connection(
            b"GET /v1/ping?a=b%20c HTTP/1.1\r\nHost: pm\r\n\r\nPOST /x HTTP/1.1\r\nHost: pm\r\nContent-Length: 2\r\n\r\n{}GET",
        );
        let first = connection.next().unwrap().unwrap();
        assert_eq!(
            (first.path.as_str(), first.parameter("a").as_deref()),
            ("/v1/ping", Some("b c"))
        );
        let second = connection.next().unwrap().unwrap();
        assert!(second.method == Method::Post && second.body == b"{}");
        assert!(connection.next().unwrap().is_none());
    }

    #[test]
    fn too_much_is_refused() {
        let mut connection =
            connection(b"POST / HTTP/1.1\r\nHost: pm\r\nContent-Length: 99999999999\r\n\r\n");
        assert_eq!(connection.next().unwrap_err(), 413);
    }

    #[test]
    fn what_is_neither_asked_nor_ordered_is_refused() {
        for method in ["DELETE", "PUT", "PATCH", "OPTIONS", "BREW"] {
            let text = format!("{method} /v1/processes/all HTTP/1.1\r\nHost: pm\r\n\r\n");
            assert_eq!(connection(text.as_bytes()).next().unwrap_err(), 405);
        }
        let mut head = connection(b"HEAD /health HTTP/1.1\r\nHost: pm\r\n\r\n");
        assert_eq!(head.next().unwrap().unwrap().method, Method::Get);
        head.answer(200, "text/plain", b"body", "");
        assert!(head.output.ends_with(b"Content-Length: 4\r\n\r\n"));
    }

    #[test]
    fn a_client_that_sends_without_end_is_not_read_without_end() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        theirs.set_nonblocking(true).unwrap();
        let mut connection = Connection::new(Stream::Unix(ours));
        connection.mode = Mode::Waiting;
        for _ in 0..100 {
            let _ = theirs.write(&vec![b'x'; 64 << 10]);
            assert!(connection.fill());
            assert!(connection.input.len() <= READ_AHEAD + (16 << 10));
        }
        assert_eq!(connection.wanted(), Interest::Nothing);
    }

    #[test]
    fn who_does_not_read_waits_for_more_and_is_cut_off_when_it_only_listens() {
        let mut asking = connection(b"GET / HTTP/1.1\r\nHost: pm\r\n\r\n");
        asking.answer(200, "text/plain", &vec![b'x'; MOST_UNREAD], "");
        assert!(asking.next().unwrap().is_none());
        assert_eq!(asking.wanted(), Interest::Write);
        let mut listening = connection(b"");
        listening.mode = Mode::Events;
        for _ in 0..10 {
            listening.push(&vec![b'x'; 1 << 20]);
        }
        assert!(listening.output.len() <= LONGEST_STREAM + (1 << 20));
        assert!(!listening.flush());
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut connection = connection(&bytes);
            while let Ok(Some(_)) = connection.next() {}
        }
    }
}

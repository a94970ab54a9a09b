//! The client of the daemon: it finds the daemon or starts it, asks over HTTP, and waits a bounded time.
//! It prints nothing.

use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::error::ProcmanError;
use crate::paths::Home;

/// How long a new daemon may take until it answers.
const START_PATIENCE: Duration = Duration::from_secs(10);
/// How long a question may take. The daemon answers them at once; one that is stopped does not.
const ASK_PATIENCE: Duration = Duration::from_secs(5);
/// How long a daemon that died may take to be replaced by the holder.
const RETURN_PATIENCE: Duration = Duration::from_secs(3);
/// How long an order may take: the daemon ends every wait itself, later than this only in large reloads.
const ORDER_PATIENCE: Duration = Duration::from_mins(10);
/// Longest head and body of an answer.
const LONGEST: usize = 256 << 20;

/// A connection to the daemon.
#[derive(Debug)]
pub struct Client {
    stream: UnixStream,
    input: Vec<u8>,
    socket: PathBuf,
}

/// An answer as it came.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Client {
    /// The daemon that runs, if one does.
    #[must_use]
    pub fn connect(home: &Home) -> Option<Self> {
        Self::connect_to(home.socket()).ok()
    }

    fn connect_to(socket: PathBuf) -> io::Result<Self> {
        Ok(Self {
            stream: UnixStream::connect(&socket)?,
            input: Vec::new(),
            socket,
        })
    }

    /// The daemon that runs, or a new one, started as `program proc daemon`.
    ///
    /// # Errors
    /// It cannot be started, or does not come up.
    pub fn connect_or_start(home: &Home, program: &Path) -> Result<Self, ProcmanError> {
        if let Some(client) = Self::connect(home) {
            return Ok(client);
        }
        home.create()?;
        let deadline = Instant::now() + START_PATIENCE;
        loop {
            // It goes at once when another one has the lock: one that ends, or is about to listen.
            start_daemon(home, program)?;
            if let Some(client) = Self::connect(home) {
                return Ok(client);
            }
            if Instant::now() > deadline {
                return Err(ProcmanError::DaemonUnreachable(START_PATIENCE.as_millis()));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Asks for something.
    ///
    /// # Errors
    /// The daemon refuses, or is not there any more.
    pub fn get(&mut self, path: &str) -> Result<Value, ProcmanError> {
        let reply = self.ask(path)?;
        answer_of(&reply)
    }

    /// Asks for something and takes the answer as it is. A question changes nothing, so it is asked again when the
    /// daemon dies over it and another one comes.
    ///
    /// # Errors
    /// The daemon is not there any more.
    pub fn ask(&mut self, path: &str) -> Result<Reply, ProcmanError> {
        let head = format!("GET {path} HTTP/1.1\r\nHost: pm\r\n\r\n");
        let deadline = Instant::now() + RETURN_PATIENCE;
        loop {
            let result = self.exchange(head.as_bytes(), ASK_PATIENCE);
            let Err(ProcmanError::Protocol(_)) = &result else {
                return result;
            };
            let Some(next) = Self::returned(&self.socket, deadline) else {
                return result;
            };
            *self = next;
        }
    }

    /// The daemon that comes after one that died, if there is one in time.
    fn returned(socket: &Path, deadline: Instant) -> Option<Self> {
        while Instant::now() < deadline {
            if let Ok(client) = Self::connect_to(socket.to_owned()) {
                return Some(client);
            }
            // The socket of one that ended in order is gone, and nobody comes.
            if !socket.exists() {
                return None;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        None
    }

    /// Orders something.
    ///
    /// # Errors
    /// The daemon refuses, or is not there any more.
    pub fn post(&mut self, path: &str, body: &Value) -> Result<Value, ProcmanError> {
        answer_of(&self.order(path, body)?)
    }

    /// Orders something and takes the answer as it is: an order that failed in part has both.
    ///
    /// # Errors
    /// The daemon is not there any more.
    pub fn order(&mut self, path: &str, body: &Value) -> Result<Reply, ProcmanError> {
        let body = serde_json::to_vec(body).unwrap_or_default();
        let length = body.len();
        let head = format!("POST {path} HTTP/1.1\r\nHost: pm\r\nContent-Length: {length}\r\n\r\n");
        let mut request = head.into_bytes();
        request.extend_from_slice(&body);
        self.exchange(&request, ORDER_PATIENCE)
    }

    fn exchange(&mut self, request: &[u8], patience: Duration) -> Result<Reply, ProcmanError> {
        let deadline = Instant::now() + patience;
        let broke_off = |source: io::Error| match source.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                ProcmanError::DaemonUnreachable(patience.as_millis())
            }
            _ => ProcmanError::Protocol(format!("the connection broke off: {source}")),
        };
        self.stream
            .set_write_timeout(Some(patience))
            .map_err(broke_off)?;
        self.stream.write_all(request).map_err(broke_off)?;
        loop {
            if let Some((reply, taken)) = parse_reply(&self.input)? {
                self.input.drain(..taken);
                return Ok(reply);
            }
            self.fill(deadline).map_err(broke_off)?;
        }
    }

    fn fill(&mut self, deadline: Instant) -> io::Result<()> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        let mut piece = [0_u8; 16 << 10];
        match self.stream.read(&mut piece) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(length) if self.input.len() + length <= LONGEST => {
                self.input
                    .extend_from_slice(piece.get(..length).unwrap_or_default());
                Ok(())
            }
            Ok(_) => Err(io::ErrorKind::InvalidData.into()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Calls `each` with every event from number `since` on, until it says `false` or the daemon ends.
    ///
    /// # Errors
    /// The daemon is not there any more.
    pub fn events(
        mut self,
        since: u64,
        mut each: impl FnMut(&Value) -> bool,
    ) -> Result<(), ProcmanError> {
        let broke_off = |source: io::Error| {
            ProcmanError::Protocol(format!("the connection broke off: {source}"))
        };
        let request = format!("GET /v1/events?since={since} HTTP/1.1\r\nHost: pm\r\n\r\n");
        self.stream
            .write_all(request.as_bytes())
            .map_err(broke_off)?;
        self.stream.set_read_timeout(None).map_err(broke_off)?;
        let mut piece = [0_u8; 16 << 10];
        loop {
            // Each event is a line of JSON; lines of the head and of the chunks are none.
            while let Some(end) = memchr::memchr(b'\n', &self.input) {
                let line: Vec<u8> = self.input.drain(..=end).collect();
                if let Ok(event @ Value::Object(_)) = serde_json::from_slice::<Value>(&line)
                    && !each(&event)
                {
                    return Ok(());
                }
            }
            match self.stream.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(length) if self.input.len() < LONGEST => {
                    self.input
                        .extend_from_slice(piece.get(..length).unwrap_or_default());
                }
                Ok(_) => return Err(broke_off(io::ErrorKind::InvalidData.into())),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(broke_off(error)),
            }
        }
    }
}

impl Reply {
    /// The body as JSON.
    ///
    /// # Errors
    /// It is none.
    pub fn json(&self) -> Result<Value, ProcmanError> {
        serde_json::from_slice(&self.body)
            .map_err(|error| ProcmanError::Protocol(error.to_string()))
    }
}

/// The JSON of an answer, or what the daemon refused.
fn answer_of(reply: &Reply) -> Result<Value, ProcmanError> {
    let value = reply.json()?;
    if reply.status < 400 {
        return Ok(value);
    }
    Err(refusal(&value))
}

/// What the daemon refused.
#[must_use]
pub fn refusal(value: &Value) -> ProcmanError {
    let text = |key: &str| value["error"][key].as_str().unwrap_or("UNKNOWN").to_owned();
    ProcmanError::Refused {
        code: text("code"),
        message: text("message"),
    }
}

/// A path segment with what is not plain as `%20`.
#[must_use]
pub fn encode(segment: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A whole answer at the start of `input`, and its length.
fn parse_reply(input: &[u8]) -> Result<Option<(Reply, usize)>, ProcmanError> {
    let bad = |what: &str| ProcmanError::Protocol(what.to_owned());
    let Some(end) = memchr::memmem::find(input, b"\r\n\r\n") else {
        return if input.len() > 64 << 10 {
            Err(bad("its head does not end"))
        } else {
            Ok(None)
        };
    };
    let head = input
        .get(..end)
        .and_then(|head| std::str::from_utf8(head).ok());
    let mut lines = head
        .ok_or_else(|| bad("its head is no text"))?
        .split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.strip_prefix("HTTP/1.1 "))
        .and_then(|rest| rest.get(..3));
    let status = status
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| bad("it is no HTTP"))?;
    let length = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    let length = length
        .filter(|length| *length <= LONGEST)
        .ok_or_else(|| bad("it has no length"))?;
    let body = input.get(end + 4..).and_then(|rest| rest.get(..length));
    Ok(body.map(|body| {
        (
            Reply {
                status,
                body: body.to_vec(),
            },
            end + 4 + length,
        )
    }))
}

/// Starts a daemon and waits until it listens or is gone; one that lost the race for the lock goes at once.
fn start_daemon(home: &Home, program: &Path) -> Result<(), ProcmanError> {
    let fail = |source| ProcmanError::io("cannot start the daemon", source);
    let log = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(home.daemon_log());
    let mut child = Command::new(program)
        .args(["proc", "daemon"])
        .env("CRUST_PM_HOME", home.path())
        .env_remove("BUN_OPTIONS")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log.map_or_else(|_| Stdio::null(), Stdio::from))
        .spawn()
        .map_err(fail)?;
    let mut said = Vec::new();
    if let Some(mut stdout) = child.stdout.take() {
        // The daemon says "listening" and keeps nothing open.
        let mut byte = [0_u8; 64];
        if let Ok(length) = stdout.read(&mut byte) {
            said.extend_from_slice(byte.get(..length).unwrap_or_default());
        }
    }
    if said.is_empty() {
        let status = child.wait().map_err(fail)?;
        if !status.success() {
            let log = std::fs::read_to_string(home.daemon_log()).unwrap_or_default();
            let last = log
                .lines()
                .rev()
                .find(|line| !line.trim().is_empty())
                .unwrap_or("it said nothing");
            return Err(ProcmanError::NotRunnable(format!(
                "the daemon ended at once ({status}): {last}"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn answers_are_read_when_they_are_whole() {
        let text = b"HTTP/1.1 404 Not Found\r\nContent-Type: x\r\ncontent-length: 2\r\n\r\n{}HTTP";
        assert!(parse_reply(&text[..text.len() - 5]).unwrap().is_none());
        let (reply, taken) = parse_reply(text).unwrap().unwrap();
        assert_eq!(
            (reply.status, reply.body.as_slice(), taken),
            (404, b"{}".as_slice(), text.len() - 4)
        );
        assert!(parse_reply(b"SSH-2.0-x\r\n\r\n").is_err());
    }

    #[test]
    fn names_become_path_segments() {
        assert_eq!(encode("a b/ü:1"), "a%20b%2F%C3%BC%3A1");
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse_reply(&bytes);
        }
    }
}

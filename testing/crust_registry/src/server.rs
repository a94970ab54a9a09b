//! The server: a thread for each connection, which end with the registry.

use std::collections::BTreeMap;
use std::io::{BufReader, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::answer::{Answer, answer};
use crate::fault::{Fault, Rule};
use crate::http;
use crate::package::Packages;

/// Connections at a time; a client that opens more is cut off.
const MOST_CONNECTIONS: usize = 512;

/// A request that came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Its method.
    pub method: String,
    /// Its path, decoded.
    pub path: String,
    /// Its headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

#[derive(Default)]
struct State {
    packages: Packages,
    rules: Vec<Rule>,
    asked: Vec<Asked>,
    token: Option<String>,
    /// Connections that are served now.
    open: BTreeMap<u64, TcpStream>,
    next: u64,
    keeps_requests: bool,
}

/// A registry that serves until it is dropped.
pub struct Registry {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    ended: Arc<AtomicBool>,
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Registry({})", self.address)
    }
}

impl Registry {
    /// Serves `packages` on a port of the loopback that is free.
    pub fn start(packages: Packages) -> Self {
        Self::start_at(packages, 0)
    }

    /// Serves packages of the format that the crate describes.
    pub fn of(text: &str) -> Self {
        Self::start(Packages::parse(text))
    }

    /// Serves `packages` on a port of the loopback.
    pub fn start_at(packages: Packages, port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State {
            packages,
            keeps_requests: true,
            ..State::default()
        }));
        let ended = Arc::new(AtomicBool::new(false));
        let registry = Self {
            address,
            state: Arc::clone(&state),
            ended: Arc::clone(&ended),
        };
        let base = registry.url();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let (state, base) = (Arc::clone(&state), base.clone());
                let Some(id) = enter(&state, &stream) else {
                    continue;
                };
                std::thread::spawn(move || {
                    serve(stream, &state, &base);
                    lock(&state).open.remove(&id);
                });
            }
        });
        registry
    }

    /// The URL, with a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// From now on this goes wrong.
    pub fn fail(&self, rule: Rule) {
        lock(&self.state).rules.push(rule);
    }

    /// Nothing goes wrong any more.
    pub fn heal(&self) {
        lock(&self.state).rules.clear();
    }

    /// Publishing and `whoami` need this token.
    pub fn require(&self, token: &str) {
        lock(&self.state).token = Some(token.to_owned());
    }

    /// Requests are not kept, for long runs.
    pub fn forget_requests(&self) {
        let mut state = lock(&self.state);
        state.keeps_requests = false;
        state.asked.clear();
    }

    /// Changes the packages.
    pub fn change(&self, change: impl FnOnce(&mut Packages)) {
        change(&mut lock(&self.state).packages);
    }

    /// What was asked so far, in order.
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.state).asked.clone()
    }

    /// How many connections were made.
    pub fn connections(&self) -> u64 {
        lock(&self.state).next
    }

    /// How many requests had `part` in their path.
    pub fn count(&self, part: &str) -> usize {
        let state = lock(&self.state);
        state
            .asked
            .iter()
            .filter(|asked| asked.path.contains(part))
            .count()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // The listener wakes, sees it and goes.
        let _ = TcpStream::connect(self.address);
        for stream in lock(&self.state).open.values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state
        .lock()
        .expect("no thread panics while it holds the state")
}

/// Notes a connection; none where there are too many.
fn enter(state: &Mutex<State>, stream: &TcpStream) -> Option<u64> {
    let mut state = lock(state);
    if state.open.len() >= MOST_CONNECTIONS {
        return None;
    }
    let copy = stream.try_clone().ok()?;
    state.next += 1;
    let id = state.next;
    state.open.insert(id, copy);
    Some(id)
}

fn serve(stream: TcpStream, state: &Mutex<State>, base: &str) {
    let _ = stream.set_nodelay(true);
    let Ok(mut writer) = stream.try_clone() else {
        return;
    };
    let mut reader = BufReader::new(stream);
    while let Some(request) = http::read(&mut reader) {
        let (fault, answer) = {
            let mut state = lock(state);
            if state.keeps_requests {
                state.asked.push(Asked {
                    method: request.method.clone(),
                    path: request.path.clone(),
                    headers: request.headers.clone(),
                    body: request.body.clone(),
                });
            }
            let State {
                packages,
                rules,
                token,
                ..
            } = &mut *state;
            let fault = take(rules, &request.path);
            (fault, answer(packages, base, token.as_deref(), &request))
        };
        if !write(&mut writer, answer, fault) {
            let _ = writer.shutdown(Shutdown::Both);
            return;
        }
    }
}

fn take(rules: &mut Vec<Rule>, path: &str) -> Option<Fault> {
    let rule = rules.iter_mut().find(|rule| path.contains(&rule.path))?;
    let fault = rule.fault.clone();
    if rule.times != usize::MAX {
        rule.times -= 1;
    }
    rules.retain(|rule| rule.times > 0);
    Some(fault)
}

/// Whether the connection goes on.
fn write(stream: &mut impl Write, mut answer: Answer, fault: Option<Fault>) -> bool {
    let mut promised = None;
    match fault {
        None => {}
        Some(Fault::Status(status)) => {
            answer.status = status;
            answer.headers.push(("retry-after", "0".to_owned()));
            answer.body.clear();
        }
        Some(Fault::Cut(length)) => {
            promised = Some(answer.body.len().max(length + 1));
            answer.body.truncate(length);
        }
        Some(Fault::Late(time)) => std::thread::sleep(time),
        Some(Fault::Damaged) => {
            let middle = answer.body.len() / 2;
            if let Some(byte) = answer.body.get_mut(middle) {
                *byte ^= 0x55;
            }
        }
        Some(Fault::Short(length)) => answer.body.truncate(length),
        Some(Fault::Body(body)) => answer.body = body,
    }
    let length = promised.unwrap_or(answer.body.len());
    let mut head = format!(
        "HTTP/1.1 {} -\r\ncontent-length: {length}\r\n",
        answer.status
    );
    for (name, value) in &answer.headers {
        for part in [name, ": ", value, "\r\n"] {
            head.push_str(part);
        }
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&answer.body);
    stream.write_all(&bytes).is_ok() && promised.is_none()
}

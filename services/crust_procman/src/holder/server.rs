//! The holder's loop: one thread, one epoll. It starts, reaps, remembers and forwards; it decides nothing.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{
    Pid, Resource, Rlimit, Signal, WaitOptions, getpid, getrlimit, kill_process,
    kill_process_group, set_child_subreaper, setrlimit, test_kill_process_group, wait,
};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGXFSZ};

use super::broker::{self, Broker};
use super::capture::Captures;
use super::child;
use super::link::FOREGROUND_VARIABLE;
use super::protocol::{Child, End, Reply, Request, Spawn, VERSION};
use super::sweep::{self, Sweep};
use crate::clock::boot_ms;
use crate::error::ProcmanError;
use crate::frames::Frames;
use crate::listen::listen_at;
use crate::paths::Home;
use crate::poller::{Interest, Poller};

const LISTENER: u64 = 0;
const SIGNALS: u64 = 1;
/// Connections and channels count up from here; captured streams have the high bit.
const FIRST: u64 = 16;
pub(super) const STREAM_BIT: u64 = 1 << 62;

/// Connections at once: a daemon and applications that ask for sockets. Others of the same user could
/// open more; they are refused.
const MOST_CONNECTIONS: usize = 256;
/// One message of an application. What is longer is not for us and is dropped.
const LONGEST_MESSAGE: usize = 1 << 20;
/// Pieces of 8 KiB that one application may say before the others are heard.
const READS_A_TURN: usize = 32;
/// Without a daemon and without a child, the holder waits this long for either.
const LINGER: Duration = Duration::from_secs(2);

/// After work, memory that only it needed is given back; more of it may come at once.
const SETTLE_MS: u64 = 500;

/// What the applications of a daemon in the foreground have when it was killed.
const LAST_GRACE: u64 = 3000;

struct Managed {
    child: Child,
    channel: Option<Channel>,
}

struct Channel {
    stream: UnixStream,
    token: u64,
    input: Vec<u8>,
    /// Within a line that is too long to be kept.
    skipping: bool,
}

struct Holder {
    home: Home,
    program: PathBuf,
    poller: Poller,
    /// By process id; ended ones stay until the daemon forgets them.
    children: HashMap<u32, Managed>,
    pids: HashMap<String, u32>,
    connections: HashMap<u64, Frames>,
    channels: HashMap<u64, u32>,
    daemon: Option<u64>,
    next: u64,
    broker: Broker,
    captures: Captures,
    sweep: Sweep,
    files: Rlimit,
    revival: Revival,
    /// It ends with its daemon, which is in the foreground.
    foreground: bool,
    /// When it kills what is left and ends.
    ends_at: Option<u64>,
    /// When memory that only work needed is given back.
    settles_at: Option<u64>,
    settles: bool,
    quit: bool,
}

/// Brings the daemon back, slower each time it does not stay.
#[derive(Default)]
struct Revival {
    due: Option<u64>,
    tries: u32,
    last: u64,
}

/// Runs the holder until the daemon ends it. `program` is started as `program proc daemon` when a daemon
/// is needed and none is there.
///
/// # Errors
/// The socket cannot be used.
pub fn run(home: &Home, program: PathBuf) -> Result<(), ProcmanError> {
    let fail = |what: &str| {
        let what = what.to_owned();
        move |source| ProcmanError::io(what, source)
    };
    // In the foreground, Ctrl-C is for the daemon; the session stays, so that the terminal does.
    let foreground = std::env::var_os(FOREGROUND_VARIABLE).is_some();
    if foreground {
        let _ = rustix::process::setpgid(None, None);
    } else {
        let _ = rustix::process::setsid();
    }
    let _ = set_child_subreaper(Some(getpid()));
    let (files, _) = raise_file_limit();
    let socket = home.holder_socket();
    // The daemon that starts us holds the lock, so a file that is there belongs to nobody.
    let listener = listen_at(&socket).map_err(fail("cannot listen for the daemon"))?;
    let mut signals = signal_pipe(&[SIGCHLD, SIGHUP, SIGINT, SIGTERM]).map_err(fail("signals"))?;
    // A file that may not grow further is a full disk, no reason to end.
    signal_hook::flag::register(SIGXFSZ, std::sync::Arc::default()).map_err(fail("signals"))?;
    let poller = Poller::new().map_err(fail("epoll"))?;
    poller
        .add(&listener, LISTENER, Interest::Read)
        .map_err(fail("epoll"))?;
    poller
        .add(&signals, SIGNALS, Interest::Read)
        .map_err(fail("epoll"))?;
    let mut holder = Holder {
        home: home.clone(),
        program,
        poller,
        children: HashMap::new(),
        pids: HashMap::new(),
        connections: HashMap::new(),
        channels: HashMap::new(),
        daemon: None,
        next: FIRST,
        broker: Broker::default(),
        captures: Captures::default(),
        sweep: Sweep::default(),
        files,
        revival: Revival::default(),
        foreground,
        ends_at: None,
        settles_at: Some(boot_ms() + SETTLE_MS),
        settles: false,
        quit: false,
    };
    while !holder.quit {
        holder
            .turn(&listener, &mut signals)
            .map_err(fail("epoll"))?;
    }
    holder.finish_sweeps();
    let _ = fs::remove_file(&socket);
    Ok(())
}

/// Rounds of a last sweep. Each reaches one generation further down.
const LAST_ROUNDS: u32 = 500;

/// The read end of a pipe that gets a byte for each of the signals.
pub(crate) fn signal_pipe(signals: &[i32]) -> io::Result<UnixStream> {
    let (read, write) = UnixStream::pair()?;
    read.set_nonblocking(true)?;
    write.set_nonblocking(true)?;
    for signal in signals {
        signal_hook::low_level::pipe::register(*signal, write.try_clone()?)?;
    }
    Ok(read)
}

/// Raises the soft limit of open files; the old and the new one.
pub(crate) fn raise_file_limit() -> (Rlimit, Rlimit) {
    let old = getrlimit(Resource::Nofile);
    let new = Rlimit {
        current: old.maximum.map(|most| most.min(1 << 20)),
        maximum: old.maximum,
    };
    let _ = setrlimit(Resource::Nofile, new);
    (old, getrlimit(Resource::Nofile))
}

impl Holder {
    fn turn(&mut self, listener: &UnixListener, signals: &mut UnixStream) -> io::Result<()> {
        let timeout = self.timeout();
        if std::mem::take(&mut self.settles) {
            // As the last thing before sleeping, so that little is touched afterwards.
            crust_pages::release_program();
        }
        let tokens = self.poller.wait(timeout)?;
        let idle = tokens.is_empty();
        for token in tokens {
            match token {
                LISTENER => self.accept(listener),
                SIGNALS => {
                    while signals.read(&mut [0; 64]).is_ok_and(|length| length > 0) {}
                    self.reap();
                }
                _ if token & STREAM_BIT != 0 => self.captures.ready(token, &self.poller),
                _ if self.channels.contains_key(&token) => self.channel(token),
                _ => self.connection(token),
            }
        }
        for (path, problem) in self.captures.tick(&self.poller) {
            self.tell(&Reply::Output { path, problem });
        }
        self.sweep_round();
        self.flush_daemon();
        self.revive();
        self.end_if_due();
        let settled = self.settle(idle);
        // While something is swept, being idle says nothing yet.
        let nothing_left = self.sweep.is_done() && self.children.is_empty();
        if idle && !settled && self.daemon.is_none() && nothing_left && self.captures.is_empty() {
            self.quit = true;
        }
        Ok(())
    }

    /// Has memory given back some time after work; whether that is now.
    fn settle(&mut self, idle: bool) -> bool {
        let now = boot_ms();
        if self.settles_at.is_some_and(|at| at <= now) {
            self.settles_at = None;
            self.settles = true;
            return true;
        }
        if !idle && self.settles_at.is_none() {
            self.settles_at = Some(now + SETTLE_MS);
        }
        false
    }

    fn sweep_round(&mut self) {
        if !self.sweep.is_done() {
            self.sweep.round(|pid| self.children.contains_key(&pid));
        }
    }

    /// What is to be swept is swept before the end.
    fn finish_sweeps(&mut self) {
        let mut rounds = 0;
        while !self.sweep.is_done() && rounds < LAST_ROUNDS {
            self.sweep_round();
            self.reap();
            std::thread::sleep(sweep::PAUSE);
            rounds += 1;
        }
    }

    fn timeout(&self) -> Option<Duration> {
        let revival = self
            .revival
            .due
            .map(|due| Duration::from_millis(due.saturating_sub(boot_ms())));
        let linger = (self.daemon.is_none() && self.children.is_empty()).then_some(LINGER);
        let end = self
            .ends_at
            .map(|at| Duration::from_millis(at.saturating_sub(boot_ms())));
        let sweep = (!self.sweep.is_done()).then_some(sweep::PAUSE);
        let settle = self
            .settles_at
            .map(|at| Duration::from_millis(at.saturating_sub(boot_ms())));
        [revival, linger, end, sweep, settle, self.captures.due()]
            .into_iter()
            .flatten()
            .min()
    }

    fn accept(&mut self, listener: &UnixListener) {
        while let Ok((stream, _)) = listener.accept() {
            let same_user = rustix::net::sockopt::socket_peercred(&stream)
                .is_ok_and(|peer| may_connect(peer.uid.as_raw()));
            if !same_user || self.connections.len() >= MOST_CONNECTIONS {
                continue;
            }
            let token = self.token();
            if let Ok(frames) = Frames::new(stream)
                && self.poller.add(&frames, token, Interest::Read).is_ok()
            {
                self.connections.insert(token, frames);
            }
        }
    }

    fn token(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn connection(&mut self, token: u64) {
        let Some(frames) = self.connections.get_mut(&token) else {
            return;
        };
        let open = frames.fill().unwrap_or(false);
        let Ok(requests) = frames.take::<Request>() else {
            return self.close(token);
        };
        for request in requests {
            // What asked for something it may not is not heard any further.
            if !self.connections.contains_key(&token) {
                return;
            }
            self.request(token, request);
        }
        if !open {
            self.close(token);
        }
    }

    fn close(&mut self, token: u64) {
        if let Some(frames) = self.connections.remove(&token) {
            self.poller.remove(&frames);
        }
        if self.daemon == Some(token) {
            self.daemon = None;
            if self.foreground {
                self.end_with_daemon();
            } else if !self.children.is_empty() && !self.quit {
                self.revival.due = Some(self.revival.next(boot_ms()));
            }
        }
    }

    /// The daemon in the foreground is gone: so are its applications, in a moment.
    fn end_with_daemon(&mut self) {
        self.signal_all(Signal::TERM);
        self.ends_at = Some(boot_ms() + LAST_GRACE);
    }

    fn signal_all(&self, signal: Signal) {
        for managed in self.children.values() {
            if let Some(pid) = to_pid(managed.child.pid) {
                let _ = kill_process_group(pid, signal);
            }
        }
    }

    fn end_if_due(&mut self) {
        let now = boot_ms();
        let living = self
            .children
            .values()
            .any(|managed| managed.child.end.is_none());
        if self.ends_at.is_some_and(|at| at <= now || !living) {
            self.signal_all(Signal::KILL);
            self.quit = true;
        }
    }

    fn request(&mut self, from: u64, request: Request) {
        match request {
            Request::Hello { .. } => {
                self.daemon = Some(from);
                self.revival.due = None;
                let children = self
                    .children
                    .values()
                    .map(|managed| managed.child.clone())
                    .collect();
                self.tell(&Reply::Hello {
                    version: VERSION,
                    pid: std::process::id(),
                    children,
                });
                for (path, problem) in self.captures.problems() {
                    let problem = Some(problem);
                    self.tell(&Reply::Output { path, problem });
                }
            }
            Request::Listen { key, host, port } => self.listen(from, &key, host, port),
            _ if self.daemon != Some(from) => self.close(from),
            Request::Spawn(spawn) => self.spawn(*spawn),
            Request::Signal { key, signal, group } => self.signal(&key, signal, group),
            Request::Sweep { key } => self.sweep(key),
            Request::Note { key, note } => {
                if let Some(managed) = self.by_key(&key) {
                    managed.child.note = note;
                }
            }
            Request::Forget { key } => {
                if let Some(pid) = self.pids.remove(&key) {
                    self.remove(pid);
                }
            }
            Request::Release { app } => self.broker.release(&app),
            Request::Message { key, text } => self.send_message(&key, &text),
            Request::Reopen => self.captures.reopen(),
            Request::Quit => self.quit = true,
        }
    }

    fn by_key(&mut self, key: &str) -> Option<&mut Managed> {
        let pid = self.pids.get(key)?;
        self.children.get_mut(pid)
    }

    fn remove(&mut self, pid: u32) {
        if let Some(managed) = self.children.remove(&pid)
            && let Some(channel) = managed.channel
        {
            self.poller.remove(&channel.stream);
            self.channels.remove(&channel.token);
        }
    }

    fn spawn(&mut self, spawn: Spawn) {
        let key = spawn.key.clone();
        match self.start(spawn) {
            Ok(pid) => self.tell(&Reply::Spawned { key, pid }),
            Err(error) => {
                let errno = error.raw_os_error().unwrap_or(0);
                self.tell(&Reply::Failed {
                    key,
                    error: error.to_string(),
                    errno,
                });
            }
        }
    }

    fn start(&mut self, spawn: Spawn) -> io::Result<u32> {
        let started = child::start(&spawn, self.files)?;
        if let (Some(capture), Some(out), Some(err)) = (&spawn.capture, started.out, started.err) {
            let out_path = spawn.out.clone().unwrap_or_else(|| "/dev/null".into());
            let err_path = spawn.err.clone().unwrap_or_else(|| "/dev/null".into());
            self.captures
                .add(out, out_path, capture, "stdout", &self.poller)?;
            self.captures
                .add(err, err_path, capture, "stderr", &self.poller)?;
        }
        let mut channel = None;
        if let Some(stream) = started.channel {
            let token = self.token();
            self.poller.add(&stream, token, Interest::Read)?;
            self.channels.insert(token, started.pid);
            channel = Some(Channel {
                stream,
                token,
                input: Vec::new(),
                skipping: false,
            });
        }
        let child = Child {
            key: spawn.key.clone(),
            app: spawn.app,
            pid: started.pid,
            started: boot_ms(),
            listening: false,
            ready: false,
            end: None,
            note: spawn.note,
        };
        self.pids.insert(spawn.key, started.pid);
        // The number of an ended process may come again before the daemon has forgotten it.
        self.remove(started.pid);
        self.children
            .insert(started.pid, Managed { child, channel });
        Ok(started.pid)
    }

    fn signal(&mut self, key: &str, signal: i32, group: bool) {
        let Some(managed) = self.by_key(key) else {
            return;
        };
        let ended = managed.child.end.is_some();
        let (Some(pid), Some(signal)) = (to_pid(managed.child.pid), Signal::from_named_raw(signal))
        else {
            return;
        };
        // The number of a process that was reaped may be another's; its group's is not while it lives.
        if group {
            let _ = kill_process_group(pid, signal);
        } else if !ended {
            let _ = kill_process(pid, signal);
        }
    }

    fn sweep(&mut self, key: String) {
        if let Some(managed) = self.by_key(&key)
            && managed.child.end.is_some()
            && let Some(pid) = to_pid(managed.child.pid)
        {
            let _ = kill_process_group(pid, Signal::KILL);
            self.sweep.add(key);
        }
    }

    fn reap(&mut self) {
        while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
            let group_alive = test_kill_process_group(pid).is_ok();
            let Ok(number) = u32::try_from(pid.as_raw_nonzero().get()) else {
                continue;
            };
            let Some(managed) = self.children.get_mut(&number) else {
                continue;
            };
            let end = End {
                code: status.exit_status(),
                signal: status.terminating_signal(),
                at: boot_ms(),
                group_alive,
            };
            managed.child.end = Some(end);
            let key = managed.child.key.clone();
            let token = managed.channel.as_ref().map(|channel| channel.token);
            if let Some(token) = token {
                // What it said last comes before its end.
                self.channel(token);
            }
            self.tell(&Reply::Exited { key, end });
        }
    }

    fn listen(&mut self, from: u64, key: &str, host: String, port: u16) {
        let app = self.by_key(key).map(|managed| managed.child.app.clone());
        let socket = match &app {
            Some(app) => self.broker.listen(app, &host, port),
            None => Err(io::ErrorKind::PermissionDenied.into()),
        };
        let bound = socket.is_ok();
        if let Some(frames) = self.connections.get(&from) {
            let _ = broker::answer(frames.stream(), socket);
        }
        self.close(from);
        if bound && let Some(managed) = self.by_key(key) {
            managed.child.listening = true;
            self.tell(&Reply::Listening {
                key: key.to_owned(),
                host,
                port,
            });
        }
    }

    fn channel(&mut self, token: u64) {
        let Some(pid) = self.channels.get(&token).copied() else {
            return;
        };
        let Some(Managed {
            child,
            channel: Some(channel),
        }) = self.children.get_mut(&pid)
        else {
            return;
        };
        let open = channel.fill();
        let mut replies = Vec::new();
        let whole = memchr::memrchr(b'\n', &channel.input).map_or(0, |end| end + 1);
        let said: Vec<u8> = channel.input.drain(..whole).collect();
        let lines = said.split(|byte| *byte == b'\n');
        for line in lines.filter(|line| !line.is_empty()) {
            let text = String::from_utf8_lossy(line).trim_end().to_owned();
            child.ready |= text == "\"ready\"";
            replies.push(Reply::Message {
                key: child.key.clone(),
                text,
            });
        }
        if !open {
            self.poller.remove(&channel.stream);
            self.channels.remove(&token);
            if let Some(managed) = self.children.get_mut(&pid) {
                managed.channel = None;
            }
        }
        let behind = self
            .daemon
            .and_then(|token| self.connections.get(&token))
            .is_some_and(|frames| frames.pending() > LONGEST_MESSAGE);
        for reply in &replies {
            // A daemon that does not listen is not told everything; that a process is ready is in the list.
            if !behind || matches!(reply, Reply::Message { text, .. } if text == "\"ready\"") {
                self.tell(reply);
            }
        }
    }

    fn send_message(&mut self, key: &str, text: &str) {
        use std::io::Write as _;
        if let Some(Managed {
            channel: Some(channel),
            ..
        }) = self.by_key(key)
        {
            // A program that does not read its messages loses them rather than blocking everybody.
            let _ = channel.stream.write_all(format!("{text}\n").as_bytes());
        }
    }

    /// Says something to the daemon; without one it is in the list that the next daemon gets.
    fn tell(&mut self, reply: &Reply) {
        if let Some(frames) = self
            .daemon
            .and_then(|token| self.connections.get_mut(&token))
        {
            frames.push(reply);
        }
    }

    fn flush_daemon(&mut self) {
        let Some(token) = self.daemon else { return };
        let Some(frames) = self.connections.get_mut(&token) else {
            return;
        };
        let had = frames.has_output();
        match frames.flush() {
            Ok(true) if !had => {}
            Ok(done) => {
                let interest = if done {
                    Interest::Read
                } else {
                    Interest::ReadWrite
                };
                let _ = self.poller.change(&*frames, token, interest);
            }
            Err(_) => self.close(token),
        }
    }

    /// Starts a daemon when applications are without one.
    fn revive(&mut self) {
        let now = boot_ms();
        if self.revival.due.is_none_or(|due| due > now) {
            return;
        }
        self.revival.last = now;
        self.revival.due = None;
        let spawned = Command::new(&self.program)
            .args(["proc", "daemon"])
            .env("CRUST_PM_HOME", self.home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(
                child::append(&self.home.daemon_log()).map_or_else(|_| Stdio::null(), Stdio::from),
            )
            .current_dir("/")
            .spawn();
        // It is reaped with everybody else; if it does not connect, another try follows.
        drop(spawned);
        self.revival.due = Some(self.revival.next(now) + 1000);
    }
}

impl Channel {
    /// Reads what an application has said; `false` when it has closed. One that never stops talking is heard in
    /// turns, and what is said without a line end is not kept for ever.
    fn fill(&mut self) -> bool {
        let mut piece = [0_u8; 8192];
        for _ in 0..READS_A_TURN {
            let length = match self.stream.read(&mut piece) {
                Ok(0) => return false,
                Ok(length) => length,
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
            };
            let read = piece.get(..length).unwrap_or_default();
            let rest = if self.skipping {
                let end = memchr::memchr(b'\n', read);
                self.skipping = end.is_none();
                read.get(end.map_or(length, |end| end + 1)..)
            } else {
                Some(read)
            };
            self.input.extend_from_slice(rest.unwrap_or_default());
            let open = memchr::memrchr(b'\n', &self.input).map_or(0, |end| end + 1);
            if self.input.len() - open > LONGEST_MESSAGE {
                self.input.truncate(open);
                self.skipping = true;
            }
        }
        true
    }
}

impl Revival {
    /// When to try next: at once after a long life, else slower and slower, at most half a minute.
    fn next(&mut self, now: u64) -> u64 {
        self.tries = if now.saturating_sub(self.last) > 10_000 {
            0
        } else {
            self.tries + 1
        };
        let delay = match self.tries {
            0..5 => 0,
            tries => (100_u64 << (tries - 5).min(9)).min(30_000),
        };
        now + delay
    }
}

fn to_pid(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}

/// Our user and the superuser; applications of other users ask for their sockets when the holder runs
/// as the superuser.
fn may_connect(uid: u32) -> bool {
    let own = rustix::process::geteuid().as_raw();
    uid == own || uid == 0 || own == 0
}

//! The daemon executes another program in its place: the lock, the listening sockets and the process id stay,
//! so no client is refused and no application notices. It never starts a second process.

use std::fs::{File, OpenOptions};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::connection::Request;
use super::driver::{Daemon, Ending, WEB};
use super::routes::Answer;
use crate::listen::is_of;
use crate::paths::Home;
use crate::poller::Interest;
use crate::store::Store;
use crate::supervisor::Refusal;

/// Says to the program that takes over that its standard input is the listening socket, its standard output
/// the lock, and what else it must know.
const VARIABLE: &str = "CRUST_PM_HANDOVER";

/// How long a program may take to say its version.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is handed over beside the descriptors.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Words {
    web: Option<SocketAddr>,
    token: String,
    generation: u32,
}

/// What a daemon before us left.
pub(super) struct Handover {
    pub(super) lock: File,
    pub(super) listener: UnixListener,
    pub(super) words: Words,
}

impl Handover {
    /// Takes it, if there is something.
    pub(super) fn of_environment(home: &Home) -> Option<Self> {
        let words = serde_json::from_str(&std::env::var(VARIABLE).ok()?).ok()?;
        let lock = File::from(own(std::io::stdout().as_fd())?);
        let listener = UnixListener::from(own(std::io::stdin().as_fd())?);
        // The variable is inherited by whom we start; the descriptors are only a daemon's.
        let (found, wanted) = (lock.metadata().ok()?, home.lock().metadata().ok()?);
        if !is_of(&listener, &home.socket())
            || (found.dev(), found.ino()) != (wanted.dev(), wanted.ino())
        {
            return None;
        }
        let null = OpenOptions::new()
            .read(true)
            .write(true)
            .open("/dev/null")
            .ok()?;
        rustix::stdio::dup2_stdin(&null).ok()?;
        rustix::stdio::dup2_stdout(&null).ok()?;
        Some(Self {
            lock,
            listener,
            words,
        })
    }
}

fn own(fd: BorrowedFd<'_>) -> Option<OwnedFd> {
    fd.try_clone_to_owned().ok()
}

impl Daemon {
    /// Keeps what a daemon before us had beyond the lock and the socket.
    pub(super) fn take_over(&mut self, words: Option<Words>) {
        let Some(words) = words else { return };
        self.generation = words.generation;
        self.token = words.token;
        if let Some(web) = words
            .web
            .and_then(|address| TcpListener::bind(address).ok())
            && web.set_nonblocking(true).is_ok()
            && self.poller.add(&web, WEB, Interest::Read).is_ok()
        {
            self.web = Some(web);
        }
    }

    /// `POST /v1/handover {"program": …}`.
    pub(super) fn post_handover(&mut self, request: &Request) -> Result<Answer, Refusal> {
        let refuse = |text: String| Err(Refusal::new("INVALID", text));
        if self.foreground.is_some() {
            return refuse("a daemon in the foreground is replaced with its container".to_owned());
        }
        if self.ending != Ending::No {
            return refuse("the daemon is about to end".to_owned());
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let program = PathBuf::from(body["program"].as_str().unwrap_or_default());
        // A program that cannot even be started is noticed while there is somebody to tell.
        match answers(&program) {
            Ok(true) if program.is_absolute() => {}
            Ok(_) => return refuse(format!("{} is no program of ours", program.display())),
            Err(error) => return refuse(format!("{}: {error}", program.display())),
        }
        self.handover = Some(program);
        Ok((
            200,
            json!({"pid": std::process::id(), "generation": self.generation + 1}),
        ))
    }

    /// Who waits is answered first.
    pub(super) fn is_ready_to_hand_over(&self) -> bool {
        self.handover.is_some()
            && self.waiters.is_empty()
            && self.ending == Ending::No
            && !self
                .connections
                .values()
                .any(super::connection::Connection::has_output)
    }

    /// Executes the other program. It only returns when that failed.
    pub(super) fn hand_over(&mut self, lock: &File, listener: &UnixListener) {
        let Some(program) = self.handover.take() else {
            return;
        };
        // Everything is on disk before the next one reads it. It finds the holder by itself.
        let path = self.store.path().to_owned();
        self.store.close();
        let words = Words {
            web: self.web.as_ref().and_then(|web| web.local_addr().ok()),
            token: self.token.clone(),
            generation: self.generation + 1,
        };
        let mut command = Command::new(&program);
        command
            .args(["proc", "daemon"])
            .env(VARIABLE, serde_json::to_string(&words).unwrap_or_default())
            .env("CRUST_PM_HOME", self.home.path());
        let error = match (own(listener.as_fd()), own(lock.as_fd())) {
            (Some(listener), Some(lock)) => command.stdin(listener).stdout(lock).exec(),
            _ => std::io::Error::other("no descriptor is left"),
        };
        self.events.note(
            "update-failed",
            &format!("{} could not be executed: {error}", program.display()),
        );
        match Store::start(path) {
            Ok(store) => self.store = store,
            Err(error) => self
                .problems
                .push(format!("the state is not written: {error}")),
        }
    }
}

/// Whether a program ends well when it is asked for its version, in a moment: everybody waits meanwhile.
fn answers(program: &Path) -> std::io::Result<bool> {
    let mut child = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if Instant::now() > deadline {
            let _ = child.kill();
            let _ = child.wait();
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

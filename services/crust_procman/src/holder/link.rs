//! The daemon's end of the connection to the holder: finding it, starting it, talking to it.

use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::protocol::{Reply, Request, VERSION};
use crate::error::ProcmanError;
use crate::frames::Frames;
use crate::paths::Home;
use crate::poller::Interest;

/// Tells a holder that it ends with its daemon, and that its output is that of its children.
pub(super) const FOREGROUND_VARIABLE: &str = "CRUST_PM_FOREGROUND";
/// How long a new holder may take to listen.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection to the holder.
pub(crate) struct Link {
    pub(crate) frames: Frames,
    pub(crate) holder_pid: u32,
    /// What the poller watches.
    pub(crate) interest: Interest,
}

/// The holder that runs, if one does, with its children.
pub(crate) fn connect(home: &Home) -> Option<(Link, Vec<super::protocol::Child>)> {
    let stream = UnixStream::connect(home.holder_socket()).ok()?;
    greet(stream).ok()
}

/// The holder that runs, or a new one.
pub(crate) fn connect_or_start(
    home: &Home,
    program: &Path,
    foreground: bool,
) -> Result<(Link, Vec<super::protocol::Child>), ProcmanError> {
    if let Some(found) = connect(home) {
        return Ok(found);
    }
    let fail = |source| ProcmanError::io("cannot start the holder", source);
    let log = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(home.daemon_log());
    let mut command = Command::new(program);
    command
        .args(["proc", "holder"])
        .env("CRUST_PM_HOME", home.path())
        .env_remove(FOREGROUND_VARIABLE)
        .current_dir("/")
        .stdin(Stdio::null());
    if foreground {
        // Its children write where we do.
        command.env(FOREGROUND_VARIABLE, "1");
    } else {
        command
            .stdout(Stdio::null())
            .stderr(log.map_or_else(|_| Stdio::null(), Stdio::from));
    }
    command.spawn().map_err(fail)?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = connect(home) {
            return Ok(found);
        }
        if Instant::now() > deadline {
            return Err(fail(io::ErrorKind::TimedOut.into()));
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}

fn greet(stream: UnixStream) -> io::Result<(Link, Vec<super::protocol::Child>)> {
    let mut frames = Frames::new(stream)?;
    frames.push(&Request::Hello { version: VERSION });
    frames.flush()?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        let open = frames.fill()?;
        // The holder says hello first; nothing can be behind it before we ask for something, except the
        // news of processes, which the list has too.
        let first = frames
            .take::<Reply>()?
            .into_iter()
            .find_map(|reply| match reply {
                Reply::Hello {
                    version,
                    pid,
                    children,
                } => Some((version, pid, children)),
                _ => None,
            });
        if let Some((version, holder_pid, children)) = first {
            if version > VERSION {
                return Err(io::Error::other("the holder is newer than this daemon"));
            }
            let link = Link {
                frames,
                holder_pid,
                interest: Interest::Read,
            };
            return Ok((link, children));
        }
        if !open || Instant::now() > deadline {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        wait_readable(frames.stream());
    }
}

fn wait_readable(stream: &UnixStream) {
    let mut fds = [rustix::event::PollFd::new(
        stream,
        rustix::event::PollFlags::IN,
    )];
    let timeout = rustix::event::Timespec {
        tv_sec: 1,
        tv_nsec: 0,
    };
    let _ = rustix::event::poll(&mut fds, Some(&timeout));
}

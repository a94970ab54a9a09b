//! Listening sockets of the process manager: a process that `crust proc` keeps running gets the socket of
//! an address from there, the same as its siblings and its successor, so that a reload loses no waiting
//! connection. Elsewhere this does nothing.

use std::io::{self, IoSliceMut, Read as _, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use rustix::process::getppid;

/// How long the process manager may take; it answers at once.
const PATIENCE: Duration = Duration::from_secs(2);

/// This process got a socket from there.
static SHARED: AtomicBool = AtomicBool::new(false);

/// Whether this process listens at a socket that others listen at too.
pub fn is_shared() -> bool {
    SHARED.load(Ordering::Relaxed)
}

/// The shared socket of an address. `None` says that this process has to bind one itself.
pub fn shared_listener(host: &str, port: u16) -> Option<io::Result<OwnedFd>> {
    let broker = std::env::var_os("CRUST_PM_BROKER").filter(|_| port != 0)?;
    let key = std::env::var("CRUST_PM_KEY").ok()?;
    let is_plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte))
    };
    if !is_plain(host) || !is_plain(&key) {
        return None;
    }
    let stream = UnixStream::connect(broker).ok()?;
    // Children of the application inherit the variables; the sockets are the application's own.
    let peer = rustix::net::sockopt::socket_peercred(&stream).ok()?;
    if Some(peer.pid) != getppid() {
        return None;
    }
    let body = format!(r#"{{"op":"listen","key":"{key}","host":"{host}","port":{port}}}"#);
    let socket = match ask(stream, body.as_bytes()) {
        Ok(socket) => socket,
        Err(error) => return Some(Err(error)),
    };
    if is_open_already(&socket) {
        return Some(Err(io::ErrorKind::AddrInUse.into()));
    }
    SHARED.store(true, Ordering::Relaxed);
    Some(Ok(socket))
}

fn ask(mut stream: UnixStream, body: &[u8]) -> io::Result<OwnedFd> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let length = u32::try_from(body.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_le_bytes(), body].concat())?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut first = [0_u8; 1];
    let mut parts = [IoSliceMut::new(&mut first)];
    let received = recvmsg(&stream, &mut parts, &mut control, RecvFlags::CMSG_CLOEXEC)?;
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(mut sockets) = message
            && let Some(socket) = sockets.next()
        {
            return Ok(socket);
        }
    }
    // Without a socket the answer is the number of the system's error.
    let mut number = [0_u8; 4];
    if received.bytes == 1 && stream.read_exact(&mut number).is_ok() {
        return Err(io::Error::from_raw_os_error(i32::from_le_bytes(number)));
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

/// Whether this process listens at the socket by another descriptor: a second server at one address is
/// refused here as it is without a process manager.
fn is_open_already(socket: &impl AsFd) -> bool {
    let Ok(about) = rustix::fs::fstat(socket) else {
        return false;
    };
    let wanted = format!("socket:[{}]", about.st_ino);
    let open = std::fs::read_dir("/proc/self/fd")
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    let same = open.filter(|entry| {
        std::fs::read_link(entry.path()).is_ok_and(|target| target.as_os_str() == wanted.as_str())
    });
    same.count() > 1
}

//! Listening sockets that outlive a process: an application asks for the socket of an address, and all
//! its processes get the same one, so that no waiting connection is lost when one of them ends.

use std::collections::HashMap;
use std::io::{self, IoSlice, Write as _};
use std::mem::MaybeUninit;
use std::net::TcpListener;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

/// Names the holder's socket to an application.
pub const BROKER_VARIABLE: &str = "CRUST_PM_BROKER";
/// Names the socket that takes an application's reports.
pub const METRICS_VARIABLE: &str = "CRUST_PM_METRICS";
/// Names the process to the holder, and marks its descendants.
pub const KEY_VARIABLE: &str = "CRUST_PM_KEY";

/// Sockets of one application. A program that listens at more addresses gets none for the rest.
const MOST: usize = 64;

/// The sockets, by application and address.
#[derive(Default)]
pub(super) struct Broker {
    sockets: HashMap<String, HashMap<(String, u16), OwnedFd>>,
}

impl Broker {
    /// The socket of an address, bound now if it is the first time.
    pub(super) fn listen(&mut self, app: &str, host: &str, port: u16) -> io::Result<&OwnedFd> {
        let sockets = self.sockets.entry(app.to_owned()).or_default();
        let address = (host.to_owned(), port);
        if !sockets.contains_key(&address) {
            if sockets.len() >= MOST {
                return Err(io::ErrorKind::QuotaExceeded.into());
            }
            // The standard library sets SO_REUSEADDR and no SO_REUSEPORT: a second application at the
            // same port is told so.
            let listener = TcpListener::bind((host, port))?;
            // The standard backlog is 128, which a busy restart would exceed.
            rustix::net::listen(&listener, 4096)?;
            listener.set_nonblocking(true)?;
            sockets.insert(address.clone(), listener.into());
        }
        sockets
            .get(&address)
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Closes the sockets of an application.
    pub(super) fn release(&mut self, app: &str) {
        self.sockets.remove(app);
    }
}

/// Answers a request for a socket: one byte, 1 with the descriptor or 0 and the reason.
pub(super) fn answer(stream: &UnixStream, socket: io::Result<&OwnedFd>) -> io::Result<()> {
    match socket {
        Ok(socket) => {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
            let mut control = SendAncillaryBuffer::new(&mut space);
            let fds = [socket.as_fd()];
            control.push(SendAncillaryMessage::ScmRights(&fds));
            sendmsg(
                stream,
                &[IoSlice::new(&[1])],
                &mut control,
                SendFlags::NOSIGNAL,
            )?;
            Ok(())
        }
        Err(error) => {
            let mut text = vec![0];
            text.extend_from_slice(&error.raw_os_error().unwrap_or(0).to_le_bytes());
            (&*stream).write_all(&text)
        }
    }
}

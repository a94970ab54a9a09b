//! Listening sockets: TCP by name or address, and Unix paths. Never reads or writes a connection.

use rustix::net::{SocketFlags, accept_with};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

/// Where to listen.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// A host name or address, and a port (0 for any).
    Tcp {
        host: String,
        port: u16,
        reuse_port: bool,
        /// `::` does not take IPv4 clients too.
        only_v6: bool,
    },
    /// A path; a leading NUL makes it abstract.
    Unix(String),
}

/// Connections that may wait to be accepted: the kernel's own limit is usually 4,096.
const BACKLOG: i32 = 1024;

/// Opens a listening socket.
pub(crate) fn listen(place: &Place) -> io::Result<Socket> {
    match place {
        Place::Tcp {
            host,
            port,
            reuse_port,
            only_v6,
        } => listen_tcp(host, *port, *reuse_port, *only_v6),
        Place::Unix(path) => listen_unix(path),
    }
}

fn listen_tcp(host: &str, port: u16, reuse_port: bool, only_v6: bool) -> io::Result<Socket> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if !reuse_port
        && !only_v6
        && let Some(socket) = crust_net::shared_listener(host, port)
    {
        return socket.map(Socket::from);
    }
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in (host, port).to_socket_addrs()? {
        match bind(address, reuse_port, only_v6) {
            Ok(socket) => return Ok(socket),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn bind(address: SocketAddr, reuse_port: bool, only_v6: bool) -> io::Result<Socket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM.nonblocking().cloexec(),
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    if reuse_port {
        socket.set_reuse_port(true)?;
    }
    if address.is_ipv6() && address.ip().is_unspecified() {
        // `::` serves both families unless told otherwise.
        socket.set_only_v6(only_v6)?;
    }
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket)
}

fn listen_unix(path: &str) -> io::Result<Socket> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM.nonblocking().cloexec(), None)?;
    socket.bind(&SockAddr::unix(path)?)?;
    socket.listen(BACKLOG)?;
    Ok(socket)
}

/// One system call: the new socket does not block and is closed by `exec`.
fn accept4(listener: &Socket) -> io::Result<Socket> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    Ok(Socket::from(accept_with(listener, flags)?))
}

/// The next connection; `None` when none waits.
pub(crate) fn accept(listener: &Socket) -> io::Result<Option<Socket>> {
    match accept4(listener) {
        Ok(socket) => {
            // Unix sockets have no Nagle to switch off.
            let _ = socket.set_tcp_nodelay(true);
            Ok(Some(socket))
        }
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}

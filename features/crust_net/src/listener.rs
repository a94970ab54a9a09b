//! [`Listener`]: a listening socket. Never reads a connection.

use crate::address::errno_of;
use crate::connection::{Connection, Phase};
use crate::shared::shared_listener;
use crate::sockets::{Kind, emit, number, sockets};
use crust_core::{Interest, KeepAlive, Readiness, Runtime, Scope, Source, SourceId};
use rustix::net::{SocketFlags, acceptfrom_with};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::rc::Rc;

/// How a TCP listener is opened.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ListenFlags {
    pub(crate) reuse_port: bool,
    pub(crate) only_v6: bool,
    /// Connections send at once what they are given (`TCP_NODELAY`).
    pub(crate) no_delay: bool,
}

/// A listening socket.
pub(crate) struct Listener {
    id: Cell<usize>,
    socket: RefCell<Option<Socket>>,
    source: Cell<Option<SourceId>>,
    keep_alive: RefCell<Option<KeepAlive>>,
    path: Option<PathBuf>,
    no_delay: bool,
}

/// Connections accepted in one turn; others wait in the backlog while those are served.
const ACCEPTS: usize = 128;

impl Listener {
    pub(crate) fn tcp(
        address: SocketAddr,
        backlog: i32,
        flags: ListenFlags,
    ) -> io::Result<Rc<Self>> {
        if !flags.reuse_port
            && !flags.only_v6
            && let Some(shared) = shared_listener(&address.ip().to_string(), address.port())
        {
            return Self::open(shared?.into(), backlog, None, flags.no_delay);
        }
        let socket = Socket::new(
            Domain::for_address(address),
            Type::STREAM.nonblocking().cloexec(),
            Some(Protocol::TCP),
        )?;
        socket.set_reuse_address(true)?;
        if flags.reuse_port {
            socket.set_reuse_port(true)?;
        }
        if address.is_ipv6() {
            socket.set_only_v6(flags.only_v6)?;
        }
        socket.bind(&address.into())?;
        Self::open(socket, backlog, None, flags.no_delay)
    }

    /// At a path; a leading NUL makes it abstract.
    pub(crate) fn unix(path: &str, backlog: i32) -> io::Result<Rc<Self>> {
        let socket = Socket::new(Domain::UNIX, Type::STREAM.nonblocking().cloexec(), None)?;
        socket.bind(&SockAddr::unix(path)?)?;
        let file = (!path.starts_with('\0')).then(|| PathBuf::from(path));
        Self::open(socket, backlog, file, false)
    }

    fn open(
        socket: Socket,
        backlog: i32,
        path: Option<PathBuf>,
        no_delay: bool,
    ) -> io::Result<Rc<Self>> {
        socket.listen(backlog)?;
        let state = sockets();
        if state.reserve.borrow().is_none() {
            *state.reserve.borrow_mut() = spare();
        }
        let fd = socket.as_raw_fd();
        let listener = Rc::new(Self {
            id: Cell::new(0),
            socket: RefCell::new(Some(socket)),
            source: Cell::new(None),
            keep_alive: RefCell::default(),
            path,
            no_delay,
        });
        let event_loop = Runtime::current().event_loop();
        let source: Rc<dyn Source> = Rc::<Self>::clone(&listener);
        listener
            .source
            .set(Some(event_loop.register(fd, Interest::READ, source)?));
        *listener.keep_alive.borrow_mut() = Some(event_loop.keep_alive());
        let id = state.listeners.borrow_mut().insert(Rc::clone(&listener));
        listener.id.set(id);
        Ok(listener)
    }

    pub(crate) fn id(&self) -> usize {
        self.id.get()
    }

    pub(crate) fn descriptor(&self) -> i32 {
        self.socket.borrow().as_ref().map_or(-1, AsRawFd::as_raw_fd)
    }

    /// Where it listens.
    pub(crate) fn local(&self) -> Option<SockAddr> {
        self.socket.borrow().as_ref()?.local_addr().ok()
    }

    pub(crate) fn set_referenced(&self, referenced: bool) {
        let keep = referenced && self.source.get().is_some();
        *self.keep_alive.borrow_mut() = keep.then(|| Runtime::current().event_loop().keep_alive());
    }

    /// Stops listening and removes the file of a Unix socket.
    pub(crate) fn close(&self) {
        if let Some(id) = self.source.take() {
            Runtime::current().event_loop().deregister(id);
        }
        self.keep_alive.borrow_mut().take();
        if self.socket.borrow_mut().take().is_none() {
            return;
        }
        if let Some(path) = &self.path {
            // Somebody else may have removed it.
            let _ = std::fs::remove_file(path);
        }
        sockets().listeners.borrow_mut().try_remove(self.id.get());
    }

    fn accept(&self) -> io::Result<(Socket, Option<SocketAddr>)> {
        let socket = self.socket.borrow();
        let Some(socket) = socket.as_ref() else {
            return Err(io::ErrorKind::WouldBlock.into());
        };
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let (accepted, peer) = acceptfrom_with(socket, flags)?;
        let peer = peer.and_then(|peer| SocketAddr::try_from(peer).ok());
        Ok((accepted.into(), peer))
    }

    /// Takes a connection with the reserved descriptor and closes it: the peer learns that there is
    /// no room, and the loop does not spin over a backlog that nobody can take.
    fn shed(&self) {
        let state = sockets();
        drop(state.reserve.borrow_mut().take());
        drop(self.accept());
        *state.reserve.borrow_mut() = spare();
    }
}

fn spare() -> Option<std::os::fd::OwnedFd> {
    std::fs::File::open("/dev/null").ok().map(Into::into)
}

impl Source for Listener {
    fn ready(&self, scope: Scope<'_>, _readiness: Readiness) {
        for _ in 0..ACCEPTS {
            match self.accept() {
                Ok((socket, peer)) => {
                    if self.no_delay {
                        // Only speed depends on it.
                        let _ = socket.set_tcp_nodelay(true);
                    }
                    let connection = Connection::insert(socket, Phase::Open, peer);
                    let accepted = scope.number(number(connection.id()));
                    emit(scope, self.id.get(), Kind::Accepted, accepted);
                    connection.watch();
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::Interrupted | io::ErrorKind::ConnectionAborted
                    ) => {}
                Err(error) => {
                    let errno = errno_of(&error);
                    if matches!(errno, libc::EMFILE | libc::ENFILE) {
                        self.shed();
                    }
                    emit(
                        scope,
                        self.id.get(),
                        Kind::Refused,
                        scope.number(f64::from(errno)),
                    );
                    return;
                }
            }
        }
    }
}

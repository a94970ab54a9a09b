//! [`Datagram`]: one UDP socket. Sends and receives; never resolves a name.

use crate::address::errno_of;
use crate::sockets::{number, sockets};
use crust_core::{Interest, KeepAlive, Readiness, Runtime, Scope, Source, SourceId, Value};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, SocketAddrAny, recvfrom, send, sendto};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::rc::Rc;

/// What happened, in the numbers of `crust:net/datagrams`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A datagram: bytes, address (undefined: the one before), port, flags.
    Message = 0,
    /// There is room again.
    Drained = 1,
    /// The socket has an error: its number.
    Failed = 2,
}

/// How a socket is opened.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BindFlags {
    pub(crate) reuse_address: bool,
    pub(crate) reuse_port: bool,
    pub(crate) only_v6: bool,
}

/// A UDP socket.
pub(crate) struct Datagram {
    id: Cell<usize>,
    socket: RefCell<Option<Socket>>,
    source: Cell<Option<SourceId>>,
    keep_alive: RefCell<Option<KeepAlive>>,
    wants_room: Cell<bool>,
    /// Whom the last datagram came from: JS has its address as a string already.
    last_peer: Cell<Option<SocketAddr>>,
}

/// Datagrams taken in one turn; others wait in the kernel's buffer, which is bounded.
const BATCH: usize = 64;
/// The longest datagram of IP without jumbograms.
const LONGEST: usize = 65_535;

impl Datagram {
    pub(crate) fn bind(address: SocketAddr, flags: BindFlags) -> io::Result<Rc<Self>> {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::DGRAM.nonblocking().cloexec(),
            Some(Protocol::UDP),
        )?;
        if flags.reuse_address {
            socket.set_reuse_address(true)?;
        }
        if flags.reuse_port {
            socket.set_reuse_port(true)?;
        }
        if address.is_ipv6() {
            socket.set_only_v6(flags.only_v6)?;
        }
        socket.bind(&address.into())?;
        let fd = socket.as_raw_fd();
        let datagram = Rc::new(Self {
            id: Cell::new(0),
            socket: RefCell::new(Some(socket)),
            source: Cell::new(None),
            keep_alive: RefCell::default(),
            wants_room: Cell::new(false),
            last_peer: Cell::new(None),
        });
        let event_loop = Runtime::current().event_loop();
        let source: Rc<dyn Source> = Rc::<Self>::clone(&datagram);
        datagram
            .source
            .set(Some(event_loop.register(fd, Interest::READ, source)?));
        *datagram.keep_alive.borrow_mut() = Some(event_loop.keep_alive());
        let id = sockets()
            .datagrams
            .borrow_mut()
            .insert(Rc::clone(&datagram));
        datagram.id.set(id);
        Ok(datagram)
    }

    pub(crate) fn id(&self) -> usize {
        self.id.get()
    }

    /// Asks the socket.
    ///
    /// # Errors
    /// `EBADF` when it is closed.
    pub(crate) fn with<T>(&self, ask: impl FnOnce(&Socket) -> io::Result<T>) -> io::Result<T> {
        let socket = self.socket.borrow();
        let closed = || io::Error::from_raw_os_error(libc::EBADF);
        ask(socket.as_ref().ok_or_else(closed)?)
    }

    pub(crate) fn local(&self) -> Option<SockAddr> {
        self.with(Socket::local_addr).ok()
    }

    pub(crate) fn peer(&self) -> Option<SockAddr> {
        self.with(Socket::peer_addr).ok()
    }

    pub(crate) fn set_referenced(&self, referenced: bool) {
        let keep = referenced && self.source.get().is_some();
        *self.keep_alive.borrow_mut() = keep.then(|| Runtime::current().event_loop().keep_alive());
    }

    pub(crate) fn close(&self) {
        if let Some(id) = self.source.take() {
            Runtime::current().event_loop().deregister(id);
        }
        self.keep_alive.borrow_mut().take();
        if self.socket.borrow_mut().take().is_some() {
            sockets().datagrams.borrow_mut().try_remove(self.id.get());
        }
    }

    /// Sends one datagram. `false`: there is no room, and an event will tell when there is.
    pub(crate) fn send(&self, bytes: &[u8], to: Option<SocketAddr>) -> io::Result<bool> {
        let sent = self.with(|socket| {
            loop {
                let result = match &to {
                    Some(to) => sendto(socket, bytes, SendFlags::NOSIGNAL, to),
                    None => send(socket, bytes, SendFlags::NOSIGNAL),
                };
                match result {
                    Ok(_) => return Ok(true),
                    Err(Errno::INTR) => {}
                    Err(Errno::AGAIN) => return Ok(false),
                    Err(errno) => return Err(errno.into()),
                }
            }
        })?;
        if !sent {
            self.wants_room.set(true);
            self.watch();
        }
        Ok(sent)
    }

    fn watch(&self) {
        let interest = Interest {
            readable: true,
            writable: self.wants_room.get(),
            edge: false,
        };
        if let Some(id) = self.source.get() {
            // Fails only for a closed descriptor, and ours is open.
            let _ = Runtime::current().event_loop().modify(id, interest);
        }
    }

    fn emit<'s>(&self, scope: Scope<'s>, kind: Kind, values: &[Value<'s>]) {
        let Some(events) = sockets().datagram_events.borrow().clone() else {
            return;
        };
        let mut arguments = vec![
            scope.number(number(self.id.get())),
            scope.number(f64::from(kind as u8)),
        ];
        arguments.extend_from_slice(values);
        if let Err(thrown) = events.get(scope).call(&arguments) {
            Runtime::current().report_error(scope, thrown.value());
        }
    }

    /// Takes one datagram. `false`: there is none.
    fn receive(&self, scope: Scope<'_>, scratch: &mut [u8]) -> bool {
        let received = self.with(|socket| {
            // With TRUNC the true length comes back, also of what did not fit.
            Ok(recvfrom(socket, &mut *scratch, RecvFlags::TRUNC)?)
        });
        match received {
            Ok((_, length, from)) => {
                self.deliver(scope, scratch, length, from.as_ref());
                true
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => true,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => false,
            Err(_) if self.source.get().is_none() => false,
            Err(error) => {
                let errno = scope.number(f64::from(errno_of(&error)));
                self.emit(scope, Kind::Failed, &[errno]);
                true
            }
        }
    }

    fn deliver(
        &self,
        scope: Scope<'_>,
        scratch: &[u8],
        length: usize,
        from: Option<&SocketAddrAny>,
    ) {
        let bytes = scratch.get(..length).unwrap_or(scratch).to_vec();
        let from = from.and_then(|from| SocketAddr::try_from(from.clone()).ok());
        let same = from.is_some() && self.last_peer.replace(from) == from;
        let address = match from {
            Some(from) if !same => scope.string(&crate::address::text(&from)),
            _ => scope.undefined(),
        };
        let port = scope.number(f64::from(from.map_or(0, |from| from.port())));
        let truncated = scope.boolean(length > scratch.len());
        match scope.uint8_array(bytes) {
            Ok(bytes) => self.emit(scope, Kind::Message, &[bytes, address, port, truncated]),
            Err(thrown) => Runtime::current().report_error(scope, thrown.value()),
        }
    }
}

impl Source for Datagram {
    fn ready(&self, scope: Scope<'_>, readiness: Readiness) {
        if readiness.readable {
            let state = sockets();
            let mut scratch = state.scratch.take();
            scratch.resize(LONGEST, 0);
            for _ in 0..BATCH {
                if !self.receive(scope, &mut scratch) {
                    break;
                }
            }
            state.scratch.set(scratch);
        }
        if readiness.writable && self.wants_room.replace(false) {
            self.watch();
            self.emit(scope, Kind::Drained, &[]);
        }
    }
}

//! [`Connection`]: one stream socket, plain or through TLS. Says what happened and does what it is
//! told; what a program sees of it is TypeScript.

use crate::address::errno_of;
use crate::output::{Output, take};
use crate::sockets::{Kind, Sockets, emit, sockets};
use crust_core::{Interest, KeepAlive, OpError, Readiness, Runtime, Scope, Source, SourceId};
use crust_tls::{Progress, Session, TlsError, Transport};
use socket2::{SockAddr, Socket};
use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::rc::{Rc, Weak};
use std::time::Duration;

/// How far a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Waits for the peer to accept.
    Connecting,
    /// Waits for the TLS handshake.
    Handshaking,
    /// Bytes may go both ways.
    Open,
    /// Broken or closed.
    Closed,
}

/// See the module documentation. The cells are of one thread; none is borrowed while JS runs.
pub(crate) struct Connection {
    this: Weak<Self>,
    id: Cell<usize>,
    transport: RefCell<Option<Transport>>,
    /// Whom it is connected to; the system forgets it when the peer is gone.
    peer: Option<SocketAddr>,
    source: Cell<Option<SourceId>>,
    interest: Cell<Option<Interest>>,
    keep_alive: RefCell<Option<KeepAlive>>,
    referenced: Cell<bool>,
    output: RefCell<Output>,
    phase: Cell<Phase>,
    paused: Cell<bool>,
    /// The peer's end was seen.
    ended: Cell<bool>,
    /// A write was cut short, so that JS waits for room.
    wants_room: Cell<bool>,
    /// Nothing more will be written; FIN goes out behind what waits.
    finishing: Cell<bool>,
    finished: Cell<bool>,
    /// A callback of this connection runs: small writes wait for its end and go out together.
    corked: Cell<bool>,
}

/// Small writes of one callback that wait for its end: one segment's worth of several.
const CORK: usize = 16 * 1024;
/// Reads of one readiness through TLS, whose session may hold plaintext that no readiness tells of.
/// 64 records are a megabyte; behind that other sockets have their turn.
const ROUNDS: usize = 64;
/// From here on JS gets the read buffer itself in place of a copy.
const WHOLE: usize = 32 * 1024;

impl Connection {
    /// Takes a socket into the table. It is not polled before [`Connection::watch`].
    pub(crate) fn insert(socket: Socket, phase: Phase, peer: Option<SocketAddr>) -> Rc<Self> {
        Self::insert_transport(Transport::new(socket, None), phase, peer)
    }

    fn insert_transport(transport: Transport, phase: Phase, peer: Option<SocketAddr>) -> Rc<Self> {
        let connection = Rc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            id: Cell::new(0),
            transport: RefCell::new(Some(transport)),
            peer,
            source: Cell::new(None),
            interest: Cell::new(None),
            keep_alive: RefCell::default(),
            referenced: Cell::new(true),
            output: RefCell::default(),
            phase: Cell::new(phase),
            paused: Cell::new(false),
            ended: Cell::new(false),
            wants_room: Cell::new(false),
            finishing: Cell::new(false),
            finished: Cell::new(false),
            corked: Cell::new(false),
        });
        let id = sockets()
            .connections
            .borrow_mut()
            .insert(Rc::clone(&connection));
        connection.id.set(id);
        connection
    }

    pub(crate) fn id(&self) -> usize {
        self.id.get()
    }

    /// Asks the transport, unless it is closed.
    pub(crate) fn with<T>(&self, ask: impl FnOnce(&mut Transport) -> T) -> Option<T> {
        self.transport.borrow_mut().as_mut().map(ask)
    }

    pub(crate) fn local(&self) -> Option<SockAddr> {
        self.with(|transport| transport.socket().local_addr().ok())?
    }

    pub(crate) fn peer(&self) -> Option<SockAddr> {
        if let Some(peer) = self.peer {
            return Some(peer.into());
        }
        self.with(|transport| transport.socket().peer_addr().ok())?
    }

    pub(crate) fn set_referenced(&self, referenced: bool) {
        self.referenced.set(referenced);
        self.keep_alive_while_polled();
    }

    /// A socket that waits for nothing cannot bring anything any more, so it does not keep the process
    /// alive either (libuv's rule for handles that are not active).
    fn keep_alive_while_polled(&self) {
        let keep = self.referenced.get() && self.interest.get().is_some();
        let mut keep_alive = self.keep_alive.borrow_mut();
        if keep != keep_alive.is_some() {
            *keep_alive = keep.then(|| Runtime::current().event_loop().keep_alive());
        }
    }

    /// Polls for what the state needs; a socket that needs nothing is not polled at all, or its
    /// hang-up would wake the loop again and again.
    pub(crate) fn watch(&self) {
        let (waiting, ciphertext) = (
            self.output.borrow().pending() > 0,
            self.with(|transport| transport.wants_write())
                .unwrap_or(false),
        );
        let writable = match self.phase.get() {
            Phase::Closed => return,
            Phase::Connecting => true,
            Phase::Handshaking => ciphertext,
            Phase::Open => self.wants_room.get() || waiting || ciphertext,
        };
        let readable = match self.phase.get() {
            Phase::Connecting => false,
            Phase::Handshaking => !self.ended.get(),
            _ => !self.paused.get() && !self.ended.get(),
        };
        let wanted = (readable || writable).then_some(Interest {
            readable,
            writable,
            edge: false,
        });
        if wanted != self.interest.replace(wanted) {
            self.poll(wanted);
            self.keep_alive_while_polled();
        }
    }

    fn poll(&self, wanted: Option<Interest>) {
        let event_loop = Runtime::current().event_loop();
        let Some(interest) = wanted else {
            if let Some(id) = self.source.take() {
                event_loop.deregister(id);
            }
            return;
        };
        if let Some(id) = self.source.get() {
            // Fails only for a closed descriptor, and ours is open.
            let _ = event_loop.modify(id, interest);
            return;
        }
        let (Some(this), Some(fd)) = (
            self.this.upgrade(),
            self.with(|transport| transport.descriptor()),
        ) else {
            return;
        };
        self.source
            .set(event_loop.register(fd, interest, this).ok());
    }

    /// Sends bytes: how many were taken, or the number of the error.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<usize, i32> {
        match self.phase.get() {
            Phase::Closed => return Err(libc::EBADF),
            Phase::Connecting | Phase::Handshaking => {
                self.wants_room.set(true);
                return Ok(0);
            }
            Phase::Open if self.finishing.get() => return Err(libc::EPIPE),
            // Whoever was told to wait waits: bytes of two writes must not change places.
            Phase::Open if self.wants_room.get() => return Ok(0),
            Phase::Open => {}
        }
        let waiting = self.output.borrow().pending();
        if self.corked.get() && bytes.len() <= CORK - waiting.min(CORK) {
            self.output.borrow_mut().push(bytes);
            return Ok(bytes.len());
        }
        let taken = self.write_now(bytes).map_err(|error| errno_of(&error))?;
        if taken < bytes.len() {
            self.wants_room.set(true);
        }
        self.watch();
        Ok(taken)
    }

    fn write_now(&self, bytes: &[u8]) -> io::Result<usize> {
        if !self.flush()? {
            return Ok(0);
        }
        self.with(|transport| take(transport, bytes))
            .unwrap_or(Ok(0))
    }

    /// Writes what waits. `true`: nothing does any more.
    fn flush(&self) -> io::Result<bool> {
        let mut output = self.output.borrow_mut();
        self.with(|transport| Ok(output.flush(transport)? && transport.flush()?))
            .unwrap_or(Ok(true))
    }

    /// Writes what waits for the end of the callback.
    pub(crate) fn flush_early(&self) {
        // An error shows again at the next write or read.
        let _ = self.flush();
        self.watch();
    }

    /// Ends the writing half behind what waits; `rest` goes out first. `true` when all is out, else
    /// an event tells.
    pub(crate) fn end(&self, rest: &[u8]) -> bool {
        if self.finishing.replace(true) {
            return self.finished.get();
        }
        self.output.borrow_mut().push(rest);
        if self.phase.get() == Phase::Open {
            self.finish_if_flushed();
        }
        self.watch();
        self.finished.get()
    }

    fn finish_if_flushed(&self) -> bool {
        // What is wrong with the socket shows when it is read.
        let flushed = self.flush().unwrap_or(true);
        if flushed && self.finishing.get() && !self.finished.replace(true) {
            self.with(Transport::finish);
            return true;
        }
        false
    }

    /// Closes at once. With `reset`, the peer gets RST and what waits is lost.
    pub(crate) fn close(&self, reset: bool) {
        self.phase.set(Phase::Closed);
        self.interest.set(None);
        self.poll(None);
        self.keep_alive_while_polled();
        if !reset {
            // The last callback's small writes; what the socket does not take now is lost.
            let _ = self.flush();
        }
        let Some(mut transport) = self.transport.borrow_mut().take() else {
            return;
        };
        if reset {
            // Without it the close is an orderly one.
            let _ = transport.socket().set_linger(Some(Duration::ZERO));
        } else if transport.session().is_some() && !self.finished.get() {
            transport.finish();
        }
        drop(transport);
        sockets().connections.borrow_mut().try_remove(self.id.get());
    }

    /// Stops reading, or goes on.
    pub(crate) fn set_paused(&self, paused: bool) {
        if self.paused.replace(paused) == paused {
            return;
        }
        self.watch();
        let has_session = self.with(|transport| transport.session().is_some());
        if !paused && has_session == Some(true) {
            self.read_soon();
        }
    }

    /// Reads in a turn of its own: a TLS session may hold plaintext that no readiness tells of.
    fn read_soon(&self) {
        let Some(this) = self.this.upgrade() else {
            return;
        };
        let completion = Runtime::current()
            .event_loop()
            .completion(move |scope, _| this.readable(scope));
        completion.complete(Box::new(()));
    }

    /// Speaks TLS from here on.
    ///
    /// # Errors
    /// The number of the system's error; `EBUSY` when plaintext still waits for the socket.
    pub(crate) fn start_tls(&self, session: Session) -> Result<(), i32> {
        if !self.flush().map_err(|error| errno_of(&error))? {
            return Err(libc::EBUSY);
        }
        let started = self.with(|transport| transport.start_tls(session));
        self.phase.set(Phase::Handshaking);
        match started {
            None => return Err(libc::EBADF),
            Some(Err(error)) => return Err(errno_of(&error)),
            Some(Ok(())) => {}
        }
        self.watch();
        Ok(())
    }

    fn connected(&self, scope: Scope<'_>) {
        let error = self.with(|transport| transport.socket().take_error());
        let errno = match error {
            None => return,
            Some(Ok(None)) => None,
            Some(Ok(Some(error)) | Err(error)) => Some(errno_of(&error)),
        };
        if errno.is_none() {
            self.phase.set(Phase::Open);
        } else {
            self.interest.set(None);
            self.poll(None);
        }
        let value = errno.map_or_else(|| scope.undefined(), |errno| scope.number(errno.into()));
        emit(scope, self.id.get(), Kind::Connected, value);
        self.watch();
    }

    /// The connection is of no use any more; JS closes it.
    fn fail(&self, scope: Scope<'_>, error: &io::Error) {
        self.phase.set(Phase::Closed);
        self.interest.set(None);
        self.poll(None);
        let of_tls = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<TlsError>());
        let value = match of_tls {
            Some(tls) => OpError::error(tls.to_string())
                .code(tls.code())
                .to_js(scope),
            None => scope.number(f64::from(errno_of(error))),
        };
        emit(scope, self.id.get(), Kind::Failed, value);
    }

    fn readable(&self, scope: Scope<'_>) {
        let state = sockets();
        for _ in 0..ROUNDS {
            if !self.reads() {
                return;
            }
            let mut scratch = state.scratch.take();
            scratch.clear();
            let progress = self.with(|transport| transport.read(&mut scratch));
            self.secured(scope);
            match progress {
                Some(Ok(Progress::Data(_))) => self.deliver(scope, &state, scratch),
                other => {
                    state.scratch.set(scratch);
                    return self.stopped(scope, other);
                }
            }
            // A plain socket that has more is ready again in the next turn.
            if self
                .with(|transport| transport.session().is_none())
                .unwrap_or(true)
            {
                return;
            }
        }
        self.read_soon();
    }

    fn reads(&self) -> bool {
        match self.phase.get() {
            Phase::Handshaking => !self.ended.get(),
            Phase::Open => !self.paused.get() && !self.ended.get(),
            Phase::Connecting | Phase::Closed => false,
        }
    }

    fn deliver(&self, scope: Scope<'_>, state: &Sockets, scratch: Vec<u8>) {
        let bytes = if scratch.len() >= WHOLE {
            scratch
        } else {
            let bytes = scratch.as_slice().to_vec();
            state.scratch.set(scratch);
            bytes
        };
        if self.phase.get() == Phase::Closed {
            return;
        }
        match scope.uint8_array(bytes) {
            Ok(value) => emit(scope, self.id.get(), Kind::Data, value),
            Err(thrown) => Runtime::current().report_error(scope, thrown.value()),
        }
    }

    fn stopped(&self, scope: Scope<'_>, progress: Option<io::Result<Progress>>) {
        match progress {
            Some(Ok(Progress::Closed)) if self.phase.get() != Phase::Closed => {
                self.ended.set(true);
                self.watch();
                emit(scope, self.id.get(), Kind::End, scope.undefined());
            }
            Some(Err(error)) if self.phase.get() != Phase::Closed => self.fail(scope, &error),
            _ => {}
        }
    }

    /// Tells of the handshake's end, and that there is room for what was written too early.
    fn secured(&self, scope: Scope<'_>) {
        if self.phase.get() != Phase::Handshaking
            || self.with(|transport| transport.session().is_some_and(Session::is_handshaking))
                != Some(false)
        {
            return;
        }
        self.phase.set(Phase::Open);
        // There is room from here on, also for whoever writes when told of it.
        let was_waiting = self.wants_room.replace(false);
        emit(scope, self.id.get(), Kind::Secured, scope.undefined());
        if self.phase.get() == Phase::Open && was_waiting {
            self.wants_room.set(true);
            self.drained(scope);
        }
    }

    fn writable(&self, scope: Scope<'_>) {
        match self.flush() {
            Err(error) => return self.fail(scope, &error),
            Ok(false) => return,
            Ok(true) => {}
        }
        if self.phase.get() == Phase::Open {
            self.drained(scope);
        }
    }

    fn drained(&self, scope: Scope<'_>) {
        if self.wants_room.replace(false) {
            emit(scope, self.id.get(), Kind::Drained, scope.undefined());
        }
        self.uncork(scope);
    }

    /// Sends what the callbacks of this readiness wrote.
    fn uncork(&self, scope: Scope<'_>) {
        self.corked.set(false);
        if self.phase.get() != Phase::Open {
            return;
        }
        if self.finish_if_flushed() {
            emit(scope, self.id.get(), Kind::Finished, scope.undefined());
        }
    }
}

impl Source for Connection {
    fn ready(&self, scope: Scope<'_>, readiness: Readiness) {
        match self.phase.get() {
            Phase::Closed => return,
            Phase::Connecting => return self.connected(scope),
            Phase::Handshaking | Phase::Open => {}
        }
        self.corked.set(true);
        if readiness.readable {
            self.readable(scope);
        }
        if readiness.writable && self.phase.get() != Phase::Closed {
            self.writable(scope);
        }
        self.uncork(scope);
        self.watch();
    }
}

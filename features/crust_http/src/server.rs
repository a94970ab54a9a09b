//! A listening server and its connections.

use crate::connection::{Connection, REQUEST_MASK};
use crate::listener::{self, Place};
use crust_core::{
    GlobalValue, Interest, KeepAlive, Readiness, Resolver, Runtime, Scope, Source, SourceId, Value,
};
use crust_wire::RequestHead;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use slab::Slab;
use socket2::Socket;
use std::cell::{Cell, RefCell};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::rc::{Rc, Weak};
use std::time::Duration;

/// What a server is started with.
pub(crate) struct Settings {
    pub(crate) place: Place,
    /// `None` never closes.
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) max_body: u64,
}

/// The functions of `crust:http/serve` that a server calls.
pub(crate) struct Callbacks {
    /// `(handle, method, target, fields, body)`
    pub(crate) request: GlobalValue,
    /// `(handle)`: the client took everything that was sent.
    pub(crate) drained: GlobalValue,
    /// `(handle)`: the client went away during a request.
    pub(crate) aborted: GlobalValue,
}

/// A server.
pub(crate) struct Server {
    this: Weak<Self>,
    socket: RefCell<Option<Socket>>,
    source: Cell<Option<SourceId>>,
    timer: RefCell<Option<(OwnedFd, SourceId)>>,
    connections: RefCell<Slab<Rc<Connection>>>,
    callbacks: Callbacks,
    idle_timeout: Option<Duration>,
    max_body: u64,
    stopping: Cell<bool>,
    pending: Cell<usize>,
    keep_alive: RefCell<Option<KeepAlive>>,
    stopped: RefCell<Vec<Resolver>>,
}

/// Connections accepted in one turn; others wait in the backlog while requests are served.
const ACCEPTS: usize = 128;
/// Open connections of one server. Each costs a descriptor; beyond this new ones wait in the
/// backlog.
const MAX_CONNECTIONS: usize = 65_536;

impl Server {
    pub(crate) fn listen(settings: &Settings, callbacks: Callbacks) -> io::Result<Rc<Self>> {
        let socket = listener::listen(&settings.place)?;
        let fd = socket.as_raw_fd();
        let server = Rc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            socket: RefCell::new(Some(socket)),
            source: Cell::new(None),
            timer: RefCell::new(None),
            connections: RefCell::default(),
            callbacks,
            idle_timeout: settings.idle_timeout,
            max_body: settings.max_body,
            stopping: Cell::new(false),
            pending: Cell::new(0),
            keep_alive: RefCell::default(),
            stopped: RefCell::default(),
        });
        let event_loop = Runtime::current().event_loop();
        let source: Rc<dyn Source> = Rc::<Self>::clone(&server);
        server
            .source
            .set(Some(event_loop.register(fd, Interest::READ, source)?));
        *server.keep_alive.borrow_mut() = Some(event_loop.keep_alive());
        server.start_timer()?;
        Ok(server)
    }

    /// A timer that looks for idle connections once a second.
    fn start_timer(&self) -> io::Result<()> {
        if self.idle_timeout.is_none() {
            return Ok(());
        }
        let timer = timerfd_create(
            TimerfdClockId::Monotonic,
            TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK,
        )?;
        let second = Timespec {
            tv_sec: 1,
            tv_nsec: 0,
        };
        timerfd_settime(
            &timer,
            TimerfdTimerFlags::empty(),
            &Itimerspec {
                it_interval: second,
                it_value: second,
            },
        )?;
        let sweeper = Rc::new(Sweeper {
            server: Weak::clone(&self.this),
            timer: timer.as_raw_fd(),
        });
        let id =
            Runtime::current()
                .event_loop()
                .register(timer.as_raw_fd(), Interest::READ, sweeper)?;
        *self.timer.borrow_mut() = Some((timer, id));
        Ok(())
    }

    /// The port in use; 0 for a Unix socket.
    pub(crate) fn port(&self) -> u16 {
        let socket = self.socket.borrow();
        let address = socket
            .as_ref()
            .and_then(|socket| socket.local_addr().ok()?.as_socket());
        address.map_or(0, |address| address.port())
    }

    pub(crate) fn max_body(&self) -> u64 {
        self.max_body
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.get()
    }

    /// Requests that JS works on.
    pub(crate) fn pending(&self) -> usize {
        self.pending.get()
    }

    /// Keeps the process alive or not.
    pub(crate) fn set_referenced(&self, referenced: bool) {
        let keep = referenced && self.source.get().is_some();
        *self.keep_alive.borrow_mut() = keep.then(|| Runtime::current().event_loop().keep_alive());
    }

    /// Slot of the connection and number of its request in one exact number.
    pub(crate) fn handle(key: usize, request: u32) -> f64 {
        // 2²⁰ requests and 2¹⁶ connections fit in 53 bits.
        #[expect(clippy::cast_precision_loss, reason = "below 2^36")]
        let handle = ((key as u64) << 20 | u64::from(request & REQUEST_MASK)) as f64;
        handle
    }

    /// The connection of a handle whose request is still under way.
    pub(crate) fn find(&self, handle: u64) -> Option<Rc<Connection>> {
        let key = usize::try_from(handle >> 20).ok()?;
        let connection = self.connections.borrow().get(key).cloned()?;
        (u64::from(connection.request()) == handle & u64::from(REQUEST_MASK)).then_some(connection)
    }

    pub(crate) fn dispatch(
        &self,
        scope: Scope<'_>,
        handle: f64,
        head: &RequestHead,
        body: Vec<u8>,
    ) {
        self.pending.set(self.pending.get() + 1);
        let body = if body.is_empty() {
            Ok(scope.undefined())
        } else {
            scope.uint8_array(body)
        };
        let result = body.and_then(|body| {
            self.callbacks.request.get(scope).call(&[
                scope.number(handle),
                scope.string(&head.method),
                scope.string(&head.target),
                scope.string_latin1(&head.fields),
                body,
            ])
        });
        if let Err(thrown) = result {
            Runtime::current().report_error(scope, thrown.value());
        }
    }

    pub(crate) fn drained(&self, scope: Scope<'_>, handle: f64) {
        Self::notify(scope, &self.callbacks.drained, handle);
    }

    pub(crate) fn aborted(&self, scope: Scope<'_>, handle: f64) {
        Self::notify(scope, &self.callbacks.aborted, handle);
    }

    fn notify(scope: Scope<'_>, callback: &GlobalValue, handle: f64) {
        let result: Result<Value<'_>, _> = callback.get(scope).call(&[scope.number(handle)]);
        if let Err(thrown) = result {
            Runtime::current().report_error(scope, thrown.value());
        }
    }

    /// A request was answered or its client left.
    pub(crate) fn answered(&self) {
        self.pending.set(self.pending.get().saturating_sub(1));
    }

    /// A connection ended.
    pub(crate) fn closed(&self, key: usize) {
        self.connections.borrow_mut().try_remove(key);
        self.settle_if_done();
    }

    /// Stops listening; `stopped` is resolved when the last connection is gone. Idle connections
    /// close now, the others after their response, or at once when forced.
    pub(crate) fn stop(&self, force: bool, stopped: Resolver) {
        self.stopping.set(true);
        self.stopped.borrow_mut().push(stopped);
        self.stop_listening();
        let connections: Vec<Rc<Connection>> = self
            .connections
            .borrow()
            .iter()
            .map(|(_, connection)| Rc::clone(connection))
            .collect();
        for connection in connections {
            if force || connection.is_idle() {
                connection.close();
            }
        }
        self.settle_if_done();
    }

    fn stop_listening(&self) {
        if let Some(id) = self.source.take() {
            Runtime::current().event_loop().deregister(id);
        }
        drop(self.socket.borrow_mut().take());
    }

    fn settle_if_done(&self) {
        if !self.stopping.get() || !self.connections.borrow().is_empty() {
            return;
        }
        if let Some((_, id)) = self.timer.borrow_mut().take() {
            Runtime::current().event_loop().deregister(id);
        }
        let waiting: Vec<Resolver> = self.stopped.borrow_mut().drain(..).collect();
        self.keep_alive.borrow_mut().take();
        for resolver in waiting {
            Runtime::current().event_loop().resolve_later(resolver);
        }
    }

    fn accept_all(&self) {
        let Some(this) = self.this.upgrade() else {
            return;
        };
        for _ in 0..ACCEPTS {
            if self.connections.borrow().len() >= MAX_CONNECTIONS {
                return;
            }
            let accepted = self.socket.borrow().as_ref().map(listener::accept);
            // Errors of one connection (ECONNABORTED) and of the process (EMFILE) both end this
            // round; the listener stays registered and tries again.
            let Some(Ok(Some(socket))) = accepted else {
                return;
            };
            let key = self.connections.borrow().vacant_key();
            if let Ok(connection) = Connection::open(&this, socket, key) {
                self.connections.borrow_mut().insert(connection);
            }
        }
    }

    fn close_idle(&self) {
        let Some(limit) = self.idle_timeout else {
            return;
        };
        let idle: Vec<Rc<Connection>> = self
            .connections
            .borrow()
            .iter()
            .filter(|(_, connection)| {
                connection
                    .idle_since()
                    .is_some_and(|since| since.elapsed() >= limit)
            })
            .map(|(_, connection)| Rc::clone(connection))
            .collect();
        for connection in idle {
            connection.close();
        }
    }
}

impl Source for Server {
    fn ready(&self, _scope: Scope<'_>, _readiness: Readiness) {
        self.accept_all();
    }
}

/// Looks for idle connections when its timer fires.
struct Sweeper {
    server: Weak<Server>,
    timer: i32,
}

impl Source for Sweeper {
    fn ready(&self, _scope: Scope<'_>, _readiness: Readiness) {
        let Some(server) = self.server.upgrade() else {
            return;
        };
        let timer = server.timer.borrow();
        if let Some((fd, _)) = timer
            .as_ref()
            .filter(|(fd, _)| fd.as_raw_fd() == self.timer)
        {
            let mut count = [0_u8; 8];
            // An empty read only means that another turn took the expiry.
            let _ = rustix::io::read(fd, &mut count);
        }
        drop(timer);
        server.close_idle();
    }
}

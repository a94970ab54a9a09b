//! A listening server: accepts connections, collects their requests and hands them to JS once per
//! round of I/O.

mod batch;
mod idle;
mod stop;

use crate::compression::Compression;
use crate::connection::Connection;
use crate::exchange::Exchange;
use crate::handshake::Handshake;
use crate::heads::Heads;
use crate::listener::{self, Place};
use crate::peer::Peer;
use crate::router::Router;
pub(crate) use batch::{Batch, Incoming, InlineBody};
use crust_core::{
    GlobalValue, Interest, KeepAlive, Readiness, Resolver, Runtime, Scope, Source, SourceId, Value,
};
use crust_tls::{ServerConfig, Session, Transport};
use idle::Sweeper;
use slab::Slab;
use socket2::Socket;
use std::cell::{Cell, RefCell};
use std::io;
use std::os::fd::AsRawFd;
use std::rc::{Rc, Weak};
use std::time::Duration;

/// What a server is started with.
pub(crate) struct Settings {
    pub(crate) place: Place,
    /// `None` never closes.
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) max_body: u64,
    pub(crate) tls: Option<ServerConfig>,
    pub(crate) compression: Option<Compression>,
}

/// The functions of `crust:http/dispatch` that a server calls.
pub(crate) struct Callbacks {
    /// `(count)`: that many records of the batch are new requests.
    pub(crate) requests: GlobalValue,
    /// `(handle)`: the client took everything that was sent.
    pub(crate) drained: GlobalValue,
    /// `(handle)`: the client went away during a request.
    pub(crate) aborted: GlobalValue,
    /// `(handle)`: more of a request's body arrived, for whoever waits for it.
    pub(crate) body: GlobalValue,
}

/// A server.
pub(crate) struct Server {
    this: Weak<Self>,
    id: Cell<usize>,
    socket: RefCell<Option<Socket>>,
    source: Cell<Option<SourceId>>,
    sweeper: RefCell<Option<Sweeper>>,
    exchanges: RefCell<Slab<Rc<dyn Exchange>>>,
    peers: RefCell<Slab<Rc<dyn Peer>>>,
    pub(crate) heads: RefCell<Heads>,
    batch: Batch,
    callbacks: Callbacks,
    router: RefCell<Router>,
    idle_timeout: Option<Duration>,
    max_body: u64,
    tls: Option<ServerConfig>,
    compression: Option<Compression>,
    stopping: Cell<bool>,
    pending: Cell<usize>,
    requests: Cell<u32>,
    /// Requests handed to JS: all, those of the second before, and those before the last release.
    served: Cell<u64>,
    served_before: Cell<u64>,
    served_at_release: Cell<u64>,
    keep_alive: RefCell<Option<KeepAlive>>,
    stopped: RefCell<Vec<Resolver>>,
}

/// Connections accepted in one turn; others wait in the backlog while requests are served.
const ACCEPTS: usize = 128;
/// Open connections of one server, and requests under way. Each connection costs a descriptor; beyond
/// this new ones wait in the backlog.
const MAX_CONNECTIONS: usize = 65_536;
/// Bits of a handle that number the requests of a server, round and round.
const NUMBER_BITS: u32 = 27;
/// Bits that name a slot.
const SLOT_BITS: u32 = 16;
/// Servers of one thread at a time: what is left of an exact number's 53 bits.
pub(crate) const MAX_SERVERS: usize = 1 << (53 - NUMBER_BITS - SLOT_BITS);

/// A handle taken apart: server, slot, number of the request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handle {
    pub(crate) server: usize,
    slot: usize,
    number: u32,
}

impl Handle {
    pub(crate) fn from_bits(bits: u64) -> Self {
        let part = |shift: u32, bits_wide: u32| (bits >> shift) & ((1 << bits_wide) - 1);
        Self {
            server: usize::try_from(bits >> (NUMBER_BITS + SLOT_BITS)).unwrap_or(usize::MAX),
            slot: usize::try_from(part(NUMBER_BITS, SLOT_BITS)).unwrap_or(usize::MAX),
            number: u32::try_from(part(0, NUMBER_BITS)).unwrap_or(0),
        }
    }
}

impl Server {
    pub(crate) fn listen(
        settings: &Settings,
        callbacks: Callbacks,
        batch: Batch,
    ) -> io::Result<Rc<Self>> {
        let socket = listener::listen(&settings.place)?;
        let fd = socket.as_raw_fd();
        let server = Rc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            id: Cell::new(0),
            socket: RefCell::new(Some(socket)),
            source: Cell::new(None),
            sweeper: RefCell::default(),
            exchanges: RefCell::default(),
            peers: RefCell::default(),
            heads: RefCell::default(),
            batch,
            callbacks,
            router: RefCell::default(),
            idle_timeout: settings.idle_timeout,
            max_body: settings.max_body,
            tls: settings.tls.clone(),
            compression: settings.compression.clone(),
            stopping: Cell::new(false),
            pending: Cell::new(0),
            requests: Cell::new(0),
            served: Cell::new(0),
            served_before: Cell::new(0),
            served_at_release: Cell::new(0),
            keep_alive: RefCell::default(),
            stopped: RefCell::default(),
        });
        let event_loop = Runtime::current().event_loop();
        let source: Rc<dyn Source> = Rc::<Self>::clone(&server);
        server
            .source
            .set(Some(event_loop.register(fd, Interest::READ, source)?));
        *server.keep_alive.borrow_mut() = Some(event_loop.keep_alive());
        *server.sweeper.borrow_mut() = Some(Sweeper::start(&server.this)?);
        Ok(server)
    }

    /// Requests taken so far.
    pub(crate) fn served_requests(&self) -> u64 {
        self.served.get()
    }

    /// The number by which JS names the server.
    pub(crate) fn id(&self) -> usize {
        self.id.get()
    }

    pub(crate) fn set_id(&self, id: usize) {
        self.id.set(id);
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

    /// What is compressed, if anything.
    pub(crate) fn compression(&self) -> Option<&Compression> {
        self.compression.as_ref()
    }

    pub(crate) fn set_router(&self, router: Router) {
        *self.router.borrow_mut() = router;
    }

    pub(crate) fn router(&self) -> std::cell::Ref<'_, Router> {
        self.router.borrow()
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

    /// The handle of a request in one exact number.
    pub(crate) fn handle(&self, slot: usize, number: u32) -> f64 {
        let bits = (((self.id.get() as u64) << SLOT_BITS) | slot as u64) << NUMBER_BITS
            | u64::from(number);
        #[expect(clippy::cast_precision_loss, reason = "below 2^53, see Handle")]
        let handle = bits as f64;
        handle
    }

    /// A number for the next request.
    pub(crate) fn next_number(&self) -> u32 {
        let number = (self.requests.get() + 1) & ((1 << NUMBER_BITS) - 1);
        self.requests.set(number);
        number
    }

    /// The request of a handle, if it is still under way.
    pub(crate) fn find(&self, handle: Handle) -> Option<Rc<dyn Exchange>> {
        let exchange = self.exchanges.borrow().get(handle.slot).cloned()?;
        (exchange.number() == handle.number).then_some(exchange)
    }

    /// Gives an exchange its slot.
    pub(crate) fn add_exchange<T: Exchange + 'static>(
        &self,
        make: impl FnOnce(usize) -> Rc<T>,
    ) -> Rc<T> {
        let slot = self.exchanges.borrow().vacant_key();
        let exchange = make(slot);
        let erased: Rc<dyn Exchange> = Rc::<T>::clone(&exchange);
        self.exchanges.borrow_mut().insert(erased);
        exchange
    }

    pub(crate) fn remove_exchange(&self, slot: usize) {
        self.exchanges.borrow_mut().try_remove(slot);
    }

    pub(crate) fn drained(&self, scope: Scope<'_>, handle: f64) {
        Self::notify(scope, &self.callbacks.drained, handle);
    }

    pub(crate) fn aborted(&self, scope: Scope<'_>, handle: f64) {
        Self::notify(scope, &self.callbacks.aborted, handle);
    }

    pub(crate) fn body_arrived(&self, scope: Scope<'_>, handle: f64) {
        Self::notify(scope, &self.callbacks.body, handle);
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

    fn accept_all(&self) {
        let Some(this) = self.this.upgrade() else {
            return;
        };
        for _ in 0..ACCEPTS {
            if self.peers.borrow().len() >= MAX_CONNECTIONS {
                return;
            }
            let accepted = self.socket.borrow().as_ref().map(listener::accept);
            // Errors of one connection (ECONNABORTED) and of the process (EMFILE) both end this
            // round; the listener stays registered and tries again.
            let Some(Ok(Some(socket))) = accepted else {
                return;
            };
            // A connection that cannot be watched is closed; the client sees a reset.
            let _ = self.open(&this, socket);
        }
    }

    fn open(&self, this: &Rc<Self>, socket: Socket) -> io::Result<()> {
        let key = self.peers.borrow().vacant_key();
        let peer: Rc<dyn Peer> = match &self.tls {
            None => Connection::open(this, Transport::new(socket, None), key)?,
            Some(config) => {
                let session = Session::server(config).map_err(io::Error::other)?;
                Handshake::open(this, Transport::new(socket, Some(session)), key)?
            }
        };
        self.peers.borrow_mut().insert(peer);
        Ok(())
    }

    /// A handshake became a connection.
    pub(crate) fn replace_peer(&self, key: usize, peer: &Rc<dyn Peer>) {
        if let Some(place) = self.peers.borrow_mut().get_mut(key) {
            *place = Rc::clone(peer);
        }
    }

    fn each_peer(&self, visit: impl Fn(&Rc<dyn Peer>)) {
        let peers: Vec<Rc<dyn Peer>> = self
            .peers
            .borrow()
            .iter()
            .map(|(_, peer)| Rc::clone(peer))
            .collect();
        peers.iter().for_each(visit);
    }

    /// A connection ended.
    pub(crate) fn closed(&self, key: usize) {
        // Dropped after the borrow ends.
        let peer = self.peers.borrow_mut().try_remove(key);
        drop(peer);
        self.settle_if_done();
    }
}

impl Source for Server {
    fn ready(&self, _scope: Scope<'_>, _readiness: Readiness) {
        self.accept_all();
    }
}

//! [`Socket`]: one connection that speaks WebSocket, on either side. Writes once per turn of the loop.

mod opening;
mod receive;

use crate::hub::{Hub, News};
use crate::output::Output;
use crate::{random, registry};
use crust_core::{Interest, KeepAlive, Readiness, Runtime, Scope, Source, SourceId, Value};
use crust_tls::Transport;
use crust_wire::websocket::{
    Decoder, DeflateOffer, Deflater, Inflater, Opcode, Role, append_close, append_frame,
};
pub(crate) use opening::ClientRequest;
use opening::Opening;
use std::cell::{Cell, RefCell};
use std::io;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// A client waits for the server's 101.
    Handshake,
    Open,
    /// Our close frame is on its way; the peer's is awaited.
    Closing,
    Closed,
}

/// How messages are compressed.
enum Compression {
    Never,
    /// By the hub's compressor, which forgets.
    Shared,
    Own(Deflater),
}

/// See the module documentation.
pub(crate) struct Socket {
    this: Weak<Self>,
    key: usize,
    hub: Rc<Hub>,
    role: Role,
    transport: RefCell<Transport>,
    source: Cell<Option<SourceId>>,
    interest: Cell<Interest>,
    decoder: RefCell<Decoder>,
    compression: RefCell<Compression>,
    output: RefCell<Output>,
    opening: RefCell<Option<Opening>>,
    topics: RefCell<Vec<Rc<str>>>,
    phase: Cell<Phase>,
    /// JS knows that it is over.
    told: Cell<bool>,
    /// The peer does not take what we write.
    blocked: Cell<bool>,
    dirty: Cell<bool>,
    /// When it was asked whether it is still there, since it last spoke.
    pinged: Cell<Option<Instant>>,
    paused: Cell<bool>,
    /// JS was told something in this turn.
    handed: Cell<bool>,
    active: Cell<Instant>,
    _keep_alive: KeepAlive,
}

/// A request that became a socket.
pub struct Adoption {
    /// The connection, whose 101 is not written yet.
    pub transport: Transport,
    /// The 101.
    pub head: Vec<u8>,
    /// What the client sent after its request.
    pub leftover: Vec<u8>,
    /// What was agreed on compression.
    pub deflate: Option<DeflateOffer>,
}

/// Output that is tried at once, so that programs learn of back-pressure before their turn ends.
const CORK: usize = 64 * 1024;
/// The code of an end that is nobody's fault (RFC 6455, 7.4.1).
const GOING_AWAY: u16 = 1001;
/// A peer has this long to answer a close frame.
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes a server's socket of a connection: its key.
///
/// # Errors
/// When the descriptor cannot be polled.
pub fn adopt(hub: &Rc<Hub>, adoption: Adoption) -> io::Result<usize> {
    let limit = hub.settings.max_payload;
    let inflater = adoption
        .deflate
        .map(|agreed| Inflater::new(agreed.client_forgets));
    let socket = Socket::open(
        hub,
        adoption.transport,
        Role::Server,
        Decoder::new(Role::Server, limit, inflater),
        None,
    )?;
    *socket.compression.borrow_mut() = match adoption.deflate {
        None => Compression::Never,
        Some(_) if !hub.settings.compress => Compression::Never,
        Some(agreed) if agreed.server_forgets => Compression::Shared,
        Some(agreed) => Compression::Own(Deflater::new(agreed.server_window, false)),
    };
    let head = adoption.head;
    socket
        .output
        .borrow_mut()
        .append(|bytes| bytes.extend_from_slice(&head));
    socket.touch();
    if !adoption.leftover.is_empty() {
        let (key, mut leftover) = (socket.key, adoption.leftover);
        // JS must have the socket before it is told of messages.
        let feed = move |scope: Scope<'_>| {
            if let Some(socket) = registry::socket(key) {
                socket.feed(scope, &mut leftover);
            }
        };
        Runtime::current().event_loop().poster().post(feed);
    }
    Ok(socket.key)
}

impl Socket {
    fn open(
        hub: &Rc<Hub>,
        transport: Transport,
        role: Role,
        decoder: Decoder,
        opening: Option<Opening>,
    ) -> io::Result<Rc<Self>> {
        let event_loop = Runtime::current().event_loop();
        let descriptor = transport.descriptor();
        let phase = if opening.is_some() {
            Phase::Handshake
        } else {
            Phase::Open
        };
        let socket = registry::add_socket(|key| {
            Rc::new_cyclic(|this| Self {
                this: Weak::clone(this),
                key,
                hub: Rc::clone(hub),
                role,
                transport: RefCell::new(transport),
                source: Cell::new(None),
                interest: Cell::new(Interest::READ),
                decoder: RefCell::new(decoder),
                compression: RefCell::new(Compression::Never),
                output: RefCell::default(),
                opening: RefCell::new(opening),
                topics: RefCell::default(),
                phase: Cell::new(phase),
                told: Cell::new(false),
                blocked: Cell::new(false),
                dirty: Cell::new(false),
                pinged: Cell::new(None),
                paused: Cell::new(false),
                handed: Cell::new(false),
                active: Cell::new(Instant::now()),
                _keep_alive: event_loop.keep_alive(),
            })
        });
        let source: Rc<dyn Source> = Rc::<Self>::clone(&socket);
        match event_loop.register(descriptor, Interest::READ, source) {
            Ok(id) => socket.source.set(Some(id)),
            Err(error) => {
                registry::remove_socket(socket.key);
                return Err(error);
            }
        }
        hub.joined();
        Ok(socket)
    }

    pub(crate) fn key(&self) -> usize {
        self.key
    }

    pub(crate) fn hub(&self) -> &Rc<Hub> {
        &self.hub
    }

    pub(crate) fn shares_deflater(&self) -> bool {
        matches!(*self.compression.borrow(), Compression::Shared)
    }

    /// Bytes that wait for the peer.
    pub(crate) fn buffered(&self) -> usize {
        self.output.borrow().pending()
    }

    pub(crate) fn peer(&self) -> String {
        let address = self.transport.borrow().socket().peer_addr();
        let address = address.ok().and_then(|address| address.as_socket());
        address.map_or_else(String::new, |address| address.ip().to_string())
    }

    fn touch(&self) {
        if !self.dirty.replace(true)
            && let Some(this) = self.this.upgrade()
        {
            registry::touch(this);
        }
    }

    fn mask(&self) -> Option<[u8; 4]> {
        (self.role == Role::Client).then(random::bytes)
    }

    /// Room for another message. `false`: it is dropped.
    fn has_room(&self) -> bool {
        self.phase.get() == Phase::Open
            && self.output.borrow().pending() <= self.hub.settings.backpressure_limit
    }

    /// Queues a message: its size, 0 when it was dropped, -1 when it waits for the peer.
    pub(crate) fn send(&self, opcode: Opcode, payload: &[u8], compress: bool) -> i64 {
        if !self.has_room() {
            if self.phase.get() == Phase::Open && self.hub.settings.close_on_limit {
                self.fail_later();
            }
            return 0;
        }
        let mask = self.mask();
        let mut packed = Vec::new();
        let compressed = compress && !opcode.is_control() && self.deflate(payload, &mut packed);
        let payload_on_wire = if compressed { &packed } else { payload };
        self.output.borrow_mut().append(|bytes| {
            append_frame(bytes, opcode, compressed, mask, payload_on_wire);
        });
        self.touch();
        if !self.blocked.get() && self.output.borrow().pending() >= CORK {
            self.flush();
        }
        if self.blocked.get() {
            return -1;
        }
        i64::try_from(payload.len()).unwrap_or(i64::MAX)
    }

    fn deflate(&self, payload: &[u8], packed: &mut Vec<u8>) -> bool {
        match &mut *self.compression.borrow_mut() {
            Compression::Never => return false,
            Compression::Shared => self
                .hub
                .with_shared(|deflater| deflater.deflate(payload, packed)),
            Compression::Own(deflater) => deflater.deflate(payload, packed),
        }
        true
    }

    /// Queues a frame that others send too.
    pub(crate) fn share(&self, frame: &Rc<[u8]>) {
        if self.has_room() {
            self.output.borrow_mut().share(frame);
            self.touch();
        } else if self.hub.settings.close_on_limit {
            self.fail_later();
        }
    }

    /// Cuts the connection; JS is told when the loop notices.
    fn fail_later(&self) {
        let transport = self.transport.borrow();
        // The peer may be gone already.
        let _ = transport.socket().shutdown(std::net::Shutdown::Both);
    }

    /// Writes what there is.
    pub(crate) fn flush(&self) {
        self.dirty.set(false);
        if self.phase.get() == Phase::Closed {
            return;
        }
        let result = self
            .output
            .borrow_mut()
            .flush(&mut self.transport.borrow_mut());
        match result {
            Ok(done) => {
                self.blocked.set(!done);
                // A close frame is the last that is said; a client that does not answer it sees the end.
                if done && self.role == Role::Server && self.phase.get() == Phase::Closing {
                    self.transport.borrow_mut().finish();
                }
            }
            // The loop reports a broken connection as readable, and JS is told then.
            Err(_) => return self.fail_later(),
        }
        self.wait_for_more();
    }

    fn wait_for_more(&self) {
        let interest = Interest {
            readable: !self.paused.get(),
            writable: self.blocked.get(),
            edge: false,
        };
        if interest != self.interest.replace(interest)
            && let Some(id) = self.source.get()
        {
            // Fails only for descriptors that are closed.
            let _ = Runtime::current().event_loop().modify(id, interest);
        }
    }

    pub(crate) fn set_paused(&self, paused: bool) {
        self.paused.set(paused);
        if self.phase.get() != Phase::Closed {
            self.wait_for_more();
        }
    }

    /// Begins the closing handshake. A server's program is told at once, a client's when it is over.
    pub(crate) fn close(&self, scope: Scope<'_>, code: Option<u16>, reason: &str) {
        match self.phase.get() {
            Phase::Open => {}
            Phase::Handshake => return self.end(scope, 1006, "", false),
            Phase::Closing | Phase::Closed => return,
        }
        self.send_close(code, reason);
        if self.role == Role::Server {
            self.tell_of_end(scope, code.unwrap_or(1005), reason, true);
        }
    }

    fn send_close(&self, code: Option<u16>, reason: &str) {
        let mask = self.mask();
        self.output
            .borrow_mut()
            .append(|bytes| append_close(bytes, code, reason, mask));
        self.phase.set(Phase::Closing);
        self.active.set(Instant::now());
        self.touch();
    }

    /// Ends the connection.
    pub(crate) fn end(&self, scope: Scope<'_>, code: u16, reason: &str, clean: bool) {
        if self.phase.get() == Phase::Closed {
            return;
        }
        // A client that gives up before it has asked does not ask any more.
        if self.phase.get() != Phase::Handshake {
            self.flush();
        }
        self.phase.set(Phase::Closed);
        if let Some(id) = self.source.take() {
            Runtime::current().event_loop().deregister(id);
        }
        self.transport.borrow_mut().finish();
        self.tell_of_end(scope, code, reason, clean);
        self.hub.left();
        registry::remove_socket(self.key);
    }

    /// The server goes away: the peer is told, and not waited for.
    pub(crate) fn leave(&self, scope: Scope<'_>) {
        if self.phase.get() == Phase::Open {
            self.send_close(Some(GOING_AWAY), "Server closed");
            self.tell_of_end(scope, GOING_AWAY, "Server closed", true);
        }
        self.end(scope, 1006, "", false);
    }

    fn tell_of_end(&self, scope: Scope<'_>, code: u16, reason: &str, clean: bool) {
        if self.told.replace(true) {
            return;
        }
        for topic in self.topics.take() {
            self.hub.unsubscribe(&topic, self.key);
        }
        let arguments = [
            self.number(scope),
            scope.number(f64::from(code)),
            scope.string(reason),
            scope.boolean(clean),
        ];
        self.hub.tell(scope, News::Close, &arguments);
        self.hub.open.set(self.hub.open.get().saturating_sub(1));
    }

    fn number<'s>(&self, scope: Scope<'s>) -> Value<'s> {
        #[expect(clippy::cast_precision_loss, reason = "a number of a slab")]
        let key = self.key as f64;
        scope.number(key)
    }

    /// Whether the topic is new to this socket.
    pub(crate) fn subscribe(&self, topic: &str) -> bool {
        if self.told.get() || self.is_subscribed(topic) {
            return false;
        }
        let name = self.hub.subscribe(topic, self.key);
        self.topics.borrow_mut().push(name);
        true
    }

    pub(crate) fn unsubscribe(&self, topic: &str) -> bool {
        let mut topics = self.topics.borrow_mut();
        let Some(index) = topics.iter().position(|name| &**name == topic) else {
            return false;
        };
        topics.remove(index);
        self.hub.unsubscribe(topic, self.key);
        true
    }

    pub(crate) fn is_subscribed(&self, topic: &str) -> bool {
        self.topics.borrow().iter().any(|name| &**name == topic)
    }

    pub(crate) fn topics(&self) -> Vec<Rc<str>> {
        self.topics.borrow().clone()
    }

    /// Once a second: idle sockets are asked, then ended.
    pub(crate) fn sweep(&self, scope: Scope<'_>) {
        let idle = self.active.get().elapsed();
        let limit = self.hub.settings.idle_timeout;
        match self.phase.get() {
            Phase::Closed => {}
            Phase::Handshake => self.sweep_opening(scope),
            Phase::Closing => {
                if idle >= PATIENCE {
                    self.end(scope, 1006, "", false);
                }
            }
            Phase::Open if limit.is_zero() => {}
            Phase::Open => self.sweep_open(scope, idle, limit),
        }
    }

    // A loop that was busy comes late: nobody is cut who was not asked in time, or whose answer lies in the
    // kernel already.
    fn sweep_open(&self, scope: Scope<'_>, idle: Duration, limit: Duration) {
        let margin = (limit / 2).min(PATIENCE);
        let asks = self.hub.settings.send_pings;
        if asks && idle + margin >= limit && self.pinged.get().is_none() {
            self.pinged.set(Some(Instant::now()));
            self.send(Opcode::Ping, b"", false);
            return;
        }
        let had_time = !asks
            || self
                .pinged
                .get()
                .is_some_and(|at| at.elapsed() >= margin / 2);
        if idle >= limit && had_time && !self.has_arrived() {
            self.end(scope, 1006, "WebSocket timed out from inactivity", false);
        }
    }

    fn has_arrived(&self) -> bool {
        rustix::io::ioctl_fionread(self.transport.borrow().socket()).is_ok_and(|bytes| bytes > 0)
    }
}

impl Source for Socket {
    fn ready(&self, scope: Scope<'_>, readiness: Readiness) {
        if self.phase.get() == Phase::Closed {
            return;
        }
        self.handed.set(false);
        if readiness.readable {
            self.receive(scope);
        }
        if self.phase.get() == Phase::Closed {
            return;
        }
        if readiness.writable || self.transport.borrow().wants_write() {
            let was_blocked = self.blocked.get();
            self.flush();
            if was_blocked && !self.blocked.get() && self.phase.get() == Phase::Open {
                self.hub.tell(scope, News::Drain, &[self.number(scope)]);
            }
        }
    }
}

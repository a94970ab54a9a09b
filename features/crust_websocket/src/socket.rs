//! [`Socket`]: one connection that speaks WebSocket, on either side. Reads once per readiness, hands
//! the messages of a read to JS together, and writes once per turn of the loop.

use crate::hub::{Hub, News};
use crate::output::Output;
use crate::{random, registry};
use crust_core::{Interest, KeepAlive, Readiness, Runtime, Scope, Source, SourceId, Value};
use crust_tls::{Progress, Transport};
use crust_wire::websocket::{
    CloseReason, Decoder, DeflateOffer, Deflater, Event, HandshakeError, Inflater, Opcode, Role,
    ServerResponse, append_close, append_frame, parse_response, read_agreement,
};
use std::cell::{Cell, RefCell};
use std::io::{self, Read};
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

/// The opening of a client.
struct Opening {
    key: String,
    response: Vec<u8>,
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
    pinged: Cell<bool>,
    paused: Cell<bool>,
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

/// Bytes read at once.
const READ: usize = 64 * 1024;
/// Output that is tried at once, so that programs learn of back-pressure before their turn ends.
const CORK: usize = 64 * 1024;
/// A peer has this long to answer a close frame.
const PATIENCE: Duration = Duration::from_secs(10);
/// Messages of one call; `Hub::tell` has as many arguments.
const BATCH: usize = 32;

thread_local! {
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

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
                pinged: Cell::new(false),
                paused: Cell::new(false),
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

    /// Begins a client's handshake on a connection.
    pub(crate) fn connect(
        hub: &Rc<Hub>,
        transport: Transport,
        request: &[u8],
        key: String,
    ) -> io::Result<usize> {
        let decoder = Decoder::new(Role::Client, hub.settings.max_payload, None);
        let opening = Opening {
            key,
            response: Vec::new(),
        };
        let socket = Self::open(hub, transport, Role::Client, decoder, Some(opening))?;
        socket
            .output
            .borrow_mut()
            .append(|bytes| bytes.extend_from_slice(request));
        socket.touch();
        Ok(socket.key)
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
            Ok(done) => self.blocked.set(!done),
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
            Phase::Closed | Phase::Handshake => {}
            Phase::Closing => {
                if idle >= PATIENCE {
                    self.end(scope, 1006, "", false);
                }
            }
            Phase::Open if limit.is_zero() => {}
            Phase::Open if idle >= limit => {
                self.end(scope, 1006, "WebSocket timed out from inactivity", false);
            }
            Phase::Open => {
                let margin = (limit / 2).min(PATIENCE);
                if self.hub.settings.send_pings && idle + margin >= limit && !self.pinged.get() {
                    self.pinged.set(true);
                    self.send(Opcode::Ping, b"", false);
                }
            }
        }
    }

    fn receive(&self, scope: Scope<'_>) {
        let mut scratch = SCRATCH.take();
        let mut ended = false;
        loop {
            match self.read(&mut scratch) {
                Ok(Progress::Data(count)) => {
                    self.active.set(Instant::now());
                    self.pinged.set(false);
                    self.feed(scope, scratch.get_mut(..count).unwrap_or_default());
                }
                Ok(Progress::Blocked) => break,
                Ok(Progress::Closed) | Err(_) => {
                    ended = true;
                    break;
                }
            }
            // A plain socket reports again what it still has; a session has it already.
            if self.phase.get() == Phase::Closed || self.transport.borrow().session().is_none() {
                break;
            }
        }
        SCRATCH.set(scratch);
        if ended {
            if self.phase.get() == Phase::Handshake {
                self.fail(scope, "Connection ended");
            }
            self.end(scope, 1006, "", false);
        }
    }

    fn read(&self, scratch: &mut Vec<u8>) -> io::Result<Progress> {
        let mut transport = self.transport.borrow_mut();
        if transport.session().is_some() {
            scratch.clear();
            return transport.read(scratch);
        }
        scratch.resize(READ, 0);
        loop {
            return match transport.socket().read(scratch) {
                Ok(0) => Ok(Progress::Closed),
                Ok(count) => Ok(Progress::Data(count)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Progress::Blocked),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
        }
    }

    fn feed(&self, scope: Scope<'_>, bytes: &mut [u8]) {
        if self.phase.get() != Phase::Handshake {
            return self.frames(scope, bytes);
        }
        let parsed = {
            let mut opening = self.opening.borrow_mut();
            let Some(opening) = opening.as_mut() else {
                return;
            };
            opening.response.extend_from_slice(bytes);
            parse_response(&opening.response, &opening.key)
        };
        match parsed {
            Ok(None) => {}
            Ok(Some((agreed, length))) => self.opened(scope, &agreed, length),
            Err(error) => {
                let message = match error {
                    HandshakeError::Status(status) => format!("{error}: {status}"),
                    other => other.to_string(),
                };
                self.fail(scope, &message);
                self.end(scope, 1006, "", false);
            }
        }
    }

    fn fail(&self, scope: Scope<'_>, message: &str) {
        let arguments = [self.number(scope), scope.string(message)];
        self.hub.tell(scope, News::Failed, &arguments);
    }

    fn opened(&self, scope: Scope<'_>, agreed: &ServerResponse, length: usize) {
        let Some(opening) = self.opening.take() else {
            return;
        };
        let deflate = read_agreement(&agreed.extensions);
        let Ok(deflate) =
            deflate.map(|deflate| deflate.filter(|_| self.hub.settings.deflate.is_some()))
        else {
            self.fail(scope, &HandshakeError::Extension.to_string());
            return self.end(scope, 1006, "", false);
        };
        if let Some(deflate) = deflate {
            let inflater = Inflater::new(deflate.server_forgets);
            *self.decoder.borrow_mut() =
                Decoder::new(Role::Client, self.hub.settings.max_payload, Some(inflater));
            // zlib has no window of 8; what is sent uncompressed needs none.
            if deflate.client_window > 8 {
                let deflater = Deflater::new(deflate.client_window, deflate.client_forgets);
                *self.compression.borrow_mut() = Compression::Own(deflater);
            }
        }
        self.phase.set(Phase::Open);
        let arguments = [
            self.number(scope),
            scope.string(&agreed.protocol),
            scope.string(&agreed.extensions),
        ];
        self.hub.tell(scope, News::Open, &arguments);
        let mut rest = opening.response;
        self.frames(scope, rest.get_mut(length..).unwrap_or_default());
    }

    fn frames(&self, scope: Scope<'_>, bytes: &mut [u8]) {
        let mut batch = [scope.undefined(); BATCH];
        let mut count = 0;
        let mut at = 0;
        while let Some(rest) = bytes.get_mut(at..).filter(|rest| !rest.is_empty()) {
            let decoded = self.decoder.borrow_mut().decode(rest);
            let event = match decoded {
                Ok((used, event)) => {
                    at += used;
                    event
                }
                Err(violation) => {
                    self.deliver(scope, &batch, &mut count);
                    if self.phase.get() == Phase::Open {
                        self.send_close(Some(violation.code()), &violation.to_string());
                    }
                    return self.end(scope, 1006, &violation.to_string(), false);
                }
            };
            let value = match event {
                None => continue,
                Some(Event::Text(text)) => Ok(scope.string_utf8(&text)),
                Some(Event::Binary(bytes)) => scope.uint8_array(bytes.into_owned()),
                Some(other) => {
                    self.deliver(scope, &batch, &mut count);
                    self.control(scope, other);
                    if self.phase.get() == Phase::Closed {
                        return;
                    }
                    continue;
                }
            };
            match (value, batch.get_mut(count)) {
                (Ok(value), Some(slot)) => {
                    *slot = value;
                    count += 1;
                }
                (Err(thrown), _) => Runtime::current().report_error(scope, thrown.value()),
                _ => {}
            }
            if count == BATCH {
                self.deliver(scope, &batch, &mut count);
                if self.phase.get() == Phase::Closed {
                    return;
                }
            }
        }
        self.deliver(scope, &batch, &mut count);
    }

    /// Hands messages to JS.
    fn deliver<'s>(&self, scope: Scope<'s>, batch: &[Value<'s>; BATCH], count: &mut usize) {
        let messages = batch.get(..std::mem::take(count)).unwrap_or_default();
        if messages.is_empty() || self.phase.get() != Phase::Open {
            return;
        }
        let mut arguments = [scope.undefined(); BATCH + 1];
        if let Some((first, rest)) = arguments.split_first_mut() {
            *first = self.number(scope);
            for (slot, message) in rest.iter_mut().zip(messages) {
                *slot = *message;
            }
        }
        let arguments = arguments.get(..=messages.len()).unwrap_or_default();
        self.hub.tell(scope, News::Messages, arguments);
    }

    fn control(&self, scope: Scope<'_>, event: Event<'_>) {
        let (news, payload) = match event {
            Event::Ping(payload) => {
                self.send(Opcode::Pong, &payload, false);
                (News::Ping, payload)
            }
            Event::Pong(payload) => (News::Pong, payload),
            Event::Close(CloseReason { code, text }) => {
                if self.phase.get() == Phase::Open {
                    self.send_close((code != 1005).then_some(code), &text);
                }
                return self.end(scope, code, &text, true);
            }
            Event::Text(_) | Event::Binary(_) => return,
        };
        if !self.hub.settings.wants_pings || self.phase.get() != Phase::Open {
            return;
        }
        match scope.uint8_array(payload.into_owned()) {
            Ok(bytes) => self.hub.tell(scope, news, &[self.number(scope), bytes]),
            Err(thrown) => Runtime::current().report_error(scope, thrown.value()),
        }
    }
}

impl Source for Socket {
    fn ready(&self, scope: Scope<'_>, readiness: Readiness) {
        if self.phase.get() == Phase::Closed {
            return;
        }
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

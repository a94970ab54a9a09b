//! One client connection: reads requests, hands them to JS one after the other, writes responses.
//! The phases are those of HTTP/1.1 with keep-alive and pipelining.

use crate::date;
use crate::output::Output;
use crate::server::Server;
use crust_core::{Interest, Readiness, Runtime, Scope, Source, SourceId};
use crust_wire::{BodyDecoder, Framing, RequestHead, RequestLimits, ResponseFraming, WireError};
use socket2::Socket;
use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::rc::{Rc, Weak};
use std::time::Instant;

/// What the connection does.
enum Phase {
    /// Waits for a request head.
    Head,
    /// Takes in a request body.
    Body {
        head: RequestHead,
        decoder: BodyDecoder,
        body: Vec<u8>,
    },
    /// JS works on a request.
    Waiting(Exchange),
    /// JS sends a body piece by piece.
    Streaming(Exchange),
    /// The rest of the output goes out, then the connection closes.
    Closing,
}

/// What the response needs to know of its request.
#[derive(Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each answers one question of the response"
)]
struct Exchange {
    keep_alive: bool,
    is_head: bool,
    is_http_1_0: bool,
    chunked: bool,
}

/// One client.
pub(crate) struct Connection {
    server: Weak<Server>,
    socket: Socket,
    source: Cell<Option<SourceId>>,
    interest: Cell<Interest>,
    key: usize,
    /// Which request of the connection is under way; stale handles of JS do not match it.
    request: Cell<u32>,
    input: RefCell<Vec<u8>>,
    output: RefCell<Output>,
    phase: RefCell<Phase>,
    active: Cell<Instant>,
    /// Requests are being taken from `input` further up the stack.
    processing: Cell<bool>,
    open: Cell<bool>,
}

/// Bytes read from the socket at once.
const READ: usize = 64 * 1024;
/// Pipelined input kept while JS works on a request; the rest waits in the kernel.
const MAX_AHEAD: usize = 256 * 1024;

impl Connection {
    pub(crate) fn open(server: &Rc<Server>, socket: Socket, key: usize) -> io::Result<Rc<Self>> {
        let connection = Rc::new(Self {
            server: Rc::downgrade(server),
            socket,
            source: Cell::new(None),
            interest: Cell::new(Interest::READ),
            key,
            request: Cell::new(0),
            input: RefCell::default(),
            output: RefCell::default(),
            phase: RefCell::new(Phase::Head),
            active: Cell::new(Instant::now()),
            processing: Cell::new(false),
            open: Cell::new(true),
        });
        let event_loop = Runtime::current().event_loop();
        let source: Rc<dyn Source> = Rc::<Self>::clone(&connection);
        let id = event_loop.register(connection.socket.as_raw_fd(), Interest::READ, source)?;
        connection.source.set(Some(id));
        Ok(connection)
    }

    /// Number of the request under way.
    pub(crate) fn request(&self) -> u32 {
        self.request.get()
    }

    /// Since when nothing came or went, if the client is the one to act.
    pub(crate) fn idle_since(&self) -> Option<Instant> {
        let waits_for_client = match *self.phase.borrow() {
            Phase::Head | Phase::Body { .. } | Phase::Closing => true,
            Phase::Waiting(_) | Phase::Streaming(_) => self.output.borrow().pending() > 0,
        };
        waits_for_client.then(|| self.active.get())
    }

    /// No request is under way, so that a stopping server may close it.
    pub(crate) fn is_idle(&self) -> bool {
        matches!(*self.phase.borrow(), Phase::Head)
            && self.input.borrow().is_empty()
            && self.output.borrow().pending() == 0
    }

    /// Address and port of the client.
    pub(crate) fn peer(&self) -> Option<std::net::SocketAddr> {
        self.socket.peer_addr().ok()?.as_socket()
    }

    /// Bytes the client has not taken yet.
    pub(crate) fn pending(&self) -> usize {
        self.output.borrow().pending()
    }

    /// Ends the connection at once.
    pub(crate) fn close(&self) {
        if !self.open.replace(false) {
            return;
        }
        if let Some(id) = self.source.take() {
            Runtime::current().event_loop().deregister(id);
        }
        // The peer may be gone already.
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
        if let Some(server) = self.server.upgrade() {
            server.closed(self.key);
        }
    }

    fn read(&self) -> io::Result<bool> {
        let mut input = self.input.borrow_mut();
        let start = input.len();
        input.resize(start + READ, 0);
        let result = loop {
            match (&self.socket).read(input.get_mut(start..).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let count = result.as_ref().map_or(0, |count| *count);
        input.truncate(start + count);
        match result {
            Ok(0) => Ok(false),
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Takes requests from the input while there are complete ones and none is under way.
    fn process(&self, scope: Scope<'_>) {
        if self.processing.replace(true) {
            return;
        }
        while self.open.get() {
            match self.step(scope) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.refuse(error);
                    break;
                }
            }
        }
        self.processing.set(false);
        self.flush();
    }

    /// One step of the state machine. `false`: more input, or JS, is needed first.
    fn step(&self, scope: Scope<'_>) -> Result<bool, WireError> {
        let limit = self.server.upgrade().map_or(0, |server| server.max_body());
        let mut phase = self.phase.borrow_mut();
        match &mut *phase {
            Phase::Head => {
                let mut input = self.input.borrow_mut();
                let Some((head, length)) =
                    crust_wire::parse_request(&input, &RequestLimits::default())?
                else {
                    return Ok(false);
                };
                input.drain(..length);
                if matches!(head.framing, Framing::Length(length) if length > limit) {
                    return Err(WireError::BodyTooLarge);
                }
                if head.expects_continue && head.framing != Framing::Empty {
                    self.output
                        .borrow_mut()
                        .buffer()
                        .extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
                }
                let decoder = BodyDecoder::new(head.framing);
                *phase = Phase::Body {
                    head,
                    decoder,
                    body: Vec::new(),
                };
                Ok(true)
            }
            Phase::Body { decoder, body, .. } => {
                let mut input = self.input.borrow_mut();
                let progress = decoder.decode(&input, body, limit)?;
                input.drain(..progress.consumed);
                if !progress.done {
                    return Ok(false);
                }
                drop(input);
                if let Phase::Body { head, body, .. } = std::mem::replace(&mut *phase, Phase::Head)
                {
                    *phase = Phase::Waiting(Exchange {
                        keep_alive: head.keep_alive,
                        is_head: head.method == "HEAD",
                        is_http_1_0: head.is_http_1_0,
                        chunked: false,
                    });
                    drop(phase);
                    self.dispatch(scope, &head, body);
                }
                Ok(true)
            }
            Phase::Waiting(_) | Phase::Streaming(_) | Phase::Closing => Ok(false),
        }
    }

    fn dispatch(&self, scope: Scope<'_>, head: &RequestHead, body: Vec<u8>) {
        self.request
            .set(self.request.get().wrapping_add(1) & REQUEST_MASK);
        let Some(server) = self.server.upgrade() else {
            return;
        };
        server.dispatch(scope, self.handle(), head, body);
    }

    /// The number by which JS names the request under way.
    fn handle(&self) -> f64 {
        Server::handle(self.key, self.request.get())
    }

    /// Answers a request that is not one, and closes.
    fn refuse(&self, error: WireError) {
        let status = error.status();
        let text = crust_wire::reason(status);
        self.write_head(status, text, b"", ResponseFraming::Length(0), true);
        *self.phase.borrow_mut() = Phase::Closing;
    }

    fn write_head(
        &self,
        status: u16,
        text: &str,
        fields: &[u8],
        framing: ResponseFraming,
        close: bool,
    ) {
        let mut output = self.output.borrow_mut();
        date::with_now(|date| {
            crust_wire::append_head(output.buffer(), status, text, fields, date, framing, close);
        });
    }

    /// Sends a whole response. `false`: the request is no longer under way.
    pub(crate) fn respond(
        &self,
        scope: Scope<'_>,
        status: u16,
        text: &str,
        fields: &[u8],
        body: &[u8],
    ) -> bool {
        let Phase::Waiting(exchange) = *self.phase.borrow() else {
            return false;
        };
        let close = !self.stays_open(exchange);
        let framing = if has_no_body(status) {
            ResponseFraming::NoBody
        } else {
            ResponseFraming::Length(body.len() as u64)
        };
        self.write_head(status, text, fields, framing, close);
        if !exchange.is_head && framing != ResponseFraming::NoBody {
            self.output.borrow_mut().buffer().extend_from_slice(body);
        }
        self.finish(scope, close);
        true
    }

    /// Sends the head of a response whose body comes in pieces. `length` is its length if known.
    pub(crate) fn start(
        &self,
        scope: Scope<'_>,
        status: u16,
        text: &str,
        fields: &[u8],
        length: Option<u64>,
    ) -> bool {
        let Phase::Waiting(mut exchange) = *self.phase.borrow() else {
            return false;
        };
        let framing = match length {
            _ if has_no_body(status) => ResponseFraming::NoBody,
            Some(length) => ResponseFraming::Length(length),
            None if exchange.is_http_1_0 => ResponseFraming::Close,
            None => ResponseFraming::Chunked,
        };
        exchange.chunked = framing == ResponseFraming::Chunked;
        exchange.keep_alive &= framing != ResponseFraming::Close;
        let close = !self.stays_open(exchange);
        self.write_head(status, text, fields, framing, close);
        if exchange.is_head || framing == ResponseFraming::NoBody {
            self.finish(scope, close);
            return false;
        }
        *self.phase.borrow_mut() = Phase::Streaming(exchange);
        self.flush_unless_processing();
        true
    }

    /// Sends a piece of a body. Answers the bytes that wait, or `None` when the client is gone.
    pub(crate) fn chunk(&self, data: &[u8]) -> Option<usize> {
        let Phase::Streaming(exchange) = *self.phase.borrow() else {
            return None;
        };
        {
            let mut output = self.output.borrow_mut();
            if exchange.chunked {
                crust_wire::append_chunk(output.buffer(), data);
            } else {
                output.buffer().extend_from_slice(data);
            }
        }
        self.flush_unless_processing();
        self.open.get().then(|| self.pending())
    }

    /// Ends a body that came in pieces; an aborted one ends the connection, so that the client
    /// notices.
    pub(crate) fn end(&self, scope: Scope<'_>, aborted: bool) {
        let Phase::Streaming(exchange) = *self.phase.borrow() else {
            return;
        };
        if aborted {
            self.flush();
            self.close();
            return;
        }
        if exchange.chunked {
            crust_wire::append_last_chunk(self.output.borrow_mut().buffer());
        }
        self.finish(scope, !self.stays_open(exchange));
    }

    fn stays_open(&self, exchange: Exchange) -> bool {
        exchange.keep_alive
            && self
                .server
                .upgrade()
                .is_some_and(|server| !server.is_stopping())
    }

    /// The response is complete: the next request may begin.
    fn finish(&self, scope: Scope<'_>, close: bool) {
        *self.phase.borrow_mut() = if close { Phase::Closing } else { Phase::Head };
        self.active.set(Instant::now());
        if let Some(server) = self.server.upgrade() {
            server.answered();
        }
        if self.processing.get() {
            return;
        }
        if self.input.borrow().is_empty() {
            self.flush();
        } else {
            self.process(scope);
        }
    }

    fn flush_unless_processing(&self) {
        if !self.processing.get() {
            self.flush();
        }
    }

    /// Writes what there is and waits for what the phase needs.
    fn flush(&self) {
        if !self.open.get() {
            return;
        }
        let before = self.pending();
        let result = self.output.borrow_mut().flush(&self.socket);
        match result {
            Ok(true) if matches!(*self.phase.borrow(), Phase::Closing) => return self.close(),
            Ok(_) => {}
            Err(_) => return self.close(),
        }
        if self.pending() < before {
            self.active.set(Instant::now());
        }
        self.wait_for_more();
    }

    fn wait_for_more(&self) {
        let busy = matches!(
            *self.phase.borrow(),
            Phase::Waiting(_) | Phase::Streaming(_)
        );
        let full = busy && self.input.borrow().len() >= MAX_AHEAD;
        let interest = Interest {
            readable: !full,
            writable: self.pending() > 0,
            edge: false,
        };
        if interest == self.interest.replace(interest) {
            return;
        }
        let modified = self
            .source
            .get()
            .is_some_and(|id| Runtime::current().event_loop().modify(id, interest).is_ok());
        if !modified {
            self.close();
        }
    }
}

/// Requests of a connection are numbered in this many bits.
pub(crate) const REQUEST_MASK: u32 = 0xf_ffff;

fn has_no_body(status: u16) -> bool {
    status < 200 || status == 204 || status == 304
}

impl Source for Connection {
    fn ready(&self, scope: Scope<'_>, readiness: Readiness) {
        if !self.open.get() {
            return;
        }
        if readiness.readable {
            match self.read() {
                Ok(true) => self.active.set(Instant::now()),
                // The client is gone, or will send nothing more and needs no answer.
                Ok(false) | Err(_) => return self.gone(scope),
            }
            self.process(scope);
        }
        if readiness.writable {
            self.flush();
            if self.pending() == 0
                && let Some(server) = self.server.upgrade()
            {
                server.drained(scope, self.handle());
            }
        }
    }
}

impl Connection {
    fn gone(&self, scope: Scope<'_>) {
        let handle = self.handle();
        let under_way = matches!(
            *self.phase.borrow(),
            Phase::Waiting(_) | Phase::Streaming(_)
        );
        if let Some(server) = self.server.upgrade().filter(|_| under_way) {
            server.answered();
            server.aborted(scope, handle);
        }
        self.close();
    }
}

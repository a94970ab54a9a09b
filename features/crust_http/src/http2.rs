//! One HTTP/2 client connection (RFC 9113): `h2` speaks the protocol, driven by readiness on the VM's
//! thread; its streams are exchanges like any other.

mod io;
mod stream;
mod text;

use crate::exchange::Exchange;
use crate::peer::Peer;
use crate::router::Answer;
use crate::server::{Incoming, InlineBody, Server};
use bytes::Bytes;
use crust_core::{Interest, Readiness, Runtime, Scope, Source, SourceId};
use crust_tls::Transport;
use h2::server::{Builder, Connection as Protocol, Handshake, SendResponse};
use http::Request;
use io::TransportIo;
use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use stream::Stream;

/// Streams of one connection at a time; browsers use about a hundred.
const MOST_STREAMS: u32 = 256;
/// Bytes that a client may send ahead for one stream, and for all.
const STREAM_WINDOW: u32 = 512 * 1024;
const CONNECTION_WINDOW: u32 = 1024 * 1024;
/// Bytes of a head, as with HTTP/1.1.
const HEAD_BYTES: u32 = 16 * 1024;
/// Frames that wait for the socket, of one stream.
const SEND_BUFFER: usize = 256 * 1024;
/// Rounds of one turn: streams that make progress let the connection write, and the other way round.
const ROUNDS: usize = 8;

enum State {
    Preface(Pin<Box<Handshake<TransportIo, Bytes>>>),
    Open(Box<Protocol<TransportIo, Bytes>>),
    Closed,
}

/// A client.
pub(crate) struct Http2 {
    this: Weak<Self>,
    server: Weak<Server>,
    state: RefCell<State>,
    io: TransportIo,
    streams: RefCell<Vec<Rc<Stream>>>,
    source: Cell<Option<SourceId>>,
    interest: Cell<Interest>,
    key: usize,
    active: Cell<Instant>,
    driving: Cell<bool>,
    shutting_down: Cell<bool>,
}

impl Http2 {
    pub(crate) fn open(
        server: &Rc<Server>,
        transport: Transport,
        key: usize,
        early: &[u8],
    ) -> std::io::Result<Rc<Self>> {
        let descriptor = transport.descriptor();
        let io = TransportIo::new(transport, early);
        let mut builder = Builder::new();
        builder
            .max_concurrent_streams(MOST_STREAMS)
            .initial_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_header_list_size(HEAD_BYTES)
            .max_send_buffer_size(SEND_BUFFER);
        let handshake = builder.handshake(io.clone());
        let http2 = Rc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            server: Rc::downgrade(server),
            state: RefCell::new(State::Preface(Box::pin(handshake))),
            io,
            streams: RefCell::default(),
            source: Cell::new(None),
            interest: Cell::new(Interest::READ),
            key,
            active: Cell::new(Instant::now()),
            driving: Cell::new(false),
            shutting_down: Cell::new(false),
        });
        let source: Rc<dyn Source> = Rc::<Self>::clone(&http2);
        let event_loop = Runtime::current().event_loop();
        http2.source.set(Some(event_loop.register(
            descriptor,
            Interest::READ,
            source,
        )?));
        http2.drive();
        Ok(http2)
    }

    /// Lets protocol and streams go on until both wait for the socket or for JS.
    fn drive(&self) {
        if self.driving.replace(true) {
            return;
        }
        let mut progress = false;
        for _ in 0..ROUNDS {
            let is_open = self.poll_protocol();
            progress = false;
            let streams = self.streams.borrow().clone();
            for stream in &streams {
                progress |= stream.pump();
            }
            self.streams.borrow_mut().retain(|stream| !stream.is_over());
            if !is_open {
                self.driving.set(false);
                self.lose_streams();
                return self.close();
            }
            if !progress {
                break;
            }
        }
        self.driving.set(false);
        // The others have their turn first.
        if progress && let (Some(server), Some(this)) = (self.server.upgrade(), self.this.upgrade())
        {
            server.touch(this);
        }
        self.wait_for_more();
    }

    /// `false`: the connection is over.
    fn poll_protocol(&self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        let mut state = self.state.borrow_mut();
        if let State::Preface(handshake) = &mut *state {
            match handshake.as_mut().poll(&mut cx) {
                Poll::Pending => return true,
                Poll::Ready(Ok(protocol)) => *state = State::Open(Box::new(protocol)),
                Poll::Ready(Err(_)) => return false,
            }
        }
        let State::Open(protocol) = &mut *state else {
            return false;
        };
        loop {
            match protocol.poll_accept(&mut cx) {
                Poll::Ready(Some(Ok((request, response)))) => {
                    self.active.set(Instant::now());
                    self.begin(request, response);
                }
                // A connection error; `h2` has told the client.
                Poll::Ready(Some(Err(_)) | None) => return false,
                Poll::Pending => return true,
            }
        }
    }

    fn begin(&self, request: Request<h2::RecvStream>, mut response: SendResponse<Bytes>) {
        let Some(server) = self.server.upgrade() else {
            return;
        };
        let (parts, body) = request.into_parts();
        let Some((bytes, head)) = text::head(&parts) else {
            response.send_reset(h2::Reason::PROTOCOL_ERROR);
            return;
        };
        let has_body = !body.is_end_stream();
        let number = server.next_number();
        let (answer, pattern) = {
            let router = server.router();
            let (answer, pattern) = router.find(head.method, crust_wire::path_of(&bytes, &head));
            (answer.clone(), pattern)
        };
        let is_native = !matches!(answer, Answer::Handler(_) | Answer::Fetch);
        let stream = server.add_exchange(|slot| {
            Stream::new(
                &self.this,
                &self.server,
                slot,
                number,
                &head,
                response,
                body,
            )
        });
        self.streams.borrow_mut().push(Rc::clone(&stream));
        if stream.refuses_length(&parts.headers) {
            stream.respond(&crate::reply::Reply::bare(413), b"");
            return;
        }
        if is_native {
            crate::native_answers::answer(&answer, &*stream, &bytes, &head);
            return;
        }
        let route = match answer {
            Answer::Handler(handler) => Some((handler, pattern)),
            _ => None,
        };
        if server.is_batch_full() {
            // The client may try again: nothing was done yet (RFC 9113 §8.7).
            stream.reset(h2::Reason::REFUSED_STREAM);
            return;
        }
        stream.count();
        server.enqueue(&Incoming {
            slot: stream.slot(),
            number,
            bytes: &bytes,
            head: &head,
            body: if has_body {
                InlineBody::Pending
            } else {
                InlineBody::None
            },
            route,
            is_secure: true,
        });
    }

    fn lose_streams(&self) {
        for stream in self.streams.borrow().iter() {
            stream.lose();
        }
        if let (Some(server), Some(this)) = (self.server.upgrade(), self.this.upgrade()) {
            server.touch(this);
        }
    }

    fn wait_for_more(&self) {
        let interest = Interest {
            writable: self.io.wants_write(),
            ..Interest::READ
        };
        if interest == self.interest.replace(interest) {
            return;
        }
        if let Some(id) = self.source.get()
            && Runtime::current()
                .event_loop()
                .modify(id, interest)
                .is_err()
        {
            self.close();
        }
    }

    /// A stream has something to say: at once, or after the call into JS that is going on.
    pub(super) fn wake(&self) {
        if self.driving.get() {
            return;
        }
        match (self.server.upgrade(), self.this.upgrade()) {
            (Some(server), Some(this)) if server.is_dispatching() => server.touch(this),
            _ => self.drive(),
        }
    }

    pub(super) fn peer_address(&self) -> Option<std::net::SocketAddr> {
        self.io.peer_address()
    }
}

impl Source for Http2 {
    fn ready(&self, scope: Scope<'_>, _readiness: Readiness) {
        let _this = self.this.upgrade();
        self.active.set(Instant::now());
        self.drive();
        self.tell(scope);
    }
}

impl Peer for Http2 {
    fn is_idle(&self) -> bool {
        self.streams.borrow().is_empty()
    }

    fn close_when_idle(&self) {
        if let State::Open(protocol) = &mut *self.state.borrow_mut()
            && !self.shutting_down.replace(true)
        {
            // GOAWAY: the streams under way end, no new ones begin, then the connection closes.
            protocol.graceful_shutdown();
        }
        self.drive();
    }

    fn close_if_idle(&self, scope: Scope<'_>, timeout: Option<Duration>) {
        let waits_for_client = self
            .streams
            .borrow()
            .iter()
            .all(|stream| stream.waits_for_client());
        if waits_for_client && timeout.is_some_and(|limit| self.active.get().elapsed() >= limit) {
            self.abort(scope);
        }
    }

    fn close(&self) {
        let Some(id) = self.source.take() else {
            return;
        };
        Runtime::current().event_loop().deregister(id);
        *self.state.borrow_mut() = State::Closed;
        self.io.finish();
        if let Some(server) = self.server.upgrade() {
            server.closed(self.key);
        }
    }

    fn abort(&self, scope: Scope<'_>) {
        for stream in self.streams.borrow().iter() {
            stream.lose();
        }
        self.tell(scope);
        self.close();
    }

    fn resume(&self) {
        if self.source.get().is_some() {
            self.drive();
        }
    }

    fn tell(&self, scope: Scope<'_>) {
        let streams = self.streams.borrow().clone();
        for stream in &streams {
            stream.tell(scope);
        }
        self.streams.borrow_mut().retain(|stream| !stream.is_over());
    }
}

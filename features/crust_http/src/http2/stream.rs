//! [`Stream`]: one request and response of an HTTP/2 connection.

use super::{Http2, text};
use crate::date;
use crate::exchange::{Exchange, Taken};
use crate::output::FileBody;
use crate::reply::Reply;
use crate::server::Server;
use bytes::{Bytes, BytesMut};
use crust_core::Scope;
use crust_wire::{HEAD, RequestHead};
use h2::server::SendResponse;
use h2::{Reason, RecvStream, SendStream};
use http::HeaderMap;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::os::unix::fs::FileExt;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Request bytes that wait for a reader; the client's window closes beyond.
const HIGH_WATER: usize = 256 * 1024;
/// Bytes of a file read at once.
const FILE_STEP: u64 = 64 * 1024;
/// Bytes sent in one go before other streams have their turn.
const TURN: usize = 256 * 1024;

/// What is to be sent.
enum Piece {
    Bytes(Bytes),
    File(FileBody),
}

/// The response on its way.
#[derive(Default)]
struct Sending {
    stream: Option<SendStream<Bytes>>,
    pieces: VecDeque<Piece>,
    waiting: u64,
    /// Nothing more will be added.
    is_complete: bool,
}

/// The request's body.
struct Receiving {
    stream: Option<RecvStream>,
    data: BytesMut,
    total: u64,
    is_complete: bool,
    wanted: Option<bool>,
}

/// A stream.
pub(crate) struct Stream {
    http2: Weak<Http2>,
    server: Weak<Server>,
    slot: usize,
    number: u32,
    is_head: bool,
    response: RefCell<Option<SendResponse<Bytes>>>,
    sending: RefCell<Sending>,
    receiving: RefCell<Receiving>,
    is_counted: Cell<bool>,
    is_over: Cell<bool>,
    lost: Cell<bool>,
    drains: Cell<bool>,
}

impl Stream {
    pub(super) fn new(
        http2: &Weak<Http2>,
        server: &Weak<Server>,
        slot: usize,
        number: u32,
        head: &RequestHead,
        response: SendResponse<Bytes>,
        body: RecvStream,
    ) -> Rc<Self> {
        let is_complete = body.is_end_stream();
        Rc::new(Self {
            http2: Weak::clone(http2),
            server: Weak::clone(server),
            slot,
            number,
            is_head: head.method == HEAD,
            response: RefCell::new(Some(response)),
            sending: RefCell::default(),
            receiving: RefCell::new(Receiving {
                stream: Some(body),
                data: BytesMut::new(),
                total: 0,
                is_complete,
                wanted: None,
            }),
            is_counted: Cell::new(false),
            is_over: Cell::new(false),
            lost: Cell::new(false),
            drains: Cell::new(false),
        })
    }

    pub(super) fn slot(&self) -> usize {
        self.slot
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over.get()
    }

    /// JS works on it.
    pub(super) fn count(&self) {
        self.is_counted.set(true);
    }

    /// A body that announces more than the server takes.
    pub(super) fn refuses_length(&self, headers: &HeaderMap) -> bool {
        let limit = self.server.upgrade().map_or(0, |server| server.max_body());
        headers
            .get(http::header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse::<u64>().ok())
            .is_some_and(|length| length > limit)
    }

    /// Whether only the client can go on with it.
    pub(super) fn waits_for_client(&self) -> bool {
        self.sending.borrow().waiting > 0 || self.receiving.borrow().wanted.is_some()
    }

    pub(super) fn reset(&self, reason: Reason) {
        if let Some(mut response) = self.response.take() {
            response.send_reset(reason);
        }
        if let Some(stream) = &mut self.sending.borrow_mut().stream {
            stream.send_reset(reason);
        }
        self.finish();
    }

    /// The client is gone, or broke the rules.
    pub(super) fn lose(&self) {
        if !self.is_over.get() {
            self.lost.set(true);
        }
    }

    fn finish(&self) {
        if self.is_over.replace(true) {
            return;
        }
        if let Some(server) = self.server.upgrade() {
            server.remove_exchange(self.slot);
            if self.is_counted.get() {
                server.answered();
            }
        }
    }

    /// Moves bytes both ways. Whether any moved.
    pub(super) fn pump(&self) -> bool {
        if self.is_over.get() || self.lost.get() {
            return false;
        }
        let received = self.pump_in();
        self.pump_out() || received
    }

    fn pump_in(&self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        let limit = self.server.upgrade().map_or(0, |server| server.max_body());
        let receiving = &mut *self.receiving.borrow_mut();
        let mut moved = false;
        while !receiving.is_complete
            && (receiving.data.len() < HIGH_WATER || receiving.wanted == Some(true))
        {
            let Some(stream) = &mut receiving.stream else {
                break;
            };
            match stream.poll_data(&mut cx) {
                Poll::Ready(Some(Ok(chunk))) => {
                    moved = true;
                    receiving.total += chunk.len() as u64;
                    receiving.data.extend_from_slice(&chunk);
                    // Taken into our own bounded memory; the client may send as much again.
                    let _ = stream.flow_control().release_capacity(chunk.len());
                    if receiving.total > limit {
                        self.lost.set(true);
                        return moved;
                    }
                }
                Poll::Ready(Some(Err(_))) => {
                    self.lost.set(true);
                    return moved;
                }
                Poll::Ready(None) => receiving.is_complete = true,
                Poll::Pending => break,
            }
        }
        moved
    }

    fn pump_out(&self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        let sending = &mut *self.sending.borrow_mut();
        let Some(stream) = &mut sending.stream else {
            return false;
        };
        if matches!(stream.poll_reset(&mut cx), Poll::Ready(_)) {
            self.lost.set(true);
            return false;
        }
        let mut moved = 0;
        while moved < TURN {
            let Some(chunk) = next_chunk(&mut sending.pieces) else {
                break;
            };
            let Ok(mut chunk) = chunk else {
                stream.send_reset(Reason::INTERNAL_ERROR);
                self.finish();
                return true;
            };
            stream.reserve_capacity(chunk.len());
            let capacity = match stream.poll_capacity(&mut cx) {
                Poll::Ready(Some(Ok(capacity))) => capacity,
                Poll::Pending => stream.capacity(),
                Poll::Ready(_) => 0,
            };
            let part = chunk.split_to(capacity.min(chunk.len()));
            if !chunk.is_empty() {
                sending.pieces.push_front(Piece::Bytes(chunk));
            }
            if part.is_empty() {
                break;
            }
            moved += part.len();
            sending.waiting -= part.len() as u64;
            let ends = sending.is_complete && sending.pieces.is_empty();
            if stream.send_data(part, ends).is_err() {
                self.lost.set(true);
                return true;
            }
            if ends {
                self.finish();
                return true;
            }
        }
        if sending.pieces.is_empty() {
            if moved > 0 {
                self.drains.set(true);
            }
            if sending.is_complete {
                // A failure means that the client is gone, which ends it as well.
                let _ = stream.send_data(Bytes::new(), true);
                self.finish();
                return true;
            }
        }
        moved > 0
    }

    /// Tells JS what happened.
    pub(super) fn tell(&self, scope: Scope<'_>) {
        let Some(server) = self.server.upgrade() else {
            return;
        };
        let handle = server.handle(self.slot, self.number);
        if self.lost.replace(false) {
            let was_counted = self.is_counted.get();
            self.reset(Reason::CANCEL);
            if was_counted {
                server.aborted(scope, handle);
            }
            return;
        }
        if self.drains.replace(false) && !self.is_over.get() {
            server.drained(scope, handle);
        }
        let arrived = {
            let receiving = &mut *self.receiving.borrow_mut();
            let there = match receiving.wanted {
                None => false,
                Some(true) => receiving.is_complete,
                Some(false) => receiving.is_complete || !receiving.data.is_empty(),
            };
            if there {
                receiving.wanted = None;
            }
            there
        };
        if arrived {
            server.body_arrived(scope, handle);
        }
    }

    /// Sends the head: whether a body may follow.
    fn send_head(&self, reply: &Reply<'_>, length: Option<u64>, ends: bool) -> bool {
        let Some(mut response) = self.response.take() else {
            return false;
        };
        let ends = ends || self.is_head || reply.has_no_body();
        let length = length.filter(|_| !reply.has_no_body());
        let head = date::with_now(|date| text::response(reply, date, length));
        match response.send_response(head, ends) {
            Ok(stream) => self.sending.borrow_mut().stream = Some(stream),
            Err(_) => self.lose(),
        }
        if ends {
            self.finish();
        }
        !ends
    }

    fn push(&self, piece: Piece, length: u64, is_complete: bool) {
        let mut sending = self.sending.borrow_mut();
        if length > 0 {
            sending.pieces.push_back(piece);
            sending.waiting += length;
        }
        sending.is_complete |= is_complete;
    }

    fn wake(&self) {
        if let Some(http2) = self.http2.upgrade() {
            http2.wake();
        }
    }
}

/// The next bytes to send.
fn next_chunk(pieces: &mut VecDeque<Piece>) -> Option<std::io::Result<Bytes>> {
    match pieces.pop_front()? {
        Piece::Bytes(bytes) => Some(Ok(bytes)),
        Piece::File(mut body) => {
            let mut buffer = vec![0; usize::try_from(body.left.min(FILE_STEP)).unwrap_or(0)];
            if let Err(error) = body.file.read_exact_at(&mut buffer, body.offset) {
                return Some(Err(error));
            }
            body.offset += buffer.len() as u64;
            body.left -= buffer.len() as u64;
            if body.left > 0 {
                pieces.push_front(Piece::File(body));
            }
            Some(Ok(buffer.into()))
        }
    }
}

impl Exchange for Stream {
    fn number(&self) -> u32 {
        self.number
    }

    fn respond(&self, reply: &Reply<'_>, body: &[u8]) -> bool {
        if self.response.borrow().is_none() {
            return false;
        }
        if self.send_head(reply, Some(body.len() as u64), body.is_empty()) {
            self.push(
                Piece::Bytes(Bytes::copy_from_slice(body)),
                body.len() as u64,
                true,
            );
        }
        self.wake();
        true
    }

    fn start(&self, reply: &Reply<'_>, length: Option<u64>) -> bool {
        let has_body = self.send_head(reply, length, false);
        self.wake();
        has_body
    }

    fn chunk(&self, data: &[u8]) -> Option<u64> {
        if self.is_over.get() || self.lost.get() {
            return None;
        }
        self.push(
            Piece::Bytes(Bytes::copy_from_slice(data)),
            data.len() as u64,
            false,
        );
        self.wake();
        (!self.is_over.get()).then(|| self.sending.borrow().waiting)
    }

    fn end(&self, aborted: bool) {
        if aborted {
            self.reset(Reason::INTERNAL_ERROR);
        } else {
            self.sending.borrow_mut().is_complete = true;
        }
        self.wake();
    }

    fn send_file(&self, reply: &Reply<'_>, body: FileBody) -> bool {
        if self.response.borrow().is_none() {
            return false;
        }
        let length = body.left;
        if self.send_head(reply, Some(length), length == 0) {
            self.push(Piece::File(body), length, true);
        }
        self.wake();
        true
    }

    fn take_body(&self, whole: bool) -> Taken {
        let taken = {
            let receiving = &mut *self.receiving.borrow_mut();
            if receiving.is_complete && receiving.data.is_empty() {
                return Taken::End;
            }
            if receiving.is_complete || (!whole && !receiving.data.is_empty()) {
                Taken::Bytes(std::mem::take(&mut receiving.data).to_vec())
            } else {
                receiving.wanted = Some(whole);
                Taken::Wait
            }
        };
        self.wake();
        taken
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.http2.upgrade()?.peer_address()
    }

    fn set_timeout(&self, _timeout: Duration) {
        // Streams share their connection's timeout, which a running handler does not use up.
    }
}

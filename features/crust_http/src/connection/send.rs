//! Responses become bytes: heads, whole bodies, pieces and files, and what follows the last byte.

use super::{Busy, Connection, Phase, now};
use crate::date;
use crate::exchange::{Exchange, Taken};
use crate::output::FileBody;
use crate::peer::Peer;
use crate::reply::Reply;
use crust_wire::ResponseFraming;
use std::net::SocketAddr;
use std::time::Duration;

/// Bytes of an unread request body that are dropped for the sake of a connection; a new one is
/// cheaper than more.
const PATIENCE: usize = 256 * 1024;
/// Bytes of a streamed body that are written without waiting for more.
const MUCH: u64 = 64 * 1024;
/// Bytes from which a copy costs more than a system call.
const DIRECT: usize = 16 * 1024;

impl Connection {
    pub(super) fn write_head(&self, reply: &Reply<'_>, framing: ResponseFraming, close: bool) {
        let mut output = self.output.borrow_mut();
        date::with_now(|date| {
            crust_wire::append_head(
                output.buffer(),
                reply.status,
                reply.text,
                reply.fields,
                date,
                framing,
                close,
            );
        });
    }

    /// What a response needs to know, if none has begun.
    fn unanswered<T>(&self, look: impl FnOnce(&mut Busy) -> T) -> Option<T> {
        match &mut *self.phase.borrow_mut() {
            Phase::Busy(busy) if !busy.is_streaming => Some(look(busy)),
            _ => None,
        }
    }

    /// Whether the connection ends with this response.
    fn closes(&self, busy: &Busy) -> bool {
        let remaining = busy.body.as_ref().and_then(|body| body.decoder.remaining());
        !busy.keep_alive
            || remaining.is_some_and(|bytes| bytes > PATIENCE as u64)
            || self
                .server
                .upgrade()
                .is_none_or(|server| server.is_stopping())
    }

    /// The response is complete: the next request may begin.
    fn finish(&self) {
        let Phase::Busy(busy) = self.phase.replace(Phase::Head) else {
            return;
        };
        let close = self.closes(&busy);
        let unread = busy.body.filter(|body| !body.is_complete());
        *self.phase.borrow_mut() = match unread {
            Some(_) if close => Phase::Closing { lingers: true },
            Some(body) => Phase::Draining {
                decoder: body.decoder,
                patience: PATIENCE,
            },
            None if close => Phase::Closing { lingers: false },
            None => Phase::Head,
        };
        self.active.set(now());
        let Some(server) = self.server.upgrade() else {
            return;
        };
        if busy.is_counted {
            server.answered();
        }
        if self.processing.get() {
            return;
        }
        if server.is_dispatching() {
            self.touch();
        } else {
            self.go_on();
        }
    }

    /// Sends much without a copy of it.
    fn send_directly(&self, data: &[u8], chunked: bool) {
        let size = format!("{:x}\r\n", data.len());
        let pieces: [&[u8]; 3] = if chunked {
            [size.as_bytes(), data, b"\r\n"]
        } else {
            [b"", data, b""]
        };
        let sent = {
            let mut transport = self.transport.borrow_mut();
            self.output.borrow_mut().send_pieces(&mut transport, pieces)
        };
        self.active.set(now());
        if sent.is_err() {
            return self.fail();
        }
        self.wait_for_more();
    }

    /// Writes at the end of the round, so that small pieces of one turn go out together; at once when
    /// there is much.
    fn flush_soon(&self) {
        if self.processing.get() {
            return;
        }
        if self.output.borrow().pending() >= MUCH {
            self.flush();
        } else {
            self.touch();
        }
    }
}

impl Exchange for Connection {
    fn number(&self) -> u32 {
        self.number.get()
    }

    fn respond(&self, reply: &Reply<'_>, body: &[u8]) -> bool {
        let Some((close, is_head)) = self.unanswered(|busy| (self.closes(busy), busy.is_head))
        else {
            return false;
        };
        let framing = if reply.has_no_body() {
            ResponseFraming::NoBody
        } else {
            ResponseFraming::Length(body.len() as u64)
        };
        self.write_head(reply, framing, close);
        if !is_head && framing != ResponseFraming::NoBody {
            if body.len() >= DIRECT {
                self.send_directly(body, false);
            } else {
                self.output.borrow_mut().buffer().extend_from_slice(body);
            }
        }
        self.finish();
        true
    }

    fn start(&self, reply: &Reply<'_>, length: Option<u64>) -> bool {
        let framing = self.unanswered(|busy| {
            let framing = match length {
                _ if reply.has_no_body() => ResponseFraming::NoBody,
                Some(length) => ResponseFraming::Length(length),
                None if busy.is_http_1_0 => ResponseFraming::Close,
                None => ResponseFraming::Chunked,
            };
            busy.chunked = framing == ResponseFraming::Chunked;
            busy.keep_alive &= framing != ResponseFraming::Close;
            busy.is_streaming = true;
            let has_body = !busy.is_head && framing != ResponseFraming::NoBody;
            (framing, self.closes(busy), has_body)
        });
        let Some((framing, close, has_body)) = framing else {
            return false;
        };
        self.write_head(reply, framing, close);
        if has_body {
            self.flush_soon();
        } else {
            self.finish();
        }
        has_body
    }

    fn chunk(&self, data: &[u8]) -> Option<u64> {
        let chunked = match &*self.phase.borrow() {
            Phase::Busy(busy) if busy.is_streaming => busy.chunked,
            _ => return None,
        };
        if data.len() >= DIRECT {
            self.send_directly(data, chunked);
        } else {
            {
                let mut output = self.output.borrow_mut();
                if chunked {
                    crust_wire::append_chunk(output.buffer(), data);
                } else {
                    output.buffer().extend_from_slice(data);
                }
            }
            self.flush_soon();
        }
        self.open.get().then(|| self.output.borrow().pending())
    }

    fn end(&self, aborted: bool) {
        let chunked = match &*self.phase.borrow() {
            Phase::Busy(busy) if busy.is_streaming => busy.chunked,
            _ => return,
        };
        if aborted {
            self.flush();
            if let (true, Some(server)) = (self.open.get(), self.server.upgrade()) {
                *self.phase.borrow_mut() = Phase::Closing { lingers: false };
                server.answered();
            }
            return Peer::close(self);
        }
        if chunked {
            crust_wire::append_last_chunk(self.output.borrow_mut().buffer());
        }
        self.finish();
    }

    fn send_file(&self, reply: &Reply<'_>, body: FileBody) -> bool {
        let Some((close, is_head)) = self.unanswered(|busy| (self.closes(busy), busy.is_head))
        else {
            return false;
        };
        self.write_head(reply, ResponseFraming::Length(body.left), close);
        if !is_head && body.left > 0 {
            self.output.borrow_mut().send_file(body);
        }
        self.finish();
        true
    }

    fn take_body(&self, whole: bool) -> Taken {
        let (taken, was_full) = match &mut *self.phase.borrow_mut() {
            Phase::Busy(Busy {
                body: Some(body), ..
            }) => {
                let was_full = body.is_full() && !body.is_complete();
                (body.take(whole), was_full)
            }
            Phase::Busy(_) => return Taken::End,
            _ => return Taken::Failed,
        };
        // What waited in the input or in the kernel may come now.
        if was_full {
            self.touch();
        }
        taken
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.transport
            .borrow()
            .socket()
            .peer_addr()
            .ok()?
            .as_socket()
    }

    fn take_over(&self) -> Option<(crust_tls::Transport, Vec<u8>)> {
        let is_ready = self.unanswered(|busy| busy.body.is_none()).unwrap_or(false)
            && self.output.borrow().pending() == 0;
        if !is_ready {
            return None;
        }
        let transport = self.transport.borrow_mut().take_over().ok()?;
        let leftover = self.input.take();
        self.leave();
        Some((transport, leftover))
    }

    fn set_timeout(&self, timeout: Duration) {
        self.timeout.set(Some(timeout));
    }
}

//! Bytes become requests: heads are parsed, routed and handed to JS, bodies are taken in.

use super::{Busy, Connection, Phase, RequestBody};
use crate::reply::Reply;
use crate::router::Answer;
use crate::server::{Incoming, InlineBody};
use crust_wire::{Framing, HEAD, RequestHead, RequestLimits, ResponseFraming, WireError};

/// Bodies up to this size are handed over with their head when they came with it.
const MAX_INLINE: u64 = 64 * 1024;

impl Connection {
    /// Takes in what was read.
    pub(super) fn feed(&self, bytes: &[u8]) {
        let mut input = self.input.take();
        if input.is_empty() {
            let consumed = self.process(bytes);
            input.extend_from_slice(bytes.get(consumed..).unwrap_or_default());
        } else {
            input.extend_from_slice(bytes);
            let consumed = self.process(&input);
            input.drain(..consumed);
        }
        *self.input.borrow_mut() = input;
    }

    /// Goes on with what is left of the input, and writes.
    pub(super) fn go_on(&self) {
        if !self.open.get() {
            return;
        }
        let mut input = self.input.take();
        if !input.is_empty() {
            let consumed = self.process(&input);
            input.drain(..consumed);
            if input.is_empty() {
                input = Vec::new();
            }
            *self.input.borrow_mut() = input;
        }
        self.flush();
    }

    /// Takes requests from the input while there are complete ones and none is under way: how many
    /// bytes are dealt with.
    fn process(&self, input: &[u8]) -> usize {
        if self.processing.replace(true) {
            return 0;
        }
        let mut consumed = 0;
        while self.open.get() {
            let rest = input.get(consumed..).unwrap_or_default();
            match self.step(rest) {
                Ok(Some(taken)) => consumed += taken,
                Ok(None) => break,
                Err(error) => {
                    self.refuse(error);
                    consumed = input.len();
                    break;
                }
            }
        }
        self.processing.set(false);
        consumed
    }

    /// One step of the state machine: bytes taken, or `None` when more input, or JS, is needed first.
    fn step(&self, rest: &[u8]) -> Result<Option<usize>, WireError> {
        let Some(server) = self.server.upgrade() else {
            return Ok(None);
        };
        let mut phase = self.phase.borrow_mut();
        match &mut *phase {
            Phase::Head => {
                if rest.is_empty() {
                    return Ok(None);
                }
                if server.is_batch_full() {
                    drop(phase);
                    self.touch();
                    return Ok(None);
                }
                let Some(head) = crust_wire::parse_request(rest, &RequestLimits::default())? else {
                    return Ok(None);
                };
                drop(phase);
                self.begin(rest, &head).map(Some)
            }
            Phase::Busy(Busy {
                body: Some(body), ..
            }) => {
                let taken = body.feed(rest, server.max_body())?;
                Ok((taken > 0).then_some(taken))
            }
            Phase::Draining { decoder, patience } => {
                let mut dropped = Vec::new();
                let progress = decoder.decode(rest, &mut dropped, u64::MAX)?;
                *patience = patience.saturating_sub(progress.consumed);
                if progress.done {
                    *phase = Phase::Head;
                    return Ok(Some(progress.consumed));
                }
                if *patience == 0 {
                    *phase = Phase::Closing { lingers: true };
                }
                Ok((progress.consumed > 0).then_some(progress.consumed))
            }
            Phase::Busy(_) => Ok(None),
            Phase::Closing { .. } | Phase::Lingering => {
                Ok((!rest.is_empty()).then_some(rest.len()))
            }
        }
    }

    /// A request begins: bytes of the input that belong to it so far.
    fn begin(&self, input: &[u8], head: &RequestHead) -> Result<usize, WireError> {
        let Some(server) = self.server.upgrade() else {
            return Ok(0);
        };
        if matches!(head.framing, Framing::Length(length) if length > server.max_body()) {
            return Err(WireError::BodyTooLarge);
        }
        let (body, consumed) = inline_body(input, head);
        if head.expects_continue && body == InlineBody::Pending {
            let mut output = self.output.borrow_mut();
            output
                .buffer()
                .extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
        }
        let number = server.next_number();
        self.number.set(number);
        self.timeout.set(None);
        let router = server.router();
        let bytes = input.get(..head.length).unwrap_or_default();
        let (answer, pattern) = router.find(head.method, crust_wire::path_of(bytes, head));
        let route = match answer {
            Answer::Handler(handler) => Some((*handler, pattern)),
            _ => None,
        };
        let is_native = !matches!(answer, Answer::Handler(_) | Answer::Fetch);
        *self.phase.borrow_mut() = Phase::Busy(Busy {
            keep_alive: head.keep_alive,
            is_head: head.method == HEAD,
            is_http_1_0: head.is_http_1_0,
            is_counted: !is_native,
            is_streaming: false,
            chunked: false,
            body: (body == InlineBody::Pending).then(|| RequestBody::new(head.framing)),
        });
        if is_native {
            crate::native_answers::answer(answer, self, bytes, head);
            return Ok(consumed);
        }
        server.enqueue(&Incoming {
            slot: self.slot,
            number,
            bytes,
            head,
            body,
            route,
            is_secure: self.transport.borrow().session().is_some(),
        });
        Ok(consumed)
    }

    /// Answers a request that is not one, and closes.
    fn refuse(&self, error: WireError) {
        let phase = self.phase.replace(Phase::Closing { lingers: true });
        let mut answered = false;
        if let Phase::Busy(busy) = phase {
            answered = busy.is_streaming;
            if busy.is_counted {
                self.lose();
            }
        }
        if !answered {
            let reply = Reply::bare(error.status());
            self.write_head(&reply, ResponseFraming::Length(0), true);
        }
    }
}

/// The body if it came with the head, and the bytes of both.
fn inline_body<'a>(input: &'a [u8], head: &RequestHead) -> (InlineBody<'a>, usize) {
    match head.framing {
        Framing::Empty => (InlineBody::None, head.length),
        Framing::Length(length) if length <= MAX_INLINE => {
            let end = head.length + usize::try_from(length).unwrap_or(usize::MAX);
            match input.get(head.length..end) {
                Some(body) => (InlineBody::Whole(body), end),
                None => (InlineBody::Pending, head.length),
            }
        }
        _ => (InlineBody::Pending, head.length),
    }
}

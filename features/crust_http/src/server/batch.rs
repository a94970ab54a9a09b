//! Requests on their way to JS: each is a record of words in memory that JS reads, and one call per
//! round of I/O hands over all of them. Responses of that call go out together afterwards.

use super::Server;
use crate::peer::Peer;
use crust_core::{AfterIo, Exception, Runtime, Scope, SharedWords, Value};
use crust_wire::RequestHead;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Words of a record; `js/incoming.ts` names them in the same order.
const WORDS: usize = 12;
/// Records of one call. A round of I/O serves up to 256 descriptors.
const RECORDS: usize = 256;
/// Calls in one turn, for clients that pipeline; what is left waits until timers and others had
/// theirs.
const ROUNDS: usize = 16;

/// The records of one server.
pub(crate) struct Batch {
    words: SharedWords,
    count: Cell<usize>,
    scheduled: Cell<bool>,
    /// JS runs: responses wait until it is done.
    running: Cell<bool>,
    /// Connections to flush and to read on, after the call.
    touched: RefCell<Vec<Rc<dyn Peer>>>,
}

/// A body that came with its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InlineBody<'a> {
    /// There is no body.
    None,
    /// All of it.
    Whole(&'a [u8]),
    /// It is still to come.
    Pending,
}

/// A request to hand over.
pub(crate) struct Incoming<'a> {
    pub(crate) slot: usize,
    pub(crate) number: u32,
    pub(crate) bytes: &'a [u8],
    pub(crate) head: &'a RequestHead,
    pub(crate) body: InlineBody<'a>,
    /// Index of the handler, and of the pattern it was found by.
    pub(crate) route: Option<(u32, u32)>,
    pub(crate) is_secure: bool,
}

impl Batch {
    /// A batch and the array by which JS reads it.
    pub(crate) fn new(scope: Scope<'_>) -> Result<(Self, Value<'_>), Exception<'_>> {
        let (words, array) = SharedWords::new(scope, WORDS * RECORDS)?;
        let batch = Self {
            words,
            count: Cell::new(0),
            scheduled: Cell::new(false),
            running: Cell::new(false),
            touched: RefCell::default(),
        };
        Ok((batch, array))
    }
}

impl Server {
    /// No more requests fit before the next call.
    pub(crate) fn is_batch_full(&self) -> bool {
        self.batch.count.get() >= RECORDS
    }

    /// JS is answering a batch, so that what it sends is written afterwards.
    pub(crate) fn is_dispatching(&self) -> bool {
        self.batch.running.get()
    }

    /// Remembers a connection for the end of the call.
    pub(crate) fn touch(&self, peer: Rc<dyn Peer>) {
        self.batch.touched.borrow_mut().push(peer);
        self.schedule();
    }

    /// Adds a request.
    pub(crate) fn enqueue(&self, incoming: &Incoming<'_>) {
        let head = incoming
            .bytes
            .get(..incoming.head.length)
            .unwrap_or_default();
        let (kind, body): (u32, &[u8]) = match incoming.body {
            InlineBody::None => (0, b""),
            InlineBody::Whole(bytes) => (1, bytes),
            InlineBody::Pending => (2, b""),
        };
        let place = self.heads.borrow_mut().push(head, body);
        let (handler, pattern) = incoming
            .route
            .map_or((0, 0), |(handler, pattern)| (handler + 1, pattern));
        let index = self.batch.count.replace(self.batch.count.get() + 1);
        self.batch.words.write(
            index * WORDS,
            &[
                word(incoming.slot),
                incoming.number,
                word(place.slab),
                word(place.offset),
                word(head.len()),
                u32::from(incoming.head.method),
                word(incoming.head.target_start),
                word(incoming.head.target_length),
                handler,
                pattern,
                kind | u32::from(incoming.is_secure) << 8,
                word(body.len()),
            ],
        );
        self.pending.set(self.pending.get() + 1);
        self.served.set(self.served.get() + 1);
        self.schedule();
    }

    fn schedule(&self) {
        if self.batch.running.get() || self.batch.scheduled.replace(true) {
            return;
        }
        if let Some(this) = self.this.upgrade() {
            Runtime::current().event_loop().after_io(this);
        }
    }

    fn call(&self, scope: Scope<'_>) {
        let count = self.batch.count.replace(0);
        if count == 0 {
            return;
        }
        let leased = self.heads.borrow_mut().take_unreported();
        if leased > 0 {
            scope.report_external_memory(leased);
        }
        self.batch.running.set(true);
        #[expect(clippy::cast_precision_loss, reason = "at most RECORDS")]
        let count = scope.number(count as f64);
        if let Err(thrown) = self.callbacks.requests.get(scope).call(&[count]) {
            Runtime::current().report_error(scope, thrown.value());
        }
        // What handlers answer after an `await`, and the first piece of a stream, go out with the rest.
        Runtime::current().checkpoint(scope);
        self.batch.running.set(false);
    }
}

impl AfterIo for Server {
    fn run(&self, scope: Scope<'_>) {
        self.batch.scheduled.set(false);
        for _ in 0..ROUNDS {
            self.call(scope);
            // Reading on may fill the next batch, which schedules this again.
            let touched = self.batch.touched.take();
            if touched.is_empty() {
                break;
            }
            for peer in &touched {
                peer.resume();
                peer.tell(scope);
            }
            if self.batch.count.get() == 0 {
                break;
            }
        }
    }
}

/// Counts and offsets here are far below 2³².
fn word(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

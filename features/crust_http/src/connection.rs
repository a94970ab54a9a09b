//! One HTTP/1.1 client connection: phases, readiness and closing. `receive` turns bytes into requests,
//! `send` responses into bytes.

mod body;
mod receive;
mod send;

use crate::output::Output;
use crate::peer::Peer;
use crate::server::Server;
use body::RequestBody;
use crust_core::{Interest, Readiness, Runtime, Scope, Source, SourceId};
use crust_tls::{Progress, Transport};
use crust_wire::BodyDecoder;
use std::cell::{Cell, RefCell};
use std::io;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

/// What the connection does.
enum Phase {
    /// Waits for a request head.
    Head,
    /// A request is under way.
    Busy(Busy),
    /// The request was answered before its body was read, which is read and dropped.
    Draining {
        decoder: BodyDecoder,
        /// Bytes that may still be dropped.
        patience: usize,
    },
    /// The rest of the output goes out, then the connection closes.
    Closing {
        /// The client still sends: what it sends is dropped until it is done, for a reset would take
        /// the response away from it.
        lingers: bool,
    },
    /// Everything is sent; waits for the client's end.
    Lingering,
}

/// A request under way.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each answers one question of the response"
)]
struct Busy {
    keep_alive: bool,
    is_head: bool,
    is_http_1_0: bool,
    /// JS counts it as pending.
    is_counted: bool,
    /// The head of the response is out.
    is_streaming: bool,
    chunked: bool,
    /// `None` once everything arrived and was handed over, or when there is none.
    body: Option<RequestBody>,
}

/// One client.
pub(crate) struct Connection {
    this: Weak<Self>,
    server: Weak<Server>,
    transport: RefCell<Transport>,
    source: Cell<Option<SourceId>>,
    interest: Cell<Interest>,
    key: usize,
    slot: usize,
    /// Which request is under way; stale handles of JS do not match it.
    number: Cell<u32>,
    /// Bytes beyond the request under way, or an incomplete head.
    input: RefCell<Vec<u8>>,
    output: RefCell<Output>,
    phase: RefCell<Phase>,
    active: Cell<Instant>,
    /// Replaces the server's idle timeout for the request under way.
    timeout: Cell<Option<Duration>>,
    /// Requests are being taken from the input further up the stack.
    processing: Cell<bool>,
    /// A request that JS works on cannot be answered any more; JS is to be told.
    lost: Cell<bool>,
    /// The client took everything of a streamed body so far; JS is to be told.
    drained: Cell<bool>,
    /// The server goes on with it at the end of the round.
    touched: Cell<bool>,
    open: Cell<bool>,
}

/// Pipelined input kept while JS works on a request; the rest waits in the kernel.
const MAX_AHEAD: usize = 256 * 1024;
/// A client that was refused has this long to notice.
const LINGER: Duration = Duration::from_secs(2);
/// How long a server that stops waits for the next request of a quiet connection. With the time between
/// two looks it is below the 1.6 s that process managers leave a program to end.
const EXPECTED: Duration = Duration::from_secs(1);

/// The time of this round: idle timeouts are counted in seconds.
fn now() -> Instant {
    Runtime::current().event_loop().now()
}

thread_local! {
    /// What sockets are read into. Only bytes that must wait are copied to their connection.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl Connection {
    pub(crate) fn open(
        server: &Rc<Server>,
        transport: Transport,
        key: usize,
    ) -> io::Result<Rc<Self>> {
        let descriptor = transport.descriptor();
        let connection = server.add_exchange(|slot| {
            Rc::new_cyclic(|this| Self {
                this: Weak::clone(this),
                server: Rc::downgrade(server),
                transport: RefCell::new(transport),
                source: Cell::new(None),
                interest: Cell::new(Interest::READ),
                key,
                slot,
                number: Cell::new(0),
                input: RefCell::default(),
                output: RefCell::default(),
                phase: RefCell::new(Phase::Head),
                active: Cell::new(now()),
                timeout: Cell::new(None),
                processing: Cell::new(false),
                lost: Cell::new(false),
                drained: Cell::new(false),
                touched: Cell::new(false),
                open: Cell::new(true),
            })
        });
        let event_loop = Runtime::current().event_loop();
        let source: Rc<dyn Source> = Rc::<Self>::clone(&connection);
        match event_loop.register(descriptor, Interest::READ, source) {
            Ok(id) => connection.source.set(Some(id)),
            Err(error) => {
                server.remove_exchange(connection.slot);
                return Err(error);
            }
        }
        Ok(connection)
    }

    /// Takes in what came before the connection was one.
    pub(crate) fn begin_with(&self, early: &[u8]) {
        if !early.is_empty() {
            self.feed(early);
            self.flush();
        }
    }

    /// The handle of the request under way.
    fn handle(&self) -> f64 {
        self.server
            .upgrade()
            .map_or(-1.0, |server| server.handle(self.slot, self.number.get()))
    }

    /// Writes what there is and waits for what the phase needs.
    fn flush(&self) {
        if !self.open.get() {
            return;
        }
        let before = self.output.borrow().pending();
        let result = self
            .output
            .borrow_mut()
            .flush(&mut self.transport.borrow_mut());
        match result {
            Ok(true) => self.sent_everything(),
            Ok(false) => {}
            Err(_) => return self.fail(),
        }
        let after = self.output.borrow().pending();
        if after < before {
            self.active.set(now());
            let streams = matches!(&*self.phase.borrow(), Phase::Busy(busy) if busy.is_streaming);
            self.drained.set(after == 0 && streams);
        }
        if self.open.get() {
            self.wait_for_more();
        }
    }

    fn sent_everything(&self) {
        match *self.phase.borrow() {
            Phase::Closing { lingers: true } => self.transport.borrow_mut().finish(),
            Phase::Closing { lingers: false } => {}
            _ => return,
        }
        if matches!(*self.phase.borrow(), Phase::Closing { lingers: true }) {
            *self.phase.borrow_mut() = Phase::Lingering;
        } else {
            self.close();
        }
    }

    fn wait_for_more(&self) {
        let interest = Interest {
            readable: !self.is_full(),
            writable: self.output.borrow().pending() > 0 || self.transport.borrow().wants_write(),
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
            self.fail();
        }
    }

    /// Whether reading on would pile up bytes that nobody takes.
    fn is_full(&self) -> bool {
        match &*self.phase.borrow() {
            Phase::Busy(busy) => match &busy.body {
                Some(body) => body.is_full(),
                None => self.input.borrow().len() >= MAX_AHEAD,
            },
            _ => false,
        }
    }

    /// Reads until the socket has no more for now. `false`: the client is gone, or will send nothing
    /// more and needs no answer.
    fn receive(&self) -> bool {
        let mut scratch = SCRATCH.take();
        let mut alive = true;
        loop {
            scratch.clear();
            let progress = self.transport.borrow_mut().read(&mut scratch);
            match progress {
                Ok(Progress::Data(_)) => {
                    self.active.set(now());
                    self.feed(&scratch);
                }
                Ok(Progress::Blocked) => break,
                Ok(Progress::Closed) | Err(_) => {
                    alive = false;
                    break;
                }
            }
            // A plain socket reports again what it still has; a session has it already.
            if !self.open.get() || self.is_full() || self.transport.borrow().session().is_none() {
                break;
            }
        }
        scratch.clear();
        SCRATCH.set(scratch);
        alive
    }
}

impl Source for Connection {
    fn ready(&self, scope: Scope<'_>, readiness: Readiness) {
        if !self.open.get() {
            return;
        }
        if readiness.readable && !self.receive() {
            return self.abort(scope);
        }
        let had_output = self.output.borrow().pending() > 0;
        if readiness.writable || had_output || self.transport.borrow().wants_write() {
            self.flush();
        } else {
            self.wait_for_more();
        }
        self.tell(scope);
    }
}

impl Connection {
    /// Notes that the request under way is over for JS, outside of any scope.
    fn lose(&self) {
        self.lost.set(true);
        self.touch();
    }

    /// Ends a connection on which nothing can be sent. A request that JS works on is over with it.
    fn fail(&self) {
        let phase = self.phase.replace(Phase::Closing { lingers: false });
        if let Phase::Busy(busy) = phase
            && busy.is_counted
        {
            self.lose();
        }
        self.close();
    }

    /// The kernel has a request, or its start, that was not read yet.
    fn has_arrived(&self) -> bool {
        matches!(*self.phase.borrow(), Phase::Head)
            && rustix::io::ioctl_fionread(self.transport.borrow().socket())
                .is_ok_and(|bytes| bytes > 0)
    }

    /// A request may be on its way: the first one, or the next one of a connection that stays open. Only
    /// where a process manager replaces this process, so that stopping must not break what the client has
    /// begun, is it waited for; its answer ends the connection, or else [`EXPECTED`] does.
    fn is_expected() -> bool {
        crust_net::is_shared()
    }

    fn touch(&self) {
        if !self.touched.replace(true)
            && let (Some(server), Some(this)) = (self.server.upgrade(), self.this.upgrade())
        {
            server.touch(this);
        }
    }
}

impl Peer for Connection {
    fn is_idle(&self) -> bool {
        matches!(*self.phase.borrow(), Phase::Head | Phase::Lingering)
            && self.input.borrow().is_empty()
            && self.output.borrow().pending() == 0
    }

    fn close_when_idle(&self) {
        if self.is_idle() && !self.has_arrived() && !Self::is_expected() {
            self.close();
        }
    }

    fn close_if_idle(&self, scope: Scope<'_>, timeout: Option<Duration>) {
        let waits_for_client = match &*self.phase.borrow() {
            Phase::Busy(busy) => {
                let unread = busy.body.as_ref().is_some_and(RequestBody::is_wanted);
                unread || self.output.borrow().pending() > 0
            }
            _ => true,
        };
        let limit = match &*self.phase.borrow() {
            Phase::Lingering => Some(LINGER),
            Phase::Head
                if self
                    .server
                    .upgrade()
                    .is_some_and(|server| server.is_stopping()) =>
            {
                if self.has_arrived() {
                    return;
                }
                Some(EXPECTED)
            }
            _ => match self.timeout.get() {
                Some(Duration::ZERO) => None,
                given => given.or(timeout),
            },
        };
        if waits_for_client
            && limit
                .is_some_and(|limit| now().saturating_duration_since(self.active.get()) >= limit)
        {
            self.abort(scope);
        }
    }

    fn close(&self) {
        if !self.open.replace(false) {
            return;
        }
        if let Some(id) = self.source.take() {
            Runtime::current().event_loop().deregister(id);
        }
        self.transport.borrow_mut().finish();
        if let Some(server) = self.server.upgrade() {
            server.remove_exchange(self.slot);
            server.closed(self.key);
        }
    }

    fn abort(&self, scope: Scope<'_>) {
        let handle = self.handle();
        let phase = self.phase.replace(Phase::Closing { lingers: false });
        self.close();
        if let Phase::Busy(busy) = phase
            && busy.is_counted
            && let Some(server) = self.server.upgrade()
        {
            server.answered();
            server.aborted(scope, handle);
        }
    }

    fn resume(&self) {
        self.touched.set(false);
        self.go_on();
    }

    fn tell(&self, scope: Scope<'_>) {
        if self.lost.replace(false)
            && let Some(server) = self.server.upgrade()
        {
            server.answered();
            server.aborted(scope, self.handle());
        }
        if self.drained.replace(false)
            && let Some(server) = self.server.upgrade()
        {
            server.drained(scope, self.handle());
        }
        let arrived = match &mut *self.phase.borrow_mut() {
            Phase::Busy(Busy {
                body: Some(body), ..
            }) => body.take_news(),
            _ => false,
        };
        if arrived && let Some(server) = self.server.upgrade() {
            server.body_arrived(scope, self.handle());
        }
    }
}

impl Connection {
    /// Ends this side of a connection that has a new owner: its socket is not touched.
    fn leave(&self) {
        self.phase.replace(Phase::Closing { lingers: false });
        self.open.set(false);
        if let Some(id) = self.source.take() {
            Runtime::current().event_loop().deregister(id);
        }
        if let Some(server) = self.server.upgrade() {
            server.answered();
            server.remove_exchange(self.slot);
            server.closed(self.key);
        }
    }
}

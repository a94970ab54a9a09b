//! The event loop of one VM: posted events, timers, I/O readiness and immediates, in Node's order.
//! Never runs JS by itself: every callback goes through `Runtime::turn`, which runs nextTicks and
//! microtasks after it.

mod inbox;
mod poller;
mod timers;

pub(crate) use inbox::Task as Posted;
pub use inbox::{Completion, Poster};
pub use poller::{Interest, Readiness, Source, SourceId};
pub(crate) use timers::{Callbacks, Timers};

use inbox::{Finish, Inbox, Task};
use poller::Poller;
use slab::Slab;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The event loop's state; `Runtime` drives it.
pub struct EventLoop {
    poller: Poller,
    inbox: Arc<Inbox>,
    completions: RefCell<Slab<Finish>>,
    pub(crate) timers: Timers,
    references: Rc<Cell<usize>>,
    after_io: RefCell<Vec<Rc<dyn AfterIo>>>,
    now: Cell<Instant>,
}

/// Work that sources leave for the end of a round of I/O, so that one call serves many of them.
pub trait AfterIo {
    /// Called once, in a turn of its own.
    fn run(&self, scope: jsc::Scope<'_>);
}

/// Keeps the process alive while it exists.
pub struct KeepAlive {
    references: Rc<Cell<usize>>,
}

impl Drop for KeepAlive {
    fn drop(&mut self) {
        self.references.set(self.references.get().saturating_sub(1));
    }
}

impl EventLoop {
    /// Makes the loop's descriptors.
    ///
    /// # Errors
    /// When the process is out of file descriptors.
    pub(crate) fn new() -> io::Result<Self> {
        let poller = Poller::new()?;
        let inbox = Arc::new(Inbox::new()?);
        poller.watch_inbox(inbox.wake_fd())?;
        Ok(Self {
            poller,
            inbox,
            completions: RefCell::new(Slab::new()),
            timers: Timers::default(),
            references: Rc::new(Cell::new(0)),
            after_io: RefCell::default(),
            now: Cell::new(Instant::now()),
        })
    }

    /// A handle by which other threads post events.
    pub fn poster(&self) -> Poster {
        Poster::new(Arc::clone(&self.inbox))
    }

    /// Keeps the process alive until the answer is dropped.
    pub fn keep_alive(&self) -> KeepAlive {
        self.references.set(self.references.get() + 1);
        KeepAlive {
            references: Rc::clone(&self.references),
        }
    }

    /// Registers what is to run on this thread when background work is done. Keeps the process
    /// alive until then.
    pub fn completion(
        &self,
        finish: impl for<'s> FnOnce(jsc::Scope<'s>, Box<dyn Any>) + 'static,
    ) -> Completion {
        let keep_alive = self.keep_alive();
        let key = self
            .completions
            .borrow_mut()
            .insert(Box::new(move |scope, outcome| {
                drop(keep_alive);
                finish(scope, outcome);
            }));
        Completion::new(self.poster(), key)
    }

    /// Calls `source` whenever `fd` is ready. Does not keep the process alive by itself.
    ///
    /// # Errors
    /// When the descriptor cannot be polled (a regular file).
    pub fn register(
        &self,
        fd: i32,
        interest: Interest,
        source: Rc<dyn Source>,
    ) -> io::Result<SourceId> {
        self.poller.register(fd, interest, source)
    }

    /// Changes what a source waits for.
    ///
    /// # Errors
    /// When the descriptor was closed.
    pub fn modify(&self, id: SourceId, interest: Interest) -> io::Result<()> {
        self.poller.modify(id, interest)
    }

    /// Forgets a source. Must be called before its descriptor is closed.
    pub fn deregister(&self, id: SourceId) {
        self.poller.deregister(id);
    }

    /// When the current round of I/O began, for whoever measures in seconds: one look at the clock
    /// serves all descriptors of the round.
    pub fn now(&self) -> Instant {
        self.now.get()
    }

    /// Runs `work` when every source that is ready now had its turn. Whoever asks within one does so
    /// once.
    pub fn after_io(&self, work: Rc<dyn AfterIo>) {
        self.after_io.borrow_mut().push(work);
    }

    pub(crate) fn has_after_io(&self) -> bool {
        !self.after_io.borrow().is_empty()
    }

    pub(crate) fn take_after_io(&self) -> Vec<Rc<dyn AfterIo>> {
        self.after_io.take()
    }

    /// Resolves a promise in a turn of its own.
    pub fn resolve_later(&self, resolver: jsc::Resolver) {
        let completion = self.completion(move |scope, _| resolver.resolve(scope.undefined()));
        completion.complete(Box::new(()));
    }

    /// Whether nothing keeps the loop alive but so many operations of the caller's: no timer, no other operation, and
    /// nothing that came in meanwhile.
    pub fn waits_only_for(&self, operations: usize) -> bool {
        self.references.get() <= operations
            && !self.timers.is_referenced()
            && !self.timers.has_immediates()
            && !self.has_posted()
    }

    pub(crate) fn next_posted(&self) -> Option<Task> {
        self.inbox.pop()
    }

    pub(crate) fn take_completion(&self, key: usize) -> Option<Finish> {
        self.completions.borrow_mut().try_remove(key)
    }

    pub(crate) fn has_posted(&self) -> bool {
        !self.inbox.is_empty()
    }

    pub(crate) fn is_referenced(&self) -> bool {
        self.references.get() > 0
    }

    /// Whether the last wait saw a descriptor of the engine's run loop ready.
    pub(crate) fn is_engine_ready(&self) -> bool {
        self.poller.is_extra_ready()
    }

    /// How long the loop had nothing to do so far.
    pub(crate) fn idle(&self) -> Duration {
        self.poller.idle()
    }

    /// Waits until something is ready or `timeout` has passed, and answers what is.
    pub(crate) fn poll(
        &self,
        extra: &[i32],
        timeout: Option<Duration>,
    ) -> Vec<(Rc<dyn Source>, Readiness)> {
        self.inbox.before_poll();
        let ready = self.poller.poll(extra, timeout);
        self.inbox.after_poll();
        self.now.set(Instant::now());
        ready
    }
}

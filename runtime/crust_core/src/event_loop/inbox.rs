//! What other threads post to the loop, and the wake-up. Its length is bounded by what was started:
//! every post answers one background operation.

use rustix::event::{EventfdFlags, eventfd};
use std::any::Any;
use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What runs when a background operation is done.
pub(crate) type Finish = Box<dyn for<'s> FnOnce(jsc::Scope<'s>, Box<dyn Any>)>;

/// A posted event.
pub(crate) enum Task {
    /// A background operation is done; the key says which.
    Completed(usize, Box<dyn Any + Send>),
    /// Runs on the loop's thread.
    Run(Box<dyn for<'s> FnOnce(jsc::Scope<'s>) + Send>),
}

pub(crate) struct Inbox {
    queue: Mutex<VecDeque<Task>>,
    wake: OwnedFd,
    /// The loop is (about to be) asleep, so a post must write to `wake`.
    asleep: AtomicBool,
}

impl Inbox {
    pub(super) fn new() -> io::Result<Self> {
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        Ok(Self {
            queue: Mutex::new(VecDeque::new()),
            wake,
            asleep: AtomicBool::new(false),
        })
    }

    pub(super) fn wake_fd(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }

    fn push(&self, task: Task) {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(task);
        if self.asleep.swap(false, Ordering::AcqRel) {
            // A full counter means that the loop is already to wake.
            let _ = rustix::io::write(&self.wake, &1_u64.to_ne_bytes());
        }
    }

    pub(super) fn pop(&self) -> Option<Task> {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_empty()
    }

    /// Announces the sleep. What is posted from here on writes to the descriptor.
    pub(super) fn before_poll(&self) {
        self.asleep.store(true, Ordering::Release);
        if !self.is_empty() && self.asleep.swap(false, Ordering::AcqRel) {
            let _ = rustix::io::write(&self.wake, &1_u64.to_ne_bytes());
        }
    }

    pub(super) fn after_poll(&self) {
        self.asleep.store(false, Ordering::Release);
    }

    pub(super) fn clear_wake(fd: i32) {
        let mut counter = [0_u8; 8];
        // SAFETY-free: the poller hands back the descriptor it was given by `watch_inbox`.
        let _ = read_fd(fd, &mut counter);
    }
}

#[expect(unsafe_code, reason = "a raw descriptor that the inbox keeps open")]
fn read_fd(fd: i32, bytes: &mut [u8]) -> rustix::io::Result<usize> {
    // SAFETY: the descriptor is the eventfd of the inbox, which outlives the poller.
    rustix::io::read(unsafe { BorrowedFd::borrow_raw(fd) }, bytes)
}

/// Posts events to a loop from any thread.
#[derive(Clone)]
pub struct Poster {
    inbox: Arc<Inbox>,
}

impl Poster {
    pub(super) fn new(inbox: Arc<Inbox>) -> Self {
        Self { inbox }
    }

    /// Runs `task` on the loop's thread. Does not keep the process alive.
    pub fn post(&self, task: impl for<'s> FnOnce(jsc::Scope<'s>) + Send + 'static) {
        self.inbox.push(Task::Run(Box::new(task)));
    }

    /// The descriptor that wakes the loop, for code in signal handlers.
    pub fn wake_fd(&self) -> i32 {
        self.inbox.wake.as_raw_fd()
    }
}

/// The promise to finish one background operation; may be used on any thread.
pub struct Completion {
    poster: Poster,
    key: usize,
}

impl Completion {
    pub(super) fn new(poster: Poster, key: usize) -> Self {
        Self { poster, key }
    }

    /// Delivers the outcome.
    pub fn complete(self, outcome: Box<dyn Any + Send>) {
        self.poster.inbox.push(Task::Completed(self.key, outcome));
    }
}

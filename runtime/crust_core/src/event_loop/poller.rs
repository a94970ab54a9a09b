//! Readiness of file descriptors (epoll). Never reads or writes them.

use super::inbox::Inbox;
use rustix::event::epoll;
use slab::Slab;
use std::cell::{Cell, RefCell};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// What a source waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interest {
    /// Data can be read, or the peer has closed.
    pub readable: bool,
    /// Data can be written.
    pub writable: bool,
    /// Report only changes (edge-triggered).
    pub edge: bool,
}

impl Interest {
    /// Readable, level-triggered.
    pub const READ: Self = Self {
        readable: true,
        writable: false,
        edge: false,
    };
    /// Writable, level-triggered.
    pub const WRITE: Self = Self {
        readable: false,
        writable: true,
        edge: false,
    };
    /// Both, edge-triggered.
    pub const EDGE: Self = Self {
        readable: true,
        writable: true,
        edge: true,
    };

    fn flags(self) -> epoll::EventFlags {
        let mut flags = epoll::EventFlags::empty();
        flags.set(
            epoll::EventFlags::IN | epoll::EventFlags::RDHUP,
            self.readable,
        );
        flags.set(epoll::EventFlags::OUT, self.writable);
        flags.set(epoll::EventFlags::ET, self.edge);
        flags
    }
}

/// What a descriptor is ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readiness {
    /// There is data, or an end.
    pub readable: bool,
    /// There is room.
    pub writable: bool,
    /// The peer closed or the descriptor failed.
    pub closed: bool,
}

/// Something that handles readiness on the loop's thread.
pub trait Source {
    /// Called within a turn of the loop.
    fn ready(&self, scope: jsc::Scope<'_>, readiness: Readiness);
}

/// A registered source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceId(usize);

struct Entry {
    fd: i32,
    source: Rc<dyn Source>,
}

pub(super) struct Poller {
    epoll: OwnedFd,
    sources: RefCell<Slab<Entry>>,
    watched: RefCell<Vec<i32>>,
    wake_fd: Cell<i32>,
    /// The last wait reported a descriptor that is polled for somebody else.
    extra_ready: Cell<bool>,
    /// Time in waits that had to wait.
    idle: Cell<Duration>,
}

/// Events taken per wait; more wait in the kernel for the next turn.
const BATCH: usize = 256;
/// Token of the inbox's eventfd.
const WAKE: u64 = u64::MAX;
/// Token of descriptors that are polled for somebody else (the engine's run loop).
const EXTRA: u64 = u64::MAX - 1;

#[expect(unsafe_code, reason = "descriptors are owned by their registrants")]
fn borrow(fd: i32) -> BorrowedFd<'static> {
    // SAFETY: registrants deregister before they close (contract of `register`); a descriptor that
    // was closed all the same gives EBADF from epoll.
    unsafe { BorrowedFd::borrow_raw(fd) }
}

impl Poller {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            sources: RefCell::new(Slab::new()),
            watched: RefCell::new(Vec::new()),
            wake_fd: Cell::new(-1),
            extra_ready: Cell::new(false),
            idle: Cell::default(),
        })
    }

    pub(super) fn watch_inbox(&self, wake: BorrowedFd<'_>) -> io::Result<()> {
        self.wake_fd.set(wake.as_raw_fd());
        Ok(epoll::add(
            &self.epoll,
            wake,
            epoll::EventData::new_u64(WAKE),
            epoll::EventFlags::IN,
        )?)
    }

    pub(super) fn register(
        &self,
        fd: i32,
        interest: Interest,
        source: Rc<dyn Source>,
    ) -> io::Result<SourceId> {
        let key = self.sources.borrow_mut().insert(Entry { fd, source });
        let added = epoll::add(
            &self.epoll,
            borrow(fd),
            epoll::EventData::new_u64(key as u64),
            interest.flags(),
        );
        if let Err(error) = added {
            self.sources.borrow_mut().remove(key);
            return Err(error.into());
        }
        Ok(SourceId(key))
    }

    pub(super) fn modify(&self, id: SourceId, interest: Interest) -> io::Result<()> {
        let Some(fd) = self.sources.borrow().get(id.0).map(|entry| entry.fd) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let data = epoll::EventData::new_u64(id.0 as u64);
        Ok(epoll::modify(
            &self.epoll,
            borrow(fd),
            data,
            interest.flags(),
        )?)
    }

    pub(super) fn deregister(&self, id: SourceId) {
        if let Some(entry) = self.sources.borrow_mut().try_remove(id.0) {
            // Fails only when the descriptor was closed before, which removed it too.
            let _ = epoll::delete(&self.epoll, borrow(entry.fd));
        }
    }

    /// Watches a descriptor of the engine's run loop, whose readiness only ends the wait.
    fn watch_extra(&self, fds: &[i32]) {
        let mut watched = self.watched.borrow_mut();
        for fd in fds {
            if !watched.contains(fd) {
                watched.push(*fd);
                // Already added or not pollable: the run loop's timeout still serves it.
                let _ = epoll::add(
                    &self.epoll,
                    borrow(*fd),
                    epoll::EventData::new_u64(EXTRA),
                    epoll::EventFlags::IN,
                );
            }
        }
    }

    /// How long nothing was there to do.
    pub(super) fn idle(&self) -> Duration {
        self.idle.get()
    }

    pub(super) fn is_extra_ready(&self) -> bool {
        self.extra_ready.get()
    }

    pub(super) fn poll(
        &self,
        extra: &[i32],
        timeout: Option<Duration>,
    ) -> Vec<(Rc<dyn Source>, Readiness)> {
        self.watch_extra(extra);
        self.extra_ready.set(false);
        let is_short = timeout == Some(Duration::ZERO);
        let timeout = timeout.map(|duration| rustix::event::Timespec {
            tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(duration.subsec_nanos()),
        });
        let mut events = Vec::with_capacity(BATCH);
        let asleep = (!is_short).then(Instant::now);
        // Interrupted by a signal: nothing is ready, and the caller looks at everything again.
        let _ = epoll::wait(
            &self.epoll,
            rustix::buffer::spare_capacity(&mut events),
            timeout.as_ref(),
        );
        if let Some(since) = asleep {
            self.idle.set(self.idle.get() + since.elapsed());
        }
        let sources = self.sources.borrow();
        events
            .iter()
            .filter_map(|event: &epoll::Event| match event.data.u64() {
                WAKE => {
                    Inbox::clear_wake(self.wake_fd.get());
                    None
                }
                EXTRA => {
                    self.extra_ready.set(true);
                    None
                }
                key => {
                    let entry = sources.get(usize::try_from(key).ok()?)?;
                    Some((Rc::clone(&entry.source), readiness(event.flags)))
                }
            })
            .collect()
    }
}

fn readiness(flags: epoll::EventFlags) -> Readiness {
    let failed = flags.intersects(epoll::EventFlags::ERR | epoll::EventFlags::HUP);
    Readiness {
        readable: failed || flags.intersects(epoll::EventFlags::IN | epoll::EventFlags::RDHUP),
        writable: failed || flags.contains(epoll::EventFlags::OUT),
        closed: failed || flags.contains(epoll::EventFlags::RDHUP),
    }
}

//! Looks for idle connections once a second while a server lives, more often while it stops.

use super::Server;
use crust_core::{Interest, Readiness, Runtime, Scope, Source, SourceId};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::rc::{Rc, Weak};
use std::time::Duration;

/// The timer; it ends with the value.
pub(super) struct Sweeper {
    timer: Rc<OwnedFd>,
    source: SourceId,
}

impl Sweeper {
    pub(super) fn start(server: &Weak<Server>) -> io::Result<Self> {
        let timer = timerfd_create(
            TimerfdClockId::Monotonic,
            TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK,
        )?;
        look_every(&timer, Duration::from_secs(1))?;
        let timer = Rc::new(timer);
        let sweep = Rc::new(Sweep {
            server: Weak::clone(server),
            timer: Rc::clone(&timer),
        });
        let event_loop = Runtime::current().event_loop();
        let source = event_loop.register(timer.as_raw_fd(), Interest::READ, sweep)?;
        Ok(Self { timer, source })
    }

    /// Looks more often: the server stops.
    pub(super) fn hurry(&self) {
        // When that fails it looks as often as before.
        let _ = look_every(&self.timer, Duration::from_millis(100));
    }
}

fn look_every(timer: &OwnedFd, time: Duration) -> io::Result<()> {
    let time = Timespec {
        tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: time.subsec_nanos().into(),
    };
    let times = Itimerspec {
        it_interval: time,
        it_value: time,
    };
    timerfd_settime(timer, TimerfdTimerFlags::empty(), &times)?;
    Ok(())
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        Runtime::current().event_loop().deregister(self.source);
    }
}

/// Requests that leave enough garbage to be worth a collection.
const MANY_REQUESTS: u64 = 10_000;

impl Server {
    /// After a busy time, when nothing came between two looks: collects what it left. The collector
    /// itself waits for allocations that do not come any more. A server that stops has no use for it.
    fn release_memory_if_idle(&self, scope: Scope<'_>) {
        let served = self.served.get();
        let is_idle = served == self.served_before.replace(served) && self.pending.get() == 0;
        if is_idle && !self.is_stopping() && served - self.served_at_release.get() >= MANY_REQUESTS
        {
            self.served_at_release.set(served);
            scope.release_memory();
            self.heads.borrow_mut().trim();
        }
    }
}

struct Sweep {
    server: Weak<Server>,
    timer: Rc<OwnedFd>,
}

impl Source for Sweep {
    fn ready(&self, scope: Scope<'_>, _readiness: Readiness) {
        let mut count = [0_u8; 8];
        // An empty read only means that another turn took the expiry.
        let _ = rustix::io::read(&self.timer, &mut count);
        if let Some(server) = self.server.upgrade() {
            server.release_memory_if_idle(scope);
            server.each_peer(|peer| peer.close_if_idle(scope, server.idle_timeout));
        }
    }
}

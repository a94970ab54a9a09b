//! The one timer of a hub: once a second it looks for sockets that are idle or do not finish closing.

use crate::hub::Hub;
use crust_core::{Interest, Readiness, Runtime, Scope, Source, SourceId};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::rc::{Rc, Weak};

/// A registered timer; dropping it ends it.
pub(crate) struct Sweeper {
    source: SourceId,
    // Closed after it is deregistered.
    _timer: Rc<OwnedFd>,
}

struct Tick {
    hub: Weak<Hub>,
    timer: Rc<OwnedFd>,
}

impl Sweeper {
    pub(crate) fn start(hub: &Rc<Hub>) -> io::Result<Self> {
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let timer = Rc::new(timerfd_create(TimerfdClockId::Monotonic, flags)?);
        let second = Timespec {
            tv_sec: 1,
            tv_nsec: 0,
        };
        let every = Itimerspec {
            it_interval: second,
            it_value: second,
        };
        timerfd_settime(&*timer, TimerfdTimerFlags::empty(), &every)?;
        let tick = Rc::new(Tick {
            hub: Rc::downgrade(hub),
            timer: Rc::clone(&timer),
        });
        let source =
            Runtime::current()
                .event_loop()
                .register(timer.as_raw_fd(), Interest::READ, tick)?;
        Ok(Self {
            source,
            _timer: timer,
        })
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        Runtime::current().event_loop().deregister(self.source);
    }
}

impl Source for Tick {
    fn ready(&self, scope: Scope<'_>, _readiness: Readiness) {
        let mut count = [0_u8; 8];
        // An empty read only means that another turn took the expiry.
        let _ = rustix::io::read(&*self.timer, &mut count);
        if let Some(hub) = self.hub.upgrade() {
            hub.sweep(scope);
        }
    }
}

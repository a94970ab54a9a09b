//! Looks for idle connections once a second while a server lives.

use super::Server;
use crust_core::{Interest, Readiness, Runtime, Scope, Source, SourceId};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::rc::{Rc, Weak};

/// The timer; it ends with the value.
pub(super) struct Sweeper {
    _timer: Rc<OwnedFd>,
    source: SourceId,
}

impl Sweeper {
    pub(super) fn start(server: &Weak<Server>) -> io::Result<Self> {
        let timer = timerfd_create(
            TimerfdClockId::Monotonic,
            TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK,
        )?;
        let second = Timespec {
            tv_sec: 1,
            tv_nsec: 0,
        };
        let every_second = Itimerspec {
            it_interval: second,
            it_value: second,
        };
        timerfd_settime(&timer, TimerfdTimerFlags::empty(), &every_second)?;
        let timer = Rc::new(timer);
        let sweep = Rc::new(Sweep {
            server: Weak::clone(server),
            timer: Rc::clone(&timer),
        });
        let event_loop = Runtime::current().event_loop();
        let source = event_loop.register(timer.as_raw_fd(), Interest::READ, sweep)?;
        Ok(Self {
            _timer: timer,
            source,
        })
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        Runtime::current().event_loop().deregister(self.source);
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
            server.each_peer(|peer| peer.close_if_idle(scope, server.idle_timeout));
        }
    }
}

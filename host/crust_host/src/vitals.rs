//! What a program under the process manager reports of itself without a word in its code: the delay of its event
//! loop, its heap, the requests it has served. Elsewhere this does nothing; a manager that does not listen costs
//! one failed call every few seconds.

use std::cell::{Cell, RefCell};
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crust_core::{Interest, Readiness, Runtime, Scope, Source};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};

/// Names the socket that takes reports.
const SOCKET_VARIABLE: &str = "CRUST_PM_METRICS";
/// The process manager's name for this process.
const KEY_VARIABLE: &str = "CRUST_PM_KEY";
/// Between two looks at the delay of the loop.
const LOOK: Duration = Duration::from_secs(1);
/// Looks that go into one report.
const LOOKS: u32 = 5;

/// Begins to report, if this process is to.
pub(crate) fn install() {
    let (Some(path), Ok(key)) = (
        std::env::var_os(SOCKET_VARIABLE),
        std::env::var(KEY_VARIABLE),
    ) else {
        return;
    };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if key.bytes().all(is_plain) {
        // Without a descriptor to spare the program goes on unreported.
        let _ = Reporter::start(PathBuf::from(path), key);
    }
}

struct Reporter {
    path: PathBuf,
    key: String,
    socket: UnixDatagram,
    timer: OwnedFd,
    first: Instant,
    /// Looks that were due so far.
    due: Cell<u32>,
    delays: RefCell<Vec<Duration>>,
    reported: Cell<bool>,
}

impl Reporter {
    fn start(path: PathBuf, key: String) -> io::Result<()> {
        let socket = UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        let timer = timerfd_create(
            TimerfdClockId::Monotonic,
            TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK,
        )?;
        let time = Timespec {
            tv_sec: i64::try_from(LOOK.as_secs()).unwrap_or(1),
            tv_nsec: 0,
        };
        let times = Itimerspec {
            it_interval: time,
            it_value: time,
        };
        timerfd_settime(&timer, TimerfdTimerFlags::empty(), &times)?;
        let number = timer.as_raw_fd();
        let reporter = Rc::new(Self {
            path,
            key,
            socket,
            timer,
            first: Instant::now() + LOOK,
            due: Cell::new(0),
            delays: RefCell::default(),
            reported: Cell::new(false),
        });
        // It lives as long as the loop and does not keep it alive.
        Runtime::current()
            .event_loop()
            .register(number, Interest::READ, reporter)?;
        Ok(())
    }

    fn report(&self) {
        let delays = self.delays.take();
        let count = u32::try_from(delays.len()).unwrap_or(1).max(1);
        let mean = delays.iter().sum::<Duration>() / count;
        let most = delays.iter().max().copied().unwrap_or_default();
        let heap = Runtime::current().vm().memory_usage().heap_size;
        let text = format!(
            r#"{{"key":"{}","pid":{},"lag":{:.3},"lag_max":{:.3},"heap":{heap:.0},"requests":{}}}"#,
            self.key,
            std::process::id(),
            mean.as_secs_f64() * 1000.0,
            most.as_secs_f64() * 1000.0,
            crust_http::served_requests()
        );
        // Nobody listens, or is behind: the next report says the same.
        let _ = self.socket.send_to(text.as_bytes(), &self.path);
    }
}

impl Source for Reporter {
    fn ready(&self, _scope: Scope<'_>, _readiness: Readiness) {
        let mut count = [0_u8; 8];
        if rustix::io::read(&self.timer, &mut count).is_err() {
            return;
        }
        let looks = u32::try_from(u64::from_ne_bytes(count)).unwrap_or(1);
        // Of several that were missed the first waited longest.
        let expected = self.first + LOOK * self.due.get();
        self.due.set(self.due.get() + looks);
        let delay = Instant::now().saturating_duration_since(expected);
        self.delays.borrow_mut().push(delay);
        let enough = self.delays.borrow().len() >= usize::try_from(LOOKS).unwrap_or(1);
        // The first report comes early, so that a new process is soon known.
        if enough || !self.reported.replace(true) || looks > 1 {
            self.report();
        }
    }
}

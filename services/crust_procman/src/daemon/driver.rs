//! The daemon's loop: one thread, one epoll. It hands what happens to the supervisor and carries out its
//! effects; what an effect means in detail is written in the files beside this one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};
use std::fs;
use std::net::TcpListener;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::connection::{Connection, Mode, Stream};
use super::events::Events;
use super::foreground::Foreground;
use super::guards::Guards;
use super::handover::Handover;
use super::haste::Haste;
use super::lock;
use super::sampler::Sampler;
use super::signals::Signals;
use super::vitals::{self, Vitals};
use super::waiting::Waiter;
use crate::cgroup::Cgroups;
use crate::clock::boot_ms;
use crate::error::ProcmanError;
use crate::holder::link::Link;
use crate::holder::protocol::Request;
use crate::listen::listen_at;
use crate::paths::Home;
use crate::poller::{Interest, Poller};
use crate::store::Store;
use crate::supervisor::{Environment, Supervisor};

pub(super) const LISTENER: u64 = 0;
pub(super) const SIGNALS: u64 = 1;
pub(super) const HOLDER: u64 = 2;
pub(super) const WEB: u64 = 3;
const NEWS: u64 = 4;
const REPORTS: u64 = 5;
pub(super) const CLOCK: u64 = 6;
const FIRST: u64 = 16;
/// Descriptors of processes that are not the holder's children.
pub(super) const FOREIGN_BIT: u64 = 1 << 62;

/// After work, memory that only it needed is given back; more of it may come at once.
const SETTLE_MS: u64 = 500;
/// Answers of one client that are sent between two looks at the others.
const ROUNDS: usize = 16;
/// Clients at once. The rest waits in the kernel's queue.
const MOST_CONNECTIONS: usize = 1024;

/// What the program around tells the daemon.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it keeps its things.
    pub home: Home,
    /// The binary, which is started as `BINARY proc holder`.
    pub program: PathBuf,
    /// Its version, as shown.
    pub version: String,
}

/// How a run of the daemon ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// Another daemon has the lock.
    OtherRuns,
    /// It was told to end, or, in the foreground, has nothing left to do: the exit code.
    Ended(i32),
}

/// Something to do at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Task {
    Wake(u32),
    /// Only wakes the loop.
    Tick,
    /// Gives memory back, some time after the last work.
    Settle,
    /// Sends the list to dashboards.
    Live,
    /// Looks at the applications' limits.
    Limits,
    /// Keeps a measurement of every process.
    Measure,
    /// Restarts an application at its time.
    Cron(String),
    /// Probes a process.
    Probe(String),
    /// Restarts an application whose files changed.
    Watched(String),
}

pub(super) struct Daemon {
    pub(super) options: Options,
    pub(super) home: Home,
    pub(super) supervisor: Supervisor,
    pub(super) poller: Poller,
    pub(super) link: Option<Link>,
    pub(super) connections: HashMap<u64, Connection>,
    pub(super) touched: HashSet<u64>,
    pub(super) listeners: Vec<u64>,
    pub(super) next: u64,
    pub(super) tasks: BinaryHeap<Reverse<(u64, Task)>>,
    pub(super) waiters: Vec<Waiter>,
    pub(super) store: Store,
    pub(super) dirty: HashSet<String>,
    pub(super) erased: HashSet<String>,
    pub(super) noted: HashMap<String, (crate::supervisor::Goal, u32, u32, u32)>,
    pub(super) sampler: Sampler,
    pub(super) vitals: Vitals,
    pub(super) events: Events,
    pub(super) environments: HashMap<u64, Arc<Environment>>,
    pub(super) foreign: BTreeMap<u64, (String, OwnedFd)>,
    pub(super) started: u64,
    pub(super) problems: Vec<String>,
    /// Log files that cannot be written at the moment.
    pub(super) paused_logs: BTreeMap<PathBuf, String>,
    pub(super) ending: Ending,
    pub(super) web: Option<TcpListener>,
    pub(super) token: String,
    pub(super) guards: Guards,
    pub(super) cgroups: Cgroups,
    pub(super) foreground: Option<Foreground>,
    /// The program that takes this process over.
    pub(super) handover: Option<PathBuf>,
    /// How often that has happened.
    pub(super) generation: u32,
    haste: Haste,
    settling: Settling,
}

/// Giving memory back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Settling {
    Done,
    /// A [`Task::Settle`] will come.
    Soon,
    /// As the last thing before sleeping, so that little is touched afterwards.
    Now,
}

/// How the daemon ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    No,
    /// Everything is stopped first; the holder ends too.
    WhenDown,
    Now,
}

/// Runs the daemon until it is told to end. `announce` is called when clients can connect. In the
/// foreground it starts its applications, and ends with the last of them.
///
/// # Errors
/// The home folder, the lock or the socket cannot be used.
pub fn run(
    options: Options,
    foreground: Option<Foreground>,
    announce: impl FnOnce(),
) -> Result<Finish, ProcmanError> {
    let fail = |what: &'static str| move |source| ProcmanError::io(what, source);
    let home = options.home.clone();
    home.create()?;
    let handed = Handover::of_environment(&home).filter(|_| foreground.is_none());
    let (lock, listener, words) = match handed {
        Some(handed) => (handed.lock, handed.listener, Some(handed.words)),
        None => match lock::take(&home)? {
            Some(lock) => (lock, listen(&home)?, None),
            None => return Ok(Finish::OtherRuns),
        },
    };
    stand_alone(foreground.is_some());
    let mut signals = Signals::new(foreground.is_some()).map_err(fail("signals"))?;
    let poller = Poller::new().map_err(fail("epoll"))?;
    let (guards, news) = Guards::new().map_err(fail("news"))?;
    let reports = vitals::listen(&home.reports()).map_err(fail("socket for reports"))?;
    let watched = [
        (reports.as_fd(), REPORTS),
        (listener.as_fd(), LISTENER),
        (signals.pipe.as_fd(), SIGNALS),
        (news.as_fd(), NEWS),
    ];
    for (fd, token) in watched {
        poller
            .add(fd, token, Interest::Read)
            .map_err(fail("epoll"))?;
    }
    let store = Store::start(state_file(&home, foreground.is_some()))
        .map_err(fail("cannot start a thread"))?;
    let mut daemon = Daemon {
        cgroups: Cgroups::find(home.path()),
        options,
        home,
        supervisor: Supervisor::default(),
        poller,
        link: None,
        connections: HashMap::new(),
        touched: HashSet::new(),
        listeners: Vec::new(),
        next: FIRST,
        tasks: BinaryHeap::new(),
        waiters: Vec::new(),
        store,
        dirty: HashSet::new(),
        erased: HashSet::new(),
        noted: HashMap::new(),
        sampler: Sampler::default(),
        vitals: Vitals::default(),
        events: Events::default(),
        environments: HashMap::new(),
        foreign: BTreeMap::new(),
        started: boot_ms(),
        problems: Vec::new(),
        paused_logs: BTreeMap::new(),
        ending: Ending::No,
        web: None,
        token: crate::random::token(),
        guards,
        foreground,
        handover: None,
        generation: 0,
        haste: Haste::default(),
        settling: Settling::Done,
    };
    daemon.take_over(words);
    daemon.begin()?;
    daemon.carry_out();
    // The loop begins by waiting; what was decided must not wait with it.
    daemon.flush();
    announce();
    // Starting was work as well.
    daemon.settle_soon();
    loop {
        daemon
            .turn(&listener, &mut signals, &news, &reports)
            .map_err(fail("epoll"))?;
        if daemon.ending == Ending::Now {
            break;
        }
        if daemon.is_ready_to_hand_over() {
            daemon.hand_over(&lock, &listener);
        }
    }
    let code = daemon.exit_code();
    daemon.store.flush();
    if daemon.foreground.is_some() {
        let _ = fs::remove_file(daemon.home.run_state());
    }
    let _ = fs::remove_file(daemon.home.reports());
    let _ = fs::remove_file(daemon.home.socket());
    Ok(Finish::Ended(code))
}

/// Where the state is. In the foreground nothing is kept, so each begins with an empty one.
fn state_file(home: &Home, foreground: bool) -> PathBuf {
    if foreground {
        let _ = fs::remove_file(home.run_state());
        home.run_state()
    } else {
        home.state()
    }
}

/// Nobody's terminal, the parent of orphans, room for descriptors.
fn stand_alone(foreground: bool) {
    if !foreground {
        let _ = rustix::process::setsid();
    }
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    crate::holder::raise_file_limit();
}

fn listen(home: &Home) -> Result<UnixListener, ProcmanError> {
    listen_at(&home.socket())
        .map_err(|source| ProcmanError::io("cannot listen for clients", source))
}

impl Daemon {
    fn turn(
        &mut self,
        listener: &UnixListener,
        signals: &mut Signals,
        news: &UnixStream,
        reports: &UnixDatagram,
    ) -> std::io::Result<()> {
        let timeout = self
            .tasks
            .peek()
            .map(|Reverse((at, _))| Duration::from_millis(at.saturating_sub(boot_ms())));
        if self.settling == Settling::Now {
            self.settling = Settling::Done;
            crust_pages::release_program();
        }
        let tokens = self.haste.wait(&mut self.poller, timeout)?;
        let is_work = !tokens.is_empty();
        for token in tokens {
            match token {
                LISTENER => self.accept(listener),
                SIGNALS => self.signalled(signals),
                HOLDER => self.holder_ready(),
                WEB => self.accept_web(),
                NEWS => self.read_news(news),
                REPORTS => self.read_vitals(reports),
                CLOCK => self.clock_was_set(),
                _ if token & FOREIGN_BIT != 0 => self.foreign_ended(token),
                _ => self.connection_ready(token),
            }
        }
        let now = boot_ms();
        while let Some(Reverse((at, _))) = self.tasks.peek()
            && *at <= now
        {
            match self.tasks.pop() {
                Some(Reverse((_, Task::Wake(id)))) => self.supervisor.wake(id, now),
                Some(Reverse((_, Task::Live))) => self.live(),
                Some(Reverse((_, Task::Limits))) => self.hold_limits(),
                Some(Reverse((_, Task::Measure))) => self.measure(),
                Some(Reverse((_, Task::Cron(app)))) => self.cron_woken(&app),
                Some(Reverse((_, Task::Probe(key)))) => self.probe(&key),
                Some(Reverse((_, Task::Watched(app)))) => self.restart_changed(&app),
                Some(Reverse((_, Task::Settle))) => self.settling = Settling::Now,
                Some(Reverse((_, Task::Tick))) | None => {}
            }
        }
        if is_work {
            self.settle_soon();
        }
        self.carry_out();
        self.answer_waiters();
        self.publish();
        self.flush();
        if self.ending == Ending::No && self.has_nothing_left() {
            self.ending = Ending::WhenDown;
        }
        if self.ending == Ending::WhenDown
            && !self
                .supervisor
                .instances()
                .any(|(instance, _)| instance.has_process())
        {
            self.finish();
        }
        Ok(())
    }

    /// Has memory given back in a moment.
    pub(super) fn settle_soon(&mut self) {
        if self.settling == Settling::Done {
            self.settling = Settling::Soon;
            self.schedule(boot_ms() + SETTLE_MS, Task::Settle);
        }
    }

    pub(super) fn schedule(&mut self, at: u64, task: Task) {
        self.tasks.push(Reverse((at, task)));
    }

    fn accept(&mut self, listener: &UnixListener) {
        while self.connections.len() < MOST_CONNECTIONS
            && let Ok((stream, _)) = listener.accept()
        {
            let own = rustix::process::geteuid().as_raw();
            let peer = rustix::net::sockopt::socket_peercred(&stream).map(|peer| peer.uid.as_raw());
            if peer.is_ok_and(|uid| uid == own || uid == 0) && stream.set_nonblocking(true).is_ok()
            {
                self.add_connection(Connection::new(Stream::Unix(stream)));
            }
        }
    }

    pub(super) fn add_connection(&mut self, connection: Connection) {
        self.next += 1;
        if self
            .poller
            .add(&connection.stream, self.next, Interest::Read)
            .is_ok()
        {
            self.connections.insert(self.next, connection);
        }
    }

    fn accept_web(&mut self) {
        let Some(listener) = self.web.take() else {
            return;
        };
        while self.connections.len() < MOST_CONNECTIONS
            && let Ok((stream, _)) = listener.accept()
        {
            if stream.set_nonblocking(true).is_ok() {
                let _ = stream.set_nodelay(true);
                self.add_connection(Connection::new(Stream::Tcp(stream)));
            }
        }
        self.web = Some(listener);
    }

    fn connection_ready(&mut self, token: u64) {
        let Some(connection) = self.connections.get_mut(&token) else {
            return;
        };
        self.touched.insert(token);
        // What is reported of one that nothing is asked of is that it has gone.
        if connection.interest == Interest::Nothing {
            return self.drop_connection(token);
        }
        let open = connection.fill();
        self.serve(token);
        if !open {
            let is_waiting = self
                .connections
                .get(&token)
                .is_some_and(|connection| matches!(connection.mode, Mode::Waiting));
            // Half-closed clients still get the answer they wait for.
            if !is_waiting {
                self.drop_connection(token);
            } else if let Some(connection) = self.connections.get(&token) {
                self.poller.remove(&connection.stream);
            }
        }
    }

    /// Answers the requests that are complete.
    pub(super) fn serve(&mut self, token: u64) {
        loop {
            let Some(connection) = self.connections.get_mut(&token) else {
                return;
            };
            match connection.mode {
                Mode::Requests => {}
                Mode::WebSocket(_) => return self.websocket_ready(token),
                Mode::Waiting | Mode::Events => return,
            }
            match connection.next() {
                Ok(Some(request)) => self.route(token, &request),
                Ok(None) => return,
                Err(status) => return connection.refuse(status),
            }
        }
    }

    pub(super) fn drop_connection(&mut self, token: u64) {
        if let Some(connection) = self.connections.remove(&token) {
            self.poller.remove(&connection.stream);
        }
        self.listeners.retain(|listener| *listener != token);
        self.waiters.retain(|waiter| waiter.connection != token);
    }

    fn flush(&mut self) {
        for token in std::mem::take(&mut self.touched) {
            if self.flush_connection(token) {
                self.watch_connection(token);
            } else {
                self.drop_connection(token);
            }
        }
        self.flush_link();
    }

    /// Sends what a connection has, and answers what it asked meanwhile; `false` when it is over.
    fn flush_connection(&mut self, token: u64) -> bool {
        // Each round answers what waited behind answers that have been read by now.
        for _ in 0..ROUNDS {
            let Some(connection) = self.connections.get_mut(&token) else {
                return true;
            };
            if !connection.flush() {
                return false;
            }
            if connection.has_output() || connection.input.is_empty() {
                return true;
            }
            self.serve(token);
            let answered = self.connections.get(&token);
            if !answered.is_some_and(Connection::has_output) {
                return true;
            }
        }
        true
    }

    fn watch_connection(&mut self, token: u64) {
        let Some(connection) = self.connections.get_mut(&token) else {
            return;
        };
        let wanted = connection.wanted();
        if wanted != connection.interest {
            connection.interest = wanted;
            let _ = self.poller.change(&connection.stream, token, wanted);
        }
    }

    /// Sends fresh events to who listens.
    fn publish(&mut self) {
        if self.events.fresh.is_empty() {
            return;
        }
        let fresh = std::mem::take(&mut self.events.fresh);
        if let Some(foreground) = &mut self.foreground {
            for event in &fresh {
                (foreground.on_event)(event);
            }
        }
        let mut text = Vec::new();
        for event in &fresh {
            let _ = serde_json::to_writer(&mut text, event);
            text.push(b'\n');
        }
        for token in &self.listeners {
            let Some(connection) = self.connections.get_mut(token) else {
                continue;
            };
            self.touched.insert(*token);
            match connection.mode {
                Mode::Events => {
                    let mut chunk = Vec::new();
                    crust_wire::append_chunk(&mut chunk, &text);
                    connection.push(&chunk);
                }
                Mode::WebSocket(_) => super::events::push_frames(connection, &fresh),
                Mode::Requests | Mode::Waiting => {}
            }
        }
    }

    /// Stops everything and ends. With `forget`, the applications are not there next time.
    pub(super) fn shut_down(&mut self, forget: bool) {
        let now = boot_ms();
        self.supervisor.freeze();
        let ids: Vec<u32> = self
            .supervisor
            .instances()
            .map(|(instance, _)| instance.id)
            .collect();
        for id in ids {
            if forget {
                self.supervisor.delete(id, now);
            } else {
                self.supervisor.halt(id, now);
            }
        }
        self.ending = Ending::WhenDown;
    }

    fn finish(&mut self) {
        if self.link.is_some() {
            self.tell_holder(&Request::Quit);
            self.flush_link();
        }
        if self.foreground.is_some() {
            self.see_holder_off();
        }
        self.answer_waiters();
        for connection in self.connections.values_mut() {
            connection.flush();
        }
        self.ending = Ending::Now;
    }
}

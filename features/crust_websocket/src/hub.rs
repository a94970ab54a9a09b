//! [`Hub`]: what the sockets of one server, or all clients of a thread, share: settings, the function
//! that JS is told by, topics and the timer.

use crate::registry;
use crate::sweeper::Sweeper;
use crust_core::{GlobalValue, Runtime, Scope, Value};
use crust_wire::websocket::{DeflatePolicy, Deflater, Opcode, append_frame};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::time::Duration;

/// How sockets behave.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of the program's"
)]
pub(crate) struct Settings {
    pub(crate) max_payload: usize,
    pub(crate) backpressure_limit: usize,
    pub(crate) close_on_limit: bool,
    /// Zero never closes.
    pub(crate) idle_timeout: Duration,
    pub(crate) send_pings: bool,
    pub(crate) publish_to_self: bool,
    /// `None`: compression is never agreed to.
    pub(crate) deflate: Option<DeflatePolicy>,
    pub(crate) wants_pings: bool,
    /// Whether what is sent is compressed, where compression was agreed on.
    pub(crate) compress: bool,
}

/// What JS is told; `js/sockets.ts` has the same numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum News {
    Message = 0,
    Drain = 1,
    Close = 2,
    Ping = 3,
    Pong = 4,
    Open = 5,
    Failed = 6,
    Connected = 7,
}

/// The news and what belongs to it.
const MOST_ARGUMENTS: usize = 5;

/// See the module documentation.
pub struct Hub {
    pub(crate) settings: Settings,
    callback: GlobalValue,
    topics: RefCell<HashMap<Rc<str>, BTreeSet<usize>>>,
    /// Sockets JS has not been told the end of.
    pub(crate) open: Cell<usize>,
    /// Connections, closing ones included.
    connections: Cell<usize>,
    sweeper: RefCell<Option<Sweeper>>,
    /// Compresses for every socket whose agreement lets it forget.
    pub(crate) shared: RefCell<Option<Deflater>>,
}

impl Hub {
    pub(crate) fn new(settings: Settings, callback: GlobalValue) -> Rc<Self> {
        Rc::new(Self {
            settings,
            callback,
            topics: RefCell::default(),
            open: Cell::new(0),
            connections: Cell::new(0),
            sweeper: RefCell::default(),
            shared: RefCell::default(),
        })
    }

    /// The policy for offers of permessage-deflate.
    pub fn deflate_policy(&self) -> Option<DeflatePolicy> {
        self.settings.deflate
    }

    pub(crate) fn joined(self: &Rc<Self>) {
        self.open.set(self.open.get() + 1);
        self.connections.set(self.connections.get() + 1);
        if self.sweeper.borrow().is_none() {
            // Without a timer sockets still work; they are only never found idle.
            *self.sweeper.borrow_mut() = Sweeper::start(self).ok();
        }
    }

    pub(crate) fn left(&self) {
        self.connections
            .set(self.connections.get().saturating_sub(1));
        if self.connections.get() == 0 {
            drop(self.sweeper.borrow_mut().take());
        }
    }

    /// Calls JS; what it throws is an uncaught error.
    pub(crate) fn tell<'s>(&self, scope: Scope<'s>, news: News, rest: &[Value<'s>]) {
        let mut arguments = [scope.undefined(); MOST_ARGUMENTS];
        if let Some(first) = arguments.first_mut() {
            *first = scope.number(f64::from(news as u8));
        }
        for (slot, value) in arguments.iter_mut().skip(1).zip(rest) {
            *slot = *value;
        }
        let count = (rest.len() + 1).min(arguments.len());
        let callback = self.callback.get(scope);
        if let Err(thrown) = callback.call(arguments.get(..count).unwrap_or_default()) {
            Runtime::current().report_error(scope, thrown.value());
        }
    }

    pub(crate) fn sweep(self: &Rc<Self>, scope: Scope<'_>) {
        for socket in registry::sockets_of(self) {
            socket.sweep(scope);
        }
    }

    pub(crate) fn subscribe(&self, topic: &str, key: usize) -> Rc<str> {
        let mut topics = self.topics.borrow_mut();
        if let Some((name, _)) = topics.get_key_value(topic) {
            let name = Rc::clone(name);
            topics.entry(Rc::clone(&name)).or_default().insert(key);
            return name;
        }
        let name: Rc<str> = topic.into();
        topics.insert(Rc::clone(&name), BTreeSet::from([key]));
        name
    }

    pub(crate) fn unsubscribe(&self, topic: &str, key: usize) {
        let mut topics = self.topics.borrow_mut();
        if let Some(subscribers) = topics.get_mut(topic) {
            subscribers.remove(&key);
            if subscribers.is_empty() {
                topics.remove(topic);
            }
        }
    }

    pub(crate) fn subscribers(&self, topic: &str) -> usize {
        self.topics.borrow().get(topic).map_or(0, BTreeSet::len)
    }

    /// Sends a message to the subscribers of a topic but one. `false`: there were none.
    pub(crate) fn publish(
        &self,
        topic: &str,
        opcode: Opcode,
        payload: &[u8],
        compress: bool,
        but: Option<usize>,
    ) -> bool {
        let topics = self.topics.borrow();
        let Some(subscribers) = topics.get(topic) else {
            return false;
        };
        let mut plain = Vec::new();
        append_frame(&mut plain, opcode, false, None, payload);
        let plain: Rc<[u8]> = plain.into();
        let mut compressed: Option<Rc<[u8]>> = None;
        let mut reached = false;
        registry::each(subscribers, |socket| {
            if Some(socket.key()) == but {
                return;
            }
            reached = true;
            if compress && socket.shares_deflater() {
                let frame = compressed.get_or_insert_with(|| self.compress(opcode, payload));
                socket.share(frame);
            } else {
                socket.share(&plain);
            }
        });
        reached
    }

    fn compress(&self, opcode: Opcode, payload: &[u8]) -> Rc<[u8]> {
        let mut compressed = Vec::new();
        self.with_shared(|deflater| deflater.deflate(payload, &mut compressed));
        let mut frame = Vec::new();
        append_frame(&mut frame, opcode, true, None, &compressed);
        frame.into()
    }

    pub(crate) fn with_shared(&self, work: impl FnOnce(&mut Deflater)) {
        let mut shared = self.shared.borrow_mut();
        let window = self.settings.deflate.map_or(15, |policy| policy.window);
        work(shared.get_or_insert_with(|| Deflater::new(window, true)));
    }

    /// Ends all sockets at once.
    pub fn terminate_all(self: &Rc<Self>, scope: Scope<'_>) {
        for socket in registry::sockets_of(self) {
            socket.leave(scope);
        }
    }
}

//! What arrives on a socket: bytes, frames, messages, control frames. Reads once per readiness; each
//! message is told in a call of its own, with nextTicks and microtasks after it. Never queues what it read.

use super::{Phase, Socket};
use crate::hub::News;
use crust_core::{Exception, Runtime, Scope, Value};
use crust_tls::Progress;
use crust_wire::websocket::{CloseReason, Event, Opcode};
use std::cell::Cell;
use std::io::{self, Read};
use std::time::Instant;

/// Bytes read at once.
const READ: usize = 64 * 1024;

thread_local! {
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl Socket {
    pub(super) fn receive(&self, scope: Scope<'_>) {
        let mut scratch = SCRATCH.take();
        let mut ended = false;
        loop {
            match self.read(&mut scratch) {
                Ok(Progress::Data(count)) => {
                    self.active.set(Instant::now());
                    self.pinged.set(None);
                    self.feed(scope, scratch.get_mut(..count).unwrap_or_default());
                }
                Ok(Progress::Blocked) => break,
                Ok(Progress::Closed) | Err(_) => {
                    ended = true;
                    break;
                }
            }
            // A plain socket reports again what it still has; a session has it already.
            if self.phase.get() == Phase::Closed || self.transport.borrow().session().is_none() {
                break;
            }
        }
        SCRATCH.set(scratch);
        if ended {
            if self.phase.get() == Phase::Handshake {
                self.fail(scope, "Connection ended");
            }
            self.end(scope, 1006, "", false);
        }
    }

    fn read(&self, scratch: &mut Vec<u8>) -> io::Result<Progress> {
        let mut transport = self.transport.borrow_mut();
        if transport.session().is_some() {
            scratch.clear();
            return transport.read(scratch);
        }
        scratch.resize(READ, 0);
        loop {
            return match transport.socket().read(scratch) {
                Ok(0) => Ok(Progress::Closed),
                Ok(count) => Ok(Progress::Data(count)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Progress::Blocked),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
        }
    }

    pub(super) fn feed(&self, scope: Scope<'_>, bytes: &mut [u8]) {
        if self.phase.get() == Phase::Handshake {
            self.answered(scope, bytes);
        } else {
            self.frames(scope, bytes);
        }
    }

    pub(super) fn frames(&self, scope: Scope<'_>, bytes: &mut [u8]) {
        let mut at = 0;
        while let Some(rest) = bytes.get_mut(at..).filter(|rest| !rest.is_empty()) {
            let decoded = self.decoder.borrow_mut().decode(rest);
            let event = match decoded {
                Ok((used, event)) => {
                    at += used;
                    event
                }
                Err(violation) => {
                    if self.phase.get() == Phase::Open {
                        self.send_close(Some(violation.code()), &violation.to_string());
                    }
                    self.after_last(scope);
                    return self.end(scope, 1006, &violation.to_string(), false);
                }
            };
            let Some(event) = event else {
                continue;
            };
            self.after_last(scope);
            match event {
                Event::Text(text) => self.deliver(scope, Ok(scope.string_utf8(&text))),
                Event::Binary(bytes) => self.deliver(scope, scope.uint8_array(bytes.into_owned())),
                other => self.control(scope, other),
            }
            if self.phase.get() == Phase::Closed {
                return;
            }
        }
    }

    /// What the event before this one left: each has the nextTicks and microtasks of its own.
    fn after_last(&self, scope: Scope<'_>) {
        if self.handed.replace(true) {
            Runtime::current().checkpoint(scope);
        }
    }

    /// Hands a message to JS.
    fn deliver<'s>(&self, scope: Scope<'s>, message: Result<Value<'s>, Exception<'s>>) {
        if self.phase.get() != Phase::Open {
            return;
        }
        match message {
            Ok(message) => {
                let arguments = [self.number(scope), message];
                self.hub.tell(scope, News::Message, &arguments);
            }
            Err(thrown) => Runtime::current().report_error(scope, thrown.value()),
        }
    }

    fn control(&self, scope: Scope<'_>, event: Event<'_>) {
        let (news, payload) = match event {
            Event::Ping(payload) => {
                self.send(Opcode::Pong, &payload, false);
                (News::Ping, payload)
            }
            Event::Pong(payload) => (News::Pong, payload),
            Event::Close(CloseReason { code, text }) => {
                if self.phase.get() == Phase::Open {
                    self.send_close((code != 1005).then_some(code), &text);
                }
                return self.end(scope, code, &text, true);
            }
            Event::Text(_) | Event::Binary(_) => return,
        };
        if !self.hub.settings.wants_pings || self.phase.get() != Phase::Open {
            return;
        }
        match scope.uint8_array(payload.into_owned()) {
            Ok(bytes) => self.hub.tell(scope, news, &[self.number(scope), bytes]),
            Err(thrown) => Runtime::current().report_error(scope, thrown.value()),
        }
    }
}

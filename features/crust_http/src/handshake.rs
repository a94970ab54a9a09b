//! A TLS handshake on its way: when it is done, the connection becomes one of the protocol that both
//! sides agreed on.

use crate::connection::Connection;
use crate::http2::Http2;
use crate::peer::Peer;
use crate::server::Server;
use crust_core::{Interest, Readiness, Runtime, Scope, Source, SourceId};
use crust_tls::{Progress, Transport};
use std::cell::{Cell, RefCell};
use std::io;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

/// A client that has not yet proved to speak TLS.
pub(crate) struct Handshake {
    this: Weak<Self>,
    server: Weak<Server>,
    transport: RefCell<Option<Transport>>,
    source: Cell<Option<SourceId>>,
    key: usize,
    since: Instant,
}

/// A handshake takes two round trips; who takes longer holds a descriptor for nothing.
const LONGEST: Duration = Duration::from_secs(10);

impl Handshake {
    pub(crate) fn open(
        server: &Rc<Server>,
        transport: Transport,
        key: usize,
    ) -> io::Result<Rc<Self>> {
        let descriptor = transport.descriptor();
        let handshake = Rc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            server: Rc::downgrade(server),
            transport: RefCell::new(Some(transport)),
            source: Cell::new(None),
            key,
            since: Instant::now(),
        });
        let source: Rc<dyn Source> = Rc::<Self>::clone(&handshake);
        let event_loop = Runtime::current().event_loop();
        let id = event_loop.register(descriptor, Interest::READ, source)?;
        handshake.source.set(Some(id));
        Ok(handshake)
    }

    /// Reads on. `Some`: the handshake is done, with what came behind it.
    fn advance(&self) -> io::Result<Option<Vec<u8>>> {
        let mut guard = self.transport.borrow_mut();
        let Some(transport) = guard.as_mut() else {
            return Ok(None);
        };
        let mut early = Vec::new();
        let progress = transport.read(&mut early)?;
        transport.flush()?;
        if transport
            .session()
            .is_some_and(crust_tls::Session::is_handshaking)
        {
            if progress == Progress::Closed {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.watch(transport.wants_write());
            return Ok(None);
        }
        Ok(Some(early))
    }

    fn watch(&self, writable: bool) {
        let interest = Interest {
            writable,
            ..Interest::READ
        };
        if let Some(id) = self.source.get() {
            // Level-triggered: if it fails, the sweep ends the handshake.
            let _ = Runtime::current().event_loop().modify(id, interest);
        }
    }

    fn finish(&self, early: &[u8]) {
        if let Some(id) = self.source.take() {
            Runtime::current().event_loop().deregister(id);
        }
        let (Some(server), Some(transport)) = (self.server.upgrade(), self.transport.take()) else {
            return;
        };
        let speaks_http2 = transport
            .session()
            .is_some_and(|session| session.protocol() == Some(b"h2"));
        let opened = if speaks_http2 {
            Http2::open(&server, transport, self.key, early).map(|peer| peer as Rc<dyn Peer>)
        } else {
            Connection::open(&server, transport, self.key).map(|connection| {
                connection.begin_with(early);
                connection as Rc<dyn Peer>
            })
        };
        match opened {
            Ok(peer) => server.replace_peer(self.key, &peer),
            Err(_) => server.closed(self.key),
        }
    }
}

impl Source for Handshake {
    fn ready(&self, _scope: Scope<'_>, _readiness: Readiness) {
        // The server's list may drop the last other share.
        let _this = self.this.upgrade();
        match self.advance() {
            Ok(None) => {}
            Ok(Some(early)) => self.finish(&early),
            Err(_) => self.close(),
        }
    }
}

impl Peer for Handshake {
    fn is_idle(&self) -> bool {
        true
    }

    fn close_when_idle(&self) {
        self.close();
    }

    fn close_if_idle(&self, _scope: Scope<'_>, _timeout: Option<Duration>) {
        if self.since.elapsed() >= LONGEST {
            self.close();
        }
    }

    fn close(&self) {
        if let Some(id) = self.source.take() {
            Runtime::current().event_loop().deregister(id);
        }
        drop(self.transport.take());
        if let Some(server) = self.server.upgrade() {
            server.closed(self.key);
        }
    }

    fn abort(&self, _scope: Scope<'_>) {
        self.close();
    }

    fn resume(&self) {}

    fn tell(&self, _scope: Scope<'_>) {}
}

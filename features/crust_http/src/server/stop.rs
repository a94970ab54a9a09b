//! How a server ends: it stops listening, idle connections close, the others after their response.

use super::Server;
use crust_core::{Resolver, Runtime, Scope};

impl Server {
    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.get()
    }

    /// Stops listening; `stopped` is resolved when the last connection is gone. Idle connections
    /// close now, the others after their response, or at once when forced.
    pub(crate) fn stop(&self, scope: Scope<'_>, force: bool, stopped: Resolver) {
        self.stopping.set(true);
        self.stopped.borrow_mut().push(stopped);
        self.stop_listening();
        if let Some(sweeper) = &*self.sweeper.borrow() {
            sweeper.hurry();
        }
        self.each_peer(|peer| {
            if force {
                peer.abort(scope);
            } else {
                peer.close_when_idle();
            }
        });
        self.settle_if_done();
    }

    /// Closes connections on which no request is under way.
    pub(crate) fn close_idle(&self) {
        self.each_peer(|peer| {
            if peer.is_idle() {
                peer.close();
            }
        });
    }

    fn stop_listening(&self) {
        if let Some(id) = self.source.take() {
            Runtime::current().event_loop().deregister(id);
        }
        drop(self.socket.borrow_mut().take());
    }

    pub(super) fn settle_if_done(&self) {
        if !self.stopping.get() || !self.peers.borrow().is_empty() {
            return;
        }
        drop(self.sweeper.borrow_mut().take());
        crate::ops::remove(self.id());
        let waiting: Vec<Resolver> = self.stopped.borrow_mut().drain(..).collect();
        self.keep_alive.borrow_mut().take();
        for resolver in waiting {
            Runtime::current().event_loop().resolve_later(resolver);
        }
    }
}

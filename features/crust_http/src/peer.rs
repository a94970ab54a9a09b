//! [`Peer`]: a client's connection of whatever protocol, as its server sees it.

use crust_core::Scope;
use std::time::Duration;

/// A connection.
pub(crate) trait Peer {
    /// No request is under way, so that a stopping server may close it.
    fn is_idle(&self) -> bool;

    /// A stopping server's wish: closes now, or after the requests under way.
    fn close_when_idle(&self);

    /// Closes when it is the client that should act and has not for that long. A response that is
    /// being taken counts as action, and a handler that takes its time is not the client's fault.
    fn close_if_idle(&self, scope: Scope<'_>, timeout: Option<Duration>);

    /// Ends the connection at once.
    fn close(&self);

    /// Ends the connection and tells JS of the requests that were under way.
    fn abort(&self, scope: Scope<'_>);

    /// Goes on after JS has answered.
    fn resume(&self);

    /// Tells JS what happened to the requests it works on.
    fn tell(&self, scope: Scope<'_>);
}

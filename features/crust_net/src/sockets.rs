//! The runtime's sockets by number, and the way of their events into JS: one function of
//! `crust:net/handles` is called with the number, the kind of event and its value.

use crate::connection::Connection;
use crate::datagram::Datagram;
use crate::listener::Listener;
use crust_core::{Call, GlobalValue, OpError, Runtime, Scope, Throw, Value};
use slab::Slab;
use std::cell::{Cell, RefCell};
use std::os::fd::OwnedFd;
use std::rc::Rc;

/// What happened, in the numbers of `crust:net/handles`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A connection was made, or could not be (the error's number).
    Connected = 0,
    /// Bytes arrived.
    Data = 1,
    /// The peer will send nothing more.
    End = 2,
    /// There is room again after a write that was cut short.
    Drained = 3,
    /// The connection is broken: a number, or an error of TLS.
    Failed = 4,
    /// The TLS handshake is done.
    Secured = 5,
    /// A listener has a connection: its number.
    Accepted = 6,
    /// A listener could not accept: the error's number.
    Refused = 7,
    /// Everything was sent after `end`.
    Finished = 8,
}

/// State of the feature in one runtime.
#[derive(Default)]
pub(crate) struct Sockets {
    pub(crate) connections: RefCell<Slab<Rc<Connection>>>,
    pub(crate) listeners: RefCell<Slab<Rc<Listener>>>,
    pub(crate) datagrams: RefCell<Slab<Rc<Datagram>>>,
    pub(crate) events: RefCell<Option<GlobalValue>>,
    pub(crate) datagram_events: RefCell<Option<GlobalValue>>,
    /// Where reads land before JS gets exactly what arrived.
    pub(crate) scratch: Cell<Vec<u8>>,
    /// A descriptor that is given up for a moment when the process has no other left, so that a
    /// waiting connection can be taken and closed.
    pub(crate) reserve: RefCell<Option<OwnedFd>>,
}

/// The feature's state.
pub(crate) fn sockets() -> Rc<Sockets> {
    Runtime::current().state::<Sockets>()
}

/// A number for JS.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of descriptors and bytes are below 2^53"
)]
pub(crate) fn number(value: usize) -> f64 {
    value as f64
}

/// Tells JS what happened. Errors of the function, which catches those of programs, are uncaught.
pub(crate) fn emit<'s>(scope: Scope<'s>, id: usize, kind: Kind, value: Value<'s>) {
    let Some(events) = sockets().events.borrow().clone() else {
        return;
    };
    let kind = scope.number(f64::from(kind as u8));
    if let Err(thrown) = events
        .get(scope)
        .call(&[scope.number(number(id)), kind, value])
    {
        Runtime::current().report_error(scope, thrown.value());
    }
}

/// The connection that argument 0 names.
pub(crate) fn connection<'s>(cx: &Call<'s>) -> Result<Rc<Connection>, Throw<'s>> {
    let id: usize = cx.integer(0)?;
    let found = sockets().connections.borrow().get(id).cloned();
    found.ok_or_else(|| closed().into())
}

/// The listener that argument 0 names.
pub(crate) fn listener<'s>(cx: &Call<'s>) -> Result<Rc<Listener>, Throw<'s>> {
    let id: usize = cx.integer(0)?;
    let found = sockets().listeners.borrow().get(id).cloned();
    found.ok_or_else(|| closed().into())
}

/// The datagram socket that argument 0 names.
pub(crate) fn datagram<'s>(cx: &Call<'s>) -> Result<Rc<Datagram>, Throw<'s>> {
    let id: usize = cx.integer(0)?;
    let found = sockets().datagrams.borrow().get(id).cloned();
    found.ok_or_else(|| closed().into())
}

fn closed() -> OpError {
    crate::address::failure(libc::EBADF)
}

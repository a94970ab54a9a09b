//! The natives of `crust:ops/http`, by family.

mod listen;
mod request;
mod respond;

use crate::exchange::Exchange;
use crate::server::{Handle, MAX_SERVERS, Server};
use crust_core::{Call, Op, OpError, OpResult, Throw};
use slab::Slab;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Requests that servers of `node:http` take.
const COUNT: &[Op] = &[Op::new("countServed", count_served)];

/// See the module documentation.
pub(crate) const OPS: &[&[Op]] = &[
    listen::OPS,
    request::OPS,
    respond::OPS,
    COUNT,
    crate::upgrade::OPS,
];

thread_local! {
    // A server leaves when its last connection is gone.
    static SERVERS: RefCell<Slab<Rc<Server>>> = const { RefCell::new(Slab::new()) };
    /// Requests of the servers that have left.
    static SERVED: Cell<u64> = const { Cell::new(0) };
}

/// `countServed()`: a server that speaks HTTP over `node:net` has taken a request.
fn count_served<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    SERVED.set(SERVED.get() + 1);
    Ok(cx.undefined())
}

/// Requests that the servers of this thread have taken so far.
pub fn served_requests() -> u64 {
    let running: u64 = SERVERS.with_borrow(|servers| {
        let each = servers.iter();
        each.map(|(_, server)| server.served_requests()).sum()
    });
    running + SERVED.get()
}

/// Gives a server its id.
fn add(server: Rc<Server>) -> Result<usize, OpError> {
    SERVERS.with_borrow_mut(|servers| {
        let id = servers.vacant_key();
        if id >= MAX_SERVERS {
            let message = format!("{MAX_SERVERS} servers run in this thread already");
            return Err(OpError::error(message).code("ERR_TOO_MANY_SERVERS"));
        }
        server.set_id(id);
        Ok(servers.insert(server))
    })
}

/// Forgets a server that has stopped.
pub(crate) fn remove(id: usize) {
    // Dropped after the borrow ends: a server's parts ask the event loop.
    let server = SERVERS.with_borrow_mut(|servers| servers.try_remove(id));
    if let Some(server) = &server {
        SERVED.set(SERVED.get() + server.served_requests());
    }
    drop(server);
}

/// The server of argument 0.
fn server<'s>(cx: &Call<'s>) -> Result<Rc<Server>, Throw<'s>> {
    server_at(cx, 0)?.ok_or_else(|| {
        OpError::error("the server is gone")
            .code("ERR_SERVER_NOT_RUNNING")
            .into()
    })
}

/// The server of an argument, if it still runs.
fn server_at<'s>(cx: &Call<'s>, index: usize) -> Result<Option<Rc<Server>>, Throw<'s>> {
    let id: usize = cx.integer(index)?;
    Ok(SERVERS.with_borrow(|servers| servers.get(id).cloned()))
}

/// The request under way that argument 0 names.
pub(crate) fn exchange<'s>(cx: &Call<'s>) -> Result<Option<Rc<dyn Exchange>>, Throw<'s>> {
    let handle = Handle::from_bits(cx.integer(0)?);
    let server = SERVERS.with_borrow(|servers| servers.get(handle.server).cloned());
    Ok(server.and_then(|server| server.find(handle)))
}

//! The natives of listening sockets.

use crate::address;
use crate::listener::{ListenFlags, Listener};
use crate::sockets::{listener, number};
use crust_core::{Call, Op, OpResult};

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("listenTcp", listen_tcp),
    Op::new("listenUnix", listen_unix),
    Op::new("listenerClose", close),
    Op::new("listenerRef", set_ref),
    Op::new("listenerLocal", local),
    Op::new("listenerDescriptor", descriptor),
    Op::new("listenerIsShared", shared),
];

/// `listenTcp(address, port, backlog, reusePort, ipv6Only, noDelay)`: the listener's number.
fn listen_tcp<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let at = address::argument(cx, 0)?;
    let backlog: i32 = cx.integer(2)?;
    let flags = ListenFlags {
        reuse_port: cx.boolean(3),
        only_v6: cx.boolean(4),
        no_delay: cx.boolean(5),
    };
    let listener =
        Listener::tcp(at, backlog, flags).map_err(|error| address::io_failure(&error))?;
    Ok(cx.make_number(number(listener.id())))
}

/// `listenUnix(path, backlog)`: the listener's number.
fn listen_unix<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let path = cx.string(0)?;
    let backlog: i32 = cx.integer(1)?;
    let listener = Listener::unix(&path, backlog).map_err(|error| address::io_failure(&error))?;
    Ok(cx.make_number(number(listener.id())))
}

fn close<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    listener(cx)?.close();
    Ok(cx.undefined())
}

fn set_ref<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    listener(cx)?.set_referenced(cx.boolean(1));
    Ok(cx.undefined())
}

/// `listenerLocal(id)`: `[address, port, family]`, a path or null.
fn local<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    address::to_js(cx, listener(cx)?.local().as_ref())
}

fn descriptor<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let fd = listener(cx)?.descriptor();
    Ok(cx.make_number(f64::from(fd)))
}

/// `listenerIsShared()`: whether the process manager lends this program its listening sockets.
fn shared<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    Ok(cx.make_bool(crate::is_shared()))
}

//! The natives of stream sockets.

use crate::address;
use crate::connection::{Connection, Phase};
use crate::sockets::{connection, number, sockets};
use crust_core::{Call, Op, OpResult, Throw};
use crust_tls::Transport;
use socket2::{Domain, Protocol, SockAddr, Socket, TcpKeepalive, Type};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("onSocketEvent", on_event),
    Op::new("connectTcp", connect_tcp),
    Op::new("connectUnix", connect_unix),
    Op::new("socketWrite", write),
    Op::new("socketFlush", flush),
    Op::new("socketEnd", end),
    Op::new("socketClose", close),
    Op::new("socketPause", pause),
    Op::new("socketRef", set_ref),
    Op::new("socketLocal", local),
    Op::new("socketPeer", peer),
    Op::new("socketDescriptor", descriptor),
    Op::new("socketNoDelay", no_delay),
    Op::new("socketKeepAlive", keep_alive),
    Op::new("socketTypeOfService", type_of_service),
    Op::new("socketSetTypeOfService", set_type_of_service),
];

/// `onSocketEvent((id, kind, value) => …)`: who hears of everything.
fn on_event<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    cx.function(0)?;
    *sockets().events.borrow_mut() = Some(cx.global(0));
    Ok(cx.undefined())
}

fn begin<'s>(cx: &Call<'s>, socket: Socket, to: &SockAddr) -> OpResult<'s> {
    match socket.connect(to) {
        Ok(()) => {}
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {}
        Err(error) => return Err(address::io_failure(&error).into()),
    }
    let connection = Connection::insert(socket, Phase::Connecting, to.as_socket());
    connection.watch();
    Ok(cx.make_number(number(connection.id())))
}

/// `connectTcp(address, port, localAddress | null, localPort)`: the number of the socket, which will
/// be `Connected` in a later turn.
fn connect_tcp<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let to = address::argument(cx, 0)?;
    let from = if cx.value(2).is_nullish() {
        None
    } else {
        Some(address::argument(cx, 2)?)
    };
    let socket = open_tcp(to, from).map_err(|error| address::io_failure(&error))?;
    begin(cx, socket, &to.into())
}

fn open_tcp(to: SocketAddr, from: Option<SocketAddr>) -> io::Result<Socket> {
    let socket = Socket::new(
        Domain::for_address(to),
        Type::STREAM.nonblocking().cloexec(),
        Some(Protocol::TCP),
    )?;
    if let Some(from) = from {
        socket.set_reuse_address(true)?;
        socket.bind(&from.into())?;
    }
    Ok(socket)
}

/// `connectUnix(path)`: as `connectTcp`.
fn connect_unix<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let path = cx.string(0)?;
    let opened = SockAddr::unix(&path).and_then(|to| {
        let socket = Socket::new(Domain::UNIX, Type::STREAM.nonblocking().cloexec(), None)?;
        Ok((socket, to))
    });
    let (socket, to) = opened.map_err(|error| address::io_failure(&error))?;
    begin(cx, socket, &to)
}

/// `socketWrite(id, text | bytes, offset, length)`: the bytes that were taken, or the negative number
/// of the error. Offset and length are of bytes and may be left out.
fn write<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let connection = connection(cx)?;
    let written = if cx.value(1).is_string() {
        let text = cx.string(1)?;
        connection.write(part(cx, text.as_bytes())?)
    } else {
        connection.write(part(cx, cx.bytes(1)?)?)
    };
    Ok(cx.make_number(match written {
        Ok(count) => number(count),
        Err(errno) => f64::from(-errno),
    }))
}

/// The part of `bytes` that arguments 2 and 3 name.
fn part<'a, 's>(cx: &Call<'s>, bytes: &'a [u8]) -> Result<&'a [u8], Throw<'s>> {
    if cx.value(2).is_undefined() {
        return Ok(bytes);
    }
    let start = cx.integer::<usize>(2)?.min(bytes.len());
    let end = if cx.value(3).is_undefined() {
        bytes.len()
    } else {
        start
            .saturating_add(cx.integer::<usize>(3)?)
            .min(bytes.len())
    };
    Ok(bytes.get(start..end).unwrap_or_default())
}

/// `socketFlush(id)`: what the callback that runs has written goes out now.
fn flush<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    connection(cx)?.flush_early();
    Ok(cx.undefined())
}

/// `socketEnd(id, rest | undefined, offset)`: whether all is out already.
fn end<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let connection = connection(cx)?;
    let finished = if cx.value(1).is_undefined() {
        connection.end(&[])
    } else if cx.value(1).is_string() {
        let text = cx.string(1)?;
        connection.end(part(cx, text.as_bytes())?)
    } else {
        connection.end(part(cx, cx.bytes(1)?)?)
    };
    Ok(cx.make_bool(finished))
}

/// `socketClose(id, reset)`.
fn close<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    connection(cx)?.close(cx.boolean(1));
    Ok(cx.undefined())
}

/// `socketPause(id, paused)`.
fn pause<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    connection(cx)?.set_paused(cx.boolean(1));
    Ok(cx.undefined())
}

/// `socketRef(id, referenced)`: whether it keeps the process alive.
fn set_ref<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    connection(cx)?.set_referenced(cx.boolean(1));
    Ok(cx.undefined())
}

/// `socketLocal(id)`: `[address, port, family]`, a path or null.
fn local<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    address::to_js(cx, connection(cx)?.local().as_ref())
}

/// `socketPeer(id)`: as `socketLocal`.
fn peer<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    address::to_js(cx, connection(cx)?.peer().as_ref())
}

fn descriptor<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let fd = connection(cx)?.with(|transport| transport.descriptor());
    Ok(cx.make_number(f64::from(fd.unwrap_or(-1))))
}

/// Sets an option of the socket: the number of the error, negative, or 0.
fn option<'s>(cx: &Call<'s>, set: impl FnOnce(&mut Transport) -> io::Result<()>) -> OpResult<'s> {
    let result = connection(cx)?.with(set).unwrap_or(Ok(()));
    let errno = result.err().map_or(0, |error| address::errno_of(&error));
    Ok(cx.make_number(f64::from(-errno)))
}

/// `socketNoDelay(id, on)`.
fn no_delay<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let on = cx.boolean(1);
    option(cx, |transport| transport.socket().set_tcp_nodelay(on))
}

/// `socketKeepAlive(id, on, seconds before the first probe)`.
fn keep_alive<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (on, seconds) = (cx.boolean(1), cx.integer::<u32>(2)?);
    option(cx, |transport| {
        let socket = transport.socket();
        socket.set_keepalive(on)?;
        if on && seconds > 0 {
            let time = Duration::from_secs(seconds.into());
            // As libuv: ten probes, a second apart.
            let probes = TcpKeepalive::new()
                .with_time(time)
                .with_interval(Duration::from_secs(1))
                .with_retries(10);
            socket.set_tcp_keepalive(&probes)?;
        }
        Ok(())
    })
}

fn is_v6(transport: &Transport) -> bool {
    let local = transport.socket().local_addr();
    local.is_ok_and(|address| address.is_ipv6())
}

/// `socketTypeOfService(id)`: the byte, or the negative number of the error.
fn type_of_service<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let value = connection(cx)?.with(|transport| {
        let socket = transport.socket();
        if is_v6(transport) {
            socket.tclass_v6()
        } else {
            socket.tos_v4()
        }
    });
    Ok(cx.make_number(match value {
        Some(Ok(value)) => f64::from(value),
        Some(Err(error)) => f64::from(-address::errno_of(&error)),
        None => f64::from(-libc::EBADF),
    }))
}

/// `socketSetTypeOfService(id, byte)`.
fn set_type_of_service<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let value: u8 = cx.integer(1)?;
    option(cx, |transport| {
        let socket = transport.socket();
        if is_v6(transport) {
            socket.set_tclass_v6(value.into())
        } else {
            socket.set_tos_v4(value.into())
        }
    })
}

//! The natives of UDP sockets.

use crate::address;
use crate::datagram::{BindFlags, Datagram};
use crate::sockets::{datagram, number, sockets};
use crust_core::{Call, Op, OpResult};
use socket2::{InterfaceIndexOrAddress, Socket};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("onDatagramEvent", on_event),
    Op::new("datagramBind", bind),
    Op::new("datagramConnect", connect),
    Op::new("datagramDisconnect", disconnect),
    Op::new("datagramSend", send),
    Op::new("datagramClose", close),
    Op::new("datagramRef", set_ref),
    Op::new("datagramLocal", local),
    Op::new("datagramPeer", peer),
    Op::new("datagramDescriptor", descriptor),
    Op::new("datagramOption", option),
    Op::new("datagramBufferSize", buffer_size),
    Op::new("datagramMulticastInterface", multicast_interface),
    Op::new("datagramMembership", membership),
];

/// `onDatagramEvent((id, kind, …) => …)`: who hears of everything.
fn on_event<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    cx.function(0)?;
    *sockets().datagram_events.borrow_mut() = Some(cx.global(0));
    Ok(cx.undefined())
}

/// `datagramBind(address, port, reuseAddress, reusePort, ipv6Only)`: the socket's number.
fn bind<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let at = address::argument(cx, 0)?;
    let flags = BindFlags {
        reuse_address: cx.boolean(2),
        reuse_port: cx.boolean(3),
        only_v6: cx.boolean(4),
    };
    let bound = Datagram::bind(at, flags).map_err(|error| address::io_failure(&error))?;
    Ok(cx.make_number(number(bound.id())))
}

/// 0, or the negative number of the error.
fn outcome<'s>(cx: &Call<'s>, result: io::Result<()>) -> OpResult<'s> {
    let errno = result.err().map_or(0, |error| address::errno_of(&error));
    Ok(cx.make_number(f64::from(-errno)))
}

/// `datagramConnect(id, address, port)`.
fn connect<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let to = address::argument(cx, 1)?;
    let result = datagram(cx)?.with(|socket| socket.connect(&to.into()));
    outcome(cx, result)
}

/// `datagramDisconnect(id)`.
fn disconnect<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let result = datagram(cx)?.with(|socket| Ok(rustix::net::connect_unspec(socket)?));
    outcome(cx, result)
}

/// `datagramSend(id, text | bytes, address | null, port)`: 1 sent, 0 no room, or the negative number of
/// the error.
fn send<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let to = if cx.value(2).is_nullish() {
        None
    } else {
        Some(address::argument(cx, 2)?)
    };
    let socket = datagram(cx)?;
    let sent = if cx.value(1).is_string() {
        socket.send(cx.string(1)?.as_bytes(), to)
    } else {
        socket.send(cx.bytes(1)?, to)
    };
    Ok(cx.make_number(match sent {
        Ok(sent) => f64::from(u8::from(sent)),
        Err(error) => f64::from(-address::errno_of(&error)),
    }))
}

fn close<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    datagram(cx)?.close();
    Ok(cx.undefined())
}

fn set_ref<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    datagram(cx)?.set_referenced(cx.boolean(1));
    Ok(cx.undefined())
}

/// `datagramLocal(id)`: `[address, port, family]`.
fn local<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    address::to_js(cx, datagram(cx)?.local().as_ref())
}

/// `datagramPeer(id)`: as `datagramLocal`, or null.
fn peer<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    address::to_js(cx, datagram(cx)?.peer().as_ref())
}

fn descriptor<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    use std::os::fd::AsRawFd;
    let fd = datagram(cx)?
        .with(|socket| Ok(socket.as_raw_fd()))
        .unwrap_or(-1);
    Ok(cx.make_number(f64::from(fd)))
}

fn is_v6(socket: &Socket) -> bool {
    socket.local_addr().is_ok_and(|address| address.is_ipv6())
}

/// `datagramOption(id, name, value)`: `broadcast`, `ttl`, `multicastTtl` or `multicastLoopback`.
fn option<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (name, value) = (cx.string(1)?, cx.integer::<u32>(2)?);
    let result = datagram(cx)?.with(|socket| {
        let v6 = is_v6(socket);
        // The kernel takes 0 as a reset to its default in some places; Node and Bun refuse it.
        let hops_are_wrong = matches!(name.as_str(), "ttl") && !(1..=255).contains(&value);
        if hops_are_wrong {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        match name.as_str() {
            "broadcast" => socket.set_broadcast(value != 0),
            "ttl" if v6 => socket.set_unicast_hops_v6(value),
            "ttl" => socket.set_ttl_v4(value),
            "multicastTtl" if v6 => socket.set_multicast_hops_v6(value),
            "multicastTtl" => socket.set_multicast_ttl_v4(value),
            "multicastLoopback" if v6 => socket.set_multicast_loop_v6(value != 0),
            "multicastLoopback" => socket.set_multicast_loop_v4(value != 0),
            _ => Err(io::Error::from_raw_os_error(libc::ENOPROTOOPT)),
        }
    });
    outcome(cx, result)
}

/// `datagramBufferSize(id, sending, size)`: sets it unless it is 0, and answers it.
fn buffer_size<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (sending, size) = (cx.boolean(1), cx.integer::<usize>(2)?);
    let result = datagram(cx)?.with(|socket| {
        match (size, sending) {
            (0, _) => {}
            (_, true) => socket.set_send_buffer_size(size)?,
            (_, false) => socket.set_recv_buffer_size(size)?,
        }
        if sending {
            socket.send_buffer_size()
        } else {
            socket.recv_buffer_size()
        }
    });
    Ok(cx.make_number(match result {
        Ok(size) => number(size),
        Err(error) => f64::from(-address::errno_of(&error)),
    }))
}

/// The IPv4 address or the number of the IPv6 interface in a text as Node's `setMulticastInterface`
/// takes it.
fn interface(text: &str) -> Option<SocketAddr> {
    address::parse(text, 0)
}

fn scope_of(address: Option<SocketAddr>) -> u32 {
    match address {
        Some(SocketAddr::V6(v6)) => v6.scope_id(),
        _ => 0,
    }
}

/// `datagramMulticastInterface(id, address)`.
fn multicast_interface<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let at = interface(&cx.string(1)?);
    let result = datagram(cx)?.with(|socket| match at {
        Some(SocketAddr::V4(v4)) if !is_v6(socket) => socket.set_multicast_if_v4(v4.ip()),
        Some(SocketAddr::V6(v6)) if is_v6(socket) => socket.set_multicast_if_v6(v6.scope_id()),
        _ => Err(io::Error::from_raw_os_error(libc::EINVAL)),
    });
    outcome(cx, result)
}

/// `datagramMembership(id, join, group, interface | null, source | null)`.
fn membership<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let socket = datagram(cx)?;
    let join = cx.boolean(1);
    let group = address::parse(&cx.string(2)?, 0);
    let named = cx.opt_string(3)?;
    let at = named.as_deref().and_then(interface);
    let source = cx.opt_string(4)?;
    let result = if named.is_some() && at.is_none() {
        Err(io::Error::from_raw_os_error(libc::EINVAL))
    } else {
        change_membership(&socket, join, group, at, source.as_deref())
    };
    outcome(cx, result)
}

fn change_membership(
    socket: &Rc<Datagram>,
    join: bool,
    group: Option<SocketAddr>,
    at: Option<SocketAddr>,
    source: Option<&str>,
) -> io::Result<()> {
    let invalid = || io::Error::from_raw_os_error(libc::EINVAL);
    let v4_interface = match at {
        Some(SocketAddr::V4(v4)) => *v4.ip(),
        _ => Ipv4Addr::UNSPECIFIED,
    };
    socket.with(|socket| match (group.map(|group| group.ip()), source) {
        (Some(IpAddr::V4(group)), None) => {
            let at = InterfaceIndexOrAddress::Address(v4_interface);
            if join {
                socket.join_multicast_v4_n(&group, &at)
            } else {
                socket.leave_multicast_v4_n(&group, &at)
            }
        }
        (Some(IpAddr::V4(group)), Some(source)) => {
            let source: Ipv4Addr = source.parse().map_err(|_| invalid())?;
            if join {
                socket.join_ssm_v4(&source, &group, &v4_interface)
            } else {
                socket.leave_ssm_v4(&source, &group, &v4_interface)
            }
        }
        (Some(IpAddr::V6(address)), None) => {
            let index = scope_of(at.or(group));
            if join {
                socket.join_multicast_v6(&address, index)
            } else {
                socket.leave_multicast_v6(&address, index)
            }
        }
        (Some(IpAddr::V6(_)), Some(_)) => Err(io::Error::from_raw_os_error(libc::ENOPROTOOPT)),
        (None, _) => Err(invalid()),
    })
}

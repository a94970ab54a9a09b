//! Addresses between JS and sockets: texts and ports in, flat arrays out. Never asks a name server.

use crust_core::{Call, OpError, OpResult, Throw};
use socket2::SockAddr;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// The address in argument `index` with the port in the next one.
pub(crate) fn argument<'s>(cx: &Call<'s>, index: usize) -> Result<SocketAddr, Throw<'s>> {
    let text = cx.string(index)?;
    let port: u16 = cx.integer(index + 1)?;
    Ok(parse(&text, port).ok_or_else(|| failure(libc::EINVAL))?)
}

/// An IP address as text, an IPv6 one perhaps with the number or name of its interface.
pub(crate) fn parse(text: &str, port: u16) -> Option<SocketAddr> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some(SocketAddr::new(ip, port));
    }
    let (address, scope) = text.split_once('%')?;
    let address: Ipv6Addr = address.parse().ok()?;
    let scope = scope.parse().ok().or_else(|| interface_index(scope))?;
    Some(SocketAddrV6::new(address, port, 0, scope).into())
}

/// The number of a network interface.
fn interface_index(name: &str) -> Option<u32> {
    if name.contains(['/', '\0']) || name.starts_with('.') {
        return None;
    }
    let text = std::fs::read_to_string(format!("/sys/class/net/{name}/ifindex")).ok()?;
    text.trim().parse().ok()
}

/// The IP address alone, with its interface where it has one.
pub(crate) fn text(address: &SocketAddr) -> String {
    match address {
        SocketAddr::V6(v6) if v6.scope_id() != 0 => format!("{}%{}", v6.ip(), v6.scope_id()),
        other => other.ip().to_string(),
    }
}

/// `[address, port, family]`, or a path for Unix sockets; null without either.
pub(crate) fn to_js<'s>(cx: &Call<'s>, address: Option<&SockAddr>) -> OpResult<'s> {
    let Some(address) = address else {
        return Ok(cx.null());
    };
    if let Some(ip) = address.as_socket() {
        return Ok(cx.scope().array(&[
            cx.make_string(&text(&ip)),
            cx.make_number(f64::from(ip.port())),
            cx.make_number(if ip.is_ipv4() { 4.0 } else { 6.0 }),
        ])?);
    }
    let path = address.as_pathname().and_then(|path| path.to_str());
    Ok(path.map_or_else(|| cx.null(), |path| cx.make_string(path)))
}

/// The error of a failed call by its number alone; JS words it, as it knows host and port.
pub(crate) fn failure(errno: i32) -> OpError {
    let (code, text) = crust_core::errno::describe(errno);
    OpError::error(text)
        .code(code)
        .number_property("errno", f64::from(-errno))
}

/// As [`failure`], of an I/O error.
pub(crate) fn io_failure(error: &io::Error) -> OpError {
    failure(errno_of(error))
}

/// The number of an I/O error; those that the library makes itself are about arguments.
pub(crate) fn errno_of(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(match error.kind() {
        io::ErrorKind::WriteZero | io::ErrorKind::BrokenPipe => libc::EPIPE,
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => libc::ECONNRESET,
        _ => libc::EINVAL,
    })
}

#[cfg(test)]
mod tests {
    use super::{parse, text};

    #[test]
    fn addresses_come_back_as_they_went() {
        for address in ["127.0.0.1", "::1", "fe80::1%3", "0.0.0.0"] {
            let parsed = parse(address, 7).expect("an address");
            assert_eq!(text(&parsed), address);
            assert_eq!(parsed.port(), 7);
        }
        assert!(parse("localhost", 7).is_none());
        assert!(parse("fe80::1%../x", 7).is_none());
        assert!(parse("1.2.3.4%1", 7).is_none());
    }
}

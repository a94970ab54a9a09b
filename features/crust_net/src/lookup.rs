//! Names as the system resolves them (`getaddrinfo`, `getnameinfo`), on background threads: the
//! system's functions wait.

use crate::address;
use crust_core::{Call, Op, OpError, OpResult};
use dns_lookup::{AddrInfoHints, LookupErrorKind, getaddrinfo, getnameinfo};
use std::net::SocketAddr;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("lookupHost", lookup_host),
    Op::new("lookupHostNow", lookup_host_now),
    Op::new("lookupService", lookup_service),
];

/// Addresses taken of one name: more than any host has.
const ADDRESSES: usize = 256;

/// `lookupHost(name, family, flags)`: a promise of the addresses in the system's order, each once.
/// The error's code is `getaddrinfo`'s as Node names it.
fn lookup_host<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (name, family, flags) = (cx.string(0)?, cx.integer::<u8>(1)?, cx.integer::<i32>(2)?);
    cx.spawn_blocking(
        move || addresses(&name, family, flags),
        |scope, found| {
            let texts: Vec<_> = found.iter().map(|one| scope.string(one)).collect();
            Ok(scope.array(&texts)?)
        },
    )
}

/// `lookupHostNow(name)`: as `lookupHost`, but waits: `Bun.listen` answers at once.
fn lookup_host_now<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let found = addresses(&cx.string(0)?, 0, 0)?;
    cx.make_array(found, |scope, one| scope.string(&one))
}

fn addresses(name: &str, family: u8, flags: i32) -> Result<Vec<String>, OpError> {
    let hints = AddrInfoHints {
        flags,
        address: match family {
            4 => libc::AF_INET,
            6 => libc::AF_INET6,
            _ => libc::AF_UNSPEC,
        },
        socktype: libc::SOCK_STREAM,
        protocol: 0,
    };
    let found =
        getaddrinfo(Some(name), None, Some(hints)).map_err(|error| refusal(error.kind()))?;
    let mut list: Vec<String> = Vec::new();
    for info in found.flatten().take(ADDRESSES) {
        let text = address::text(&info.sockaddr);
        if !list.contains(&text) {
            list.push(text);
        }
    }
    if list.is_empty() {
        return Err(refusal(LookupErrorKind::NoName));
    }
    Ok(list)
}

/// The error by its code; JS words it.
fn refusal(kind: LookupErrorKind) -> OpError {
    // Numbers of libuv.
    let (code, errno) = match kind {
        LookupErrorKind::Again => ("EAI_AGAIN", -3001),
        LookupErrorKind::Badflags => ("EAI_BADFLAGS", -3002),
        LookupErrorKind::Fail => ("EAI_FAIL", -3004),
        LookupErrorKind::Family => ("EAI_FAMILY", -3005),
        LookupErrorKind::Memory => ("EAI_MEMORY", -3006),
        LookupErrorKind::Service => ("EAI_SERVICE", -3010),
        // Names with a NUL and what the system itself refuses have no address either.
        _ => ("ENOTFOUND", -3008),
    };
    OpError::error(code)
        .code(code)
        .number_property("errno", f64::from(errno))
}

/// `lookupService(address, port)`: a promise of `[host, service]`.
fn lookup_service<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let address: SocketAddr = address::argument(cx, 0)?;
    cx.spawn_blocking(
        move || getnameinfo(&address, NAME_REQUIRED).map_err(|error| refusal(error.kind())),
        |scope, (host, service)| Ok(scope.array(&[scope.string(&host), scope.string(&service)])?),
    )
}

/// `NI_NAMEREQD`: an address without a name is an error, not its own name.
const NAME_REQUIRED: i32 = libc::NI_NAMEREQD;

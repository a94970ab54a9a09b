//! What JS reads of a request: text, fields and small bodies from the slab of its head, larger bodies as
//! they arrive.

use super::{exchange, server};
use crate::exchange::Taken;
use crust_core::{Call, Op, OpResult};
use crust_wire::fields;

pub(super) const OPS: &[Op] = &[
    Op::new("headText", head_text),
    Op::new("headField", head_field),
    Op::new("headList", head_list),
    Op::new("headUrl", head_url),
    Op::new("headBytes", head_bytes),
    Op::new("releaseHeads", release_heads),
    Op::new("takeBody", take_body),
    Op::new("peerAddress", peer_address),
    Op::new("requestTimeout", request_timeout),
];

/// `headText(server, slab, offset, length)`: UTF-8 text.
fn head_text<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let server = server(cx)?;
    let heads = server.heads.borrow();
    let bytes = heads.slice(cx.integer(1)?, cx.integer(2)?, cx.integer(3)?);
    Ok(cx.scope().string_utf8(bytes))
}

/// `headField(server, slab, offset, length, name)`: the combined value or null.
fn head_field<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let server = server(cx)?;
    let heads = server.heads.borrow();
    let head = heads.slice(cx.integer(1)?, cx.integer(2)?, cx.integer(3)?);
    let mut name = Vec::with_capacity(32);
    cx.value(4).append_latin1(&mut name)?;
    Ok(match crust_wire::field(head, &name) {
        Some(value) => cx.scope().string_latin1(&value),
        None => cx.null(),
    })
}

/// `headList(server, slab, offset, length)`: names in lower case and values, each followed by NUL.
fn head_list<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let server = server(cx)?;
    let heads = server.heads.borrow();
    let head = heads.slice(cx.integer(1)?, cx.integer(2)?, cx.integer(3)?);
    Ok(cx.scope().string_latin1(&crust_wire::field_list(head)))
}

/// `headUrl(server, slab, offset, length, start, targetLength, secure)`: the URL of a request whose host
/// and target a parser would leave as they are; null for the rest, which JS parses.
fn head_url<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let server = server(cx)?;
    let heads = server.heads.borrow();
    let head = heads.slice(cx.integer(1)?, cx.integer(2)?, cx.integer(3)?);
    let start: usize = cx.integer(4)?;
    let target = head
        .get(start..start + cx.integer::<usize>(5)?)
        .unwrap_or_default();
    let host = fields(head)
        .find(|(name, _)| name.eq_ignore_ascii_case(b"host"))
        .map(|(_, value)| value);
    let is_secure = cx.boolean(6);
    let Some(host) = host.filter(|host| is_plain_host(host, is_secure) && is_plain_target(target))
    else {
        return Ok(cx.null());
    };
    let mut url = Vec::with_capacity(8 + host.len() + target.len());
    url.extend_from_slice(if is_secure { b"https://" } else { b"http://" });
    url.extend_from_slice(host);
    url.extend_from_slice(target);
    Ok(cx.scope().string_latin1(&url))
}

/// Lower-case names and dotted numbers with a port that is not the scheme's own.
fn is_plain_host(host: &[u8], is_secure: bool) -> bool {
    let (name, port) = match memchr::memchr(b':', host) {
        Some(colon) => (
            host.get(..colon).unwrap_or_default(),
            host.get(colon + 1..).unwrap_or_default(),
        ),
        None => (host, &b"1"[..]),
    };
    let default: &[u8] = if is_secure { b"443" } else { b"80" };
    let is_number = !port.is_empty() && port.len() <= 5 && port.iter().all(u8::is_ascii_digit);
    // The last label must not look like a number, unless it is an address as it is written.
    let is_address = name.split(|byte| *byte == b'.').count() == 4
        && name.split(|byte| *byte == b'.').all(is_octet);
    let last = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    let is_name = last.first().is_some_and(u8::is_ascii_lowercase)
        && !name.starts_with(b"xn--")
        && memchr::memmem::find(name, b".xn--").is_none()
        && name
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(byte));
    (is_address || is_name) && is_number && port != default && port.first() != Some(&b'0')
}

fn is_octet(part: &[u8]) -> bool {
    let has_no_zeros = part.len() == 1 || part.first() != Some(&b'0');
    has_no_zeros
        && std::str::from_utf8(part).is_ok_and(|text| {
            text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u8>().is_ok()
        })
}

/// A path without dot segments, and characters that no parser encodes.
fn is_plain_target(target: &[u8]) -> bool {
    let is_kept = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_~!$&()*+,;=:@/?%.".contains(byte);
    target.first() == Some(&b'/')
        && target.get(1) != Some(&b'/')
        && target.iter().all(is_kept)
        && memchr::memmem::find(target, b"/.").is_none()
        && memchr::memmem::find(target, b"/%2").is_none()
}

/// `headBytes(server, slab, offset, length)`: a copy, for its reader to keep.
fn head_bytes<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let server = server(cx)?;
    let heads = server.heads.borrow();
    let bytes = heads.slice(cx.integer(1)?, cx.integer(2)?, cx.integer(3)?);
    cx.make_bytes(bytes.to_vec())
}

/// `releaseHeads(server, slab)`: nobody can read its requests any more.
fn release_heads<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    // A server that is gone took its slabs along.
    if let Ok(server) = server(cx) {
        server.heads.borrow_mut().release(cx.integer(1)?);
    }
    Ok(cx.undefined())
}

/// `takeBody(handle, whole)`: bytes, null at the end, undefined when `onBody` will tell, false when the
/// client is gone.
fn take_body<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let taken = match exchange(cx)? {
        Some(exchange) => exchange.take_body(cx.boolean(1)),
        None => Taken::Failed,
    };
    match taken {
        Taken::Bytes(bytes) => cx.make_bytes(bytes),
        Taken::End => Ok(cx.null()),
        Taken::Wait => Ok(cx.undefined()),
        Taken::Failed => Ok(cx.make_bool(false)),
    }
}

/// `peerAddress(handle)`: `{address, family, port}` or null.
fn peer_address<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let Some(peer) = exchange(cx)?.and_then(|exchange| exchange.peer()) else {
        return Ok(cx.null());
    };
    cx.make_object(&[
        ("address", cx.make_string(&peer.ip().to_string())),
        (
            "family",
            cx.make_string(if peer.is_ipv4() { "IPv4" } else { "IPv6" }),
        ),
        ("port", cx.make_number(f64::from(peer.port()))),
    ])
}

/// `requestTimeout(handle, seconds)`: 0 is none.
fn request_timeout<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let seconds = cx.number(1)?;
    if let Some(exchange) = exchange(cx)? {
        let timeout = std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default();
        exchange.set_timeout(timeout);
    }
    Ok(cx.undefined())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_targets_that_need_no_parser() {
        let host = |text: &str| is_plain_host(text.as_bytes(), false);
        assert!(host("localhost:3000") && host("127.0.0.1:8080") && host("a-b.example.org"));
        for odd in [
            "",
            "A.b",
            "x:80",
            "x:080",
            "x:",
            "1.2.3",
            "0x7f.1",
            "x.1",
            "127.0.0.01:1",
            "xn--a",
            "a.xn--b",
            "[::1]:3000",
            "a_b",
            "x:123456",
            "a@b",
            "256.1.1.1:1",
        ] {
            assert!(!host(odd), "{odd}");
        }
        let target = |text: &str| is_plain_target(text.as_bytes());
        assert!(target("/") && target("/a/b?c=d&e=%20"));
        for odd in [
            "*",
            "//a",
            "/a/../b",
            "/a'b",
            "/a\"",
            "/a#b",
            "/a/%2e%2e/b",
            "http://x/",
        ] {
            assert!(!target(odd), "{odd}");
        }
    }
}

//! The native of `dns.lookup`: the system's own resolver, on a background thread.

use crust_core::{Call, Op, OpError, OpResult};
use std::io::ErrorKind;
use std::net::ToSocketAddrs;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[Op::new("dnsLookup", lookup)];

/// `dnsLookup(host)`: a promise of the addresses, in the resolver's order, each once.
fn lookup<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let host = cx.string(0)?;
    cx.spawn_blocking(
        move || addresses(&host),
        |scope, found| {
            let texts: Vec<_> = found.iter().map(|address| scope.string(address)).collect();
            Ok(scope.array(&texts)?)
        },
    )
}

fn addresses(host: &str) -> Result<Vec<String>, OpError> {
    let found = (host, 0).to_socket_addrs().map_err(|error| {
        // The standard library keeps only the text of what the resolver answered.
        let temporary = error.kind() == ErrorKind::WouldBlock
            || error.to_string().contains("Temporary failure");
        OpError::error(error.to_string()).code(if temporary { "EAI_AGAIN" } else { "ENOTFOUND" })
    })?;
    let mut list: Vec<String> = Vec::new();
    for address in found {
        let text = address.ip().to_string();
        if !list.contains(&text) {
            list.push(text);
        }
    }
    Ok(list)
}

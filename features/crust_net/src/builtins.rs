//! The names under which programs import this feature's modules.

use crust_core::Builtin;

/// `node:<name>` → `crust:net/node_<name>`.
pub(crate) const BUILTINS: &[Builtin] = &[
    Builtin::new("node:dgram", "crust:net/node_dgram"),
    Builtin::new("node:dns", "crust:net/node_dns"),
    Builtin::new("node:dns/promises", "crust:net/node_dns_promises"),
    Builtin::new("node:net", "crust:net/node_net"),
    Builtin::new("node:tls", "crust:net/node_tls"),
];

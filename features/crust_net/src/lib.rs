//! Sockets as programs see them, and name lookups: the natives under `Bun.listen`, `Bun.connect`,
//! `Bun.udpSocket`, `Bun.dns`, `node:net`, `node:tls`, `node:dgram` and `node:dns`. Never HTTP.
//!
//! Reading order: [`sockets`] (the tables and the way of an event into JS), [`connection`] and
//! [`listener`], [`datagram`], then the natives in `*_ops`.

mod address;
mod builtins;
mod connection;
mod connection_ops;
mod contexts;
mod datagram;
mod datagram_ops;
mod listener;
mod listener_ops;
mod lookup;
mod output;
mod query;
mod records;
mod shared;
mod sockets;
mod tls_ops;

pub use shared::{is_shared, shared_listener};

use crust_core::Feature;

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "net",
    ops: &[
        connection_ops::OPS,
        listener_ops::OPS,
        tls_ops::OPS,
        datagram_ops::OPS,
        lookup::OPS,
        query::OPS,
    ],
    builtins: builtins::BUILTINS,
    globals: &[],
};

//! HTTP servers: `Bun.serve`. Sockets are polled by the VM's own thread; parsing is `crust_wire`'s work,
//! encryption `crust_tls`'s, and what programs see is TypeScript. No client here.
//!
//! Reading order: `server` (listening, batches), `peer` (a client: `connection` for HTTP/1.1, `http2`,
//! `handshake` before either), `exchange` (one request as JS names it), `router` and what it answers
//! natively, `ops`.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "tests may fail loudly"
    )
)]

mod compression;
mod conditional;
mod connection;
mod date;
mod exchange;
mod file_response;
mod file_route;
mod handshake;
mod heads;
mod http2;
mod listener;
mod native_answers;
mod ops;
mod output;
mod peer;
mod reply;
mod router;
mod server;
mod static_response;
mod tls;
mod upgrade;

use crust_core::Feature;

pub use ops::served_requests;

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "http",
    ops: ops::OPS,
    builtins: &[],
    globals: &[],
};

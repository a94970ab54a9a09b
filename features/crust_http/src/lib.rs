//! HTTP: `Bun.serve`. Sockets are polled by the VM's own thread; parsing is `crust_wire`'s work, and
//! routes, `Request` and `Response` are TypeScript. No client yet.

mod connection;
mod date;
mod listener;
mod ops;
mod output;
mod server;

use crust_core::Feature;

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "http",
    ops: &[ops::OPS],
    builtins: &[],
    globals: &[],
};

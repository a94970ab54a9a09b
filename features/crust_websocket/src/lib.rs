//! `WebSocket` as programs see it: the client class and the sockets of `Bun.serve`. Framing is
//! `crust_wire`'s, the request that becomes a socket `crust_http`'s.
//!
//! Reading order: `hub` (what sockets of one server share), `socket`, `connect` (clients), `ops`.

mod connect;
mod hub;
mod ops;
mod output;
mod random;
mod registry;
mod socket;
mod sweeper;

pub use hub::Hub;
pub use registry::hub;
pub use socket::{Adoption, adopt};

use crust_core::{Feature, Global};

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "websocket",
    ops: &[ops::OPS, connect::OPS],
    builtins: &[],
    globals: &[Global::new(
        "WebSocket",
        "crust:websocket/websocket",
        "WebSocket",
    )],
};

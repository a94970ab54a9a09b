//! The HTTP client: `fetch` and `EventSource` over background connections. Requests, redirects and
//! responses are TypeScript in `js/`; here are the connections, their pool, proxies, TLS and content
//! codings. Never listens, and never waits on the VM's thread.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "tests may fail loudly"
    )
)]

mod connect;
mod decode;
mod error;
mod event_stream;
mod event_stream_ops;
mod exchange;
mod ops;
mod options;
mod outgoing;
mod pool;
mod response;
mod route;
#[cfg(test)]
mod tests;

use crust_core::{Feature, Global};

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "fetch",
    ops: &[ops::OPS, event_stream_ops::OPS],
    builtins: &[],
    globals: &[
        Global::enumerable("fetch", "crust:fetch/fetch", "fetch"),
        Global::new("EventSource", "crust:fetch/event_source", "EventSource"),
    ],
};

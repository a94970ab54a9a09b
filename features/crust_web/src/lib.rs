//! The web platform's globals: events, abort signals, timers, encodings, URLs, streams, the Fetch
//! classes, structured clones, performance, messages. The classes are TypeScript in `js/`, one module
//! per main thing; here are the natives they call and the table of globals. Listens on no socket.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "tests may fail loudly"
    )
)]

mod compression;
mod dialogs;
mod encoding;
mod globals;
mod navigator;
mod url;
mod url_pattern;

use crust_core::{Builtin, Feature, Op};

/// The natives by family.
const OPS: &[&[Op]] = &[
    compression::OPS,
    dialogs::OPS,
    encoding::OPS,
    navigator::OPS,
    url::OPS,
    url_pattern::OPS,
];

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "web",
    ops: OPS,
    builtins: BUILTINS,
    globals: globals::GLOBALS,
};

/// The modules programs can import by name.
const BUILTINS: &[Builtin] = &[
    Builtin::new("node:timers", "crust:web/node_timers"),
    Builtin::new("node:timers/promises", "crust:web/timers_promises"),
    Builtin::new("node:stream/web", "crust:web/node_stream_web"),
    Builtin::new("node:perf_hooks", "crust:web/node_perf_hooks"),
];

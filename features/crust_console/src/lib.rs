//! The console: `console`, `Bun.inspect`'s and `util.inspect`'s formats, and the buffered standard
//! output that everything in the process shares.
//!
//! Reading order: [`output`] (how text reaches the descriptors and in which order), `ops_output` and
//! `ops_inspect` (what the TypeScript in `js/` needs natives for).
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "tests may fail loudly"
    )
)]

mod excerpt;
mod ops_inspect;
mod ops_output;
pub mod output;

use crust_core::{Builtin, Feature, Global};

/// What the console brings.
pub const FEATURE: Feature = Feature {
    name: "console",
    ops: &[ops_output::OPS, ops_inspect::OPS],
    builtins: &[Builtin::new("node:console", "crust:console/node_console")],
    globals: &[Global::enumerable(
        "console",
        "crust:console/console",
        "console",
    )],
};

//! Files: `node:fs` and its promises, `Bun.file` and `Bun.write`. The modules are TypeScript in `js/`;
//! here are the natives they call, each of which runs at once or, when its first argument is true, on
//! a background thread and answers a promise. Knows no stream, no blob and no encoding but UTF-8.
//!
//! Reading order: `support` (how natives run and fail), then one module per family.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "tests may fail loudly"
    )
)]

mod copy;
mod descriptors;
mod directories;
mod embedded;
mod metadata;
mod paths;
mod place;
mod read_whole;
mod stat;
mod support;
mod tree;
mod watch;
mod write_whole;

use crust_core::{Builtin, Feature, Op};

/// The natives by family.
const OPS: &[&[Op]] = &[
    copy::OPS,
    descriptors::OPS,
    directories::OPS,
    metadata::OPS,
    paths::OPS,
    stat::OPS,
    tree::OPS,
    watch::OPS,
    read_whole::OPS,
    write_whole::OPS,
];

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "fs",
    ops: OPS,
    builtins: BUILTINS,
    globals: &[],
};

/// The modules programs can import by name.
const BUILTINS: &[Builtin] = &[
    Builtin::new("node:fs", "crust:fs/fs"),
    Builtin::new("node:fs/promises", "crust:fs/promises"),
];

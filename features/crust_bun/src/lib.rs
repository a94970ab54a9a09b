//! The `Bun` object and the module `bun`: small utilities, and the table that leads from each
//! property to the feature that has it.
//!
//! Reading order: `js/bun.ts` (the table), then [`which`] (a program on `PATH`), `formats` and `ops`.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "tests may fail loudly"
    )
)]

mod formats;
mod ops;
mod which;

use crust_core::{Builtin, Feature, Global};

/// What the feature brings.
pub const FEATURE: Feature = Feature {
    name: "bun",
    ops: &[ops::OPS],
    builtins: &[Builtin::new("bun", "crust:bun/bun")],
    globals: &[Global::enumerable("Bun", "crust:bun/bun", "Bun")],
};

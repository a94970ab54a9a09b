//! The `HTMLRewriter` class over `lol_html`. Never fetches.
//!
//! Reading order: [`protocol`] (what JS and the rewriter tell each other), [`rewriter`] (handlers that ask JS),
//! [`workers`] (the threads that rewriters run on), [`ops`] (the natives).
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "tests may fail loudly"
    )
)]

mod ops;
mod protocol;
mod rewriter;
mod workers;

use crust_core::{Feature, Global};

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "html",
    ops: &[ops::OPS],
    builtins: &[],
    globals: &[Global::new(
        "HTMLRewriter",
        "crust:html/html_rewriter",
        "HTMLRewriter",
    )],
};

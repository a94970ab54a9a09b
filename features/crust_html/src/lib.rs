//! The `HTMLRewriter` class over `lol_html`. Never fetches.

use crust_core::Feature;

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "html",
    ops: &[],
    builtins: &[],
    globals: &[],
};

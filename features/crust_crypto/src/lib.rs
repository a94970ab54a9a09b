//! The Web Cryptography API. Keys are bytes in natives; what a key may be used for is checked in JS.

use crust_core::Feature;

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "crypto",
    ops: &[],
    builtins: &[],
    globals: &[],
};

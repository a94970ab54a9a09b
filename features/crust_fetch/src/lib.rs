//! The HTTP client: `fetch` and `EventSource` over background connections. Never listens.

use crust_core::Feature;

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "fetch",
    ops: &[],
    builtins: &[],
    globals: &[],
};

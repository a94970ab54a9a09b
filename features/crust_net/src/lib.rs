//! TCP, UDP and DNS: `Bun.listen`, `Bun.connect`, `Bun.udpSocket`, `Bun.dns`. Never HTTP.

use crust_core::Feature;

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "net",
    ops: &[],
    builtins: &[],
    globals: &[],
};

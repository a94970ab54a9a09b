//! WebSockets as programs see them: the client class and the server's sockets. Framing is crust_wire's.

use crust_core::Feature;

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "websocket",
    ops: &[],
    builtins: &[],
    globals: &[],
};

//! Node's modules that need no resource of their own. The modules are TypeScript in `js/`; here are
//! the table of their names and the few natives they call. Opens no file and no socket.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "tests may fail loudly"
    )
)]

mod builtins;
mod bytes;
mod cipher;
mod ciphers;
mod codec;
mod digests;
mod os;
mod search;
mod values;
mod zlib;

use crust_core::{Feature, Op};

/// The natives by family.
const OPS: &[&[Op]] = &[
    bytes::OPS,
    ciphers::OPS,
    digests::OPS,
    os::OPS,
    values::OPS,
    zlib::OPS,
];

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "node",
    ops: OPS,
    builtins: builtins::BUILTINS,
    globals: builtins::GLOBALS,
};

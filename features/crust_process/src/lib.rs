//! The process and its children: `process`, signals, the standard streams, `node:child_process` and
//! `Bun.spawn`. The modules are TypeScript in `js/`; here are the natives they call. Reads no files
//! beside the kernel's own about this process.
//!
//! Reading order: `info` (what the process is), `usage` (what it consumes), `identity` (who it is and
//! where), `signals`, `pipes` (descriptors on the event loop), `terminal`, `pty`, `child`, `child_sync`.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "tests may fail loudly"
    )
)]

mod child;
mod child_sync;
mod command;
mod identity;
mod info;
mod pipes;
mod pty;
mod signals;
mod system;
mod terminal;
mod usage;

use crust_core::{Builtin, Feature, Global, Op};

/// The natives by family.
const OPS: &[&[Op]] = &[
    child::OPS,
    child_sync::OPS,
    identity::OPS,
    info::OPS,
    pipes::OPS,
    pty::OPS,
    signals::OPS,
    terminal::OPS,
    usage::OPS,
];

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "process",
    ops: OPS,
    builtins: BUILTINS,
    globals: GLOBALS,
};

/// The modules programs can import by name.
const BUILTINS: &[Builtin] = &[
    Builtin::new("node:process", "crust:process/node_process"),
    Builtin::new("node:child_process", "crust:process/child_process"),
    Builtin::new("node:tty", "crust:process/tty"),
];

/// `process` is loaded when a program first reads it.
const GLOBALS: &[Global] = &[Global::new("process", "crust:process/process", "process")];

//! `Bun.build`: programs bundle programs. The bundler runs on threads of its own and asks plugins through
//! the event loop. Bundles nothing itself.
//!
//! Reading order: [`config`] (options), [`hooks`] (questions to plugins), [`macros`] and [`macro_host`], [`resolve`] (theirs to the bundler), [`results`] and [`executable`] (what comes out), [`ops`], [`transpiler`].

mod config;
mod executable;
mod hooks;
mod macro_host;
mod macros;
mod ops;
mod resolve;
mod results;
mod transpiler;

use crust_core::Feature;

pub use macro_host::{MACRO_HOST, MacroHost};

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "build_api",
    ops: &[ops::OPS, transpiler::OPS, macro_host::OPS],
    builtins: &[],
    globals: &[],
};

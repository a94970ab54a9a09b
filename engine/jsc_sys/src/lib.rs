//! Raw declarations of JavaScriptCore's C API and of the few GLib calls the engine's run loop needs,
//! opened at run time. Never wraps, converts or checks anything: that is `jsc`'s work.
//!
//! Three levels (`docs/ARCHITECTURE.md`, *Engine*): [`Api`] holds the public functions, which must
//! all be there; [`Spi`] the exported C functions without a header, each of which may be missing;
//! [`Library::symbol`] looks up anything else by its mangled name.
#![expect(unsafe_code, reason = "declarations of a C library")]
#![expect(
    non_snake_case,
    reason = "fields carry the names of the C functions they hold"
)]

mod api;
#[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
mod image;
mod library;
mod types;

pub use api::{Api, Glib, Spi};
pub use library::{Library, Linking, OpenError};
pub use types::*;

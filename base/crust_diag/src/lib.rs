//! Problems found in a user's source or configuration, as data, and the one renderer that shows
//! them. It never prints, never reads a file and never decides an exit code.
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod diagnostic;
mod position;
mod render;

pub use diagnostic::{Diagnostic, ExcerptLine, Label, Severity};
pub use position::{LineIndex, Position};
pub use render::{Style, render, render_all};

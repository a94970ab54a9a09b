//! `crust upgrade` as a library: reads a manifest, downloads the binary it names, checks length, SHA-256,
//! the stamped header and `--version`, and puts it in the place of the old one, which stays beside it for
//! a rollback. Prints nothing: what happens is told as [`Event`]s.
//!
//! Nothing at the binary's place is touched before every check has passed. What is trusted is the
//! manifest, and so the server that it comes from; the checks are against accidents on the way, and
//! against a manifest and a binary that do not belong together.
//!
//! Reading order: `error`, `manifest`, `version`, `fetch` (one GET), `check` (what a downloaded binary
//! must be), `swap` (the renames), `upgrade` (the order of it all).
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod check;
mod error;
mod fetch;
mod manifest;
mod swap;
mod upgrade;
mod version;

pub use error::UpgradeError;
pub use manifest::{Binary, Manifest};
pub use swap::rollback;
pub use upgrade::{Event, Outcome, upgrade};
pub use version::Version;

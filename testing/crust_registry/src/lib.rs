//! A registry of npm packages on the loopback. It serves what a test gives it, remembers what it was
//! asked, and fails on demand. Never listens anywhere else.
//!
//! Packages are JSON: names, each with `versions`, and perhaps `tags` and `advisories`. A version is its
//! manifest; its member `files` holds further files of the tarball and `time` when it was published.
//!
//! ```json
//! { "a": { "versions": { "1.0.0": { "dependencies": { "b": "^1" } } }, "tags": { "next": "1.0.0" } } }
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a tool of tests fails by panicking"
)]

mod answer;
mod fault;
mod http;
mod package;
mod server;
pub mod synthetic;
mod tarball;

pub use fault::{Fault, Rule};
pub use package::{Package, Packages};
pub use server::{Asked, Registry};
pub use tarball::{gzip, tarball};

//! The process manager as a library: the supervisor (what should happen), the holder (the parent of all
//! processes), the daemon (which joins the two and answers), its client, logs and exports. It never prints
//! and knows no JavaScript value.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "a failed expectation is the test's failure"
    )
)]

pub mod clock;
pub mod config;
pub mod units;

mod cgroup;
mod error;
mod frames;
mod inherited;
mod listen;
mod paths;
mod poller;
mod procfs;
mod random;

pub mod client;
pub mod daemon;
pub mod export;
pub mod holder;
pub mod import;
mod store;
pub mod supervisor;
pub mod tail;

/// The program of `serve`: it takes what it serves from the environment.
pub const STATIC_SERVER_SOURCE: &str = include_str!("../serve/server.js");

pub use error::ProcmanError;
pub use inherited::close_inherited;
pub use paths::Home;
pub(crate) use supervisor::describe_end as supervisor_end;

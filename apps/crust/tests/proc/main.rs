//! `crust proc` from the command line: each test has a home folder of its own, and ends what it started.
//! Long ones are short here and long with `CRUST_TEST_SLOW` (`make test-all`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod manager;

mod dashboard;
mod exports;
mod foreground;
mod kill_suite;
mod life;
mod mistakes;
mod options;
#[path = "../support/pty.rs"]
mod pty;
mod reliability;
mod serve;
mod terminal;
mod words;

//! Data and configuration files as tables. One binary, so that it links once.
#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation is the test's failure"
)]

mod bunfig;
mod dir;
mod hostile_input;
mod json;
mod package_json;
mod toml;
mod tsconfig;
mod yaml;

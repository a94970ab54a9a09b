//! `crust install` and its family against a registry on the loopback: what a user sees, and what a bad
//! registry does.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod ask;
mod basics;
mod change;
mod isolated;
mod lines;
mod maintain;
mod migrate;
mod patches;
mod project;
mod publish;
mod rules;
mod run;
mod scripts;
mod sources;
mod whole;

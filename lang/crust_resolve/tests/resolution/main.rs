//! What specifiers lead to, as tables agreed with Bun and Node. One binary, so that it links once.
#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation is the test's failure"
)]

mod hostile_input;
mod packages;
mod specifiers;
mod tree;
mod tsconfig_paths;

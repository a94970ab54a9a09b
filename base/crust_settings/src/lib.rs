//! Where settings come from besides the command line: `.env` files with Bun's rules, and the table
//! of environment variables that Crust reads. It never changes the process's environment and never
//! prints.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        reason = "a failed expectation is the test's failure"
    )
)]

mod env_expand;
mod env_files;
mod env_parse;
mod variables;

pub use env_files::{LoadedEnv, Mode, load_default, load_named};
pub use env_parse::parse;
pub use variables::{VARIABLES, Variable, variable};

//! Assembly: which features are in the binary, where builtin modules come from, and how a program
//! is started. Knows no feature's inside, parses no arguments and prints only through the hooks it
//! is given.

mod auto_serve;
mod builtins;
mod features;
mod hooks;
mod macros;
mod options;
mod run;
mod test_worker;
mod vitals;

pub use crust_build_api::MacroHost;
pub use crust_core::file_state;
pub use crust_test_api::COVERAGE_VARIABLE;
pub use macros::run_macros;
pub use options::{Entry, Print, RunOptions, UnhandledRejections};
pub use run::{check_syntax, engine_levels, run};

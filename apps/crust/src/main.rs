//! The one binary: it reads its name and its command line, runs one command, and turns the result into
//! an exit code. It never opens the engine itself; `crust_host` does, for the commands that need it.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod args;
mod child;
mod cmd;
mod env_files;
mod error;
mod message;
mod outcome;
mod paths;
mod program;
mod script;
mod session;
mod snapshot;
mod target;
mod versions;
mod watch;

use std::process::ExitCode;

use session::Session;

fn main() -> ExitCode {
    let session = Session::of_this_process();
    let outcome = cmd::dispatch(&session).unwrap_or_else(|error| error.report(&session));
    outcome.finish()
}

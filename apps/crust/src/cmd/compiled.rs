//! What a single executable of `crust build --compile` does: it runs the program that it carries, with
//! every word of its command line.

use std::ffi::OsString;
use std::path::PathBuf;

use crust_payload::Payload;

use crate::args::{self, Scope, UnknownOptions};
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::program::{self, Source};
use crate::session::Session;

/// Makes a single executable the toolkit that it was made with, as Bun's variable of this name does.
const TOOLKIT_VARIABLE: &str = "BUN_BE_BUN";

/// Whether this process is to run a program that its executable carries.
pub(super) fn is_due() -> bool {
    crust_header_file::is_compiled()
        && std::env::var_os(TOOLKIT_VARIABLE).is_none_or(|value| value != "1")
}

/// Runs the program.
pub(super) fn start(session: &Session) -> Result<Outcome, CliError> {
    let payload = match Payload::of_this_program() {
        Ok(Some(payload)) => payload,
        Ok(None) => return Err(CliError::NoPayload),
        Err(problem) => return Err(CliError::Payload(problem)),
    };
    let options: Vec<OsString> = payload.index.exec_argv.iter().map(OsString::from).collect();
    let parsed = args::parse(&options, Scope::RUN, UnknownOptions::Refuse)?;
    let arguments = session
        .words
        .get(session.words_of_environment..)
        .unwrap_or_default();
    let source = Source::File(PathBuf::from(payload.entry()));
    program::run(session, &parsed, source, arguments)
}

//! Called as `node`: Node's command line. It runs files and code, never scripts or commands.

use super::answered;
use crate::args::{self, OptionId, Parsed, Scope, UnknownOptions, split_words};
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::program::{self, Source};
use crate::session::Session;
use crate::{env_files, script, target};

/// Runs Node's command line.
pub(super) fn start(session: &Session) -> Result<Outcome, CliError> {
    let mut parsed = args::parse(&session.words, Scope::NODE, UnknownOptions::Refuse)?;
    let mut options = options_of_environment()?;
    options.extend(parsed.options);
    parsed.options = options;
    if let Some(outcome) = answered(session, &parsed, None) {
        return Ok(outcome);
    }
    if let Some(source) = Source::of_options(&parsed.options) {
        let arguments = program::operands(&parsed);
        return program::run(session, &parsed, source, &arguments);
    }
    let name = parsed.operand.as_ref().filter(|name| *name != "-");
    if parsed.operand.is_none() && rustix::termios::isatty(std::io::stdin()) {
        return Err(CliError::NothingToRun {
            reason: "the interactive prompt is not part of this version of Crust",
        });
    }
    // Node reports a missing environment file before a missing program.
    env_files::for_program(session, &parsed.options)?;
    let source = match name {
        Some(name) => Source::File(find_file(name)?),
        None => Source::Stdin,
    };
    if parsed.options.has(OptionId::CheckSyntax) {
        return program::check_syntax(&source);
    }
    program::run(session, &parsed, source, &parsed.rest)
}

/// Node accepts a file by its name, with or without `./`.
fn find_file(name: &std::ffi::OsStr) -> Result<std::path::PathBuf, CliError> {
    target::find_file(&script::working_directory()?, name).ok_or_else(|| CliError::ModuleNotFound {
        name: name.to_string_lossy().into_owned(),
        suggestion: None,
    })
}

/// `NODE_OPTIONS` is written for whichever Node runs, so what is unknown here is left alone.
fn options_of_environment() -> Result<args::Options, CliError> {
    let text = std::env::var("NODE_OPTIONS").unwrap_or_default();
    let words: Vec<_> = split_words(&text).into_iter().map(Into::into).collect();
    let Parsed { options, .. } =
        args::parse(&words, Scope::NODE, UnknownOptions::KeepUnavailableToo)?;
    Ok(options)
}

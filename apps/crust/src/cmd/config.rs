//! `crust config`: reads and changes the project header. Each of its words is a file of `config/`; how
//! the file is written is `crust_header_file`'s.

mod diff;
mod error;
mod feature;
mod field;
mod get;
mod init;
mod project;
mod set;
mod verify;
mod watch;

use std::ffi::OsString;

use super::{answered, change_directory, find, help};
use crate::args::{self, Parsed, Scope, closest, to_strings};
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::session::Session;

pub(crate) use error::ConfigError;

/// What a word does with the options and the words after it.
type Act = fn(&args::Options, &[String]) -> Result<Outcome, CliError>;

static ACTS: [(&str, Act); 7] = [
    ("get", get::command),
    ("set", set::command),
    ("feature", feature::command),
    ("verify", verify::command),
    ("watch", watch::command),
    ("diff", diff::command),
    ("init", init::command),
];

/// `crust config WORD …`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let (parsed, words) = parse(session, before)?;
    if let Some(outcome) = answered(session, &parsed, find("config")) {
        return Ok(outcome);
    }
    change_directory(session, &parsed)?;
    let mut words = words.into_iter();
    let Some(name) = words.next() else {
        help::print(session, find("config"));
        return Ok(Outcome::FAILURE);
    };
    let Some((_, act)) = ACTS.iter().find(|(known, _)| *known == name) else {
        return Err(CliError::UnknownCommand {
            suggestion: closest(&name, ACTS.iter().map(|(known, _)| *known)),
            name: format!("config {name}"),
        });
    };
    act(&parsed.options, &words.collect::<Vec<_>>())
}

/// Options may stand anywhere among the words, except after `--`.
fn parse(session: &Session, before: &Parsed) -> Result<(Parsed, Vec<String>), CliError> {
    let mut parsed = before.clone();
    let mut words: Vec<OsString> = Vec::new();
    let mut rest = before.rest.clone();
    loop {
        let literal = rest.first().is_some_and(|word| word == "--");
        let next = args::parse(&rest, Scope::CONFIG, session.unknown_options())?;
        parsed.options.extend(next.options);
        words.extend(next.operand);
        if literal {
            words.extend(next.rest);
            break;
        }
        if next.rest.is_empty() {
            break;
        }
        rest = next.rest;
    }
    Ok((parsed, to_strings(&words)))
}

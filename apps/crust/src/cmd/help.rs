//! `--help` and `crust help COMMAND`, made from the tables of commands and options.

use std::fmt::Write as _;

use super::{COMMANDS, Command, find};
use crate::args::{Heading, OptionSpec, Parsed, Scope, Standing, Takes, closest, every_option};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::session::{ProgramName, Session};
use crate::versions;

/// `crust help [COMMAND]`.
pub(super) fn command(session: &Session, parsed: &Parsed) -> Result<Outcome, CliError> {
    let Some(name) = parsed.rest.first() else {
        return Ok(print(session, None));
    };
    let name = name.to_string_lossy().into_owned();
    if let Some(command) = find(&name) {
        return Ok(print(session, Some(command)));
    }
    let suggestion = closest(&name, COMMANDS.iter().map(|command| command.name));
    Err(CliError::UnknownCommand { name, suggestion })
}

/// Prints the help of a command, or of the whole program.
pub(crate) fn print(session: &Session, command: Option<&Command>) -> Outcome {
    let text = match command {
        Some(command) => command_help(session, command),
        None if session.name == ProgramName::Node => node_help(session),
        None => main_help(session),
    };
    message::print(&text);
    Outcome::SUCCESS
}

// Writing to a string cannot fail, so the results below are dropped.

fn main_help(session: &Session) -> String {
    let name = session.main_name();
    let mut text = format!(
        "Crust {}: runs TypeScript and JavaScript on the system's JavaScriptCore.\n\n\
         Usage: {name} [OPTIONS] FILE|SCRIPT [ARGUMENTS]\n       {name} COMMAND [OPTIONS] …\n\nCommands:\n",
        versions::CRUST
    );
    for command in COMMANDS {
        let _ = writeln!(text, "  {:<14}{}", command.name, command.summary);
    }
    push_options(&mut text, Scope::RUN);
    let _ = writeln!(text, "\n{name} COMMAND --help tells more about a command.");
    text
}

fn node_help(session: &Session) -> String {
    let name = &session.display_name;
    let mut text = format!("Usage: {name} [OPTIONS] [FILE | -e CODE | -] [ARGUMENTS]\n");
    push_options(&mut text, Scope::NODE);
    text
}

fn command_help(session: &Session, command: &Command) -> String {
    let name = session.main_name();
    let called = match session.name {
        ProgramName::Execute => session.display_name.clone(),
        _ => format!("{name} {}", command.name),
    };
    let mut text = format!(
        "{}.\n\nUsage: {called} {}\n",
        command.summary, command.operands
    );
    if let Some(scope) = command.scope {
        push_options(&mut text, scope);
    }
    text.push_str("\nExamples:\n");
    for example in command.examples {
        let _ = writeln!(text, "  {name} {example}");
    }
    text
}

fn push_options(text: &mut String, scope: Scope) {
    let offered = || {
        every_option().filter(|spec| spec.standing == Standing::Offered && spec.scope.meets(scope))
    };
    for heading in Heading::ALL {
        let mut options = offered().filter(|spec| spec.heading == heading).peekable();
        if options.peek().is_none() {
            continue;
        }
        let _ = write!(text, "\n{}:\n", heading.title());
        for spec in options {
            // Long spellings are apart from their help by one space at least.
            let _ = writeln!(text, "  {:<31} {}", spelling(spec), spec.help);
        }
    }
}

fn spelling(spec: &OptionSpec) -> String {
    let short = spec
        .short
        .map_or_else(|| "    ".to_owned(), |letter| format!("-{letter}, "));
    match spec.takes {
        Takes::Nothing => format!("{short}{}", spec.long),
        Takes::Value(value) => format!("{short}{}={value}", spec.long),
        Takes::OptionalValue(value) => format!("{short}{}[={value}]", spec.long),
    }
}

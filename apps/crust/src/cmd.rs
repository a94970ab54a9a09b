//! The commands, as a table, and the choice among them. Each command is a file of `cmd/`; this file
//! never does a command's work.

mod completions;
mod execute;
mod help;
mod node;
mod run;
mod version;

use std::ffi::OsString;

use crate::args::{self, OptionId, Parsed, Scope};
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::script::{self, Project};
use crate::session::{ProgramName, Session};

/// A command that this version has.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    pub(crate) aliases: &'static [&'static str],
    /// What follows the name, for the usage line.
    pub(crate) operands: &'static str,
    pub(crate) summary: &'static str,
    /// Which options the command knows.
    pub(crate) scope: Option<Scope>,
    /// Lines of the help's examples.
    pub(crate) examples: &'static [&'static str],
    /// Runs it: the line parsed up to the command's name, the words after it still as written.
    run: fn(&Session, &Parsed) -> Result<Outcome, CliError>,
}

/// The commands of this version, in the order of the help.
pub(crate) static COMMANDS: &[Command] = &[
    Command {
        name: "run",
        aliases: &[],
        operands: "[OPTIONS] FILE|SCRIPT [ARGUMENTS]",
        summary: "Run a file, a package.json script or a package's command",
        scope: Some(Scope::RUN),
        examples: &[
            "run ./server.ts",
            "run --watch ./server.ts",
            "run build -- --minify",
            "run -",
        ],
        run: run::command,
    },
    Command {
        name: "x",
        aliases: &[],
        operands: "[OPTIONS] COMMAND [ARGUMENTS]",
        summary: "Run a command of an installed package",
        scope: Some(Scope::EXECUTE),
        examples: &["x tsc --noEmit", "x --bun vite dev"],
        run: execute::command,
    },
    Command {
        name: "completions",
        aliases: &[],
        operands: "bash|zsh|fish",
        summary: "Print the completions of a shell",
        scope: None,
        examples: &["completions bash > ~/.local/share/bash-completion/completions/crust"],
        run: completions::command,
    },
    Command {
        name: "help",
        aliases: &[],
        operands: "[COMMAND]",
        summary: "Print the help of a command",
        scope: None,
        examples: &["help run"],
        run: help::command,
    },
];

/// Bun's commands that this version does not have. They are refused rather than taken for scripts, so
/// that a line means the same in every version.
static UNAVAILABLE: &[&str] = &[
    "a",
    "add",
    "audit",
    "build",
    "c",
    "check",
    "ci",
    "create",
    "dedupe",
    "exec",
    "fmt",
    "i",
    "info",
    "init",
    "install",
    "link",
    "lint",
    "list",
    "outdated",
    "patch",
    "patch-commit",
    "pm",
    "prune",
    "publish",
    "r",
    "remove",
    "repl",
    "rm",
    "test",
    "unlink",
    "up",
    "update",
    "upgrade",
    "whoami",
    "why",
];

/// Runs what the command line asks for.
pub(crate) fn dispatch(session: &Session) -> Result<Outcome, CliError> {
    match session.name {
        ProgramName::Node => node::start(session),
        ProgramName::Execute => execute::start(session),
        ProgramName::Crust | ProgramName::Bun => main_command(session),
    }
}

/// The command called `name`.
pub(crate) fn find(name: &str) -> Option<&'static Command> {
    COMMANDS
        .iter()
        .find(|command| command.name == name || command.aliases.contains(&name))
}

/// The names of the commands, for suggestions.
pub(crate) fn names() -> Vec<&'static str> {
    COMMANDS.iter().map(|command| command.name).collect()
}

fn main_command(session: &Session) -> Result<Outcome, CliError> {
    let parsed = args::parse(&session.words, Scope::RUN, session.unknown_options())?;
    let has_program = parsed.options.has(OptionId::Eval) || parsed.options.has(OptionId::Print);
    if let Some(name) = parsed
        .operand
        .as_ref()
        .filter(|_| !has_program)
        .and_then(|name| name.to_str())
    {
        if let Some(command) = find(name) {
            return (command.run)(session, &parsed);
        }
        if UNAVAILABLE.contains(&name) {
            return Err(unavailable(session, name));
        }
    }
    run::bare(session, &parsed)
}

fn unavailable(session: &Session, name: &str) -> CliError {
    let scripts = std::env::current_dir()
        .ok()
        .and_then(|directory| Project::nearest(&directory).ok().flatten());
    let script = script::names(scripts.as_ref())
        .into_iter()
        .find(|script| script == name);
    CliError::CommandUnavailable {
        command: format!("{} {name}", session.main_name()),
        script,
    }
}

/// Parses the words after a command's name and puts what stood before in front.
pub(crate) fn parse_after(
    session: &Session,
    before: &Parsed,
    scope: Scope,
) -> Result<Parsed, CliError> {
    let mut parsed = args::parse(&before.rest, scope, session.unknown_options())?;
    let mut options = before.options.clone();
    options.extend(parsed.options);
    let mut option_words: Vec<OsString> = before.option_words.clone();
    option_words.extend(parsed.option_words);
    parsed.options = options;
    parsed.option_words = option_words;
    Ok(parsed)
}

/// `--help`, `--version`, `--revision`: what is answered before anything runs.
pub(crate) fn answered(
    session: &Session,
    parsed: &Parsed,
    command: Option<&Command>,
) -> Option<Outcome> {
    if parsed.options.has(OptionId::Version) {
        return Some(version::print(session));
    }
    if parsed.options.has(OptionId::Revision) {
        return Some(version::print_revision(
            session,
            parsed.options.has(OptionId::Verbose),
        ));
    }
    if parsed.options.has(OptionId::Help) {
        return Some(help::print(session, command));
    }
    None
}

/// `--cwd`: changes the directory of the whole process.
pub(crate) fn change_directory(session: &Session, parsed: &Parsed) -> Result<(), CliError> {
    let Some(directory) = parsed.options.value(OptionId::WorkingDirectory) else {
        return Ok(());
    };
    if let Ok(first) = std::env::current_dir() {
        let _ = session.first_directory.set(first);
    }
    std::env::set_current_dir(directory).map_err(|source| CliError::ChangeDirectory {
        directory: directory.to_owned(),
        source,
    })
}

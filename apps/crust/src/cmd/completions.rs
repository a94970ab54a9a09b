//! `crust completions bash|zsh|fish`: completion scripts made from the tables of commands and options.
//! It never installs them.

mod bash;
mod fish;
mod zsh;

use super::{COMMANDS, Command, answered, find, parse_after};
use crate::args::{OptionSpec, Parsed, Scope, Standing, closest, every_option};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::session::Session;

/// Writes a completion script for a program name.
type Script = fn(&str) -> String;

/// The shells, each with the function that writes its script for a program name.
static SHELLS: [(&str, Script); 3] = [
    ("bash", bash::script),
    ("zsh", zsh::script),
    ("fish", fish::script),
];

/// `crust completions [SHELL]`; without a shell, that of `$SHELL`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let parsed = parse_after(session, before, Scope::RUN)?;
    if let Some(outcome) = answered(session, &parsed, find("completions")) {
        return Ok(outcome);
    }
    // The words for a script: its names, for the completions to call.
    if parsed
        .operand
        .as_ref()
        .is_some_and(|operand| operand == "scripts")
    {
        return Ok(print_scripts());
    }
    let shell = match &parsed.operand {
        Some(name) => name.to_string_lossy().into_owned(),
        None => shell_of_environment(),
    };
    if let Some((_, script)) = SHELLS.iter().find(|(name, _)| *name == shell) {
        message::print(&script(session.main_name()));
        return Ok(Outcome::SUCCESS);
    }
    let suggestion = closest(&shell, SHELLS.iter().map(|(name, _)| *name)).unwrap_or("bash");
    Err(CliError::UnknownCommand {
        name: format!("completions {shell}"),
        suggestion: Some(suggestion),
    })
}

fn shell_of_environment() -> String {
    let path = std::env::var_os("SHELL").unwrap_or_default();
    std::path::Path::new(&path)
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// The names of the package.json scripts, one per line; nothing when there is none to read, because a
/// completion must stay silent.
fn print_scripts() -> Outcome {
    let project = std::env::current_dir()
        .ok()
        .and_then(|directory| crate::script::Project::nearest(&directory).ok().flatten());
    for name in crate::script::names(project.as_ref()) {
        message::print(&format!("{name}\n"));
    }
    Outcome::SUCCESS
}

/// The options a command offers.
fn offered(command: &Command) -> impl Iterator<Item = &'static OptionSpec> {
    let scope = command.scope;
    every_option().filter(move |spec| {
        spec.standing == Standing::Offered && scope.is_some_and(|scope| spec.scope.meets(scope))
    })
}

/// The long and short spellings of a command's options.
fn spellings(command: &Command) -> Vec<String> {
    offered(command)
        .flat_map(|spec| {
            [
                Some(spec.long.to_owned()),
                spec.short.map(|letter| format!("-{letter}")),
            ]
        })
        .flatten()
        .collect()
}

fn command_names() -> String {
    COMMANDS
        .iter()
        .map(|command| command.name)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::SHELLS;

    #[test]
    fn every_shell_knows_commands_and_options() {
        for (shell, script) in SHELLS {
            let text = script("crust");
            for word in ["completions", "watch", "env-file", "crust"] {
                assert!(text.contains(word), "{shell} lacks {word}");
            }
            assert!(
                !text.contains("loaded-files-descriptor"),
                "{shell} offers a private option"
            );
        }
    }
}

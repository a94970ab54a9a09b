//! The completion script of fish.

use std::fmt::Write as _;

use super::{COMMANDS, command_names, offered};
use crate::args::Takes;

/// The script for the program called `name`.
pub(super) fn script(name: &str) -> String {
    let commands = command_names();
    let mut text = format!("# fish completions of {name}\nset -l {name}_commands {commands}\n");
    // Writing to a string cannot fail.
    for command in COMMANDS {
        let _ = writeln!(
            text,
            "complete -c {name} -n 'not __fish_seen_subcommand_from ${name}_commands' -a {} -d '{}'",
            command.name,
            escaped(command.summary)
        );
    }
    let _ = writeln!(
        text,
        "complete -c {name} -n '__fish_is_first_arg; or __fish_seen_subcommand_from run' -a '({name} completions scripts 2>/dev/null)' -d script"
    );
    let _ = writeln!(
        text,
        "complete -c {name} -n '__fish_seen_subcommand_from completions' -f -a 'bash zsh fish'"
    );
    for (index, command) in COMMANDS.iter().enumerate() {
        let mut condition = format!("__fish_seen_subcommand_from {}", command.name);
        if index == 0 {
            // The options of `run` are those of the program without a command.
            let _ = write!(
                condition,
                "; or not __fish_seen_subcommand_from ${name}_commands"
            );
        }
        for spec in offered(command) {
            let short = spec
                .short
                .map(|letter| format!(" -s {letter}"))
                .unwrap_or_default();
            let value = if spec.takes == Takes::Nothing {
                ""
            } else {
                " -r"
            };
            let _ = writeln!(
                text,
                "complete -c {name} -n '{condition}' -l {}{short}{value} -d '{}'",
                spec.long.trim_start_matches('-'),
                escaped(spec.help)
            );
        }
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'")
}

//! The completion script of zsh.

use std::fmt::Write as _;

use super::{COMMANDS, offered};
use crate::args::{OptionSpec, Takes};

/// The script for the program called `name`.
pub(super) fn script(name: &str) -> String {
    let mut commands = String::new();
    let mut cases = String::new();
    // Writing to a string cannot fail.
    for command in COMMANDS {
        let _ = writeln!(
            commands,
            "    '{}:{}'",
            command.name,
            escaped(command.summary)
        );
        let options: String = offered(command).map(option).collect();
        if !options.is_empty() {
            let _ = write!(
                cases,
                "    {})\n      options=(\n{options}      ) ;;\n",
                command.name
            );
        }
    }
    let main: String = COMMANDS
        .first()
        .into_iter()
        .flat_map(offered)
        .map(option)
        .collect();
    format!(
        r#"#compdef {name}
# zsh completions of {name}
_{name}() {{
  local -a commands options scripts
  commands=(
{commands}  )
  scripts=(${{(f)"$({name} completions scripts 2>/dev/null)"}})
  case "$words[2]" in
    completions) _values shell bash zsh fish; return ;;
{cases}    *)
      options=(
{main}      ) ;;
  esac
  if (( CURRENT == 2 )); then
    _describe command commands
  fi
  if (( CURRENT == 2 )) || [[ "$words[2]" == run ]]; then
    compadd -a scripts
  fi
  _arguments -S $options '*:file:_files'
}}
compdef _{name} {name}
"#
    )
}

fn option(spec: &OptionSpec) -> String {
    let help = escaped(spec.help);
    let value = match spec.takes {
        Takes::Nothing => String::new(),
        Takes::Value(name) | Takes::OptionalValue(name) => format!(":{}:_files", escaped(name)),
    };
    let equals = if spec.takes == Takes::Nothing {
        ""
    } else {
        "="
    };
    let mut text = format!("        '{}{equals}[{help}]{value}'\n", spec.long);
    if let Some(letter) = spec.short {
        let _ = writeln!(text, "        '-{letter}[{help}]{value}'");
    }
    text
}

/// Text inside single quotes and brackets of a zsh specification.
fn escaped(text: &str) -> String {
    text.replace('\'', "'\\''")
        .replace('[', "\\[")
        .replace(']', "\\]")
        .replace(':', "\\:")
}

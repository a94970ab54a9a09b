//! The completion script of bash.

use std::fmt::Write as _;

use super::{COMMANDS, command_names, spellings};

/// The script for the program called `name`.
pub(super) fn script(name: &str) -> String {
    let mut cases = String::new();
    for command in COMMANDS {
        let options = spellings(command).join(" ");
        // Writing to a string cannot fail.
        let _ = writeln!(cases, "    {}) options=\"{options}\" ;;", command.name);
    }
    let main = COMMANDS
        .first()
        .map(spellings)
        .unwrap_or_default()
        .join(" ");
    let commands = command_names();
    format!(
        r#"# bash completions of {name}
_{name}_complete() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" options="" words=""
  case "${{COMP_WORDS[1]}}" in
{cases}    *) options="{main}" ;;
  esac
  if [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
    return
  fi
  if [[ "${{COMP_WORDS[1]}}" == completions ]]; then
    COMPREPLY=($(compgen -W "bash zsh fish" -- "$current"))
    return
  fi
  [[ $COMP_CWORD -eq 1 ]] && words="{commands}"
  if [[ $COMP_CWORD -eq 1 || "${{COMP_WORDS[1]}}" == run ]]; then
    words="$words $({name} completions scripts 2>/dev/null)"
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}}
complete -o filenames -F _{name}_complete {name}
"#
    )
}

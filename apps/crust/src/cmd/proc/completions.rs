//! `completions bash|zsh|fish`: scripts made from the table of words and options. `completions names` gives what
//! they ask for while somebody types.

use std::fmt::Write as _;

use crust_procman::client::Client;
use crust_procman::{Home, ProcmanError};

use super::{Line, words};
use crate::args::{Scope, Standing, every_option};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;

pub(super) fn completions(line: &Line) -> Result<Outcome, CliError> {
    let shell = line.words.first().map_or("bash", String::as_str);
    let text = match shell {
        "bash" => bash(),
        "zsh" => zsh(),
        "fish" => fish(),
        "names" => names(),
        other => {
            return Err(ProcmanError::NotRunnable(format!(
                "there are completions for bash, zsh and fish, not for \"{other}\""
            ))
            .into());
        }
    };
    message::print(&text);
    Ok(Outcome::SUCCESS)
}

/// The names of the applications; nothing without a daemon, because a completion starts none and stays silent.
fn names() -> String {
    let client = Home::of_environment()
        .ok()
        .and_then(|home| Client::connect(&home));
    let rows = client.and_then(|mut client| client.get("/v1/processes").ok());
    let rows = rows
        .and_then(|rows| rows.as_array().cloned())
        .unwrap_or_default();
    let mut names: Vec<&str> = rows.iter().filter_map(|row| row["name"].as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
        .iter()
        .fold(String::new(), |text, name| text + name + "\n")
}

fn offered() -> Vec<(&'static str, &'static str)> {
    every_option()
        .filter(|spec| spec.standing == Standing::Offered && spec.scope.meets(Scope::PROC))
        .map(|spec| (spec.long, spec.help))
        .collect()
}

fn bash() -> String {
    let words = words().collect::<Vec<_>>().join(" ");
    let options: Vec<&str> = offered().iter().map(|(long, _)| *long).collect();
    let options = options.join(" ");
    format!(
        r#"# bash completions of crust-pm
_crust_pm_complete() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" words="{words}"
  if [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "{options}" -- "$current"))
    return
  fi
  case "${{COMP_WORDS[1]}}" in
    completions) [[ $COMP_CWORD -gt 1 ]] && words="bash zsh fish" ;;
    export) [[ $COMP_CWORD -gt 1 ]] && words="systemd kubernetes compose nomad" ;;
    *) [[ $COMP_CWORD -gt 1 ]] && words="all $(crust-pm completions names 2>/dev/null)" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ $COMP_CWORD -gt 1 ]] && COMPREPLY+=($(compgen -f -- "$current"))
}}
complete -o filenames -F _crust_pm_complete crust-pm
"#
    )
}

fn zsh() -> String {
    let words = words().collect::<Vec<_>>().join(" ");
    let quoted = |text: &str| {
        text.replace('\'', "'\\''")
            .replace(['[', ']'], "")
            .replace(':', "\\:")
    };
    let mut options = String::new();
    for (long, help) in offered() {
        // Writing to a string cannot fail.
        let _ = writeln!(options, "    '{long}[{}]' \\", quoted(help));
    }
    format!(
        r#"#compdef crust-pm
_crust_pm() {{
  local -a names
  _arguments \
{options}    '1:word:({words})' '*::argument:->arguments'
  if [[ $state == arguments ]]; then
    names=(all ${{(f)"$(crust-pm completions names 2>/dev/null)"}})
    compadd -a names
    _files
  fi
}}
compdef _crust_pm crust-pm
"#
    )
}

fn fish() -> String {
    let mut text = String::from("# fish completions of crust-pm\n");
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('\'', "\\'");
    for word in words() {
        let _ = writeln!(
            text,
            "complete -c crust-pm -n __fish_use_subcommand -f -a {word}"
        );
    }
    text.push_str("complete -c crust-pm -n 'not __fish_use_subcommand' -a '(crust-pm completions names 2>/dev/null)'\n");
    for (long, help) in offered() {
        let long = long.trim_start_matches('-');
        let _ = writeln!(text, "complete -c crust-pm -l {long} -d '{}'", quoted(help));
    }
    text
}

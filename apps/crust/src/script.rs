//! package.json scripts and package binaries: finding, listing and running them. It never opens the
//! engine: a script is a command of the system's shell.

mod environment;
mod list;
mod manifest;
mod quote;
mod runtime_links;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) use environment::{Variables, working_directory};
pub(crate) use list::{list, names};
pub(crate) use manifest::Project;

use crate::error::CliError;
use crate::outcome::{Outcome, signal_name};
use crate::session::Session;
use crate::{child, message, paths, snapshot};

/// How scripts and binaries are to be run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// Print neither the commands nor their failure.
    pub(crate) silent: bool,
    /// `node` and `bun` mean this program.
    pub(crate) force_runtime: bool,
}

/// Runs a script with its `pre` and `post` scripts, in the project's directory. The first that fails
/// ends the sequence; the arguments go to the script itself.
pub(crate) fn run_script(
    session: &Session,
    project: &Project,
    name: &str,
    arguments: &[OsString],
    manner: Manner,
    from_env_files: &[(OsString, OsString)],
) -> Result<Outcome, CliError> {
    let variables = Variables::of_project(session, project, manner)?;
    let nothing: &[OsString] = &[];
    let stages = [
        (format!("pre{name}"), nothing),
        (name.to_owned(), arguments),
        (format!("post{name}"), nothing),
    ];
    for (stage, arguments) in stages {
        let Some(text) = project.script(&stage) else {
            continue;
        };
        let outcome = run_stage(
            project,
            &stage,
            text,
            arguments,
            manner,
            &variables,
            from_env_files,
        )?;
        if !outcome.is_success() {
            return Ok(outcome);
        }
    }
    Ok(Outcome::SUCCESS)
}

fn run_stage(
    project: &Project,
    stage: &str,
    text: &str,
    arguments: &[OsString],
    manner: Manner,
    variables: &Variables,
    from_env_files: &[(OsString, OsString)],
) -> Result<Outcome, CliError> {
    let line = quote::with_arguments(text, arguments);
    if !manner.silent {
        message::command(&line.to_string_lossy());
    }
    let shell = shell();
    let mut command = Command::new(&shell);
    command.arg("-c").arg(&line).current_dir(&project.directory);
    command.envs(from_env_files.iter().map(|(name, value)| (name, value)));
    variables.apply(&mut command);
    command
        .env("npm_lifecycle_event", stage)
        .env("npm_lifecycle_script", text);
    snapshot::pass_on(&mut command, &project.directory)?;
    let outcome = start(&mut command, &shell)?;
    if !manner.silent {
        report_failure(&format!("script \"{stage}\""), outcome);
    }
    Ok(outcome)
}

/// Runs a file of `node_modules/.bin` or a command of the system, in the current directory.
pub(crate) fn run_binary(
    session: &Session,
    binary: &Path,
    arguments: &[OsString],
    manner: Manner,
    lifecycle_event: Option<&str>,
    from_env_files: &[(OsString, OsString)],
) -> Result<Outcome, CliError> {
    let mut command = Command::new(binary);
    command.args(arguments);
    command.envs(from_env_files.iter().map(|(name, value)| (name, value)));
    Variables::of_working_directory(session, manner)?.apply(&mut command);
    if let Some(event) = lifecycle_event {
        command.env("npm_lifecycle_event", event);
    }
    snapshot::pass_on(&mut command, &working_directory()?)?;
    let outcome = start(&mut command, binary)?;
    if !manner.silent {
        let name = binary.file_name().unwrap_or_default().to_string_lossy();
        report_failure(&format!("\"{name}\""), outcome);
    }
    Ok(outcome)
}

fn start(command: &mut Command, program: &Path) -> Result<Outcome, CliError> {
    child::run(command).map_err(|source| CliError::Spawn {
        program: program.display().to_string(),
        source,
    })
}

fn report_failure(what: &str, outcome: Outcome) {
    match outcome {
        // Whoever pressed Ctrl+C knows.
        Outcome::Code(0) | Outcome::Signal(signal_hook::consts::SIGINT) => {}
        Outcome::Code(code) => message::error(&format!("{what} exited with code {code}")),
        Outcome::Signal(signal) => {
            message::error(&format!(
                "{what} was terminated by signal {}",
                signal_name(signal)
            ));
        }
    }
}

/// What an installation runs lifecycle scripts with.
pub(crate) fn host_of_installation(
    session: &Session,
) -> Result<crust_installer::ScriptHost, CliError> {
    let (variables, search_path) = Variables::of_installation(session)?;
    Ok(crust_installer::ScriptHost {
        shell: shell(),
        variables,
        search_path,
        ..crust_installer::ScriptHost::default()
    })
}

/// The shell of scripts: bash where there is one, as scripts are often written for it, else sh.
fn shell() -> PathBuf {
    ["bash", "sh"]
        .into_iter()
        .find_map(|name| paths::find_executable(name.as_ref(), paths::system_directories()))
        .unwrap_or_else(|| PathBuf::from("/bin/sh"))
}

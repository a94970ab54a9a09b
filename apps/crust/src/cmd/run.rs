//! `crust FILE`, `crust run FILE|SCRIPT`, `-e`, `-p` and `-`: runs a program or a script. The program
//! itself is `crust::program`'s, the script `crust::script`'s.

use std::path::Path;

use super::{answered, change_directory, find, help, parse_after};
use crate::args::{OptionId, Parsed, Scope};
use crate::env_files;
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::program::{self, Source};
use crate::script::{self, Manner, Project};
use crate::session::Session;
use crate::target::{self, Given, Target};

/// `crust run …`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let parsed = parse_after(session, before, Scope::RUN)?;
    start(session, &parsed, Given::ToRun)
}

/// `crust NAME …` without a command.
pub(super) fn bare(session: &Session, parsed: &Parsed) -> Result<Outcome, CliError> {
    start(session, parsed, Given::Bare)
}

fn start(session: &Session, parsed: &Parsed, given: Given) -> Result<Outcome, CliError> {
    let command = if given == Given::ToRun {
        find("run")
    } else {
        None
    };
    if let Some(outcome) = answered(session, parsed, command) {
        return Ok(outcome);
    }
    change_directory(session, parsed)?;
    if let Some(source) = Source::of_options(&parsed.options) {
        let arguments = program::operands(parsed);
        return program::run(session, parsed, source, &arguments);
    }
    let Some(name) = &parsed.operand else {
        return nothing_named(session, given);
    };
    let arguments = target::without_separator(&parsed.rest);
    if name == "-" {
        return program::run(session, parsed, Source::Stdin, arguments);
    }
    let directory = script::working_directory()?;
    let target = match target::find(name, given, &directory) {
        Err(CliError::ScriptNotFound { .. } | CliError::ModuleNotFound { .. })
            if parsed.options.has(OptionId::IfPresent) =>
        {
            return Ok(Outcome::SUCCESS);
        }
        other => other?,
    };
    match target {
        Target::File(path) => program::run(session, parsed, Source::File(path), arguments),
        Target::Script { project, name } => {
            let manner = manner(parsed)?;
            let variables = env_files::for_script(session, &parsed.options)?;
            script::run_script(session, &project, &name, arguments, manner, &variables)
        }
        Target::Binary(path) => {
            let variables = env_files::for_script(session, &parsed.options)?;
            script::run_binary(session, &path, arguments, manner(parsed)?, None, &variables)
        }
    }
}

/// How to run scripts and package commands, with the options that mean nothing to them refused.
pub(super) fn manner(parsed: &Parsed) -> Result<Manner, CliError> {
    if let Some(shell) = parsed
        .options
        .value(OptionId::Shell)
        .filter(|&shell| shell != "system")
    {
        let reason =
            format!("the shell \"{shell}\" is not part of this version of Crust, only \"system\"");
        return Err(CliError::OptionValue {
            option: "--shell",
            reason,
        });
    }
    if parsed.options.has(OptionId::Watch) {
        message::warn("--watch restarts files, not scripts or package commands");
    }
    Ok(Manner {
        silent: parsed.options.has(OptionId::Silent),
        force_runtime: parsed.options.has(OptionId::ForceRuntime),
    })
}

/// `crust run` lists the scripts; `crust` alone prints the help.
fn nothing_named(session: &Session, given: Given) -> Result<Outcome, CliError> {
    let directory = script::working_directory()?;
    let project = if given == Given::ToRun {
        project_with_scripts(&directory)?
    } else {
        None
    };
    match project {
        Some(project) => {
            message::print(&format!(
                "Usage: {0} run [OPTIONS] FILE|SCRIPT [ARGUMENTS]   ({0} run --help lists the options)\n\n",
                session.main_name()
            ));
            message::print(&script::list(session, &project));
            Ok(Outcome::SUCCESS)
        }
        None => Ok(help::print(
            session,
            find("run").filter(|_| given == Given::ToRun),
        )),
    }
}

fn project_with_scripts(directory: &Path) -> Result<Option<Project>, CliError> {
    let project = Project::nearest(directory).map_err(CliError::Manifest)?;
    Ok(project.filter(|project| !project.scripts().is_empty()))
}

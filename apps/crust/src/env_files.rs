//! The variables of `.env` files, for the program or for a script. It never changes this process's own
//! environment.

use std::ffi::OsString;

use crust_settings::{LoadedEnv, load_default, load_named};

use crate::args::{OptionId, Options};
use crate::error::CliError;
use crate::message;
use crate::script;
use crate::session::{ProgramName, Session};

/// Names and values to add to an environment that does not have them.
pub(crate) type Variables = Vec<(OsString, OsString)>;

/// The variables for a program: of the files named by `--env-file`, or else of the usual ones, except
/// that Node reads no file that was not named.
pub(crate) fn for_program(session: &Session, options: &Options) -> Result<Variables, CliError> {
    let named = named(session, options)?;
    if named.is_some() || options.has(OptionId::NoEnvFile) || session.name == ProgramName::Node {
        return Ok(named.unwrap_or_default());
    }
    let directory = script::working_directory()?;
    Ok(used(load_default(&directory, &process_variable)))
}

/// The variables for a script or a package's command: of the named files only, because the programs
/// that it starts read the usual ones themselves.
pub(crate) fn for_script(session: &Session, options: &Options) -> Result<Variables, CliError> {
    Ok(named(session, options)?.unwrap_or_default())
}

/// The variables of the named files, if files were named.
fn named(session: &Session, options: &Options) -> Result<Option<Variables>, CliError> {
    let required: Vec<String> = options
        .values(OptionId::EnvFile)
        .map(ToOwned::to_owned)
        .collect();
    let optional = options
        .values(OptionId::EnvFileIfExists)
        .map(ToOwned::to_owned);
    let mut files = required.clone();
    files.extend(optional);
    if files.is_empty() {
        return Ok(None);
    }
    let directory = script::working_directory()?;
    let loaded = load_named(&directory, &files, &process_variable);
    for missing in &loaded.missing {
        let name = missing
            .strip_prefix(&directory)
            .unwrap_or(missing)
            .display()
            .to_string();
        match session.name {
            ProgramName::Node if required.contains(&name) => {
                let reason = format!("{name}: not found");
                return Err(CliError::OptionValue {
                    option: "--env-file",
                    reason,
                });
            }
            ProgramName::Node => {}
            // Bun says nothing; a file that was asked for and is not there is worth a word.
            _ => message::warn(&format!("--env-file: {name} not found")),
        }
    }
    Ok(Some(used(loaded)))
}

fn used(loaded: LoadedEnv) -> Variables {
    for problem in &loaded.problems {
        message::diagnostic(problem);
    }
    loaded
        .variables
        .into_iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

/// A variable of this process; one that is not UTF-8 counts as set.
fn process_variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

//! `crust x`, `crustx`, `bunx`: runs a command of an installed package. It never downloads one.

use super::{answered, change_directory, find, help, parse_after};
use crate::args::{self, OptionId, Parsed, Scope};
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::script::{self, Manner};
use crate::session::Session;
use crate::{env_files, paths};

/// `crust x …`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let parsed = parse_after(session, before, Scope::EXECUTE)?;
    execute(session, &parsed)
}

/// Called as `crustx` or `bunx`.
pub(super) fn start(session: &Session) -> Result<Outcome, CliError> {
    let parsed = args::parse(&session.words, Scope::EXECUTE, session.unknown_options())?;
    execute(session, &parsed)
}

fn execute(session: &Session, parsed: &Parsed) -> Result<Outcome, CliError> {
    if let Some(outcome) = answered(session, parsed, find("x")) {
        return Ok(outcome);
    }
    change_directory(session, parsed)?;
    let Some(name) = &parsed.operand else {
        help::print(session, find("x"));
        return Ok(Outcome::FAILURE);
    };
    let package = name.to_string_lossy();
    let directory = script::working_directory()?;
    let command = command_name(&package);
    let found = paths::find_executable(command.as_ref(), paths::binary_directories(&directory));
    let Some(binary) = found.filter(|_| !command.is_empty() && !command.contains('/')) else {
        return Err(CliError::NoPackageCommand {
            package: package.into_owned(),
        });
    };
    let manner = Manner {
        silent: true,
        force_runtime: parsed.options.has(OptionId::ForceRuntime),
    };
    let variables = env_files::for_script(session, &parsed.options)?;
    script::run_binary(
        session,
        &binary,
        &parsed.rest,
        manner,
        Some("bunx"),
        &variables,
    )
}

/// The command of a package when its name says no other: the name without scope and version.
fn command_name(package: &str) -> &str {
    let (scope_end, _) = package
        .char_indices()
        .find(|&(_, letter)| letter == '/')
        .unwrap_or((0, '/'));
    let name = if package.starts_with('@') {
        package[scope_end..].trim_start_matches('/')
    } else {
        package
    };
    name.split_once('@').map_or(name, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::command_name;

    #[test]
    fn packages_name_their_command() {
        for (package, expected) in [
            ("tsc", "tsc"),
            ("vite@5", "vite"),
            ("@scope/tool", "tool"),
            ("@scope/tool@1.2", "tool"),
            ("", ""),
        ] {
            assert_eq!(command_name(package), expected);
        }
    }
}

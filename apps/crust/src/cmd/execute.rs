//! `crust x`, `crustx`, `bunx`: runs a command of an installed package, or of one that is downloaded for
//! it into the cache.

use std::path::{Path, PathBuf};

use crust_installer::{Range, Version, install_to_run};

use super::install::{Line, sink};
use super::{answered, change_directory, find, help, parse_after};
use crate::args::{self, OptionId, Parsed, Scope};
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::script::{self, Manner, Project};
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
    let asked = name.to_string_lossy();
    let package = parsed.options.value(OptionId::Package).unwrap_or(&asked);
    let directory = script::working_directory()?;
    let installed = is_version(&directory, package)
        .then(|| find_binary(&directory, package, &asked))
        .flatten();
    let binary = match installed {
        Some(binary) => binary,
        None => downloaded(session, parsed, &directory, package, &asked)?,
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

/// The command of a package that is installed for it.
fn downloaded(
    session: &Session,
    parsed: &Parsed,
    directory: &Path,
    package: &str,
    asked: &str,
) -> Result<PathBuf, CliError> {
    let line = Line::of(session, "x", parsed.clone());
    if line.has("no-install") {
        return Err(CliError::NotInstalled {
            package: package.to_owned(),
        });
    }
    let options = line.install_options()?;
    let adjust = |config: &mut _| line.adjust(config);
    let runnable = install_to_run(directory, package, &options, adjust, &sink(&line))?;
    let declared = if package == asked {
        &runnable.package
    } else {
        asked
    };
    find_binary(&runnable.folder, &runnable.package, declared).ok_or_else(|| {
        let place = runnable.folder.join("node_modules").join(&runnable.package);
        let known = Project::at(&place).map(|project| project.package.bin);
        CliError::NoPackageCommand {
            package: package.to_owned(),
            command: last_part(name_of(declared)).to_owned(),
            known: known.into_iter().flatten().map(|(name, _)| name).collect(),
        }
    })
}

/// Whether the package that is installed is of the version that `package` asks for; also where none is.
fn is_version(directory: &Path, package: &str) -> bool {
    let name = name_of(package);
    let Some(range) = package
        .get(name.len() + 1..)
        .filter(|range| !range.is_empty())
    else {
        return true;
    };
    let mut folders = directory
        .ancestors()
        .map(|at| at.join("node_modules").join(name));
    let project = folders.find_map(|folder| Project::at(&folder));
    let version = project.and_then(|project| Version::parse(project.package.version.as_deref()?));
    let range = Range::parse(range);
    range
        .zip(version)
        .is_some_and(|(range, version)| range.satisfies(&version))
}

/// The command that `asked` means: a linked one of that name, or the one that an installed package
/// declares under another name.
fn find_binary(directory: &Path, package: &str, asked: &str) -> Option<PathBuf> {
    let package_name = name_of(package);
    let command = last_part(name_of(asked));
    // A command that could leave the folder is none.
    if command.is_empty()
        || command.contains('/')
        || package_name.split('/').any(|part| part == "..")
    {
        return None;
    }
    let linked = || paths::find_executable(command.as_ref(), paths::binary_directories(directory));
    let declared = || {
        let mut folders = directory
            .ancestors()
            .map(|at| at.join("node_modules").join(package_name));
        let project = folders.find_map(|folder| Project::at(&folder))?;
        let bin = &project.package.bin;
        let named = bin.iter().find(|(name, _)| name == command);
        // With one command, or the package's own name, there is nothing to choose.
        let (_, file) =
            named.or_else(|| bin.first().filter(|_| bin.len() == 1 && package == asked))?;
        Some(project.directory.join(file)).filter(|file| file.is_file())
    };
    if package == asked {
        linked().or_else(declared)
    } else {
        declared().or_else(linked)
    }
}

/// A package's name without its version: `vite` of `vite@5`.
fn name_of(package: &str) -> &str {
    let version = package
        .char_indices()
        .skip(1)
        .find(|&(_, letter)| letter == '@');
    version.map_or(package, |(at, _)| &package[..at])
}

/// A package's name without its scope.
fn last_part(name: &str) -> &str {
    match name.strip_prefix('@') {
        Some(scoped) => scoped.split_once('/').map_or("", |(_, name)| name),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::{last_part, name_of};

    #[test]
    fn packages_name_their_command() {
        for (package, name, command) in [
            ("tsc", "tsc", "tsc"),
            ("vite@5", "vite", "vite"),
            ("@scope/tool", "@scope/tool", "tool"),
            ("@scope/tool@1.2", "@scope/tool", "tool"),
            ("@scope", "@scope", ""),
            ("", "", ""),
        ] {
            assert_eq!(
                (name_of(package), last_part(name_of(package))),
                (name, command)
            );
        }
    }
}

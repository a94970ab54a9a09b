//! `crust patch` and `crust patch-commit`: packages that are edited where they are installed.

use crust_installer::Request;

use super::install::{Line, run, sink};
use crate::args::{Parsed, Scope};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::script;
use crate::session::Session;

/// `crust patch PACKAGE` and `crust patch --commit FOLDER`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "patch", Scope::PATCH_LINE)?;
    if line.has("commit") {
        return commit(&line);
    }
    if let Some(outcome) = line.begin()? {
        return Ok(outcome);
    }
    let [package] = line.words.as_slice() else {
        return line.needs_packages();
    };
    line.print_title();
    let folder = line.locked()?.prepare_patch(package)?;
    // From here, where the next line is typed.
    let here = script::working_directory()?;
    let shown = folder.strip_prefix(&here).unwrap_or(&folder);
    let (folder, program) = (shown.display(), session.main_name());
    message::print(&format!(
        "To patch {package}, edit this folder:\n\n  {folder}\n\nThen keep what you changed:\n\n  {program} patch --commit '{folder}'\n"
    ));
    Ok(Outcome::SUCCESS)
}

/// `crust patch-commit FOLDER`.
pub(super) fn commit_command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "patch-commit", Scope::PATCH_LINE)?;
    commit(&line)
}

fn commit(line: &Line<'_>) -> Result<Outcome, CliError> {
    if let Some(outcome) = line.begin()? {
        return Ok(outcome);
    }
    let [package] = line.words.as_slice() else {
        return line.needs_packages();
    };
    let folder = line.value("patches-dir").unwrap_or("patches");
    if folder.starts_with('/') || folder.split('/').any(|part| part == "..") {
        return Err(CliError::OptionValue {
            option: "--patches-dir",
            reason: "a folder of the project is needed".to_owned(),
        });
    }
    let made = line.locked()?.commit_patch(package, folder, &sink(line))?;
    let Some(made) = made else {
        message::print("Nothing was changed\n");
        return Ok(Outcome::SUCCESS);
    };
    message::print(&format!("Wrote {} for {}\n", made.path, made.package));
    run(line, &Request::Install)
}

//! The project header as it is when a program or script starts, and its way to the children. It never
//! writes one.

use std::path::Path;
use std::process::Command;

use crust_diag::{Style, render_all};
use crust_header_file::{FeatureNames, Snapshot};
use crust_manifest::feature_names;
use crust_payload::Payload;

use crate::cmd::ConfigError;
use crate::error::CliError;
use crate::script::working_directory;

/// The header of the program that starts in the working directory.
pub(crate) fn take() -> Result<Snapshot, CliError> {
    of(&working_directory()?)
}

/// Gives a child the header of the project in `directory`, or the one that we inherited.
pub(crate) fn pass_on(command: &mut Command, directory: &Path) -> Result<(), CliError> {
    let snapshot = of(directory)?;
    let inheritance = snapshot.inheritance();
    let (name, value) = inheritance
        .map_err(|source| CliError::Spawn {
            program: command.get_program().to_string_lossy().into_owned(),
            source,
        })?
        .variable();
    command.env(name, value);
    Ok(())
}

fn of(directory: &Path) -> Result<Snapshot, CliError> {
    Ok(Snapshot::take(directory, names).map_err(ConfigError::from)?)
}

fn names(directory: &Path) -> Result<FeatureNames, String> {
    // A single executable brings its names along: its project may be nowhere near.
    if let Ok(Some(payload)) = Payload::of_this_program() {
        let names = FeatureNames::of_text(&payload.index.feature_names);
        return names.ok_or_else(|| "the executable's names of flags are damaged".to_owned());
    }
    feature_names(directory).map_err(|problems| render_all(&problems, Style::Plain))
}

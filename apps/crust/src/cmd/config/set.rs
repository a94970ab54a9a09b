//! `crust config set FIELD VALUE`: changes one field and says what changed.

use crust_header_file::{Change, update};

use super::field::{Field, differences};
use super::{ConfigError, project};
use crate::args::Options;
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;

pub(super) fn command(options: &Options, words: &[String]) -> Result<Outcome, CliError> {
    let [name, value] = words else {
        let usage = "set takes a field and a value: version, registry, terminal, rows or cols";
        return Err(ConfigError::Usage(usage).into());
    };
    let field = Field::named(name)?;
    let path = project::file()?;
    let change = update(&path, project::guard(options), |header| {
        field.set(header, value)
    })?;
    report(&path, &change)
}

/// Prints the changes; a header that says what was asked for already gets a line too.
pub(super) fn report(path: &std::path::Path, change: &Change) -> Result<Outcome, CliError> {
    let names = project::names(path)?;
    let text = differences(&change.before, &change.after, &names);
    if text.is_empty() {
        message::print("nothing to change\n");
    }
    message::print(&text);
    Ok(Outcome::SUCCESS)
}

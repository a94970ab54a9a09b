//! `crust remove`: packages out of a manifest and out of `node_modules`.

use crust_installer::Request;

use super::install::{Line, run};
use crate::args::{Parsed, Scope};
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::session::Session;

/// `crust remove PACKAGES`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "remove", Scope::INSTALL)?;
    if line.words.is_empty() && !line.asks_for_help() {
        return line.needs_packages();
    }
    run(&line, &Request::Remove(line.words.clone()))
}

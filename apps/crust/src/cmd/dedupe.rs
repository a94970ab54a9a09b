//! `crust dedupe`: fewer versions of the same package.

use crust_installer::Request;

use super::install::{Line, run_and};
use crate::args::{Parsed, Scope};
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::session::Session;

/// `crust dedupe`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "dedupe", Scope::DEDUPE_LINE)?;
    line.takes_no_words()?;
    let check = line.has("check");
    run_and(&line, &Request::Dedupe, |summary| {
        Ok(if check && !summary.deduped.is_empty() {
            Outcome::FAILURE
        } else {
            Outcome::SUCCESS
        })
    })
}

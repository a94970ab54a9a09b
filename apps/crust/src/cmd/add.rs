//! `crust add`: packages into a manifest, then an installation. It never resolves anything itself.

use crust_installer::{AddRequest, Group, Request};

use super::install::{Line, run};
use crate::args::{OptionId, Parsed, Scope};
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::session::Session;

/// `crust add PACKAGES`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "add", Scope::ADD_LINE)?;
    if line.words.is_empty() && !line.asks_for_help() {
        return line.needs_packages();
    }
    let request = request(&line)?;
    run(&line, &Request::Add(request))
}

/// What the line says about the packages.
pub(super) fn request(line: &Line<'_>) -> Result<AddRequest, CliError> {
    let groups = [
        ("dev", Group::Development),
        ("optional", Group::Optional),
        ("peer", Group::Peer),
        ("save-prod", Group::Production),
    ];
    let mut given = groups.iter().filter(|(name, _)| line.has(name));
    let group = given.next().map(|&(_, group)| group);
    if given.next().is_some() {
        return Err(CliError::OptionValue {
            option: "--dev, --optional, --peer, --save-prod",
            reason: "a dependency goes into one list".to_owned(),
        });
    }
    Ok(AddRequest {
        packages: line.words.clone(),
        group,
        exact: line.has("exact"),
        only_missing: line.has("only-missing"),
        catalog: line
            .options()
            .value(OptionId::Install("catalog"))
            .map(ToOwned::to_owned),
        trust: line.has("trust"),
    })
}

//! `crust update`: dependencies resolved anew within their ranges, or to the latest versions.

use crust_installer::{Group, Request, UpdateRequest};

use super::install::{Line, run};
use crate::args::{OptionId, Parsed, Scope};
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::session::Session;

/// `crust update [PACKAGES]`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "update", Scope::UPDATE_LINE)?;
    let request = UpdateRequest {
        packages: line.words.clone(),
        latest: line.has("latest"),
        exact: line.has("exact"),
        recursive: line.has("recursive"),
        groups: groups(&line),
        direct_only: match line.options().value(OptionId::Install("depth")) {
            None => false,
            Some("0") => true,
            Some(_) => {
                return Err(CliError::OptionValue {
                    option: "--depth",
                    reason: "only 0 is possible".to_owned(),
                });
            }
        },
    };
    run(&line, &Request::Update(request))
}

/// The lists that are updated; none for all.
fn groups(line: &Line<'_>) -> Vec<Group> {
    if line.has("dev") {
        return vec![Group::Development];
    }
    let mut groups = vec![Group::Production];
    if line.has("production") || line.has("no-optional") {
        if !line.has("production") {
            groups.extend([Group::Development, Group::Peer]);
        }
        if !line.has("no-optional") {
            groups.push(Group::Optional);
        }
        return groups;
    }
    Vec::new()
}

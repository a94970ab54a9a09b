//! `crust link` and `crust unlink`: folders that projects of this user can link to by name.

use crust_installer::{AddRequest, Request, register_link, unregister_link};

use super::install::{Line, run_with};
use crate::args::{Parsed, Scope};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::script;
use crate::session::Session;

/// `crust link [PACKAGES]`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "link", Scope::LINK_LINE)?;
    if !line.words.is_empty() {
        let packages = line.words.iter().map(|name| format!("{name}@link:{name}"));
        let request = Request::Add(AddRequest {
            packages: packages.collect(),
            ..AddRequest::default()
        });
        // The link is this machine's; only --save makes it the project's.
        let saves = line.has("save");
        return run_with(&line, &request, |options| options.no_save |= !saves);
    }
    if let Some(outcome) = line.begin()? {
        return Ok(outcome);
    }
    line.print_title();
    let linked = register_link(&script::working_directory()?)?;
    let (program, name) = (session.main_name(), &linked.name);
    message::print(&format!(
        "Success! Registered \"{name}\"\n\nTo use {name} in a project:\n  {program} link {name}\n\nOr in its package.json:\n  \"{name}\": \"link:{name}\"\n"
    ));
    Ok(Outcome::SUCCESS)
}

/// `crust unlink`.
pub(super) fn unlink(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "unlink", Scope::LINK_LINE)?;
    if !line.words.is_empty() {
        return Err(CliError::OptionValue {
            option: "unlink",
            reason: "it takes no packages: `install` puts the registry's version in a link's place"
                .to_owned(),
        });
    }
    if let Some(outcome) = line.begin()? {
        return Ok(outcome);
    }
    line.print_title();
    let (linked, was_known) = unregister_link(&script::working_directory()?)?;
    let name = &linked.name;
    message::print(&if was_known {
        format!("success: unlinked package \"{name}\"\n")
    } else {
        format!("success: package \"{name}\" was not linked, so there is nothing to do\n")
    });
    Ok(Outcome::SUCCESS)
}

//! `--version` and `--revision`. Only `--revision --verbose` opens the engine, to describe it.

use std::fmt::Write as _;

use crate::message;
use crate::outcome::Outcome;
use crate::session::{ProgramName, Session};
use crate::versions;

/// Prints the version that the name we were called by stands for.
pub(crate) fn print(session: &Session) -> Outcome {
    let version = match session.name {
        ProgramName::Bun => versions::BUN,
        ProgramName::Node => versions::NODE,
        ProgramName::Crust | ProgramName::Execute | ProgramName::ProcessManager => versions::CRUST,
    };
    message::print(&format!("{version}\n"));
    Outcome::SUCCESS
}

/// Prints the version with the commit; with `verbose`, also the claimed versions and the engine, and
/// then fails when the engine cannot be opened.
pub(crate) fn print_revision(session: &Session, verbose: bool) -> Outcome {
    let version = if session.name == ProgramName::Bun {
        versions::BUN
    } else {
        versions::CRUST
    };
    message::print(&format!("{version}+{}\n", versions::REVISION));
    if !verbose {
        return Outcome::SUCCESS;
    }
    let mut text = format!(
        "crust {}\nbun {}\nnode {}\n",
        versions::CRUST,
        versions::BUN,
        versions::NODE
    );
    let outcome = match crust_host::engine_levels() {
        Ok((library, levels)) => {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "engine {library}");
            for level in levels {
                let state = if level.active { "on" } else { "off" };
                let _ = writeln!(text, "  {:<28}{state}", level.name);
            }
            Outcome::SUCCESS
        }
        Err(reason) => {
            message::error(&reason);
            Outcome::FAILURE
        }
    };
    message::print(&text);
    outcome
}

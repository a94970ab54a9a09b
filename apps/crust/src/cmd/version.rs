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
        ProgramName::Crust | ProgramName::Execute => versions::CRUST,
    };
    message::print(&format!("{version}\n"));
    Outcome::SUCCESS
}

/// Prints the version with the commit; with `verbose`, also the claimed versions and the engine.
pub(crate) fn print_revision(session: &Session, verbose: bool) -> Outcome {
    let version = if session.name == ProgramName::Bun {
        versions::BUN
    } else {
        versions::CRUST
    };
    let mut text = format!("{version}+{}\n", versions::REVISION);
    if verbose {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "crust {}\nbun {}\nnode {}",
            versions::CRUST,
            versions::BUN,
            versions::NODE
        );
    }
    message::print(&text);
    Outcome::SUCCESS
}

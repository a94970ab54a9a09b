//! `crust why`: who depends on a package.

use std::fmt::Write as _;

use crust_installer::Dependent;

use super::install::Line;
use crate::args::{Parsed, Scope};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::session::Session;

/// `crust why PACKAGE`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "why", Scope::WHY)?;
    print(&line, &line.words)
}

/// Prints who depends on the packages.
pub(super) fn print(line: &Line<'_>, words: &[String]) -> Result<Outcome, CliError> {
    if let Some(outcome) = line.begin()? {
        return Ok(outcome);
    }
    if words.is_empty() {
        return line.needs_packages();
    }
    let depth = match line.value("depth") {
        _ if line.has("top") => Some(1),
        None => None,
        Some(text) => Some(text.parse().map_err(|_| CliError::OptionValue {
            option: "--depth",
            reason: format!("\"{text}\" is not a number"),
        })?),
    };
    let locked = line.locked()?;
    let mut text = String::new();
    for word in words {
        let found = locked.why(word, depth)?;
        for why in found {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}@{}", why.name, why.version);
            branches(&mut text, &why.dependents, "  ");
            text.push('\n');
        }
    }
    message::print(&text);
    Ok(Outcome::SUCCESS)
}

fn branches(text: &mut String, dependents: &[Dependent], indent: &str) {
    for (at, found) in dependents.iter().enumerate() {
        let is_last = at + 1 == dependents.len();
        let (branch, below) = if is_last {
            ("└─ ", "   ")
        } else {
            ("├─ ", "│  ")
        };
        let kind = if found.kind.is_empty() {
            String::new()
        } else {
            format!("{} ", found.kind)
        };
        let version = found.version.as_ref().map(|version| format!("@{version}"));
        let circle = if found.is_circle { " (circular)" } else { "" };
        let _ = writeln!(
            text,
            "{indent}{branch}{kind}{}{} (requires {}){circle}",
            found.name,
            version.unwrap_or_default(),
            found.requires
        );
        branches(text, &found.dependents, &format!("{indent}{below}"));
    }
}

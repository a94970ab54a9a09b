//! `crust list`: the installed packages as a tree.

use std::fmt::Write as _;

use crust_installer::{ListOptions, Listed};

use super::install::Line;
use crate::args::{Parsed, Scope};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::session::Session;

/// `crust list [PATTERNS]`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "list", Scope::LIST)?;
    print(&line, &line.words)
}

/// Prints the tree, or the packages called `names`.
pub(super) fn print(line: &Line<'_>, names: &[String]) -> Result<Outcome, CliError> {
    if let Some(outcome) = line.begin()? {
        return Ok(outcome);
    }
    let options = ListOptions {
        all: line.has("all"),
        names: names.to_vec(),
        production: line.has("production"),
        trusted: line.has("trusted"),
    };
    let listing = line.locked()?.list(&options);
    if line.has("json") {
        let packages: Vec<serde_json::Value> = listing.packages.iter().map(json).collect();
        message::print(&format!("{}\n", serde_json::Value::Array(packages)));
        return Ok(Outcome::SUCCESS);
    }
    let mut text = format!("{} node_modules", listing.root.display());
    // Writing to a string cannot fail.
    if !options.all && names.is_empty() {
        let _ = write!(text, " ({} installed)", listing.total);
    }
    text.push('\n');
    branches(&mut text, &listing.packages, "");
    message::print(&text);
    Ok(Outcome::SUCCESS)
}

fn branches(text: &mut String, packages: &[Listed], indent: &str) {
    for (at, package) in packages.iter().enumerate() {
        let is_last = at + 1 == packages.len();
        let (branch, below) = if is_last {
            ("└── ", "    ")
        } else {
            ("├── ", "│   ")
        };
        let _ = writeln!(text, "{indent}{branch}{}@{}", package.name, package.version);
        branches(text, &package.children, &format!("{indent}{below}"));
    }
}

fn json(package: &Listed) -> serde_json::Value {
    let children: Vec<serde_json::Value> = package.children.iter().map(json).collect();
    serde_json::json!({ "name": package.name, "version": package.version, "packages": children })
}

//! `crust prune`: packages that the lockfile does not have, out of `node_modules`.

use std::fmt::Write as _;
use std::time::Instant;

use crust_installer::PruneOptions;

use super::install::Line;
use super::install::report::{counted, elapsed};
use crate::args::{Parsed, Scope};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::session::Session;

/// `crust prune`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let started = Instant::now();
    let line = Line::read(session, before, "prune", Scope::PRUNE)?;
    if let Some(outcome) = line.begin()? {
        return Ok(outcome);
    }
    line.takes_no_words()?;
    line.print_title();
    let check = line.has("check");
    let options = PruneOptions {
        omit: line.omitted()?,
        filters: line.filters(),
        dry_run: check || line.has("dry-run"),
        ..PruneOptions::default()
    };
    let pruned = line.locked()?.prune(&options)?;
    let time = elapsed(started.elapsed());
    let mut text = String::new();
    for path in &pruned.removed {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "- {}",
            path.strip_prefix("node_modules/").unwrap_or(path)
        );
    }
    let packages = counted(pruned.removed.len(), "package");
    let checked = counted(pruned.checked, "installed package");
    if pruned.removed.is_empty() {
        let folders = counted(pruned.folders, "folder");
        let _ = writeln!(
            text,
            "Done! Checked {checked} across {folders} (nothing to prune) [{time}]"
        );
    } else if options.dry_run {
        let _ = writeln!(
            text,
            "{packages} can be removed (checked {checked}) [{time}]"
        );
    } else {
        let _ = writeln!(text, "{packages} removed (checked {checked}) [{time}]");
    }
    if !line.is_silent() {
        message::print(&text);
    }
    Ok(if check && !pruned.removed.is_empty() {
        Outcome::FAILURE
    } else {
        Outcome::SUCCESS
    })
}

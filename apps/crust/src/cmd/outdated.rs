//! `crust outdated`: direct dependencies with newer versions, as a table.

use crust_installer::{Freshness, Outdated};

use super::install::Line;
use crate::args::{Parsed, Scope};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::session::Session;

/// `crust outdated [PATTERNS]`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "outdated", Scope::OUTDATED)?;
    if let Some(outcome) = line.begin()? {
        return Ok(outcome);
    }
    let is_json = line.has("json");
    if !is_json {
        line.print_title();
    }
    let filters = line.filters();
    let recursive = line.has("recursive");
    let found = line
        .locked()?
        .outdated(&line.words, &filters, recursive, Freshness::Always)?;
    if is_json {
        let list: Vec<serde_json::Value> = found.iter().map(json).collect();
        message::print(&format!("{}\n", serde_json::Value::Array(list)));
    } else if !found.is_empty() {
        message::print(&table(&found, recursive || !filters.is_empty()));
    }
    Ok(Outcome::SUCCESS)
}

fn json(found: &Outdated) -> serde_json::Value {
    serde_json::json!({
        "name": found.name,
        "kind": if found.kind.is_empty() { "prod" } else { found.kind },
        "current": found.current,
        "update": found.update,
        "latest": found.latest,
        "workspace": found.workspace,
    })
}

fn table(found: &[Outdated], with_workspace: bool) -> String {
    let mut head = vec!["Package", "Current", "Update", "Latest"];
    if with_workspace {
        head.push("Workspace");
    }
    let mut rows: Vec<Vec<String>> = vec![head.into_iter().map(str::to_owned).collect()];
    for entry in found {
        let name = if entry.kind.is_empty() {
            entry.name.clone()
        } else {
            format!("{} ({})", entry.name, entry.kind)
        };
        let mut row = vec![
            name,
            entry.current.clone(),
            entry.update.clone(),
            entry.latest.clone(),
        ];
        if with_workspace {
            row.push(entry.workspace.clone());
        }
        rows.push(row);
    }
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let rule = |between: &str| {
        let dashes: Vec<String> = widths.iter().map(|width| "-".repeat(width + 2)).collect();
        format!("|{}|\n", dashes.join(between))
    };
    let mut text = rule("-");
    for (at, row) in rows.iter().enumerate() {
        if at > 0 {
            text.push_str(&rule("|"));
        }
        text.push('|');
        for (cell, width) in row.iter().zip(&widths) {
            let space = " ".repeat(width - cell.chars().count());
            text.extend([" ", cell, &space, " |"]);
        }
        text.push('\n');
    }
    text.push_str(&rule("-"));
    text
}

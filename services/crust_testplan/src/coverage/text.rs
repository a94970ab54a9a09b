//! The table for people.

use super::{FileCoverage, Shares};
use std::fmt::Write as _;
use std::path::Path;

/// The names of files take at most this much of a line.
const WIDEST: usize = 60;
/// Ranges of lines that are listed.
const MOST_RANGES: usize = 12;

/// A row for each file and one for all.
pub fn text(files: &[FileCoverage], root: &Path) -> String {
    let names: Vec<String> = files.iter().map(|file| name(file, root)).collect();
    let width = names
        .iter()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0)
        .clamp(9, WIDEST);
    let rule = format!(
        "{}-|---------|----------|---------|---------|-------------------\n",
        "-".repeat(width)
    );
    let mut out = rule.clone();
    // Writing to a string does not fail.
    let _ = writeln!(
        out,
        "{:<width$} | % Stmts | % Branch | % Funcs | % Lines | Uncovered Line #s",
        "File"
    );
    out.push_str(&rule);
    let mut all = Shares::default();
    for file in files {
        all.add(&file.shares());
    }
    row(&mut out, "All files", width, &all, "");
    for (file, name) in files.iter().zip(&names) {
        row(&mut out, name, width, &file.shares(), &uncovered(file));
    }
    out.push_str(&rule);
    out
}

pub(super) fn name(file: &FileCoverage, root: &Path) -> String {
    let path = file.path.strip_prefix(root).unwrap_or(&file.path);
    path.to_string_lossy().into_owned()
}

fn row(out: &mut String, name: &str, width: usize, shares: &Shares, lines: &str) {
    let shown: String = if name.chars().count() > width {
        let skipped = name.chars().count() + 1 - width;
        std::iter::once('…')
            .chain(name.chars().skip(skipped))
            .collect()
    } else {
        name.to_owned()
    };
    let _ = writeln!(
        out,
        "{shown:<width$} | {:>7.2} | {:>8.2} | {:>7.2} | {:>7.2} | {lines}",
        shares.statements.percent(),
        shares.branches.percent(),
        shares.functions.percent(),
        shares.lines.percent()
    );
}

/// Lines that did not run; neighbours as a range.
fn uncovered(file: &FileCoverage) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    let mut goes_on = false;
    for (line, count) in file.lines() {
        if count > 0.0 {
            goes_on = false;
            continue;
        }
        match ranges.last_mut() {
            Some(range) if goes_on => range.1 = line,
            _ => ranges.push((line, line)),
        }
        goes_on = true;
    }
    let shown: Vec<String> = ranges
        .iter()
        .take(MOST_RANGES)
        .map(|(from, to)| {
            if from == to {
                from.to_string()
            } else {
                format!("{from}-{to}")
            }
        })
        .collect();
    let more = if ranges.len() > MOST_RANGES {
        ",…"
    } else {
        ""
    };
    format!("{}{more}", shown.join(","))
}

//! The table of processes, fitted to the terminal, and the outcome of an order. It asks nobody.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::IsTerminal as _;

use crust_procman::ProcmanError;
use crust_procman::client::refusal;
use crust_procman::units::{format_bytes, format_duration};
use serde::Deserialize;
use serde_json::Value;

use super::{Line, print_json};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;

/// Prints rows as a table, or as JSON when that is asked for.
pub(super) fn print(line: &Line, rows: &Value) {
    if line.has("json") {
        print_json(rows);
    } else if !line.has("silent") {
        let rows = rows.as_array().into_iter().flatten();
        let rows: Vec<Row> = rows
            .map(|row| Row::deserialize(row).unwrap_or_default())
            .collect();
        message::print(&render(&rows, width()));
    }
}

/// The same of an answer's text, which is neither looked at nor built anew more than it must.
pub(super) fn print_text(line: &Line, text: &[u8]) -> Result<(), CliError> {
    if line.has("json") {
        message::print(&format!("{}\n", String::from_utf8_lossy(text)));
    } else if !line.has("silent") {
        let rows: Vec<Row> = serde_json::from_slice(text)
            .map_err(|error| ProcmanError::Protocol(error.to_string()))?;
        message::print(&render(&rows, width()));
    }
    Ok(())
}

/// What a row of the table needs of a process.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row<'a> {
    id: u64,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    instance: u64,
    pid: u64,
    restarts: u64,
    uptime: u64,
    memory: u64,
    cpu: f64,
}

/// Prints what an order led to; a part that failed fails the whole.
pub(super) fn outcome(line: &Line, status: u16, value: &Value) -> Result<Outcome, CliError> {
    let Some(processes) = value.get("processes") else {
        return Err(refusal(value).into());
    };
    print(line, processes);
    if status < 400 {
        return Ok(Outcome::SUCCESS);
    }
    message::error(&problem(value));
    Ok(Outcome::FAILURE)
}

/// What an answer refuses, with its code.
pub(super) fn problem(value: &Value) -> String {
    let error = refusal(value);
    format!("{error} [{}]", error.code())
}

/// Columns of the terminal; no limit elsewhere.
fn width() -> Option<usize> {
    let stdout = std::io::stdout();
    if !stdout.is_terminal() {
        return None;
    }
    let size = rustix::termios::tcgetwinsize(&stdout).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

/// A text without what a terminal would obey.
pub(super) fn printable(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

const HEADS: [&str; 8] = [
    "id", "name", "status", "pid", "restarts", "uptime", "cpu", "memory",
];
/// Columns that go first when there is no room; the name shrinks after them.
const DISPENSABLE: [usize; 3] = [3, 5, 6];

fn render(rows: &[Row], width: Option<usize>) -> String {
    if rows.is_empty() {
        return "no processes\n".to_owned();
    }
    let cells: Vec<[String; 8]> = rows.iter().map(cells).collect();
    let mut widths = HEADS.map(str::len);
    for row in &cells {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut shown: Vec<usize> = (0..HEADS.len()).collect();
    let total = |shown: &[usize], widths: &[usize; 8]| {
        shown
            .iter()
            .map(|column| widths[*column] + 2)
            .sum::<usize>()
    };
    if let Some(most) = width {
        for column in DISPENSABLE {
            if total(&shown, &widths) > most {
                shown.retain(|other| *other != column);
            }
        }
        let surplus = total(&shown, &widths).saturating_sub(most);
        widths[1] = widths[1].saturating_sub(surplus).max(4);
    }
    let mut text = String::new();
    let heads = HEADS.map(ToOwned::to_owned);
    for row in std::iter::once(&heads).chain(&cells) {
        let mut line = String::new();
        for column in &shown {
            let width = widths[*column];
            let cell: String = row[*column].chars().take(width).collect();
            let _ = write!(line, "{cell:width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn cells(row: &Row) -> [String; 8] {
    let name = printable(&row.name);
    let name = match row.instance {
        0 => name,
        instance => format!("{name}:{instance}"),
    };
    let runs = row.pid != 0;
    let or_dash = |text: String| if runs { text } else { "-".to_owned() };
    [
        row.id.to_string(),
        name,
        row.status.clone().into_owned(),
        or_dash(row.pid.to_string()),
        row.restarts.to_string(),
        or_dash(format_duration(row.uptime)),
        format!("{:.1}%", row.cpu),
        format_bytes(row.memory),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_table_fits_its_terminal() {
        let row = json!({"id": 0, "name": "a-rather-long-name\u{1b}[31m", "status": "online", "pid": 4711,
            "restarts": 2, "uptime": 65000, "cpu": 1.25, "memory": 3 << 19, "instance": 1, "uuid": "x"});
        let rows = [Row::deserialize(&row).unwrap()];
        let wide = render(&rows, None);
        assert!(
            wide.contains("a-rather-long-name[31m:1  online  4711  2         1m      1.2%  1.5mb"),
            "{wide}"
        );
        for line in render(&rows, Some(40)).lines() {
            assert!(line.chars().count() <= 40, "{line}");
        }
    }
}

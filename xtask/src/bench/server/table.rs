//! A table of cases by programs, with the ratio to the best of the others and the target.

use std::fmt::Write as _;

use anyhow::Result;

/// One row: a case with the figures of each program.
pub(super) struct Row {
    pub(super) case: &'static str,
    /// Median figure of each program in the order of the columns, ours first; none if not measured.
    pub(super) figures: Vec<Option<f64>>,
    /// Beside it: requests or messages a second.
    pub(super) rates: Vec<Option<f64>>,
    /// Ours divided by the best of the others is to be at most this.
    pub(super) target: f64,
}

/// The text of a table.
pub(super) fn render(columns: &[&str], unit: &str, rate: &str, rows: &[Row]) -> Result<String> {
    let mut text = String::new();
    write!(text, "| case ({unit}) |")?;
    for column in columns {
        write!(text, " {column} | {rate} |")?;
    }
    writeln!(text, " crust ÷ best | target |")?;
    writeln!(text, "|---|{}--:|---|", "--:|--:|".repeat(columns.len()))?;
    for row in rows {
        write!(text, "| {} |", row.case)?;
        for (figure, rate) in row.figures.iter().zip(&row.rates) {
            match (figure, rate) {
                (Some(figure), Some(rate)) => write!(text, " {figure:.2} | {rate:.0} |")?,
                _ => write!(text, " – | – |")?,
            }
        }
        let best = row
            .figures
            .iter()
            .skip(1)
            .flatten()
            .copied()
            .fold(f64::INFINITY, f64::min);
        let ours = row.figures.first().copied().flatten().unwrap_or(f64::NAN);
        let ratio = ours / best;
        let verdict = if ratio <= row.target {
            "reached"
        } else {
            "**missed**"
        };
        writeln!(text, " {ratio:.2} | ≤ {:.1} {verdict} |", row.target)?;
    }
    Ok(text)
}

/// The middle of some values.
pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

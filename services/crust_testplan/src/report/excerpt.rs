//! The lines of a source around a place, with a caret below it.

use super::style::Style;
use crate::event::Place;
use std::fmt::Write as _;

/// Lines shown, the last of which is the place's.
const LINES: usize = 6;
/// A longer line is cut: bundles have lines of megabytes.
const LONGEST: usize = 1024;
/// A file beyond this is not opened for a few lines.
const LARGEST: u64 = 32 << 20;

/// The excerpt, or nothing where the file cannot be read.
pub(super) fn excerpt(place: &Place, style: Style) -> Option<String> {
    let size = std::fs::metadata(&place.file).ok()?.len();
    if size > LARGEST {
        return None;
    }
    let text = String::from_utf8_lossy(&std::fs::read(&place.file).ok()?).into_owned();
    of_text(&text, place, style)
}

fn of_text(text: &str, place: &Place, style: Style) -> Option<String> {
    let last = usize::try_from(place.line).ok()?.checked_sub(1)?;
    let first = (last + 1).saturating_sub(LINES);
    let lines: Vec<&str> = text.lines().skip(first).take(last + 1 - first).collect();
    if lines.len() < last + 1 - first {
        return None;
    }
    let width = (last + 1).to_string().len();
    let mut out = String::new();
    for (number, line) in (first + 1..).zip(&lines) {
        let cut: String = line.chars().take(LONGEST).collect();
        let number = style.dim(&format!("{number:>width$} |"));
        // Writing to a string does not fail.
        let _ = writeln!(out, "{number} {cut}");
    }
    let column = usize::try_from(place.column).unwrap_or(1).clamp(1, LONGEST);
    let pad = " ".repeat(width + 3 + column - 1);
    let _ = writeln!(out, "{pad}{}", style.red("^"));
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_below_the_column() {
        let place = Place {
            file: String::new(),
            line: 2,
            column: 3,
        };
        let text = of_text("one\ntwo\nthree", &place, Style::default()).unwrap();
        assert_eq!(text, "1 | one\n2 | two\n      ^\n");
    }

    #[test]
    fn a_place_beyond_the_end_has_no_excerpt() {
        let place = Place {
            file: String::new(),
            line: 9,
            column: 1,
        };
        assert_eq!(of_text("one", &place, Style::default()), None);
    }
}

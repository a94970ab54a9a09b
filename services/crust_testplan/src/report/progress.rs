//! What a terminal shows below the tests while they run: the files that are running, and the sums so far.
//! Never moves a cursor.

use super::style::Style;
use super::totals::Totals;
use std::time::Duration;

/// Running files that are named; a terminal has no room for more.
const MOST_NAMED: usize = 4;

/// How far a run is.
#[derive(Debug)]
pub struct Progress<'a> {
    /// The sums of the tests that were reported.
    pub totals: &'a Totals,
    /// Files of the run.
    pub files: usize,
    /// Files that are over.
    pub done: usize,
    /// Names of the files that are running.
    pub running: &'a [String],
    /// Since the run began.
    pub elapsed: Duration,
}

impl Progress<'_> {
    /// The lines, each shorter than a terminal of `columns` is wide.
    pub fn lines(&self, columns: usize, style: Style) -> Vec<String> {
        let mut lines = vec![String::new()];
        for name in self.running.iter().take(MOST_NAMED) {
            let name = cut(name, columns.saturating_sub(8));
            lines.push(format!(" {} {name}", style.yellow("RUNS")));
        }
        let more = self.running.len().saturating_sub(MOST_NAMED);
        if more > 0 {
            lines.push(style.dim(&cut(
                &format!("      and {more} more"),
                columns.saturating_sub(1),
            )));
        }
        lines.push(self.sums(columns.saturating_sub(1), style));
        lines
    }

    /// `3/10 files, 25 pass, 1 fail [1.2s]`, without its end where there is no room.
    fn sums(&self, room: usize, style: Style) -> String {
        let Totals {
            passed,
            failed,
            skipped,
            todo,
            errors,
            ..
        } = self.totals;
        let mut parts = vec![
            (format!(" {}/{} files", self.done, self.files), ""),
            (format!(", {passed} pass"), "32"),
        ];
        let counts = [
            (failed, "fail", "31"),
            (errors, "errors", "31"),
            (skipped, "skip", "33"),
            (todo, "todo", "35"),
        ];
        for (count, word, colour) in counts.into_iter().filter(|(count, ..)| **count > 0) {
            parts.push((format!(", {count} {word}"), colour));
        }
        parts.push((format!(" [{:.1}s]", self.elapsed.as_secs_f64()), "2"));
        let mut line = String::new();
        let mut length = 0;
        for (text, colour) in parts {
            length += text.len();
            if length > room {
                break;
            }
            line.push_str(&if colour.is_empty() {
                text
            } else {
                style.wrap(colour, &text)
            });
        }
        line
    }
}

/// The end of a name says more than its beginning. A letter is taken to be one column wide, or two beyond
/// the scripts of Europe.
fn cut(name: &str, room: usize) -> String {
    let wide = |letter: char| if letter >= '\u{1100}' { 2 } else { 1 };
    let width: usize = name.chars().map(wide).sum();
    let clean = |letter: &char| !letter.is_control();
    if width <= room {
        return name.chars().filter(clean).collect();
    }
    let mut left = room.saturating_sub(1);
    let mut kept: Vec<char> = Vec::new();
    for letter in name.chars().rev().filter(clean) {
        let Some(rest) = left.checked_sub(wide(letter)) else {
            break;
        };
        left = rest;
        kept.push(letter);
    }
    let end: String = kept.iter().rev().collect();
    format!("…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(running: &[&str], columns: usize) -> Vec<String> {
        let totals = Totals {
            passed: 25,
            failed: 1,
            todo: 2,
            ..Totals::default()
        };
        let running: Vec<String> = running.iter().map(|name| (*name).to_owned()).collect();
        let progress = Progress {
            totals: &totals,
            files: 10,
            done: 3,
            running: &running,
            elapsed: Duration::from_millis(1240),
        };
        progress.lines(columns, Style::default())
    }

    #[test]
    fn running_files_stand_above_the_sums() {
        assert_eq!(
            lines(&["a.test.ts"], 80),
            [
                "",
                " RUNS a.test.ts",
                " 3/10 files, 25 pass, 1 fail, 2 todo [1.2s]"
            ]
        );
    }

    #[test]
    fn many_files_are_counted() {
        let lines = lines(&["a", "b", "c", "d", "e", "f"], 80);
        assert_eq!(lines.len(), 7);
        assert_eq!(lines[5], "      and 2 more");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for columns in 0..60 {
            for line in lines(
                &["folder/with/a/long/name.test.ts", "名前/名前.test.ts"],
                columns,
            ) {
                let width: usize = line
                    .chars()
                    .map(|letter| {
                        if letter >= '\u{1100}' && letter != '…' {
                            2
                        } else {
                            1
                        }
                    })
                    .sum();
                assert!(width <= columns.max(8), "{columns}: {line}");
            }
        }
    }
}

//! One character for each test; failures in full at the end of their file.

use super::default::{failure, finish, unhandled};
use super::style::Style;
use super::{Event, Reporter};
use crate::event::{Status, TestResult};
use std::fmt::Write as _;

/// `--dots`.
#[derive(Debug, Default)]
pub struct Dots {
    /// Colours or none.
    pub style: Style,
    column: usize,
    failed: Vec<(String, TestResult)>,
    file: String,
}

/// Dots of a line.
const WIDTH: usize = 80;

impl Dots {
    /// `--dots`.
    pub fn new(style: Style) -> Self {
        Self {
            style,
            ..Self::default()
        }
    }

    fn end_line(&mut self, out: &mut String) {
        if self.column > 0 {
            out.push('\n');
            self.column = 0;
        }
    }
}

impl Reporter for Dots {
    fn report(&mut self, event: Event<'_>, out: &mut String) {
        match event {
            Event::FileStart { name, .. } => name.clone_into(&mut self.file),
            Event::Test(result) => {
                let dot = match result.status {
                    Status::Pass => self.style.green("."),
                    Status::Fail => self.style.red("x"),
                    Status::Skip => self.style.yellow("-"),
                    Status::Todo => self.style.magenta("*"),
                };
                out.push_str(&dot);
                self.column += 1;
                if self.column == WIDTH {
                    self.end_line(out);
                }
                if result.status == Status::Fail {
                    self.failed.push((self.file.clone(), result.clone()));
                }
            }
            Event::Error(error) => {
                self.end_line(out);
                unhandled(error, self.style, out);
            }
            Event::Start { .. } | Event::FileEnd(_) => {}
            Event::Finish(totals) => {
                self.end_line(out);
                for (file, result) in std::mem::take(&mut self.failed) {
                    out.push('\n');
                    for error in &result.errors {
                        failure(error, self.style, out);
                    }
                    // Writing to a string does not fail.
                    let _ = writeln!(
                        out,
                        "{} {file}: {}",
                        self.style.red("(fail)"),
                        result.name.join(" > ")
                    );
                    if let Some(note) = &result.note {
                        let _ = writeln!(out, "  {} {note}", self.style.red("^"));
                    }
                }
                finish(totals, self.style, out);
            }
        }
    }
}

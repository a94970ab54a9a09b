//! `JUnit`'s XML, as CI systems read it.

use super::style::without_colours;
use super::{Event, Reporter, Totals};
use crate::event::{Failure, Status, TestResult};
use std::fmt::Write as _;

/// `--reporter=junit`.
#[derive(Debug, Default)]
pub struct Junit {
    suites: String,
    file: String,
    cases: String,
    counts: Counts,
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    tests: u64,
    failures: u64,
    errors: u64,
    skipped: u64,
    assertions: u64,
    milliseconds: f64,
}

/// Characters that XML 1.0 cannot hold in any form are replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push('\t'),
            '\r' => out.push_str("&#13;"),
            letter if letter < ' ' || matches!(letter, '\u{fffe}' | '\u{ffff}') => {
                out.push('\u{fffd}');
            }
            letter => out.push(letter),
        }
    }
    out
}

impl Junit {
    fn case(&mut self, result: &TestResult) {
        let (title, suites) = match result.name.split_last() {
            Some((title, suites)) => (title.as_str(), suites.join(" > ")),
            None => ("", String::new()),
        };
        let counts = &mut self.counts;
        counts.tests += 1;
        counts.assertions += result.assertions;
        counts.milliseconds += result.ms;
        let _ = write!(
            self.cases,
            "    <testcase name=\"{}\" classname=\"{}\" time=\"{:.6}\" file=\"{}\" line=\"{}\" assertions=\"{}\"",
            escaped(title),
            escaped(&suites),
            result.ms / 1e3,
            escaped(&self.file),
            result.line,
            result.assertions
        );
        match result.status {
            Status::Pass => self.cases.push_str(" />\n"),
            Status::Skip | Status::Todo => {
                counts.skipped += 1;
                let message = if result.status == Status::Todo {
                    " message=\"TODO\""
                } else {
                    ""
                };
                let _ = write!(
                    self.cases,
                    ">\n      <skipped{message} />\n    </testcase>\n"
                );
            }
            Status::Fail => {
                counts.failures += 1;
                self.cases.push_str(">\n");
                for error in &result.errors {
                    failure("failure", error, &mut self.cases);
                }
                if result.errors.is_empty() {
                    let error = Failure {
                        message: result.note.clone().unwrap_or_default(),
                        ..Failure::default()
                    };
                    failure("failure", &error, &mut self.cases);
                }
                self.cases.push_str("    </testcase>\n");
            }
        }
    }

    fn end_file(&mut self) {
        let counts = std::mem::take(&mut self.counts);
        let file = escaped(&self.file);
        let _ = write!(
            self.suites,
            "  <testsuite name=\"{file}\" file=\"{file}\" tests=\"{}\" assertions=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.6}\">\n{}  </testsuite>\n",
            counts.tests,
            counts.assertions,
            counts.failures,
            counts.errors,
            counts.skipped,
            counts.milliseconds / 1e3,
            std::mem::take(&mut self.cases)
        );
    }

    fn finish(&self, totals: &Totals, out: &mut String) {
        out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let _ = write!(
            out,
            "<testsuites name=\"crust test\" tests=\"{}\" assertions=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.6}\">\n{}</testsuites>\n",
            totals.ran(),
            totals.assertions,
            totals.failed,
            totals.errors,
            totals.skipped + totals.todo,
            totals.elapsed.as_secs_f64(),
            self.suites
        );
    }
}

fn failure(element: &str, error: &Failure, out: &mut String) {
    let message = without_colours(error.message.trim_end());
    let first = message.lines().next().unwrap_or_default();
    let kind = first.split(':').next().unwrap_or("Error");
    let _ = writeln!(
        out,
        "      <{element} type=\"{}\" message=\"{}\">{}</{element}>",
        escaped(kind),
        escaped(first),
        escaped(&format!("{message}\n{}", error.stack))
    );
}

impl Reporter for Junit {
    fn report(&mut self, event: Event<'_>, out: &mut String) {
        match event {
            Event::Start { .. } => {}
            Event::FileStart { name, .. } => name.clone_into(&mut self.file),
            Event::Test(result) => self.case(result),
            Event::Error(error) => {
                self.counts.errors += 1;
                let _ = writeln!(
                    self.cases,
                    "    <testcase name=\"{0}\" classname=\"\" time=\"0\" file=\"{0}\">",
                    escaped(&self.file)
                );
                failure("error", error, &mut self.cases);
                self.cases.push_str("    </testcase>\n");
            }
            Event::FileEnd(_) => self.end_file(),
            Event::Finish(totals) => self.finish(totals, out),
        }
    }
}

//! The reporter for people: each test with its time, each failure with its source line, and the sums, in
//! the layout of Bun's.

use super::excerpt::excerpt;
use super::style::Style;
use super::{Event, Reporter, Totals};
use crate::event::{Failure, Status, TestResult};
use std::fmt::Write as _;

/// The default reporter.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "two are options, two the state of the page"
)]
pub struct Default {
    /// Colours or none.
    pub style: Style,
    /// Show failures alone.
    pub only_failures: bool,
    /// Show each suite as a heading with its tests below.
    pub tree: bool,
    file: String,
    header_due: bool,
    any_file: bool,
    suites: Vec<String>,
}

/// From so many tests on, the failures are repeated at the end.
const REPEAT_FROM: u64 = 20;

impl Default {
    /// The default reporter.
    pub fn new(style: Style, only_failures: bool, tree: bool) -> Self {
        Self {
            style,
            only_failures,
            tree,
            ..Self::default()
        }
    }

    fn header(&mut self, out: &mut String) {
        if !std::mem::take(&mut self.header_due) {
            return;
        }
        if self.any_file || !self.only_failures {
            out.push('\n');
        }
        self.any_file = true;
        // Writing to a string does not fail.
        let _ = writeln!(out, "{}:", self.style.bold(&self.file));
    }

    fn test(&mut self, result: &TestResult, out: &mut String) {
        if self.only_failures && result.status != Status::Fail {
            return;
        }
        self.header(out);
        for error in &result.errors {
            failure(error, self.style, out);
        }
        if self.tree {
            self.tree_line(result, out);
        } else {
            line(result, &result.name.join(" > "), self.style, out);
        }
        if let Some(note) = &result.note {
            let _ = writeln!(out, "  {} {note}", self.style.red("^"));
        }
    }

    fn tree_line(&mut self, result: &TestResult, out: &mut String) {
        let Some((test, suites)) = result.name.split_last() else {
            return;
        };
        let common = suites
            .iter()
            .zip(&self.suites)
            .take_while(|(a, b)| a == b)
            .count();
        for (depth, suite) in suites.iter().enumerate().skip(common) {
            let _ = writeln!(out, "{}{}", "  ".repeat(depth), self.style.bold(suite));
        }
        self.suites = suites.to_vec();
        out.push_str(&"  ".repeat(suites.len()));
        line(result, test, self.style, out);
    }
}

impl Reporter for Default {
    fn report(&mut self, event: Event<'_>, out: &mut String) {
        match event {
            Event::FileStart { name, .. } => {
                name.clone_into(&mut self.file);
                self.header_due = true;
                self.suites.clear();
                if !self.only_failures {
                    self.header(out);
                }
            }
            Event::Test(result) => self.test(result, out),
            Event::Error(error) => {
                self.header(out);
                unhandled(error, self.style, out);
            }
            Event::Start { .. } | Event::FileEnd(_) => {}
            Event::Finish(totals) => finish(totals, self.style, out),
        }
    }
}

fn line(result: &TestResult, name: &str, style: Style, out: &mut String) {
    let word = format!("({})", result.status.word());
    let word = match result.status {
        Status::Pass => style.green(&word),
        Status::Fail => style.red(&word),
        Status::Skip => style.yellow(&word),
        Status::Todo => style.magenta(&word),
    };
    let _ = write!(out, "{word} {name}");
    if matches!(result.status, Status::Pass | Status::Fail) {
        let time = style.dim(&format!("[{:.2}ms]", result.ms));
        let _ = write!(out, " {time}");
    }
    if result.retries > 0 {
        let _ = write!(out, " (attempt {})", result.retries + 1);
    }
    out.push('\n');
}

/// The excerpt, the message and the frames of a failure.
pub(super) fn failure(error: &Failure, style: Style, out: &mut String) {
    if let Some(lines) = error.place.as_ref().and_then(|place| excerpt(place, style)) {
        out.push_str(&lines);
    }
    out.push_str(error.message.trim_end_matches('\n'));
    out.push('\n');
    if !error.stack.is_empty() {
        if error.message.trim_end().contains('\n') {
            out.push('\n');
        }
        for frame in error.stack.lines() {
            let _ = writeln!(out, "      {}", style.dim(frame.trim_start()));
        }
    }
}

pub(super) fn unhandled(error: &Failure, style: Style, out: &mut String) {
    const RULE: &str = "-------------------------------";
    let _ = writeln!(out, "\n{}", style.red("# Unhandled error between tests"));
    let _ = writeln!(out, "{RULE}");
    failure(error, style, out);
    let _ = writeln!(out, "{RULE}\n");
}

pub(super) fn finish(totals: &Totals, style: Style, out: &mut String) {
    if totals.ran() > REPEAT_FROM && !totals.failures.is_empty() {
        let _ = writeln!(out, "\n{} tests failed:", totals.failed);
        for (file, result) in &totals.failures {
            let name = result.name.join(" > ");
            let _ = writeln!(out, "{} {file}: {name}", style.red("(fail)"));
        }
    }
    out.push('\n');
    let mut count = |number: u64, word: &str| {
        let _ = writeln!(out, " {number} {word}");
    };
    count(totals.passed, &style.green("pass"));
    if totals.skipped > 0 {
        count(totals.skipped, &style.yellow("skip"));
    }
    if totals.todo > 0 {
        count(totals.todo, &style.magenta("todo"));
    }
    if totals.filtered > 0 {
        count(totals.filtered, "filtered out");
    }
    count(
        totals.failed,
        &if totals.failed > 0 {
            style.red("fail")
        } else {
            "fail".to_owned()
        },
    );
    if totals.errors > 0 {
        count(
            totals.errors,
            &style.red(plural(totals.errors, "error", "errors")),
        );
    }
    snapshots(totals, out);
    if totals.assertions > 0 {
        let _ = writeln!(out, " {} expect() calls", totals.assertions);
    }
    if let Some(seed) = totals.seed {
        let _ = writeln!(out, "--seed={seed}");
    }
    let (ran, files) = (totals.ran(), totals.files);
    let _ = write!(
        out,
        "Ran {ran} {} across {files} {}.",
        plural(ran, "test", "tests"),
        plural(files, "file", "files")
    );
    let milliseconds = totals.elapsed.as_secs_f64() * 1e3;
    let time = if milliseconds < 1000.0 {
        format!("[{milliseconds:.2}ms]")
    } else {
        format!("[{:.2}s]", milliseconds / 1e3)
    };
    let _ = writeln!(out, " {}", style.dim(&time));
}

fn snapshots(totals: &Totals, out: &mut String) {
    let counts = &totals.snapshots;
    let all = counts.added + counts.updated + counts.matched + counts.failed;
    if all == 0 && counts.obsolete.is_empty() && counts.removed == 0 {
        return;
    }
    let mut parts = Vec::new();
    let mut part = |number: u64, word: &str| {
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    };
    part(counts.added, "added");
    part(counts.updated, "updated");
    part(counts.failed, "failed");
    part(counts.removed, "removed");
    part(
        u64::try_from(counts.obsolete.len()).unwrap_or(u64::MAX),
        "obsolete",
    );
    let list = if parts.is_empty() {
        String::new()
    } else {
        format!(": {}", parts.join(", "))
    };
    let _ = writeln!(out, " {all} {}{list}", plural(all, "snapshot", "snapshots"));
    for name in &counts.obsolete {
        let _ = writeln!(out, "   obsolete: {name}");
    }
    if !counts.obsolete.is_empty() {
        out.push_str("   (--update-snapshots removes obsolete snapshots)\n");
    }
}

pub(super) fn plural<'a>(number: u64, one: &'a str, many: &'a str) -> &'a str {
    if number == 1 { one } else { many }
}

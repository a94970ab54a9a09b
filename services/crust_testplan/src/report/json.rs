//! One JSON document about the whole run, in the field names of Jest's.

use super::style::without_colours;
use super::{Event, Reporter, Totals};
use crate::event::{Status, TestResult};
use serde_json::{Value, json};

/// `--reporter=json`.
#[derive(Debug, Default)]
pub struct Json {
    files: Vec<Value>,
    path: String,
    tests: Vec<Value>,
    message: String,
    failed: bool,
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Pass => "passed",
        Status::Fail => "failed",
        Status::Skip => "pending",
        Status::Todo => "todo",
    }
}

fn test(result: &TestResult) -> Value {
    let (title, ancestors) = match result.name.split_last() {
        Some((title, ancestors)) => (title.as_str(), ancestors),
        None => ("", &[][..]),
    };
    let mut messages: Vec<String> = result
        .errors
        .iter()
        .map(|error| format!("{}\n{}", without_colours(&error.message), error.stack))
        .collect();
    messages.extend(result.note.clone());
    json!({
        "ancestorTitles": ancestors,
        "title": title,
        "fullName": result.name.join(" "),
        "status": status(result.status),
        "duration": result.ms,
        "failureMessages": messages,
        "numPassingAsserts": result.assertions,
        "invocations": result.retries + 1,
        "location": { "line": result.line, "column": 1 },
    })
}

impl Reporter for Json {
    fn report(&mut self, event: Event<'_>, out: &mut String) {
        match event {
            Event::Start { .. } => {}
            Event::FileStart { path, .. } => {
                self.path = path.to_string_lossy().into_owned();
                self.message.clear();
                self.failed = false;
            }
            Event::Test(result) => {
                self.failed |= result.status == Status::Fail;
                self.tests.push(test(result));
            }
            Event::Error(error) => {
                self.failed = true;
                self.message.push_str(&without_colours(&error.message));
            }
            Event::FileEnd(_) => {
                let status = if self.failed { "failed" } else { "passed" };
                self.files.push(json!({
                    "name": self.path,
                    "status": status,
                    "message": self.message,
                    "assertionResults": std::mem::take(&mut self.tests),
                }));
            }
            Event::Finish(totals) => {
                let document = self.document(totals);
                out.push_str(&document.to_string());
                out.push('\n');
            }
        }
    }
}

impl Json {
    fn document(&mut self, totals: &Totals) -> Value {
        json!({
            "success": totals.failed == 0 && totals.errors == 0,
            "numTotalTests": totals.ran(),
            "numPassedTests": totals.passed,
            "numFailedTests": totals.failed,
            "numPendingTests": totals.skipped,
            "numTodoTests": totals.todo,
            "numTotalTestSuites": totals.files,
            "numFailedTestSuites": totals.failed_files,
            "numPassedTestSuites": totals.files - totals.failed_files.min(totals.files),
            "numRuntimeErrorTestSuites": totals.errors,
            "snapshot": {
                "added": totals.snapshots.added,
                "matched": totals.snapshots.matched,
                "unmatched": totals.snapshots.failed,
                "updated": totals.snapshots.updated,
                "filesRemoved": 0,
                "uncheckedKeysByFile": [],
                "unchecked": totals.snapshots.obsolete.len(),
            },
            "testResults": std::mem::take(&mut self.files),
        })
    }
}

//! The run as lines of JSON, for a reporter that is a program of its own: `features/crust_test_api/js/reporter.ts`
//! reads them.

use super::style::without_colours;
use super::{Event, Reporter, Totals};
use crate::event::{Failure, TestResult};
use serde_json::{Value, json};

/// One line an event.
#[derive(Debug, Default)]
pub struct Lines;

fn failure(failure: &Failure) -> Value {
    json!({
        "message": without_colours(&failure.message),
        "stack": failure.stack,
        "place": failure.place.as_ref().map(|place| json!({
            "file": place.file,
            "line": place.line,
            "column": place.column,
        })),
    })
}

fn test(result: &TestResult) -> Value {
    json!({
        "t": "test",
        "id": result.id,
        "name": result.name,
        "status": result.status.word(),
        "ms": result.ms,
        "line": result.line,
        "errors": result.errors.iter().map(failure).collect::<Vec<_>>(),
        "note": result.note,
        "retries": result.retries,
        "assertions": result.assertions,
    })
}

fn finish(totals: &Totals) -> Value {
    json!({
        "t": "finish",
        "passed": totals.passed,
        "failed": totals.failed,
        "skipped": totals.skipped,
        "todo": totals.todo,
        "errors": totals.errors,
        "files": totals.files,
        "failedFiles": totals.failed_files,
        "notRun": totals.not_run,
        "ms": totals.elapsed.as_secs_f64() * 1e3,
    })
}

impl Reporter for Lines {
    fn report(&mut self, event: Event<'_>, out: &mut String) {
        let line = match event {
            Event::Start { files } => json!({ "t": "run", "files": files }),
            Event::FileStart { name, path } => json!({ "t": "file", "name": name, "path": path }),
            Event::Test(result) => test(result),
            Event::Error(error) => json!({ "t": "error", "error": failure(error) }),
            Event::FileEnd(end) => json!({ "t": "end", "ms": end.map(|end| end.ms) }),
            Event::Finish(totals) => finish(totals),
        };
        out.push_str(&line.to_string());
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn every_event_is_a_line() {
        let mut out = String::new();
        let files = [PathBuf::from("/a.test.ts")];
        Lines.report(Event::Start { files: &files }, &mut out);
        Lines.report(
            Event::Error(&Failure {
                message: "\x1b[31mtwo\nlines\x1b[0m".to_owned(),
                ..Failure::default()
            }),
            &mut out,
        );
        Lines.report(Event::FileEnd(None), &mut out);
        let lines: Vec<Value> = out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0]["files"][0], "/a.test.ts");
        assert_eq!(lines[1]["error"]["message"], "two\nlines");
        assert_eq!(lines[2]["ms"], Value::Null);
    }
}

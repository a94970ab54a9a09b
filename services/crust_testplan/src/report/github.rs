//! Annotations of GitHub's workflow commands, one for each failure, beside another reporter.

use super::style::without_colours;
use super::{Event, Reporter};
use crate::event::{Failure, Status};
use std::fmt::Write as _;

/// Written when `GITHUB_ACTIONS` is set.
#[derive(Debug, Default)]
pub struct Github {
    file: String,
}

/// What a message and what a property may not hold as it is.
fn escaped(text: &str, is_property: bool) -> String {
    let text = text
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A");
    if is_property {
        text.replace(':', "%3A").replace(',', "%2C")
    } else {
        text
    }
}

impl Github {
    fn annotate(&self, title: &str, error: &Failure, out: &mut String) {
        let mut place = format!("file={}", escaped(&self.file, true));
        if let Some(at) = &error.place {
            // The path of a failure may be another file's.
            place = format!(
                "file={},line={},col={}",
                escaped(&at.file, true),
                at.line,
                at.column
            );
        }
        let message = escaped(&without_colours(error.message.trim_end()), false);
        let _ = writeln!(
            out,
            "::error {place},title={}::{message}",
            escaped(title, true)
        );
    }
}

impl Reporter for Github {
    fn report(&mut self, event: Event<'_>, out: &mut String) {
        match event {
            Event::FileStart { name, .. } => name.clone_into(&mut self.file),
            Event::Test(result) if result.status == Status::Fail => {
                let title = result.name.join(" > ");
                for error in &result.errors {
                    self.annotate(&title, error, out);
                }
                if result.errors.is_empty() {
                    let error = Failure {
                        message: result.note.clone().unwrap_or_else(|| "failed".to_owned()),
                        ..Failure::default()
                    };
                    self.annotate(&title, &error, out);
                }
            }
            Event::Error(error) => self.annotate("Unhandled error between tests", error, out),
            _ => {}
        }
    }
}

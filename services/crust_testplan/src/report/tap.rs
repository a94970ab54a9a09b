//! The Test Anything Protocol, version 14.

use super::style::without_colours;
use super::{Event, Reporter};
use crate::event::Status;
use std::fmt::Write as _;

/// `--reporter=tap`.
#[derive(Debug, Default)]
pub struct Tap {
    number: u64,
    started: bool,
    file: String,
}

impl Tap {
    fn start(&mut self, out: &mut String) {
        if !std::mem::replace(&mut self.started, true) {
            out.push_str("TAP version 14\n");
        }
    }

    fn problem(texts: impl Iterator<Item = String>, out: &mut String) {
        out.push_str("  ---\n  message: |\n");
        for text in texts {
            for line in text.lines() {
                let _ = writeln!(out, "    {line}");
            }
        }
        out.push_str("  ...\n");
    }
}

/// `#` begins a directive and a line ends the description.
fn escaped(name: &str) -> String {
    name.replace('\\', "\\\\")
        .replace('#', "\\#")
        .replace(['\n', '\r'], " ")
}

impl Reporter for Tap {
    fn report(&mut self, event: Event<'_>, out: &mut String) {
        self.start(out);
        match event {
            Event::FileStart { name, .. } => {
                name.clone_into(&mut self.file);
                let _ = writeln!(out, "# {name}");
            }
            Event::Test(result) => {
                self.number += 1;
                let (ok, directive) = match result.status {
                    Status::Pass => ("ok", ""),
                    Status::Fail => ("not ok", ""),
                    Status::Skip => ("ok", " # SKIP"),
                    Status::Todo => ("not ok", " # TODO"),
                };
                let name = escaped(&result.name.join(" > "));
                let _ = writeln!(out, "{ok} {} - {name}{directive}", self.number);
                if result.status == Status::Fail {
                    let texts = result
                        .errors
                        .iter()
                        .map(|error| without_colours(&error.message));
                    Self::problem(texts.chain(result.note.clone()), out);
                }
            }
            Event::Error(error) => {
                self.number += 1;
                let _ = writeln!(out, "not ok {} - {}", self.number, escaped(&self.file));
                Self::problem(std::iter::once(without_colours(&error.message)), out);
            }
            Event::Start { .. } | Event::FileEnd(_) => {}
            Event::Finish(_) => {
                let _ = writeln!(out, "1..{}", self.number);
            }
        }
    }
}

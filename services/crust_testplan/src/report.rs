//! Reporters: a run's events in, text out. What is written where is the command's choice.

mod default;
mod dots;
mod excerpt;
mod github;
mod json;
mod junit;
mod lines;
mod progress;
mod style;
mod tap;
mod totals;

pub use default::Default;
pub use dots::Dots;
pub use github::Github;
pub use json::Json;
pub use junit::Junit;
pub use lines::Lines;
pub use progress::Progress;
pub use style::{Style, without_colours};
pub use tap::Tap;
pub use totals::Totals;

use crate::event::{Failure, FileEnd, TestResult};
use std::path::{Path, PathBuf};

/// What happens in a run, as reporters see it.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// The run begins.
    Start {
        /// Absolute paths of the files, in their order.
        files: &'a [PathBuf],
    },
    /// The results of a file follow.
    FileStart {
        /// Its path below the working directory.
        name: &'a str,
        /// Its absolute path.
        path: &'a Path,
    },
    /// A test ended.
    Test(&'a TestResult),
    /// An error that belongs to no test.
    Error(&'a Failure),
    /// The file is over. `None` where its worker did not reach the end.
    FileEnd(Option<&'a FileEnd>),
    /// The run is over.
    Finish(&'a Totals),
}

/// Renders a run.
pub trait Reporter {
    /// Appends what the event adds.
    fn report(&mut self, event: Event<'_>, out: &mut String);
}

/// Where a reporter's text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// For people.
    Stderr,
    /// For programs.
    Stdout,
    /// The file of `--reporter-outfile`.
    File,
}

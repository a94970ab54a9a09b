//! The lines of JSON that a worker writes: what happened to each test of the file it runs. The worker's
//! side is `features/crust_test_api/js/worker.ts`. Lines come from a process that runs foreign code, so
//! one that is no event is refused, never guessed.

use serde::Deserialize;
use std::collections::BTreeMap;

/// One line.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum WorkerEvent {
    /// The worker waits for its first file.
    Ready,
    /// The worker's loop turns, whatever its tests wait for.
    Beat,
    /// The file was loaded; its tests in the order they will run.
    Plan {
        /// The tests.
        tests: Vec<PlannedTest>,
    },
    /// A test ended.
    Test(TestResult),
    /// Something failed that belongs to no test.
    Error {
        /// What.
        error: Failure,
    },
    /// How often the counters of sources were passed since the last time.
    Coverage {
        /// By absolute path.
        counts: BTreeMap<String, Vec<f64>>,
    },
    /// The file is done.
    End(FileEnd),
}

/// A test as the plan of its file has it.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub struct PlannedTest {
    /// Names from the outermost `describe` to the test.
    pub name: Vec<String>,
    /// Milliseconds it may take; `None` for as long as it likes.
    #[serde(default)]
    pub timeout: Option<f64>,
    /// Line of its declaration, from 1; 0 where unknown.
    #[serde(default)]
    pub line: u32,
}

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It passed.
    Pass,
    /// It failed.
    Fail,
    /// It was not to run.
    Skip,
    /// It is still to be written, or known to fail until it is.
    Todo,
}

impl Status {
    /// The word of reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skip => "skip",
            Self::Todo => "todo",
        }
    }
}

/// A test's end.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct TestResult {
    /// Its place in the plan.
    pub id: usize,
    /// Names from the outermost `describe` to the test.
    pub name: Vec<String>,
    /// How it ended.
    pub status: Status,
    /// Milliseconds.
    #[serde(default)]
    pub ms: f64,
    /// Line of its declaration, from 1; 0 where unknown.
    #[serde(default)]
    pub line: u32,
    /// What failed.
    #[serde(default)]
    pub errors: Vec<Failure>,
    /// A remark below the line, such as that it timed out.
    #[serde(default)]
    pub note: Option<String>,
    /// How often it was tried before this end.
    #[serde(default)]
    pub retries: u32,
    /// `expect()` calls.
    #[serde(default)]
    pub assertions: u64,
}

/// Something thrown.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub struct Failure {
    /// Class and message, with colours where the worker was told so.
    pub message: String,
    /// The frames, one a line, ready to print.
    #[serde(default)]
    pub stack: String,
    /// The first frame outside the runner.
    #[serde(default)]
    pub place: Option<Place>,
}

/// A place in a source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Place {
    /// An absolute path.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
}

/// What is known when a file is done.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub struct FileEnd {
    /// `expect()` calls of the file.
    #[serde(default)]
    pub assertions: u64,
    /// Its snapshots.
    #[serde(default)]
    pub snapshots: SnapshotCounts,
    /// Tests that a pattern or `only` left out.
    #[serde(default)]
    pub filtered: u64,
    /// The worker asks to be replaced before the next file.
    #[serde(default)]
    pub retire: bool,
    /// Milliseconds from its first line to here.
    #[serde(default)]
    pub ms: f64,
}

/// What became of the snapshots of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct SnapshotCounts {
    /// New ones.
    pub added: u64,
    /// Replaced ones.
    pub updated: u64,
    /// Those that matched.
    pub matched: u64,
    /// Those that did not.
    pub failed: u64,
    /// Names in the file that no test asked for.
    pub obsolete: Vec<String>,
    /// Obsolete ones that were removed.
    pub removed: u64,
}

impl SnapshotCounts {
    /// Adds another file's.
    pub fn add(&mut self, other: &Self) {
        self.added += other.added;
        self.updated += other.updated;
        self.matched += other.matched;
        self.failed += other.failed;
        self.removed += other.removed;
        self.obsolete.extend(other.obsolete.iter().cloned());
    }
}

impl WorkerEvent {
    /// Reads one line.
    ///
    /// # Errors
    /// When the line is no event.
    pub fn parse(line: &[u8]) -> Result<Self, serde_json::Error> {
        // By way of a value: the bundler's libraries turn on `arbitrary_precision` of serde_json, with which an
        // enum with its tag inside cannot be read from text if it has fractions.
        serde_json::from_slice(line).and_then(serde_json::from_value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_result_is_read() {
        let line = br#"{"t":"test","id":3,"name":["a","b"],"status":"fail","ms":1.5,"errors":[{"message":"m"}]}"#;
        let WorkerEvent::Test(result) = WorkerEvent::parse(line).unwrap() else {
            panic!("no test")
        };
        assert_eq!(result.name, ["a", "b"]);
        assert_eq!(result.status, Status::Fail);
        assert_eq!(result.errors.len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn no_line_panics(line in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = WorkerEvent::parse(&line);
        }
    }
}

//! The sums of a run. Never renders.

use crate::event::{SnapshotCounts, Status, TestResult};
use std::time::Duration;

/// What a run came to.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
    /// Tests that did not run.
    pub skipped: u64,
    /// Tests still to be written.
    pub todo: u64,
    /// Errors outside tests.
    pub errors: u64,
    /// Tests that a pattern left out.
    pub filtered: u64,
    /// `expect()` calls.
    pub assertions: u64,
    /// Files that ran.
    pub files: u64,
    /// Files with a failure.
    pub failed_files: u64,
    /// Files that `--bail` left out.
    pub not_run: u64,
    /// Snapshots of all files.
    pub snapshots: SnapshotCounts,
    /// From the first file to the last.
    pub elapsed: Duration,
    /// The seed of a shuffled order.
    pub seed: Option<u32>,
    /// Names of the tests that failed, with their file and their texts.
    pub failures: Vec<(String, TestResult)>,
}

/// Failures kept for the repetition at the end; beyond that a reader scrolls anyway.
const KEPT_FAILURES: usize = 1000;

impl Totals {
    /// Adds a test's end.
    pub fn add(&mut self, file: &str, result: &TestResult) {
        match result.status {
            Status::Pass => self.passed += 1,
            Status::Fail => self.failed += 1,
            Status::Skip => self.skipped += 1,
            Status::Todo => self.todo += 1,
        }
        if result.status == Status::Fail && self.failures.len() < KEPT_FAILURES {
            self.failures.push((file.to_owned(), result.clone()));
        }
    }

    /// Tests that were to run.
    pub fn ran(&self) -> u64 {
        self.passed + self.failed + self.skipped + self.todo
    }
}

//! A file that a worker runs: what it said so far, and what is lost when it says no more.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crust_testplan::{Failure, PlannedTest, Status, TestResult, WorkerEvent};

use super::super::record::Note;

/// A file that is running.
pub(super) struct Task {
    pub(super) file: PathBuf,
    /// What is printed when the file ends.
    pub(super) notes: Vec<Note>,
    kept: usize,
    plan: Option<Vec<PlannedTest>>,
    done: Vec<bool>,
    /// When the worker last said anything.
    heard: Instant,
}

/// A worker's timers end a test that waits; what is over by this much did not let them.
const GRACE: Duration = Duration::from_secs(1);
/// A file may take so long to load: large programs are compiled then.
const LOADING: Duration = Duration::from_mins(1);
/// Output kept of one file while others print; a file with more is cut there.
const MOST_KEPT: usize = 64 << 20;

/// An error with a message alone.
pub(super) fn failure(message: String) -> Failure {
    Failure {
        message,
        ..Failure::default()
    }
}

impl Task {
    pub(super) fn new(file: PathBuf) -> Self {
        Self {
            file,
            notes: Vec::new(),
            kept: 0,
            plan: None,
            done: Vec::new(),
            heard: Instant::now(),
        }
    }

    /// The file before it is over: from now on its worker is at it.
    pub(super) fn begin(&mut self) {
        self.heard = Instant::now();
    }

    /// Keeps a note until the file ends.
    pub(super) fn keep(&mut self, note: Note) {
        if let Note::Stdout(bytes) | Note::Stderr(bytes) = &note {
            if self.kept > MOST_KEPT {
                return;
            }
            self.kept += bytes.len();
            if self.kept > MOST_KEPT {
                let cut = "\n(the output of this file beyond 64 MB is not shown)\n";
                return self.notes.push(Note::Stderr(cut.into()));
            }
        }
        self.notes.push(note);
    }

    pub(super) fn heard(&mut self, event: &WorkerEvent) {
        self.heard = Instant::now();
        match event {
            WorkerEvent::Plan { tests } => {
                self.done = vec![false; tests.len()];
                self.plan = Some(tests.clone());
            }
            WorkerEvent::Test(result) => {
                if let Some(done) = self.done.get_mut(result.id) {
                    *done = true;
                }
            }
            _ => {}
        }
    }

    /// The tests that have not ended, in their order.
    fn pending(&self) -> impl Iterator<Item = (usize, &PlannedTest)> {
        let plan = self.plan.iter().flatten().enumerate();
        plan.filter(|(index, _)| !self.done.get(*index).copied().unwrap_or(false))
    }

    /// Whether the worker is stuck. `timeout` is the run's, in milliseconds; 0 for none.
    pub(super) fn is_overdue(&self, now: Instant, timeout: f64) -> bool {
        let silent = now.saturating_duration_since(self.heard);
        if self.plan.is_none() {
            return timeout > 0.0 && silent > LOADING.max(seconds(timeout));
        }
        let limit = match self.pending().next() {
            Some((_, test)) => test.timeout,
            None => Some(timeout).filter(|timeout| *timeout > 0.0),
        };
        limit.is_some_and(|limit| silent > seconds(limit) + GRACE)
    }

    /// What is to be told when the worker is gone: the test it ran failed, the others did not run.
    pub(super) fn lost(&mut self, reason: &str) -> Vec<Note> {
        if self.plan.is_none() {
            return vec![Note::Error(failure(format!(
                "error: the file was not loaded: {reason}"
            )))];
        }
        let mut pending = self.pending();
        let Some((id, test)) = pending.next() else {
            return vec![Note::Error(failure(format!(
                "error: after the last test, in hooks or in what the tests left behind: {reason}"
            )))];
        };
        let milliseconds = self.heard.elapsed().as_secs_f64() * 1e3;
        let mut notes = vec![Note::Test(TestResult {
            id,
            name: test.name.clone(),
            status: Status::Fail,
            ms: milliseconds,
            line: test.line,
            errors: Vec::new(),
            note: Some(reason.to_owned()),
            retries: 0,
            assertions: 0,
        })];
        let left = pending.count();
        if left > 0 {
            let tests = if left == 1 { "test" } else { "tests" };
            notes.push(Note::Error(failure(format!(
                "error: {left} {tests} of this file did not run: {reason}"
            ))));
        }
        notes
    }
}

fn seconds(milliseconds: f64) -> Duration {
    Duration::try_from_secs_f64(milliseconds / 1e3).unwrap_or(Duration::MAX / 4)
}

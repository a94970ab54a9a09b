//! What `crust test` decides without an engine: which files are tests, in which order and in which share
//! they run, what a run's events are, how snapshots are kept, and how reporters render. Never starts a
//! process and never prints.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "tests may fail loudly"
    )
)]

mod changed;
pub mod coverage;
mod discover;
mod event;
mod order;
mod pattern;
mod position;
pub mod report;
pub mod snapshot;
pub mod timings;

pub use changed::affected;
pub use discover::{Found, Search, discover, is_test_file};
pub use event::{
    Failure, FileEnd, Place, PlannedTest, SnapshotCounts, Status, TestResult, WorkerEvent,
};
pub use order::{Shard, shard, shuffle};
pub use pattern::Pattern;
pub use position::{Position, mark};

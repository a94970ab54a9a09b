//! Depth of nesting. The parser and every walk recurse, so a source that nests deeply runs on a
//! thread with a stack that fits it, and one that nests beyond all reason is refused.

use crust_diag::{Diagnostic, LineIndex};

use crate::survey::{Survey, survey};

/// Frames of an unoptimised build are larger.
const BUILD: usize = if cfg!(debug_assertions) { 8 } else { 1 };

/// What any thread has to spare. Common sources stay below it.
const SPARE: usize = 1 << 20;

/// The largest stack asked for. Pages are used only as they are touched. It bounds the recursion
/// that a file can cause: some 600,000 nested brackets, where engines give up after 10,000.
const LARGEST: usize = if cfg!(target_pointer_width = "64") {
    2 << 30
} else {
    128 << 20
};

/// Surveys a source and runs `work` on a stack that fits it.
pub(crate) fn with_stack<T: Send>(
    source: &str,
    work: impl FnOnce(Survey) -> Result<T, Vec<Diagnostic>> + Send,
) -> Result<T, Vec<Diagnostic>> {
    with_larger_stack(source, BUILD, work)
}

/// The same for walks that take `factor` times the stack of ours in an optimised build.
pub(crate) fn with_larger_stack<T: Send>(
    source: &str,
    factor: usize,
    work: impl FnOnce(Survey) -> Result<T, Vec<Diagnostic>> + Send,
) -> Result<T, Vec<Diagnostic>> {
    let survey = survey(source);
    let needed = survey.cost.saturating_mul(factor);
    if needed <= SPARE {
        return work(survey);
    }
    let stack = needed.saturating_add(SPARE);
    if stack > LARGEST {
        return Err(refuse(source, survey.offset));
    }
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new()
            .name("transpile".to_owned())
            .stack_size(stack);
        match builder.spawn_scoped(scope, move || work(survey)) {
            Ok(thread) => match thread.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            },
            Err(_) => Err(refuse(source, survey.offset)),
        }
    })
}

/// Whether somebody else's walks, which take `factor` times the stack of ours in an optimised build, fit a stack
/// of so many bytes.
///
/// # Errors
/// Where the source nests too deeply.
pub fn fits_stack(
    source: &str,
    file_name: &str,
    stack: usize,
    factor: usize,
) -> Result<(), Vec<Diagnostic>> {
    let survey = survey(source);
    let needed = survey.cost.saturating_mul(factor);
    if needed.saturating_add(SPARE) <= stack {
        return Ok(());
    }
    let mut found = refuse(source, survey.offset);
    for problem in &mut found {
        problem.file = Some(file_name.to_owned());
    }
    Err(found)
}

fn refuse(source: &str, offset: usize) -> Vec<Diagnostic> {
    let offset = u32::try_from(offset).unwrap_or(u32::MAX);
    let diagnostic = Diagnostic::error("The source is nested too deeply")
        .at(source, &LineIndex::new(source), offset, offset + 1)
        .hint("split the expression into statements");
    vec![diagnostic]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_reason_is_refused() {
        let source = "(".repeat(LARGEST / 1_000);
        let refused = with_stack(&source, |_| Ok(())).unwrap_err();
        assert_eq!(refused[0].message, "The source is nested too deeply");
        assert!(with_stack("((1))", |_| Ok(())).is_ok());
    }
}

//! The parser's complaints as diagnostics.

use crust_diag::{Diagnostic, LineIndex};
use oxc_diagnostics::{OxcDiagnostic, Severity};

use crate::lower::Problem;

/// The errors among the parser's complaints, in source order, each once.
pub(crate) fn from_parser<'d>(
    source: &str,
    lines: &LineIndex,
    complaints: impl Iterator<Item = &'d OxcDiagnostic>,
) -> Vec<Diagnostic> {
    let errors = complaints.filter(|it| it.severity == Severity::Error);
    let mut found: Vec<_> = errors.map(|it| convert(source, lines, it)).collect();
    sort(&mut found);
    found
}

/// Problems of the lowering pass.
pub(crate) fn from_problems(
    source: &str,
    lines: &LineIndex,
    problems: &[Problem],
) -> Vec<Diagnostic> {
    let mut found: Vec<_> = problems
        .iter()
        .map(|problem| {
            let diagnostic = Diagnostic::error(problem.message.clone()).at(
                source,
                lines,
                problem.span.start,
                problem.span.end,
            );
            match problem.hint {
                Some(hint) => diagnostic.hint(hint),
                None => diagnostic,
            }
        })
        .collect();
    sort(&mut found);
    found
}

/// Orders diagnostics by place and drops what is said twice.
pub(crate) fn sort(found: &mut Vec<Diagnostic>) {
    found.sort_by_key(|it| (it.line, it.column));
    found.dedup_by(|a, b| (a.line, a.column, &a.message) == (b.line, b.column, &b.message));
}

fn convert(source: &str, lines: &LineIndex, complaint: &OxcDiagnostic) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(complaint.message.to_string());
    let mut labels = complaint.labels.iter();
    if let Some(first) = labels.next() {
        diagnostic = diagnostic.at(source, lines, first.offset(), end(first));
        if let Some(said) = first.label() {
            diagnostic.message = format!("{}: {said}", diagnostic.message);
        }
    }
    for label in labels {
        let said = label.label().unwrap_or("related to this");
        diagnostic = diagnostic.label(said, source, lines, label.offset(), end(label));
    }
    if let Some(help) = &complaint.help {
        diagnostic = diagnostic.hint(help.to_string());
    }
    diagnostic
}

fn end(label: &oxc_diagnostics::LabeledSpan) -> u32 {
    label.offset().saturating_add(label.len())
}

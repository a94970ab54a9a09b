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
    let message = complaint.message.trim_end_matches('.');
    // Of two declarations the second is the wrong one.
    let twice = message.ends_with("already been declared") || message.starts_with("Multiple");
    let mut labels: Vec<_> = complaint.labels.iter().collect();
    if twice {
        labels.reverse();
    }
    let mut labels = labels.into_iter();
    let Some(first) = labels.next() else {
        return Diagnostic::error(message);
    };
    let token = Token::at(source, first.offset(), end(first));
    let mut diagnostic =
        Diagnostic::error(reword(message, &token)).at(source, lines, first.offset(), end(first));
    for label in labels {
        let said = if twice {
            "First declared here"
        } else {
            label.label().unwrap_or("See here")
        };
        diagnostic = diagnostic.label(said, source, lines, label.offset(), end(label));
    }
    let help = complaint
        .help
        .as_deref()
        .map(|help| help.trim_end_matches('.'));
    match help.or_else(|| hint(message, &token)) {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

fn end(label: &oxc_diagnostics::LabeledSpan) -> u32 {
    label.offset().saturating_add(label.len())
}

/// What stands at the place of an error.
struct Token<'s> {
    text: &'s str,
}

impl<'s> Token<'s> {
    /// Longest token that a message shows; what is longer is no single token.
    const MAX: usize = 40;

    fn at(source: &'s str, start: u32, end: u32) -> Self {
        let text = source.get(start as usize..end as usize).unwrap_or_default();
        let whole = source
            .get(start as usize..)
            .unwrap_or_default()
            .trim()
            .is_empty();
        Self {
            text: if whole { "" } else { text },
        }
    }

    fn name(&self) -> Option<&'s str> {
        if self.text.is_empty() {
            Some("end of file")
        } else {
            let shown = self.text.len() <= Self::MAX && !self.text.contains(['\n', '\r']);
            shown.then_some(self.text)
        }
    }
}

/// Says what was found, where the parser says what kind of token it is.
fn reword(message: &str, token: &Token<'_>) -> String {
    let Some(name) = token.name() else {
        return message.to_owned();
    };
    if message == "Unexpected token" {
        return format!("Unexpected {name}");
    }
    match message.split_once(" but found `") {
        Some((expected, _)) => format!("{expected} but found {name}"),
        None => message.to_owned(),
    }
}

/// Advice for common mistakes that the parser gives none for.
fn hint(message: &str, token: &Token<'_>) -> Option<&'static str> {
    let advice = match message {
        "Unterminated string" if token.text.starts_with('`') => "close the template with a `",
        "Unterminated string" => {
            "close the string on the line it starts, or write a template literal: `…`"
        }
        "Unterminated multiline comment" => "close the comment with */",
        "Unterminated regular expression" => "close the regular expression with /",
        "Cannot assign to this expression" => "assign to a variable or a property",
        "A rest element must be last in a destructuring pattern" => "move it to the end",
        "'with' statements are not allowed" => "modules are strict; name the object instead",
        "Invalid characters after number" => "a name cannot start with a digit",
        "Unexpected token" | "Expected function name" => match token.text {
            "" => "something before this is not closed or not finished",
            "else" => "else needs an if statement right before it",
            "catch" | "finally" => "it needs a try block right before it",
            "case" | "default" => "it belongs inside a switch statement",
            "=>" => "put parentheses around the parameters before the arrow",
            _ => return None,
        },
        _ if message.contains(" but found `EOF`") => "something before this is not closed",
        _ if message.ends_with("already been declared") => "rename or remove one of the two",
        _ => return None,
    };
    Some(advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_what_was_found() {
        let check = |source: &str, start: u32, end: u32, message: &str, expect: &str| {
            assert_eq!(reword(message, &Token::at(source, start, end)), expect);
        };
        check("a ;", 2, 3, "Unexpected token", "Unexpected ;");
        check("a ", 1, 2, "Unexpected token", "Unexpected end of file");
        check(
            "a",
            1,
            1,
            "Expected `)` but found `EOF`",
            "Expected `)` but found end of file",
        );
        check(
            "(b",
            1,
            2,
            "Expected `)` but found `Identifier`",
            "Expected `)` but found b",
        );
    }
}

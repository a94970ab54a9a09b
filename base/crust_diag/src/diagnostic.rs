//! The diagnostic itself. It owns its excerpt, so that it outlives the source it speaks of.

use crate::position::LineIndex;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The program cannot run.
    Error,
    /// The program runs, but likely not as meant.
    Warning,
    /// Belongs to the diagnostic before it.
    Note,
}

impl Severity {
    /// The word shown before the message.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One line of source kept for display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcerptLine {
    /// One-based line number.
    pub number: u32,
    /// The text without its terminator.
    pub text: String,
}

/// A second place of the same problem, such as the first of two declarations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What is there.
    pub message: String,
    /// One-based line.
    pub line: u32,
    /// One-based column in UTF-16 code units.
    pub column: u32,
    /// Number of UTF-16 code units it covers on that line; 0 shows one caret.
    pub length: u32,
    /// The line of the place.
    pub excerpt: Option<ExcerptLine>,
}

/// A problem with its place, an excerpt and, where one is known, a hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// One sentence without a full stop.
    pub message: String,
    /// The file as the user knows it; `None` until somebody who knows it says so.
    pub file: Option<String>,
    /// One-based line; 0 when the problem has no place.
    pub line: u32,
    /// One-based column in UTF-16 code units; 0 when the problem has no place.
    pub column: u32,
    /// Number of UTF-16 code units it covers on its first line; 0 shows one caret.
    pub length: u32,
    /// The lines shown, in order; the last one is the line of the problem.
    pub excerpt: Vec<ExcerptLine>,
    /// Further places of the same problem.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub hint: Option<String>,
    /// A stable code, for machines.
    pub code: Option<String>,
}

impl Diagnostic {
    /// An error without a place.
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(Severity::Error, message)
    }

    /// A diagnostic without a place.
    pub fn new(severity: Severity, message: impl Into<String>) -> Self {
        Self {
            severity,
            message: message.into(),
            file: None,
            line: 0,
            column: 0,
            length: 0,
            excerpt: Vec::new(),
            labels: Vec::new(),
            hint: None,
            code: None,
        }
    }

    /// Places it at the bytes `start..end` of `text`, with an excerpt of that line.
    #[must_use]
    pub fn at(mut self, text: &str, lines: &LineIndex, start: u32, end: u32) -> Self {
        let (line, column, length) = place(text, lines, start, end);
        self.line = line;
        self.column = column;
        self.length = length;
        self.excerpt = excerpt(text, lines, line).into_iter().collect();
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn label(
        mut self,
        message: impl Into<String>,
        text: &str,
        lines: &LineIndex,
        start: u32,
        end: u32,
    ) -> Self {
        let (line, column, length) = place(text, lines, start, end);
        self.labels.push(Label {
            message: message.into(),
            line,
            column,
            length,
            excerpt: excerpt(text, lines, line),
        });
        self
    }

    /// Names the file.
    #[must_use]
    pub fn file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Gives it a stable code.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }
}

/// One-based line and column of `start`, and how much of `start..end` lies on that line.
fn place(text: &str, lines: &LineIndex, start: u32, end: u32) -> (u32, u32, u32) {
    let from = lines.position(text, start);
    let to = lines.position(text, end.max(start));
    let length = if to.line == from.line {
        to.column - from.column
    } else {
        let line = lines.line_text(text, from.line).unwrap_or_default();
        let width: usize = line.chars().map(char::len_utf16).sum();
        u32::try_from(width)
            .unwrap_or(u32::MAX)
            .saturating_sub(from.column)
    };
    (from.line + 1, from.column + 1, length)
}

fn excerpt(text: &str, lines: &LineIndex, line: u32) -> Option<ExcerptLine> {
    let text = lines.line_text(text, line.checked_sub(1)?)?;
    Some(ExcerptLine {
        number: line,
        text: text.to_owned(),
    })
}

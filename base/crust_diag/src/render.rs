//! Text for people: excerpt with line numbers, a caret line, the message, the place and the hint.
//! It never writes anywhere and uses colour only when asked to.

use std::fmt::Write as _;

use crate::diagnostic::{Diagnostic, ExcerptLine, Severity};

/// The widest piece of a source line that is shown. Minified files have lines of megabytes; this
/// keeps a message on one screen. It bounds characters, not the bytes of a character.
const MAX_WIDTH: usize = 160;

/// Whether escape sequences for colours are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// Text alone.
    #[default]
    Plain,
    /// With ANSI colours.
    Colour,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colour => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}

/// Renders several diagnostics with an empty line between them.
pub fn render_all(diagnostics: &[Diagnostic], style: Style) -> String {
    diagnostics
        .iter()
        .map(|diagnostic| render(diagnostic, style))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Renders one diagnostic; the text ends with a newline.
pub fn render(diagnostic: &Diagnostic, style: Style) -> String {
    let mut out = String::new();
    for (at, line) in diagnostic.excerpt.iter().enumerate() {
        let last = at + 1 == diagnostic.excerpt.len();
        let caret = last.then_some((diagnostic.column, diagnostic.length));
        excerpt_line(&mut out, line, caret, diagnostic.severity, style);
    }
    headline(&mut out, diagnostic, style);
    place(
        &mut out,
        diagnostic.file.as_deref(),
        diagnostic.line,
        diagnostic.column,
        style,
    );
    if let Some(hint) = &diagnostic.hint {
        let _ = writeln!(out, "{}: {hint}", style.paint("36", "hint"));
    }
    for label in &diagnostic.labels {
        out.push('\n');
        if let Some(line) = &label.excerpt {
            excerpt_line(
                &mut out,
                line,
                Some((label.column, label.length)),
                Severity::Note,
                style,
            );
        }
        let _ = writeln!(out, "{}: {}", style.paint("1;34", "note"), label.message);
        place(
            &mut out,
            diagnostic.file.as_deref(),
            label.line,
            label.column,
            style,
        );
    }
    out
}

fn headline(out: &mut String, diagnostic: &Diagnostic, style: Style) {
    let colour = match diagnostic.severity {
        Severity::Error => "1;31",
        Severity::Warning => "1;33",
        Severity::Note => "1;34",
    };
    let word = style.paint(colour, diagnostic.severity.word());
    let message = style.paint("1", &diagnostic.message);
    let _ = writeln!(out, "{word}: {message}");
}

fn place(out: &mut String, file: Option<&str>, line: u32, column: u32, style: Style) {
    let place = match (file, line) {
        (None, 0) => return,
        (Some(file), 0) => file.to_owned(),
        (Some(file), _) => format!("{file}:{line}:{column}"),
        (None, _) => format!("{line}:{column}"),
    };
    let _ = writeln!(out, "    at {}", style.paint("2", &place));
}

fn excerpt_line(
    out: &mut String,
    line: &ExcerptLine,
    caret: Option<(u32, u32)>,
    severity: Severity,
    style: Style,
) {
    let gutter = format!("{} | ", line.number);
    let (column, length) = caret.unwrap_or((1, 0));
    let window = Window::new(
        &line.text,
        column.saturating_sub(1) as usize,
        length as usize,
    );
    let _ = writeln!(out, "{}{}", style.paint("2", &gutter), window.text);
    if caret.is_some() {
        let colour = if severity == Severity::Note {
            "34"
        } else {
            "31"
        };
        let pad = " ".repeat(gutter.chars().count() + window.before);
        let _ = writeln!(
            out,
            "{pad}{}",
            style.paint(colour, &"^".repeat(window.carets))
        );
    }
}

/// The shown piece of a line and where the carets stand under it, all in character cells.
struct Window {
    text: String,
    before: usize,
    carets: usize,
}

impl Window {
    /// `column` and `length` are zero-based UTF-16 units of `line`.
    fn new(line: &str, column: usize, length: usize) -> Self {
        let (mut chars, mut caret, mut end) = (Vec::new(), None, None);
        let mut unit = 0;
        for character in line.chars() {
            if unit >= column {
                caret.get_or_insert(chars.len());
            }
            if unit >= column + length {
                end.get_or_insert(chars.len());
            }
            unit += character.len_utf16();
            chars.push(if character.is_control() {
                ' '
            } else {
                character
            });
        }
        let caret = caret.unwrap_or(chars.len());
        let end = end.unwrap_or(chars.len()).max(caret + 1);
        let from = if chars.len() > MAX_WIDTH {
            caret.saturating_sub(MAX_WIDTH / 2)
        } else {
            0
        };
        let to = chars.len().min(from + MAX_WIDTH);
        let carets = end.min(to.max(caret + 1)) - caret;
        let text: String = chars.get(from..to).unwrap_or_default().iter().collect();
        Self {
            text: text.trim_end().to_owned(),
            before: caret - from,
            carets,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::position::LineIndex;

    fn check(text: &str, start: u32, end: u32, expect: &str) {
        let lines = LineIndex::new(text);
        let diagnostic = Diagnostic::error("Unexpected ;")
            .at(text, &lines, start, end)
            .file("a.ts");
        assert_eq!(render(&diagnostic, Style::Plain), expect);
    }

    #[test]
    fn excerpt_caret_message_place() {
        check(
            "const x = ;",
            10,
            11,
            "1 | const x = ;\n              ^\nerror: Unexpected ;\n    at a.ts:1:11\n",
        );
    }

    #[test]
    fn carets_cover_the_range_on_its_first_line() {
        check(
            "ab\ncd",
            1,
            4,
            "1 | ab\n     ^\nerror: Unexpected ;\n    at a.ts:1:2\n",
        );
        check(
            "x\nfoo()",
            2,
            5,
            "2 | foo()\n    ^^^\nerror: Unexpected ;\n    at a.ts:2:1\n",
        );
    }

    #[test]
    fn carets_stand_under_characters_not_bytes() {
        check(
            "é😀x",
            6,
            7,
            "1 | é😀x\n      ^\nerror: Unexpected ;\n    at a.ts:1:4\n",
        );
    }

    #[test]
    fn the_end_of_the_file_has_a_caret() {
        check(
            "a(",
            2,
            2,
            "1 | a(\n      ^\nerror: Unexpected ;\n    at a.ts:1:3\n",
        );
    }

    #[test]
    fn long_lines_are_cut_around_the_caret() {
        let text = format!("{}!{}", "a".repeat(5_000), "b".repeat(5_000));
        let lines = LineIndex::new(&text);
        let diagnostic = Diagnostic::error("no").at(&text, &lines, 5_000, 5_001);
        let shown = render(&diagnostic, Style::Plain);
        assert!(shown.len() < 500, "{shown}");
        let mut rows = shown.lines();
        let (source, caret) = (rows.next().unwrap(), rows.next().unwrap());
        assert_eq!(source.chars().nth(caret.len() - 1), Some('!'));
    }

    #[test]
    fn without_a_place_there_is_no_place() {
        assert_eq!(
            render(&Diagnostic::error("no"), Style::Plain),
            "error: no\n"
        );
        let hinted = Diagnostic::error("no").file("a.json").hint("do");
        assert_eq!(
            render(&hinted, Style::Plain),
            "error: no\n    at a.json\nhint: do\n"
        );
    }

    #[test]
    fn labels_are_notes() {
        let text = "let a; let a;";
        let lines = LineIndex::new(text);
        let diagnostic = Diagnostic::error("twice").at(text, &lines, 11, 12).label(
            "first here",
            text,
            &lines,
            4,
            5,
        );
        assert_eq!(
            render(&diagnostic, Style::Plain),
            "1 | let a; let a;\n               ^\nerror: twice\n    at 1:12\n\n1 | let a; let a;\n        ^\nnote: first here\n    at 1:5\n"
        );
    }

    #[test]
    fn colour_only_when_asked() {
        let diagnostic = Diagnostic::error("no");
        assert!(!render(&diagnostic, Style::Plain).contains('\x1b'));
        assert!(render(&diagnostic, Style::Colour).contains('\x1b'));
    }
}

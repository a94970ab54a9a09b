//! Text without comments and indentation, for the runtime's own modules in release binaries: less
//! to store, and less for the engine to read at every start. Line breaks between statements stay,
//! because they may end one; their numbers do not.

use oxc_allocator::Allocator;
use oxc_ast::ast::{RegExpLiteral, StringLiteral, TemplateElement};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::{SourceType, Span};

/// Compacts an emitted program. What does not parse is answered as it is.
pub fn compact(text: &str) -> String {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, SourceType::cjs()).parse();
    if parsed.panicked || parsed.diagnostics.has_errors() {
        return text.to_owned();
    }
    let mut kept = Kept::default();
    kept.visit_program(&parsed.program);
    kept.spans.sort_by_key(|span| span.start);
    let comments: Vec<Span> = parsed.program.comments.iter().map(|it| it.span).collect();
    Compactor::new(text).run(&kept.spans, &comments)
}

/// Texts in which white space counts.
#[derive(Default)]
struct Kept {
    spans: Vec<Span>,
}

impl<'a> Visit<'a> for Kept {
    fn visit_template_element(&mut self, it: &TemplateElement<'a>) {
        self.spans.push(it.span);
        walk::walk_template_element(self, it);
    }

    fn visit_string_literal(&mut self, it: &StringLiteral<'a>) {
        self.spans.push(it.span);
    }

    fn visit_reg_exp_literal(&mut self, it: &RegExpLiteral<'a>) {
        self.spans.push(it.span);
    }
}

struct Compactor<'t> {
    text: &'t str,
    out: String,
    at: usize,
}

impl<'t> Compactor<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            out: String::with_capacity(text.len()),
            at: 0,
        }
    }

    fn run(mut self, kept: &[Span], comments: &[Span]) -> String {
        let mut comments = comments.iter().peekable();
        for span in kept {
            while let Some(comment) = comments.next_if(|it| it.start < span.start) {
                self.skip(*comment);
            }
            self.code(span.start as usize);
            self.out.push_str(self.slice(span.end as usize));
            self.at = span.end as usize;
        }
        for comment in comments {
            self.skip(*comment);
        }
        self.code(self.text.len());
        self.out
    }

    fn slice(&self, end: usize) -> &'t str {
        self.text.get(self.at..end).unwrap_or_default()
    }

    /// A comment separates tokens, and lines if it has some.
    fn skip(&mut self, comment: Span) {
        self.code(comment.start as usize);
        self.at = comment.start as usize;
        let separator = if self.slice(comment.end as usize).contains('\n') {
            '\n'
        } else {
            ' '
        };
        self.separate(separator);
        self.at = comment.end as usize;
    }

    fn code(&mut self, end: usize) {
        let part = self.slice(end);
        let mut characters = part.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '\n' | '\r' => self.separate('\n'),
                ' ' | '\t' if matches!(characters.peek(), Some(' ' | '\t' | '\n' | '\r')) => {}
                ' ' | '\t' => self.separate(' '),
                other => self.out.push(other),
            }
        }
        self.at = end.max(self.at);
    }

    /// One separator between tokens; a line break wins over a space.
    fn separate(&mut self, separator: char) {
        match self.out.chars().next_back() {
            Some(' ') if separator == '\n' => {
                self.out.pop();
                self.out.push('\n');
            }
            None | Some('\n' | ' ') => {}
            Some(_) => self.out.push(separator),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(compact(text), expect);
    }

    #[test]
    fn comments_and_indentation_go() {
        check(
            "(function(){\n  // one\n  a;  /* two */ b\n\n    c /* three\n */ d\n})",
            "(function(){\na; b\nc\nd\n})",
        );
        check("a//b\n", "a\n");
    }

    #[test]
    fn texts_stay() {
        check(
            "  `a  ${ b  } // c\n  d` + '  e // f'",
            "`a  ${ b } // c\n  d` + '  e // f'",
        );
        check("x = /a  b/;", "x = /a  b/;");
        check("x = 'a\\\n   b'", "x = 'a\\\n   b'");
    }

    #[test]
    fn what_does_not_parse_stays() {
        check("  (  ", "  (  ");
    }
}

//! Tokens of a source between nodes of its tree: modifiers, punctuation and comments. It never
//! looks inside strings or templates, so callers start outside them.

use oxc_span::Span;

/// The offset of the next character that is neither white space nor part of a comment.
pub(crate) fn skip_trivia(source: &str, offset: u32) -> u32 {
    let mut at = offset as usize;
    while let Some(rest) = source.get(at..) {
        let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
        at = source.len() - trimmed.len();
        if trimmed.starts_with("//") {
            at += trimmed
                .find(crate::edits::is_terminator)
                .unwrap_or(trimmed.len());
        } else if let Some(comment) = trimmed.strip_prefix("/*") {
            at += comment.find("*/").map_or(trimmed.len(), |end| end + 4);
        } else {
            break;
        }
    }
    to_u32(at)
}

/// The next token as a word (`readonly`), or one character of punctuation, after trivia.
pub(crate) fn next_token(source: &str, offset: u32) -> Span {
    let start = skip_trivia(source, offset);
    let rest = source.get(start as usize..).unwrap_or_default();
    let word = rest
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$' | '\u{200C}' | '\u{200D}')))
        .unwrap_or(rest.len());
    let length = if word == 0 {
        rest.chars().next().map_or(0, char::len_utf8)
    } else {
        word
    };
    Span::new(start, start + to_u32(length))
}

/// The text of a span.
pub(crate) fn text(source: &str, span: Span) -> &str {
    source
        .get(span.start as usize..span.end as usize)
        .unwrap_or_default()
}

/// The next token if it is `token`.
pub(crate) fn expect(source: &str, offset: u32, token: &str) -> Option<Span> {
    let span = next_token(source, offset);
    (text(source, span) == token).then_some(span)
}

/// The next token `token` at or after `offset` and before `limit`.
pub(crate) fn find(source: &str, offset: u32, limit: u32, token: &str) -> Option<Span> {
    let mut at = offset;
    while at < limit {
        let span = next_token(source, at);
        if span.is_empty() || span.end > limit {
            return None;
        }
        if text(source, span) == token {
            return Some(span);
        }
        at = span.end;
    }
    None
}

/// Whether a range holds a line terminator.
pub(crate) fn has_newline(source: &str, span: Span) -> bool {
    text(source, span).contains(crate::edits::is_terminator)
}

fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens() {
        let source = " /* a */ // b\n readonly\t[x]";
        let span = next_token(source, 0);
        assert_eq!(text(source, span), "readonly");
        assert_eq!(text(source, next_token(source, span.end)), "[");
        assert_eq!(find(source, 0, 99, "]").map(|span| span.start), Some(26));
        assert!(next_token(source, 27).is_empty());
        assert!(expect(source, 0, "readonly").is_some());
        assert!(expect(source, 0, "read").is_none());
    }
}

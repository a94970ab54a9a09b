//! Lines and columns of a text, counted as the engine counts them: lines end at LF, CR, CRLF,
//! U+2028 and U+2029; columns are UTF-16 code units. It never keeps the text it indexes.

/// A place in a text; both numbers start at zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// Zero-based line.
    pub line: u32,
    /// Zero-based column in UTF-16 code units.
    pub column: u32,
}

/// The byte offset at which each line of a text starts.
#[derive(Debug, Clone, Default)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes `text`. Offsets beyond `u32` are not recorded: callers refuse such texts earlier.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let mut at = 0;
        while at < bytes.len() {
            let next = match bytes[at] {
                b'\r' if bytes.get(at + 1) == Some(&b'\n') => at + 2,
                b'\n' | b'\r' => at + 1,
                0xE2 if bytes[at..].starts_with(b"\xE2\x80\xA8")
                    || bytes[at..].starts_with(b"\xE2\x80\xA9") =>
                {
                    at + 3
                }
                _ => {
                    at += 1;
                    continue;
                }
            };
            let Ok(start) = u32::try_from(next) else {
                break;
            };
            starts.push(start);
            at = next;
        }
        Self { starts }
    }

    /// Number of lines; an empty text has one.
    pub fn len(&self) -> usize {
        self.starts.len().max(1)
    }

    /// Whether nothing was indexed (the default value).
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Byte offset at which the zero-based `line` starts, if there is such a line.
    pub fn start(&self, line: u32) -> Option<u32> {
        self.starts.get(line as usize).copied()
    }

    /// The position of a byte offset of `text`, which is the text that was indexed. An offset past
    /// the end is the end; one inside a character is that character's start.
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let offset = (offset as usize).min(text.len());
        let line = self
            .starts
            .partition_point(|&start| start as usize <= offset)
            .saturating_sub(1);
        let start = self.starts.get(line).map_or(0, |&start| start as usize);
        let column = text
            .get(start..floor_boundary(text, offset))
            .map_or(0, |part| part.chars().map(char::len_utf16).sum::<usize>());
        Position {
            line: to_u32(line),
            column: to_u32(column),
        }
    }

    /// The text of a zero-based line, without its terminator.
    pub fn line_text<'t>(&self, text: &'t str, line: u32) -> Option<&'t str> {
        let start = self.start(line)? as usize;
        let end = self
            .start(line.checked_add(1)?)
            .map_or(text.len(), |next| next as usize);
        Some(
            text.get(start..end)?
                .trim_end_matches(['\n', '\r', '\u{2028}', '\u{2029}']),
        )
    }
}

/// The largest character boundary not after `offset`.
fn floor_boundary(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, offset: u32, line: u32, column: u32) {
        let index = LineIndex::new(text);
        assert_eq!(
            index.position(text, offset),
            Position { line, column },
            "{text:?} at {offset}"
        );
    }

    #[test]
    fn lines_end_as_the_engine_ends_them() {
        check("a\nb", 2, 1, 0);
        check("a\r\nb", 3, 1, 0);
        check("a\rb", 2, 1, 0);
        check("a\u{2028}b", 4, 1, 0);
        check("", 0, 0, 0);
        check("abc", 99, 0, 3);
    }

    #[test]
    fn columns_are_utf16_units() {
        check("é😀x", 6, 0, 3);
        check("é😀x", 1, 0, 0);
    }

    #[test]
    fn line_texts_have_no_terminator() {
        let text = "a\r\nbc\n";
        let index = LineIndex::new(text);
        assert_eq!(index.line_text(text, 0), Some("a"));
        assert_eq!(index.line_text(text, 1), Some("bc"));
        assert_eq!(index.line_text(text, 2), Some(""));
        assert_eq!(index.line_text(text, 3), None);
    }
}

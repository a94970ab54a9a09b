//! The syntax of a `.env` file: text to raw assignments, without expansion. It accepts any text;
//! a line that is no assignment is skipped, as in Bun.

/// The assignments of `text` in order, values unquoted but not expanded.
///
/// | Form | Value |
/// |---|---|
/// | `A=b # c`, `A: b`, `export A=b` | `b`: a `#` ends an unquoted value, also without a space |
/// | `A="x\ny"` | `\n` and `\r` are line breaks; every other backslash stays |
/// | `A='x'`, `` A=`x` `` | as written |
/// | quotes over several lines | as written, with LF line ends; what follows the quote is dropped |
/// | a quote that is never closed | an ordinary character of an unquoted value |
pub fn parse(text: &str) -> Vec<(String, String)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut cursor = Cursor {
        text,
        at: 0,
        unclosed: [0; 3],
    };
    let mut assignments = Vec::new();
    while cursor.at < text.len() {
        if let Some(assignment) = cursor.assignment() {
            assignments.push(assignment);
        }
        cursor.skip_line();
    }
    assignments
}

/// After so many opening quotes without a closing one, quotes of that kind are ordinary characters.
/// Each such quote costs a scan of the rest of the file; a hostile file may hold a million.
const UNCLOSED: u32 = 64;

struct Cursor<'t> {
    text: &'t str,
    at: usize,
    /// Per kind of quote: how often no closing one was found.
    unclosed: [u32; 3],
}

impl Cursor<'_> {
    fn rest(&self) -> &[u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    fn skip_blanks(&mut self) {
        self.at += self
            .rest()
            .iter()
            .take_while(|byte| is_blank(**byte))
            .count();
    }

    fn skip_line(&mut self) {
        let rest = self.rest();
        let line = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        self.at += line.map_or(rest.len(), |length| length + 1);
    }

    /// The assignment on this line. Leaves the cursor on the line where it ends.
    fn assignment(&mut self) -> Option<(String, String)> {
        self.skip_blanks();
        let rest = self.rest();
        if rest.starts_with(b"export") && rest.get(6).is_some_and(|byte| is_blank(*byte)) {
            self.at += 6;
            self.skip_blanks();
        }
        let start = self.at;
        self.at += self.rest().iter().take_while(|byte| is_key(**byte)).count();
        let key = &self.text[start..self.at];
        if key.is_empty() {
            return None;
        }
        self.skip_blanks();
        match self.peek() {
            Some(b'=') => {}
            Some(b':') if self.rest().get(1).is_some_and(|byte| is_blank(*byte)) => {}
            _ => return None,
        }
        self.at += 1;
        self.skip_blanks();
        let value = self.quoted().unwrap_or_else(|| self.unquoted());
        Some((key.to_owned(), value))
    }

    fn quoted(&mut self) -> Option<String> {
        let quote = self.peek()?;
        let kind = b"\"'`".iter().position(|mark| *mark == quote)?;
        if self.unclosed[kind] >= UNCLOSED {
            return None;
        }
        let inside = self.at + 1;
        let Some(length) = closing(&self.text.as_bytes()[inside..], quote) else {
            self.unclosed[kind] += 1;
            return None;
        };
        let raw = &self.text[inside..inside + length];
        self.at = inside + length + 1;
        let value = raw.replace("\r\n", "\n").replace('\r', "\n");
        Some(if quote == b'"' {
            unescape(&value)
        } else {
            value
        })
    }

    fn unquoted(&mut self) -> String {
        let rest = self.rest();
        let end = rest
            .iter()
            .position(|byte| matches!(byte, b'\n' | b'\r' | b'#'));
        let end = self.at + end.unwrap_or(rest.len());
        let value = self.text[self.at..end]
            .trim_end_matches(|mark: char| mark.is_ascii() && is_blank(mark as u8));
        self.at = end;
        value.to_owned()
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0b | 0x0c)
}

fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// Where the quote closes; a backslash protects the byte after it.
fn closing(inside: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    while let Some(byte) = inside.get(at) {
        match byte {
            b'\\' => at += 2,
            byte if *byte == quote => return Some(at),
            _ => at += 1,
        }
    }
    None
}

fn unescape(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut marks = value.chars();
    while let Some(mark) = marks.next() {
        if mark != '\\' {
            plain.push(mark);
            continue;
        }
        match marks.next() {
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some(other) => plain.extend(['\\', other]),
            None => plain.push('\\'),
        }
    }
    plain
}

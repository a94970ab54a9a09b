//! Generated columns to original columns, line by line. Lines never move, so a line without an
//! entry maps to itself. All numbers are zero-based; columns are UTF-16 code units.

/// Where the columns of a line change their offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    line: u32,
    generated: u32,
    original: u32,
}

/// The columns of an emitted text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnMap {
    /// Sorted by line, then by generated column.
    entries: Vec<Entry>,
}

impl ColumnMap {
    /// The original column of a generated one. Inserted text maps to the place it was inserted at.
    pub fn original(&self, line: u32, generated: u32) -> u32 {
        let after = self
            .entries
            .partition_point(|entry| (entry.line, entry.generated) <= (line, generated));
        let here = after.checked_sub(1).and_then(|at| self.entries.get(at));
        let Some(here) = here.filter(|entry| entry.line == line) else {
            return generated;
        };
        let column = here.original + (generated - here.generated);
        match self.entries.get(after).filter(|entry| entry.line == line) {
            Some(next) => column.min(next.original),
            None => column,
        }
    }

    /// Whether every column maps to itself.
    pub fn is_identity(&self) -> bool {
        self.entries.is_empty()
    }
}

/// Follows the builder of a text.
#[derive(Debug, Default)]
pub(crate) struct ColumnMapBuilder {
    entries: Vec<Entry>,
    line: u32,
    generated: u32,
    original: u32,
}

impl ColumnMapBuilder {
    /// Source text copied as it is, or blanked.
    pub(crate) fn copied(&mut self, text: &str) {
        let width = self.tail_width(text);
        self.generated += width;
        self.original += width;
    }

    /// Text that is not in the source; it has no line terminator.
    pub(crate) fn inserted(&mut self, text: &str) {
        if !text.is_empty() {
            self.entry();
            self.generated += utf16_width(text);
            self.entry();
        }
    }

    /// Source text that was left out, but for its line terminators.
    pub(crate) fn removed(&mut self, text: &str) {
        let line = self.line;
        let width = self.tail_width(text);
        self.original += width;
        if width > 0 || line != self.line {
            self.entry();
        }
    }

    pub(crate) fn finish(self) -> ColumnMap {
        ColumnMap {
            entries: self.entries,
        }
    }

    fn entry(&mut self) {
        let entry = Entry {
            line: self.line,
            generated: self.generated,
            original: self.original,
        };
        match self.entries.last_mut() {
            Some(last) if last.line == entry.line && last.generated == entry.generated => {
                last.original = entry.original;
            }
            _ => self.entries.push(entry),
        }
    }

    /// Moves over the lines of `text` and returns the width of what follows the last of them.
    fn tail_width(&mut self, text: &str) -> u32 {
        let bytes = text.as_bytes();
        let mut tail = 0;
        let mut at = 0;
        while let Some(next) = next_terminator(bytes, at) {
            self.line += 1;
            self.generated = 0;
            self.original = 0;
            tail = next;
            at = next;
        }
        utf16_width(text.get(tail..).unwrap_or_default())
    }
}

/// The offset after the next line terminator at or after `at`.
fn next_terminator(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr3(b'\n', b'\r', 0xE2, bytes.get(at..)?)?;
        match bytes[at] {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => return Some(at + 2),
            b'\n' | b'\r' => return Some(at + 1),
            _ if bytes[at..].starts_with(b"\xE2\x80\xA8")
                || bytes[at..].starts_with(b"\xE2\x80\xA9") =>
            {
                return Some(at + 3);
            }
            _ => at += 1,
        }
    }
}

fn utf16_width(text: &str) -> u32 {
    let width = if text.is_ascii() {
        text.len()
    } else {
        text.chars().map(char::len_utf16).sum()
    };
    u32::try_from(width).unwrap_or(u32::MAX)
}

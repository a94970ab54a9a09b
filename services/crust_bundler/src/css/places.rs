//! Lines and columns of a text: columns count UTF-16 units, as source maps and style sheets' parsers do.

/// Where the lines of a text begin.
pub(super) struct Places {
    /// Of each line, the offset in bytes.
    lines: Vec<usize>,
    /// Behind each letter that is not ASCII: the offset in bytes, and how many bytes more than units there were.
    wide: Vec<(usize, usize)>,
    length: usize,
}

impl Places {
    /// Lines as source maps count them.
    pub(super) fn new(text: &str) -> Self {
        Self::with(text, false)
    }

    /// Lines as CSS counts them: a carriage return and a form feed end one too.
    pub(super) fn of_css(text: &str) -> Self {
        Self::with(text, true)
    }

    fn with(text: &str, css: bool) -> Self {
        let (mut lines, mut wide, mut more) = (vec![0], Vec::new(), 0);
        let bytes = text.as_bytes();
        for (at, letter) in text.char_indices() {
            let ends = match letter {
                '\n' => true,
                '\r' => css && bytes.get(at + 1) != Some(&b'\n'),
                '\u{c}' => css,
                _ => false,
            };
            if ends {
                lines.push(at + 1);
            }
            if !letter.is_ascii() {
                more += letter.len_utf8() - letter.len_utf16();
                wide.push((at + letter.len_utf8(), more));
            }
        }
        let length = text.len();
        Self {
            lines,
            wide,
            length,
        }
    }

    /// UTF-16 units before an offset in bytes, which is between letters.
    fn units(&self, at: usize) -> usize {
        let after = self.wide.partition_point(|(end, _)| *end <= at);
        let more = after.checked_sub(1).and_then(|index| self.wide.get(index));
        at - more.map_or(0, |(_, more)| *more)
    }

    /// The offset in bytes before which there are so many UTF-16 units.
    fn bytes(&self, units: usize) -> usize {
        let after = self.wide.partition_point(|(end, more)| end - more <= units);
        let more = after.checked_sub(1).and_then(|index| self.wide.get(index));
        units + more.map_or(0, |(_, more)| *more)
    }

    /// Line and column of an offset in bytes, both from zero.
    pub(super) fn place(&self, at: usize) -> (u32, u32) {
        let line = self.lines.partition_point(|start| *start <= at).max(1) - 1;
        let start = self.lines.get(line).copied().unwrap_or(0);
        let column = self.units(at) - self.units(start);
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        (number(line), number(column))
    }

    /// The offset in bytes of a line and a column, both from zero; the text's end if there is no such place.
    pub(super) fn offset(&self, line: u32, column: u32) -> usize {
        let Some(start) = self.lines.get(line as usize) else {
            return self.length;
        };
        let units = self.units(*start) + column as usize;
        self.bytes(units).min(self.length)
    }

    /// The same with a column in bytes.
    pub(super) fn offset_of_bytes(&self, line: u32, column: u32) -> usize {
        let start = self.lines.get(line as usize).copied();
        start.map_or(self.length, |start| {
            (start + column as usize).min(self.length)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_both_ways() {
        let text = "ab\né→c😀d\n\nx";
        let places = Places::new(text);
        for (at, letter) in text.char_indices() {
            let (line, column) = places.place(at);
            let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
            let expect = text[start..at].encode_utf16().count();
            assert_eq!(column as usize, expect, "{letter:?} at {at}");
            assert_eq!(line as usize, text[..at].matches('\n').count());
            assert_eq!(places.offset(line, column), at, "{letter:?}");
        }
        assert_eq!(places.offset(99, 0), text.len());
        assert_eq!(places.offset(0, 9999), text.len());
    }

    #[test]
    fn style_sheets_have_more_ends_of_lines() {
        let text = "a\r\nb\rc\u{c}d";
        let lines = |places: Places| places.lines;
        assert_eq!(lines(Places::of_css(text)), [0, 3, 5, 7]);
        assert_eq!(lines(Places::new(text)), [0, 3]);
    }
}

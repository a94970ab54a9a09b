//! Finding bytes in bytes, for `Buffer.prototype.indexOf`. Pure.

use memchr::memmem;

/// Where `needle` (not empty) first begins at or after `from`.
pub(crate) fn forward(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let tail = haystack.get(from..)?;
    memmem::find(tail, needle).map(|at| at + from)
}

/// Where `needle` (not empty) last begins at or before `from`.
pub(crate) fn backward(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let end = from.saturating_add(needle.len()).min(haystack.len());
    memmem::rfind(haystack.get(..end)?, needle)
}

/// As the two above, but only at even places: a search for 16-bit units.
pub(crate) fn aligned(haystack: &[u8], needle: &[u8], from: usize, ahead: bool) -> Option<usize> {
    let mut at = from;
    loop {
        let found = if ahead {
            forward(haystack, needle, at)
        } else {
            backward(haystack, needle, at)
        }?;
        if found % 2 == 0 {
            return Some(found);
        }
        at = if ahead {
            found + 1
        } else {
            found.checked_sub(1)?
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{aligned, backward, forward};

    #[test]
    fn finds_from_both_ends() {
        let text = b"abcabcabc";
        assert_eq!(forward(text, b"abc", 1), Some(3));
        assert_eq!(forward(text, b"abc", 7), None);
        assert_eq!(backward(text, b"abc", 5), Some(3));
        assert_eq!(backward(text, b"abc", 100), Some(6));
        assert_eq!(backward(text, b"x", 5), None);
        assert_eq!(forward(text, b"abc", 100), None);
    }

    #[test]
    fn units_begin_at_even_places() {
        let text = b"a\0b\0a\0b\0";
        assert_eq!(aligned(text, b"b\0", 0, true), Some(2));
        assert_eq!(aligned(text, b"\0a", 0, true), None);
        assert_eq!(aligned(text, b"b\0", 7, false), Some(6));
    }
}

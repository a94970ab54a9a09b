//! [`Utf8Text`]: UTF-8 bytes become an engine string piece by piece, on any thread. It stays 8-bit as
//! long as every character is in Latin-1, which halves the memory and the time to parse it, and turns
//! 16-bit at the first that is not. Each invalid sequence becomes U+FFFD.

use crate::scope::Scope;
use crate::text_buffer::{TextAllocator, TextBuffer};
use crate::value::Value;
use encoding_rs::mem::{convert_latin1_to_utf16, convert_utf8_to_latin1_lossy, utf8_latin1_up_to};
use encoding_rs::{CoderResult, Decoder, UTF_8};

/// Bytes converted at once: two such buffers stay in a core's cache.
const PIECE: usize = 32 * 1024;

/// A string in the making.
pub struct Utf8Text {
    allocator: TextAllocator,
    text: Text,
    /// Bytes that may still come.
    expected: usize,
    /// The beginning of a character whose end is in the next piece.
    partial: Vec<u8>,
    narrow: Vec<u8>,
    wide: Vec<u16>,
}

enum Text {
    Narrow(TextBuffer<u8>),
    Wide(TextBuffer<u16>, Decoder),
}

impl Utf8Text {
    /// Room for `length` bytes of UTF-8. `None` for lengths the engine keeps special.
    pub fn new(allocator: TextAllocator, length: usize) -> Option<Self> {
        Some(Self {
            allocator,
            text: Text::Narrow(allocator.allocate(length)?),
            expected: length,
            partial: Vec::new(),
            narrow: vec![0; PIECE + 4],
            wide: Vec::new(),
        })
    }

    /// The memory that text will lie in while it is Latin-1, for advice to the kernel.
    pub fn spare(&mut self) -> &mut [std::mem::MaybeUninit<u8>] {
        match &mut self.text {
            Text::Narrow(buffer) => buffer.spare(),
            Text::Wide(..) => &mut [],
        }
    }

    /// Adds bytes. `false` when there are more than were announced; the text is then incomplete.
    #[must_use]
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        let Some(expected) = self.expected.checked_sub(bytes.len()) else {
            return false;
        };
        self.expected = expected;
        let mut pieces = bytes.chunks(PIECE);
        pieces.all(|piece| self.push_piece(piece))
    }

    /// The bytes are over.
    #[must_use]
    pub fn finish(&mut self) -> bool {
        if self.partial.is_empty() && matches!(self.text, Text::Narrow(_)) {
            return true;
        }
        self.widen() && self.decode(&[], true)
    }

    /// The string.
    pub fn into_value(self, scope: Scope<'_>) -> Value<'_> {
        match self.text {
            Text::Narrow(buffer) => buffer.into_value(scope),
            Text::Wide(buffer, _) => buffer.into_value(scope),
        }
    }

    fn push_piece(&mut self, piece: &[u8]) -> bool {
        if matches!(self.text, Text::Wide(..)) {
            return self.decode(piece, false);
        }
        let mut rest = piece;
        // The end of the character that began in the last piece: Latin-1 has one byte more at most.
        if let ([lead], [end, after @ ..]) = (self.partial.as_slice(), rest) {
            let both = [*lead, *end];
            if utf8_latin1_up_to(&both) < both.len() {
                return self.widen() && self.decode(rest, false);
            }
            if !self.push_narrow(&both) {
                return false;
            }
            self.partial.clear();
            rest = after;
        }
        let valid = utf8_latin1_up_to(rest);
        let (latin1, other) = rest.split_at(valid);
        if !self.push_narrow(latin1) {
            return false;
        }
        match other {
            [] => true,
            // U+0080 to U+00FF begin with these.
            [lead @ (0xc2 | 0xc3)] => {
                self.partial.push(*lead);
                true
            }
            other => self.widen() && self.decode(other, false),
        }
    }

    /// Adds UTF-8 whose characters are all in Latin-1; `false` when there is no room.
    fn push_narrow(&mut self, bytes: &[u8]) -> bool {
        let Text::Narrow(buffer) = &mut self.text else {
            return false;
        };
        let Some(room) = self.narrow.get_mut(..bytes.len()) else {
            return false;
        };
        let length = convert_utf8_to_latin1_lossy(bytes, room);
        buffer.push(room.get(..length).unwrap_or_default())
    }

    /// From now on 16-bit.
    fn widen(&mut self) -> bool {
        let Text::Narrow(buffer) = &self.text else {
            return true;
        };
        // Each byte gives one unit at most, also an invalid one.
        let room = buffer.filled().len() + buffer.spare_len();
        let Some(mut wide) = self.allocator.allocate::<u16>(room) else {
            return false;
        };
        self.wide = vec![0; PIECE + 8];
        for piece in buffer.filled().chunks(PIECE) {
            let Some(units) = self.wide.get_mut(..piece.len()) else {
                return false;
            };
            convert_latin1_to_utf16(piece, units);
            if !wide.push(units) {
                return false;
            }
        }
        let decoder = UTF_8.new_decoder_without_bom_handling();
        self.text = Text::Wide(wide, decoder);
        let partial = std::mem::take(&mut self.partial);
        self.decode(&partial, false)
    }

    fn decode(&mut self, bytes: &[u8], last: bool) -> bool {
        let Text::Wide(buffer, decoder) = &mut self.text else {
            return false;
        };
        let mut rest = bytes;
        loop {
            let (result, read, written, _) = decoder.decode_to_utf16(rest, &mut self.wide, last);
            if !buffer.push(self.wide.get(..written).unwrap_or_default()) {
                return false;
            }
            rest = rest.get(read..).unwrap_or_default();
            if result == CoderResult::InputEmpty {
                return true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Engine, EngineOptions, Vm};

    #[test]
    fn equals_the_lossy_conversion_however_it_is_cut() {
        let engine = Engine::open(&EngineOptions::default()).unwrap();
        let vm = Vm::new(engine, true);
        // Off where the engine's strings are out of reach.
        let Some(allocator) = vm.scope().text_allocator() else {
            return;
        };
        let samples: &[&[u8]] = &[
            b"plain text",
            "größe".as_bytes(),
            "a ÿ and a € and 😀".as_bytes(),
            "\u{80}\u{ff}\u{100}".as_bytes(),
            b"\xc3",
            b"ab\xc3",
            b"ab\xc4",
            b"\xe2\x82",
            b"x\xffy\xc3\x28z",
            b"\xc3\xc3\xa4",
            b"\xf0\x9f\x98\x80\xf0\x9f",
            b"\xc0\x80\xed\xa0\x80",
            b"\xef\xbb\xbfmark",
        ];
        for sample in samples.iter().filter(|sample| sample.len() > 1) {
            let wanted = String::from_utf8_lossy(sample);
            for cut in 0..=sample.len() {
                let (start, rest) = sample.split_at(cut);
                let (middle, end) = rest.split_at(rest.len().min(1));
                let mut text = Utf8Text::new(allocator, sample.len()).unwrap();
                assert!(text.push(start) && text.push(middle) && text.push(end));
                assert!(text.finish());
                let value = text.into_value(vm.scope());
                assert_eq!(value.to_text().unwrap(), wanted, "{sample:?} cut at {cut}");
            }
        }
        let mut short = Utf8Text::new(allocator, 4).unwrap();
        assert!(!short.push(b"12345"));
    }

    #[test]
    fn long_texts_turn_wide_late() {
        let engine = Engine::open(&EngineOptions::default()).unwrap();
        let vm = Vm::new(engine, true);
        let Some(allocator) = vm.scope().text_allocator() else {
            return;
        };
        let mut wanted = "é".repeat(PIECE + 1);
        for tail in ["", "€ end"] {
            wanted.push_str(tail);
            let mut text = Utf8Text::new(allocator, wanted.len()).unwrap();
            assert!(text.push(wanted.as_bytes()) && text.finish());
            assert_eq!(text.into_value(vm.scope()).to_text().unwrap(), wanted);
        }
    }
}

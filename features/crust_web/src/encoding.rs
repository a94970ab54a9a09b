//! Natives of `crust:web/encoding`: the encodings of the Encoding standard by `encoding_rs`, at once
//! or in pieces. Never decides about labels' errors; JS throws.

use crust_core::{Call, Op, OpError, OpResult};
use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding, UTF_8};
use slab::Slab;
use std::borrow::Cow;
use std::cell::RefCell;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("encodingForLabel", encoding_for_label),
    Op::new("decodeText", decode_text),
    Op::new("decoderOpen", decoder_open),
    Op::new("decoderWrite", decoder_write),
    Op::new("decoderClose", decoder_close),
    Op::new("utf8Encode", utf8_encode),
    Op::new("utf8EncodeInto", utf8_encode_into),
    Op::new("latin1Decode", latin1_decode),
];

/// Flags shared with `js/encoding.ts`.
const FATAL: u8 = 1;
const IGNORE_BOM: u8 = 2;

/// A decoder in the middle of a stream.
struct StreamDecoder {
    decoder: Decoder,
    fatal: bool,
}

thread_local! {
    // JS closes each decoder at the end of its stream or when its TextDecoder is collected.
    static DECODERS: RefCell<Slab<StreamDecoder>> = const { RefCell::new(Slab::new()) };
}

/// `encodingForLabel(label)`: the lower-case name, or null.
fn encoding_for_label<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let label = cx.string(0)?;
    Ok(match Encoding::for_label(label.as_bytes()) {
        Some(encoding) => cx.make_string(&encoding.name().to_ascii_lowercase()),
        None => cx.null(),
    })
}

fn encoding(name: &str) -> Result<&'static Encoding, OpError> {
    if name == "utf-8" {
        return Ok(UTF_8);
    }
    Encoding::for_label(name.as_bytes())
        .ok_or_else(|| OpError::range_error(format!("no encoding is called {name}")))
}

/// `decodeText(encoding, bytes, flags)`: the text, or null if it is invalid and errors are fatal.
fn decode_text<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let encoding = encoding(&cx.string(0)?)?;
    let flags = cx.integer::<u8>(2)?;
    let bytes = cx.bytes(1)?;
    Ok(match decode(encoding, bytes, flags) {
        Some(text) => cx.make_string(&text),
        None => cx.null(),
    })
}

fn decode<'b>(encoding: &'static Encoding, bytes: &'b [u8], flags: u8) -> Option<Cow<'b, str>> {
    let bytes = match Encoding::for_bom(bytes) {
        Some((found, length)) if found == encoding && flags & IGNORE_BOM == 0 => &bytes[length..],
        _ => bytes,
    };
    if flags & FATAL == 0 {
        Some(encoding.decode_without_bom_handling(bytes).0)
    } else {
        encoding.decode_without_bom_handling_and_without_replacement(bytes)
    }
}

/// `decoderOpen(encoding, flags)`: a number for `decoderWrite`.
fn decoder_open<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let encoding = encoding(&cx.string(0)?)?;
    let flags = cx.integer::<u8>(1)?;
    let decoder = if flags & IGNORE_BOM == 0 {
        encoding.new_decoder_with_bom_removal()
    } else {
        encoding.new_decoder_without_bom_handling()
    };
    let key = DECODERS.with_borrow_mut(|decoders| {
        decoders.insert(StreamDecoder {
            decoder,
            fatal: flags & FATAL != 0,
        })
    });
    Ok(cx.make_number(f64::from(u32::try_from(key).unwrap_or(u32::MAX))))
}

/// `decoderWrite(decoder, bytes, last)`: the text so far, or null if it is invalid and errors are
/// fatal.
fn decoder_write<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let key = cx.integer::<u32>(0)? as usize;
    let last = cx.boolean(2);
    let bytes = cx.bytes(1)?;
    let text = DECODERS.with_borrow_mut(|decoders| {
        let stream = decoders
            .get_mut(key)
            .ok_or_else(|| OpError::error("the decoder is closed"))?;
        Ok::<_, OpError>(stream.write(bytes, last))
    })?;
    Ok(match text {
        Some(text) => cx.make_string(&text),
        None => cx.null(),
    })
}

impl StreamDecoder {
    fn write(&mut self, bytes: &[u8], last: bool) -> Option<String> {
        let capacity = if self.fatal {
            self.decoder
                .max_utf8_buffer_length_without_replacement(bytes.len())
        } else {
            self.decoder.max_utf8_buffer_length(bytes.len())
        };
        let mut text = String::with_capacity(capacity?);
        if self.fatal {
            let (result, _) = self
                .decoder
                .decode_to_string_without_replacement(bytes, &mut text, last);
            return matches!(result, DecoderResult::InputEmpty).then_some(text);
        }
        let (result, _, _) = self.decoder.decode_to_string(bytes, &mut text, last);
        matches!(result, CoderResult::InputEmpty).then_some(text)
    }
}

/// `decoderClose(decoder)`.
fn decoder_close<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let key = cx.integer::<u32>(0)? as usize;
    DECODERS.with_borrow_mut(|decoders| decoders.try_remove(key));
    Ok(cx.undefined())
}

/// `utf8Encode(text)`: a `Uint8Array`.
fn utf8_encode<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let text = cx.string(0)?;
    cx.make_bytes(text.into_bytes())
}

/// `utf8EncodeInto(text, target, counts)`: writes as many whole characters as fit; `counts` receives
/// the UTF-16 units read and the bytes written, as two `u32`.
fn utf8_encode_into<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let text = cx.string(0)?;
    let target = cx.bytes_mut(1)?;
    let written = text.floor_char_boundary(target.len());
    target[..written].copy_from_slice(&text.as_bytes()[..written]);
    let read = text[..written].encode_utf16().count();
    let counts = cx.bytes_mut(2)?;
    for (place, count) in counts.chunks_exact_mut(4).zip([read, written]) {
        place.copy_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_ne_bytes());
    }
    Ok(cx.undefined())
}

/// `latin1Decode(bytes)`: each byte as the code unit of its value.
fn latin1_decode<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    Ok(cx.scope().string_latin1(cx.bytes(0)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, pieces: &[&[u8]], flags: u8, expect: Option<&str>) {
        let encoding = encoding(name).unwrap();
        let whole: Vec<u8> = pieces.concat();
        assert_eq!(
            decode(encoding, &whole, flags).as_deref(),
            expect,
            "{name} at once"
        );
        let decoder = if flags & IGNORE_BOM == 0 {
            encoding.new_decoder_with_bom_removal()
        } else {
            encoding.new_decoder_without_bom_handling()
        };
        let mut stream = StreamDecoder {
            decoder,
            fatal: flags & FATAL != 0,
        };
        let mut text = Some(String::new());
        for (index, piece) in pieces.iter().enumerate() {
            let more = stream.write(piece, index + 1 == pieces.len());
            text = text.zip(more).map(|(text, more)| text + &more);
        }
        assert_eq!(text.as_deref(), expect, "{name} in pieces");
    }

    #[test]
    fn decodes_at_once_and_in_pieces() {
        check("utf-8", &[b"\xe2\x82", b"\xac"], 0, Some("€"));
        check("utf-8", &[b"\xef\xbb", b"\xbfa"], 0, Some("a"));
        check(
            "utf-8",
            &[b"\xef\xbb", b"\xbfa"],
            IGNORE_BOM,
            Some("\u{feff}a"),
        );
        check("utf-8", &[b"a\xff", b"b"], 0, Some("a\u{fffd}b"));
        check("utf-8", &[b"a", b"\xe2\x82"], FATAL, None);
        check("shift_jis", &[b"\x83", b"\x65"], 0, Some("テ"));
        check("utf-16le", &[b"\xff\xfea", b"\0"], 0, Some("a"));
        check(
            "gb18030",
            &[b"\x81\x30", b"\x81\x30"],
            FATAL,
            Some("\u{80}"),
        );
    }
}

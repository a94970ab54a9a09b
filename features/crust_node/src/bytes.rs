//! Natives of Buffer: text to bytes and back, comparing and searching. Ranges come checked from JS and
//! are clamped again here, so that a wrong one is a short answer and never a panic.

use crate::search;
use crust_core::{Call, Op, OpResult, Value};
use std::cmp::Ordering;
use std::ops::Range;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("utf8Write", utf8_write),
    Op::new("utf8Fill", utf8_fill),
    Op::new("utf8Slice", utf8_slice),
    Op::new("latin1Slice", latin1_slice),
    Op::new("ucs2Slice", ucs2_slice),
    Op::new("compareBytes", compare_bytes),
    Op::new("indexOfBytes", index_of_bytes),
    Op::new("isUtf8", is_utf8),
    Op::new("utf8Length", utf8_length),
    Op::new("hexSlice", hex_slice),
    Op::new("base64Slice", base64_slice),
    Op::new("base64Write", base64_write),
];

/// `start..end` within `length` bytes.
fn clamp(start: usize, end: usize, length: usize) -> Range<usize> {
    let end = end.min(length);
    start.min(end)..end
}

#[expect(
    clippy::cast_precision_loss,
    reason = "lengths of buffers are below 2^53"
)]
fn number<'s>(cx: &Call<'s>, value: usize) -> Value<'s> {
    cx.make_number(value as f64)
}

/// `utf8Write(bytes, text, offset, length)`: the bytes written, whole characters only.
fn utf8_write<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let text = cx.string(1)?;
    let offset = cx.integer::<usize>(2)?;
    let length = cx.integer::<usize>(3)?;
    let target = cx.bytes_mut(0)?;
    let range = clamp(offset, offset.saturating_add(length), target.len());
    let target = target.get_mut(range).unwrap_or_default();
    let count = text.floor_char_boundary(target.len());
    if let (Some(to), Some(from)) = (target.get_mut(..count), text.as_bytes().get(..count)) {
        to.copy_from_slice(from);
    }
    Ok(number(cx, count))
}

/// `utf8Fill(bytes, text)`: the bytes that the text needs; written when they fit.
fn utf8_fill<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let text = cx.string(1)?;
    if let Some(target) = cx.bytes_mut(0)?.get_mut(..text.len()) {
        target.copy_from_slice(text.as_bytes());
    }
    Ok(number(cx, text.len()))
}

/// The bytes that arguments 0, 1 and 2 name: `(bytes, start, end)`.
macro_rules! slice_argument {
    ($cx:ident) => {{
        let (start, end) = ($cx.integer::<usize>(1)?, $cx.integer::<usize>(2)?);
        let bytes = $cx.bytes(0)?;
        bytes
            .get(clamp(start, end, bytes.len()))
            .unwrap_or_default()
    }};
}

/// `utf8Slice(bytes, start, end)`: invalid sequences become U+FFFD.
fn utf8_slice<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let scope = cx.scope();
    Ok(scope.string_utf8(slice_argument!(cx)))
}

/// `latin1Slice(bytes, start, end, mask)`: one character per byte, `mask` 0x7f for ASCII.
fn latin1_slice<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let scope = cx.scope();
    let mask = cx.integer::<u8>(3)?;
    let bytes = slice_argument!(cx);
    if mask == u8::MAX {
        return Ok(scope.string_latin1(bytes));
    }
    let masked: Vec<u8> = bytes.iter().map(|byte| byte & mask).collect();
    Ok(scope.string_latin1(&masked))
}

/// `ucs2Slice(bytes, start, end)`: little-endian 16-bit units.
fn ucs2_slice<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let scope = cx.scope();
    let bytes = slice_argument!(cx);
    let (pairs, _) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    Ok(scope.string_utf16(&units))
}

/// `compareBytes(a, aStart, b, bStart, length)`: -1, 0 or 1.
fn compare_bytes<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (a_start, b_start) = (cx.integer::<usize>(1)?, cx.integer::<usize>(3)?);
    let length = cx.integer::<usize>(4)?;
    let (a, b) = (cx.bytes(0)?, cx.bytes(2)?);
    let a = a.get(clamp(a_start, a_start.saturating_add(length), a.len()));
    let b = b.get(clamp(b_start, b_start.saturating_add(length), b.len()));
    let order = match a.cmp(&b) {
        Ordering::Less => -1.0,
        Ordering::Equal => 0.0,
        Ordering::Greater => 1.0,
    };
    Ok(cx.make_number(order))
}

/// `indexOfBytes(haystack, needle, from, forward, step)`: the index, or -1. A step of 2 finds 16-bit units.
fn index_of_bytes<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let from = cx.integer::<usize>(2)?;
    let ahead = cx.boolean(3);
    let step = cx.integer::<u8>(4)?;
    let (haystack, needle) = (cx.bytes(0)?, cx.bytes(1)?);
    let found = match (step, ahead) {
        (2, _) => search::aligned(haystack, needle, from, ahead),
        (_, true) => search::forward(haystack, needle, from),
        (_, false) => search::backward(haystack, needle, from),
    };
    Ok(found.map_or_else(|| cx.make_number(-1.0), |index| number(cx, index)))
}

/// `isUtf8(bytes)`.
fn is_utf8<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let valid = std::str::from_utf8(cx.bytes(0)?).is_ok();
    Ok(cx.make_bool(valid))
}

/// `utf8Length(text)`: its bytes as UTF-8.
fn utf8_length<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let length = cx.string(0)?.len();
    Ok(number(cx, length))
}

/// `hexSlice(bytes, start, end)`.
fn hex_slice<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let scope = cx.scope();
    let text = hex_simd::encode_to_string(slice_argument!(cx), hex_simd::AsciiCase::Lower);
    Ok(scope.string_latin1(text.as_bytes()))
}

/// `base64Slice(bytes, start, end, url)`: with padding, or of the URL alphabet and without.
fn base64_slice<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let scope = cx.scope();
    let alphabet = if cx.boolean(3) {
        base64_simd::URL_SAFE_NO_PAD
    } else {
        base64_simd::STANDARD
    };
    let text = alphabet.encode_to_string(slice_argument!(cx));
    Ok(scope.string_latin1(text.as_bytes()))
}

/// `base64Write(bytes, text, offset, length)`: the bytes written, or -1 when the text is not regular
/// base64 of either alphabet or holds more than fits: JS then decodes it leniently.
fn base64_write<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let text = cx.string(1)?;
    let (offset, length) = (cx.integer::<usize>(2)?, cx.integer::<usize>(3)?);
    let target = cx.bytes_mut(0)?;
    let range = clamp(offset, offset.saturating_add(length), target.len());
    let target = target.get_mut(range).unwrap_or_default();
    let text = text.trim_end_matches('=').as_bytes();
    let url = text.iter().any(|byte| matches!(byte, b'-' | b'_'));
    let alphabet = if url {
        base64_simd::URL_SAFE_NO_PAD
    } else {
        base64_simd::STANDARD_NO_PAD
    };
    if alphabet
        .decoded_length(text)
        .is_ok_and(|needed| needed <= target.len())
        && let Ok(decoded) = alphabet.decode(text, base64_simd::Out::from_slice(target))
    {
        let written = decoded.len();
        return Ok(number(cx, written));
    }
    Ok(cx.make_number(-1.0))
}

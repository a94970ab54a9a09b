//! Natives of `crust:web/compression_streams`: the formats of the Compression standard, and Bun's brotli and
//! zstd, one bounded piece of output a call, so that a small input cannot make a large buffer.

mod brotli;
mod deflate;
mod zstd;

use crust_core::{Call, Op, OpError, OpResult};
use deflate::Wrapping;
use slab::Slab;
use std::cell::RefCell;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("codecOpen", codec_open),
    Op::new("codecWrite", codec_write),
    Op::new("codecClose", codec_close),
];

/// Output of one call.
const PIECE: usize = 64 * 1024;

/// A coder in the middle of its stream.
trait Coder {
    /// Takes some of `input` and gives at most [`PIECE`] bytes; `finish` says that no more input follows.
    fn step(&mut self, input: &[u8], finish: bool) -> Result<Step, OpError>;
}

/// What one step did.
struct Step {
    output: Vec<u8>,
    consumed: usize,
    /// Whether another call has output or input left to handle.
    more: bool,
}

thread_local! {
    // JS closes each coder at the end of its stream or when the stream is collected.
    static CODECS: RefCell<Slab<Box<dyn Coder>>> = const { RefCell::new(Slab::new()) };
}

fn open(format: &str, compress: bool) -> Option<Box<dyn Coder>> {
    if let Some(wrapping) = Wrapping::named(format) {
        return Some(if compress {
            Box::new(deflate::Deflater::new(wrapping))
        } else {
            Box::new(deflate::Inflater::new(wrapping))
        });
    }
    match (format, compress) {
        ("brotli", true) => Some(Box::new(brotli::Compressor::new())),
        ("brotli", false) => Some(Box::new(brotli::Decompressor::new())),
        ("zstd", true) => Some(Box::new(zstd::Compressor::new()?)),
        ("zstd", false) => Some(Box::new(zstd::Decompressor::new()?)),
        _ => None,
    }
}

/// `codecOpen(format, compress)`: a number for `codecWrite`, or -1 for an unknown format.
fn codec_open<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let codec = open(&cx.string(0)?, cx.boolean(1));
    let key = codec.map(|codec| CODECS.with_borrow_mut(|codecs| codecs.insert(codec)));
    let number = key.map_or(-1.0, |key| {
        f64::from(u32::try_from(key).unwrap_or(u32::MAX))
    });
    Ok(cx.make_number(number))
}

/// `codecWrite(codec, bytes, finish, progress)`: the next piece of output; `progress` receives as two
/// `u32` how many bytes were consumed and whether there is more to do.
fn codec_write<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let key = cx.integer::<u32>(0)? as usize;
    let finish = cx.boolean(2);
    let input = cx.bytes(1)?;
    let step = CODECS.with_borrow_mut(|codecs| {
        let codec = codecs
            .get_mut(key)
            .ok_or_else(|| OpError::error("the codec is closed"))?;
        codec.step(input, finish)
    })?;
    let numbers = [
        u32::try_from(step.consumed).unwrap_or(u32::MAX),
        u32::from(step.more),
    ];
    for (place, number) in cx.bytes_mut(3)?.chunks_exact_mut(4).zip(numbers) {
        place.copy_from_slice(&number.to_ne_bytes());
    }
    cx.make_bytes(step.output)
}

/// `codecClose(codec)`.
fn codec_close<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let key = cx.integer::<u32>(0)? as usize;
    CODECS.with_borrow_mut(|codecs| codecs.try_remove(key));
    Ok(cx.undefined())
}

fn invalid(what: &str) -> OpError {
    OpError::type_error(format!("The compressed data is not valid: {what}"))
        .code("ERR_INVALID_COMPRESSED_DATA")
}

fn after_end(rest: &[u8]) -> Result<Step, OpError> {
    if rest.is_empty() {
        Ok(Step {
            output: Vec::new(),
            consumed: 0,
            more: false,
        })
    } else {
        Err(invalid("something follows its end"))
    }
}

fn ends_early() -> OpError {
    invalid("it ends early")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(format: &str, compress: bool, pieces: &[&[u8]]) -> Result<Vec<u8>, OpError> {
        let mut codec = open(format, compress).unwrap();
        let mut output = Vec::new();
        for (index, piece) in pieces.iter().enumerate() {
            let (mut rest, finish) = (*piece, index + 1 == pieces.len());
            loop {
                let step = codec.step(rest, finish)?;
                output.extend(step.output);
                rest = &rest[step.consumed..];
                if !step.more {
                    break;
                }
            }
        }
        Ok(output)
    }

    #[test]
    fn round_trips_in_pieces() {
        let text: Vec<u8> = (0..300_000_u32)
            .flat_map(|number| (number % 251).to_le_bytes())
            .collect();
        for format in ["gzip", "deflate", "deflate-raw", "brotli", "zstd"] {
            let packed = run(format, true, &[&text[..1000], &text[1000..], b""]).unwrap();
            let (left, right) = packed.split_at(packed.len() / 2);
            assert!(
                run(format, false, &[left, right, b""]).unwrap() == text,
                "{format}"
            );
            assert!(
                run(format, false, &[left, b""]).is_err(),
                "{format} cut short"
            );
            assert!(
                run(format, false, &[&packed, b"x", b""]).is_err(),
                "{format} with more behind"
            );
            assert!(run(format, false, &[b"", b""]).is_err(), "{format} empty");
        }
        for format in ["gzip", "brotli", "zstd"] {
            let result = run(format, false, &[b"nothing of the kind", b""]);
            assert!(result.is_err(), "{format}");
        }
    }
}

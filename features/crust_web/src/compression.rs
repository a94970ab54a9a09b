//! Natives of `crust:web/compression_streams`: gzip, zlib and raw deflate, one bounded piece of output a
//! call, so that a small input cannot make a large buffer.

use crust_core::{Call, Op, OpError, OpResult};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
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
/// The window of every stream: the largest, which reads all others.
const WINDOW_BITS: u8 = 15;

/// A coder in the middle of its stream.
enum Codec {
    Compress(Compress),
    Decompress { inner: Decompress, ended: bool },
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
    static CODECS: RefCell<Slab<Codec>> = const { RefCell::new(Slab::new()) };
}

fn open(format: &str, compress: bool) -> Option<Codec> {
    let level = Compression::default();
    let codec = match (format, compress) {
        ("gzip", true) => Codec::Compress(Compress::new_gzip(level, WINDOW_BITS)),
        ("deflate", true) => Codec::Compress(Compress::new(level, true)),
        ("deflate-raw", true) => Codec::Compress(Compress::new(level, false)),
        ("gzip", false) => decompressor(Decompress::new_gzip(WINDOW_BITS)),
        ("deflate", false) => decompressor(Decompress::new(true)),
        ("deflate-raw", false) => decompressor(Decompress::new(false)),
        _ => return None,
    };
    Some(codec)
}

fn decompressor(inner: Decompress) -> Codec {
    Codec::Decompress {
        inner,
        ended: false,
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

impl Codec {
    fn step(&mut self, input: &[u8], finish: bool) -> Result<Step, OpError> {
        let mut output = Vec::with_capacity(PIECE);
        match self {
            Self::Compress(inner) => {
                let before = inner.total_in();
                let flush = if finish {
                    FlushCompress::Finish
                } else {
                    FlushCompress::None
                };
                let status = inner
                    .compress_vec(input, &mut output, flush)
                    .map_err(|error| OpError::error(error.to_string()))?;
                let consumed = difference(inner.total_in(), before);
                let unfinished = finish && status != Status::StreamEnd;
                Ok(Step {
                    more: consumed < input.len() || unfinished,
                    output,
                    consumed,
                })
            }
            Self::Decompress { inner, ended } => {
                if *ended {
                    return after_end(input);
                }
                let before = inner.total_in();
                let status = inner
                    .decompress_vec(input, &mut output, FlushDecompress::None)
                    .map_err(|error| invalid(&error.to_string()))?;
                let consumed = difference(inner.total_in(), before);
                *ended = status == Status::StreamEnd;
                let rest = &input[consumed..];
                if *ended {
                    after_end(rest)?;
                } else if finish && output.len() < PIECE && rest.is_empty() {
                    return Err(invalid("it ends early"));
                }
                Ok(Step {
                    more: !*ended && (!rest.is_empty() || output.len() == PIECE),
                    output,
                    consumed,
                })
            }
        }
    }
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

fn difference(after: u64, before: u64) -> usize {
    usize::try_from(after - before).unwrap_or(usize::MAX)
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
        for format in ["gzip", "deflate", "deflate-raw"] {
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
        assert!(run("gzip", false, &[b"no gzip at all", b""]).is_err());
    }
}

//! Deflate in its three wrappings, by `flate2`.

use super::{Coder, PIECE, Step, after_end, ends_early, invalid};
use crust_core::OpError;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// The window of every stream: the largest, which reads all others.
const WINDOW_BITS: u8 = 15;

/// What stands around the deflated data.
#[derive(Clone, Copy)]
pub(super) enum Wrapping {
    Gzip,
    Zlib,
    Raw,
}

impl Wrapping {
    pub(super) fn named(format: &str) -> Option<Self> {
        Some(match format {
            "gzip" => Self::Gzip,
            "deflate" => Self::Zlib,
            "deflate-raw" => Self::Raw,
            _ => return None,
        })
    }
}

fn difference(after: u64, before: u64) -> usize {
    usize::try_from(after - before).unwrap_or(usize::MAX)
}

/// Compresses.
pub(super) struct Deflater(Compress);

impl Deflater {
    pub(super) fn new(wrapping: Wrapping) -> Self {
        let level = Compression::default();
        Self(match wrapping {
            Wrapping::Gzip => Compress::new_gzip(level, WINDOW_BITS),
            Wrapping::Zlib => Compress::new(level, true),
            Wrapping::Raw => Compress::new(level, false),
        })
    }
}

impl Coder for Deflater {
    fn step(&mut self, input: &[u8], finish: bool) -> Result<Step, OpError> {
        let mut output = Vec::with_capacity(PIECE);
        let before = self.0.total_in();
        let flush = if finish {
            FlushCompress::Finish
        } else {
            FlushCompress::None
        };
        let status = self
            .0
            .compress_vec(input, &mut output, flush)
            .map_err(|error| OpError::error(error.to_string()))?;
        let consumed = difference(self.0.total_in(), before);
        let unfinished = finish && status != Status::StreamEnd;
        Ok(Step {
            more: consumed < input.len() || unfinished,
            output,
            consumed,
        })
    }
}

/// Expands.
pub(super) struct Inflater {
    inner: Decompress,
    ended: bool,
}

impl Inflater {
    pub(super) fn new(wrapping: Wrapping) -> Self {
        Self {
            inner: match wrapping {
                Wrapping::Gzip => Decompress::new_gzip(WINDOW_BITS),
                Wrapping::Zlib => Decompress::new(true),
                Wrapping::Raw => Decompress::new(false),
            },
            ended: false,
        }
    }
}

impl Coder for Inflater {
    fn step(&mut self, input: &[u8], finish: bool) -> Result<Step, OpError> {
        if self.ended {
            return after_end(input);
        }
        let mut output = Vec::with_capacity(PIECE);
        let before = self.inner.total_in();
        let status = self
            .inner
            .decompress_vec(input, &mut output, FlushDecompress::None)
            .map_err(|error| invalid(&error.to_string()))?;
        let consumed = difference(self.inner.total_in(), before);
        self.ended = status == Status::StreamEnd;
        let rest = input.get(consumed..).unwrap_or_default();
        if self.ended {
            after_end(rest)?;
        } else if finish && output.len() < PIECE && rest.is_empty() {
            return Err(ends_early());
        }
        Ok(Step {
            more: !self.ended && (!rest.is_empty() || output.len() == PIECE),
            output,
            consumed,
        })
    }
}

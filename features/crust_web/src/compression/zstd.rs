//! Zstandard (RFC 8878). A stream may be of several frames.

use super::{Coder, PIECE, Step, ends_early, invalid};
use crust_core::OpError;
use zstd::stream::raw::{DParameter, Decoder, Encoder, InBuffer, Operation, OutBuffer};

/// The library's default.
const LEVEL: i32 = 3;
/// The largest window that content on the web may need (RFC 9659): 8 MB of memory for each stream.
const WINDOW_LOG: u32 = 23;

/// Compresses.
pub(super) struct Compressor(Encoder<'static>);

impl Compressor {
    pub(super) fn new() -> Option<Self> {
        Encoder::new(LEVEL).ok().map(Self)
    }
}

impl Coder for Compressor {
    fn step(&mut self, input: &[u8], finish: bool) -> Result<Step, OpError> {
        let mut output = Vec::with_capacity(PIECE);
        let mut source = InBuffer::around(input);
        let mut target = OutBuffer::around(&mut output);
        let failed = |error: std::io::Error| OpError::error(error.to_string());
        self.0.run(&mut source, &mut target).map_err(failed)?;
        let consumed = source.pos();
        let mut more = consumed < input.len();
        if finish && !more {
            more = self.0.finish(&mut target, false).map_err(failed)? > 0;
        }
        Ok(Step {
            output,
            consumed,
            more,
        })
    }
}

/// Expands.
pub(super) struct Decompressor {
    inner: Decoder<'static>,
    /// No frame is open.
    is_between: bool,
    /// Nothing has come yet.
    is_empty: bool,
}

impl Decompressor {
    pub(super) fn new() -> Option<Self> {
        let mut inner = Decoder::new().ok()?;
        inner
            .set_parameter(DParameter::WindowLogMax(WINDOW_LOG))
            .ok()?;
        Some(Self {
            inner,
            is_between: true,
            is_empty: true,
        })
    }
}

impl Coder for Decompressor {
    fn step(&mut self, input: &[u8], finish: bool) -> Result<Step, OpError> {
        self.is_empty &= input.is_empty();
        let mut output = Vec::with_capacity(PIECE);
        let mut consumed = 0;
        // Without input between two frames there is nothing to run on.
        if !(input.is_empty() && self.is_between) {
            let mut source = InBuffer::around(input);
            let mut target = OutBuffer::around(&mut output);
            let hint = self
                .inner
                .run(&mut source, &mut target)
                .map_err(|error| invalid(&error.to_string()))?;
            consumed = source.pos();
            // Zero says that a frame is complete and everything of it was given out.
            self.is_between = hint == 0;
        }
        let more = consumed < input.len() || output.len() == PIECE;
        if finish && !more && (!self.is_between || self.is_empty) {
            return Err(ends_early());
        }
        Ok(Step {
            output,
            consumed,
            more,
        })
    }
}

//! Brotli (RFC 7932).

use super::{Coder, PIECE, Step, after_end, ends_early, invalid};
use brotli::enc::StandardAlloc;
use brotli::enc::encode::{
    BrotliEncoderOperation, BrotliEncoderParameter, BrotliEncoderStateStruct,
};
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};
use crust_core::OpError;

/// The middle of the scale: the upper half takes many times as long for a few per cent.
const QUALITY: u32 = 5;
/// Brotli's default window, of 4 MiB.
const WINDOW: u32 = 22;

/// Compresses.
pub(super) struct Compressor(BrotliEncoderStateStruct<StandardAlloc>);

impl Compressor {
    pub(super) fn new() -> Self {
        let mut encoder = BrotliEncoderStateStruct::new(StandardAlloc::default());
        encoder.set_parameter(BrotliEncoderParameter::BROTLI_PARAM_QUALITY, QUALITY);
        encoder.set_parameter(BrotliEncoderParameter::BROTLI_PARAM_LGWIN, WINDOW);
        Self(encoder)
    }
}

impl Coder for Compressor {
    fn step(&mut self, input: &[u8], finish: bool) -> Result<Step, OpError> {
        let mut output = vec![0; PIECE];
        let (mut available_in, mut consumed) = (input.len(), 0);
        let (mut available_out, mut written) = (PIECE, 0);
        let operation = if finish {
            BrotliEncoderOperation::BROTLI_OPERATION_FINISH
        } else {
            BrotliEncoderOperation::BROTLI_OPERATION_PROCESS
        };
        let done = self.0.compress_stream(
            operation,
            &mut available_in,
            input,
            &mut consumed,
            &mut available_out,
            &mut output,
            &mut written,
            &mut None,
            &mut |_, _, _, _| (),
        );
        if !done {
            return Err(OpError::error("brotli cannot compress this"));
        }
        output.truncate(written);
        let unfinished = finish && !self.0.is_finished();
        Ok(Step {
            more: consumed < input.len() || self.0.has_more_output() || unfinished,
            output,
            consumed,
        })
    }
}

/// Expands.
pub(super) struct Decompressor {
    state: Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>,
    ended: bool,
}

impl Decompressor {
    pub(super) fn new() -> Self {
        let alloc = StandardAlloc::default;
        Self {
            state: Box::new(BrotliState::new(alloc(), alloc(), alloc())),
            ended: false,
        }
    }
}

impl Coder for Decompressor {
    fn step(&mut self, input: &[u8], finish: bool) -> Result<Step, OpError> {
        if self.ended {
            return after_end(input);
        }
        let mut output = vec![0; PIECE];
        let (mut available_in, mut consumed) = (input.len(), 0);
        let (mut available_out, mut written, mut total) = (PIECE, 0, 0);
        let result = BrotliDecompressStream(
            &mut available_in,
            &mut consumed,
            input,
            &mut available_out,
            &mut written,
            &mut output,
            &mut total,
            &mut self.state,
        );
        output.truncate(written);
        let more = match result {
            BrotliResult::ResultFailure => return Err(invalid("it is no brotli stream")),
            BrotliResult::NeedsMoreOutput => true,
            BrotliResult::NeedsMoreInput if finish => return Err(ends_early()),
            BrotliResult::NeedsMoreInput => consumed < input.len(),
            BrotliResult::ResultSuccess => {
                self.ended = true;
                after_end(input.get(consumed..).unwrap_or_default())?;
                false
            }
        };
        Ok(Step {
            output,
            consumed,
            more,
        })
    }
}

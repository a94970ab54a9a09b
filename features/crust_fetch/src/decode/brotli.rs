//! br (RFC 7932).

use super::{Coding, State};
use crate::error::FetchError;
use brotli::enc::StandardAlloc;
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};

pub(super) struct Brotli {
    state: Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>,
}

impl Brotli {
    pub(super) fn new() -> Self {
        let alloc = StandardAlloc::default;
        Self {
            state: Box::new(BrotliState::new(alloc(), alloc(), alloc())),
        }
    }
}

impl Coding for Brotli {
    fn step(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<(usize, State), FetchError> {
        let room = output.capacity();
        output.resize(room, 0);
        let (mut available_in, mut read) = (input.len(), 0);
        let (mut available_out, mut written, mut total) = (room, 0, 0);
        let result = BrotliDecompressStream(
            &mut available_in,
            &mut read,
            input,
            &mut available_out,
            &mut written,
            output,
            &mut total,
            &mut self.state,
        );
        output.truncate(written);
        match result {
            BrotliResult::ResultSuccess => Ok((read, State::Ended)),
            BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => {
                Ok((read, State::Running))
            }
            BrotliResult::ResultFailure => Err(FetchError::Coding("BrotliDecompressionError")),
        }
    }

    fn truncated(&self) -> Option<FetchError> {
        Some(FetchError::Coding("BrotliDecompressionError"))
    }
}

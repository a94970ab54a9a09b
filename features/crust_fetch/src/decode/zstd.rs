//! zstd (RFC 8878), of one or several frames.

use super::{Coding, State};
use crate::error::FetchError;
use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

/// The largest window that content on the web may need (RFC 9659): 8 MB of memory for each body.
const WINDOW_LOG: u32 = 23;

fn invalid() -> FetchError {
    FetchError::Coding("ZstdDecompressionError")
}

pub(super) struct Zstd {
    inner: Decoder<'static>,
    /// No frame is open.
    is_between: bool,
}

impl Zstd {
    pub(super) fn new() -> Result<Self, FetchError> {
        let mut inner = Decoder::new().map_err(|_| invalid())?;
        inner
            .set_parameter(DParameter::WindowLogMax(WINDOW_LOG))
            .map_err(|_| invalid())?;
        Ok(Self {
            inner,
            is_between: false,
        })
    }
}

impl Coding for Zstd {
    fn step(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<(usize, State), FetchError> {
        // Without input between two frames there is nothing to run on.
        if input.is_empty() && self.is_between {
            return Ok((0, State::Running));
        }
        let mut source = InBuffer::around(input);
        let mut target = OutBuffer::around(output);
        let hint = self
            .inner
            .run(&mut source, &mut target)
            .map_err(|_| invalid())?;
        let read = source.pos();
        // Zero says that a frame is complete and everything of it was given out.
        self.is_between = hint == 0;
        Ok((read, State::Running))
    }

    fn truncated(&self) -> Option<FetchError> {
        (!self.is_between).then(invalid)
    }
}

//! [`RequestBody`]: the body of the request under way as far as it has arrived, with back-pressure.

use crate::exchange::Taken;
use crust_wire::{BodyDecoder, Framing, WireError};

/// A body that is still to come, or that JS has not taken.
pub(super) struct RequestBody {
    pub(super) decoder: BodyDecoder,
    data: Vec<u8>,
    is_complete: bool,
    wanted: Wanted,
}

/// What JS waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Nothing: nobody reads.
    Nothing,
    /// The next bytes.
    Some,
    /// The whole body.
    Whole,
}

/// Bytes that wait for a reader; more stay in the kernel.
const HIGH_WATER: usize = 256 * 1024;

impl RequestBody {
    pub(super) fn new(framing: Framing) -> Self {
        Self {
            decoder: BodyDecoder::new(framing),
            data: Vec::new(),
            is_complete: false,
            wanted: Wanted::Nothing,
        }
    }

    /// Takes body bytes from the input: how many.
    pub(super) fn feed(&mut self, input: &[u8], limit: u64) -> Result<usize, WireError> {
        if self.is_complete || self.is_full() {
            return Ok(0);
        }
        let progress = self.decoder.decode(input, &mut self.data, limit)?;
        self.is_complete = progress.done;
        Ok(progress.consumed)
    }

    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Somebody waits for bytes of the client.
    pub(super) fn is_wanted(&self) -> bool {
        self.wanted != Wanted::Nothing
    }

    /// Reading on would only pile up.
    pub(super) fn is_full(&self) -> bool {
        self.is_complete || (self.wanted != Wanted::Whole && self.data.len() >= HIGH_WATER)
    }

    /// Whether what somebody waits for is there; says so once.
    pub(super) fn take_news(&mut self) -> bool {
        let there = match self.wanted {
            Wanted::Nothing => false,
            Wanted::Some => self.is_complete || !self.data.is_empty(),
            Wanted::Whole => self.is_complete,
        };
        if there {
            self.wanted = Wanted::Nothing;
        }
        there
    }

    /// Hands over what is there, or remembers the wish.
    pub(super) fn take(&mut self, whole: bool) -> Taken {
        if self.is_complete && self.data.is_empty() {
            return Taken::End;
        }
        if self.is_complete || (!whole && !self.data.is_empty()) {
            return Taken::Bytes(std::mem::take(&mut self.data));
        }
        self.wanted = if whole { Wanted::Whole } else { Wanted::Some };
        Taken::Wait
    }
}

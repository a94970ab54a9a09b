//! Messages through DEFLATE (RFC 7692 §7.2). What comes out is bounded, whatever comes in.

use super::close::Violation;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// What every compressed message leaves out at its end: an empty block.
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];
/// Output made at once.
const STEP: usize = 16 * 1024;

/// Inflates messages of one peer.
#[derive(Debug)]
pub struct Inflater {
    state: Decompress,
    /// Each message begins anew.
    forgets: bool,
}

impl Inflater {
    /// An inflater with the largest window, which reads every smaller one.
    pub fn new(forgets: bool) -> Self {
        Self {
            state: Decompress::new(false),
            forgets,
        }
    }

    /// Appends what `input` inflates to. `ends`: it is the last of its message.
    pub(super) fn inflate(
        &mut self,
        input: &[u8],
        ends: bool,
        output: &mut Vec<u8>,
        limit: usize,
    ) -> Result<(), Violation> {
        self.feed(input, output, limit)?;
        if ends {
            self.feed(&TAIL, output, limit)?;
            if self.forgets {
                self.state.reset(false);
            }
        }
        Ok(())
    }

    fn feed(
        &mut self,
        mut input: &[u8],
        output: &mut Vec<u8>,
        limit: usize,
    ) -> Result<(), Violation> {
        loop {
            // One byte beyond the limit tells a message that is too big from one that just fits.
            let room = limit.saturating_add(1).saturating_sub(output.len());
            let start = output.len();
            output.resize(start + STEP.min(room), 0);
            let (read, written) = (self.state.total_in(), self.state.total_out());
            let slot = output.get_mut(start..).unwrap_or_default();
            let space = slot.len();
            let status = self.state.decompress(input, slot, FlushDecompress::Sync);
            let produced = usize::try_from(self.state.total_out() - written).unwrap_or(0);
            let consumed = usize::try_from(self.state.total_in() - read).unwrap_or(0);
            output.truncate(start + produced);
            input = input.get(consumed..).unwrap_or_default();
            let status = status.map_err(|_| Violation::Deflate)?;
            if output.len() > limit {
                return Err(Violation::TooBig);
            }
            match status {
                // A final block: DEFLATE allows it, and what follows is a stream of its own.
                Status::StreamEnd => {
                    self.state.reset(false);
                    // After the end of a stream the tail that was left out means nothing.
                    if input.is_empty() || input == TAIL {
                        return Ok(());
                    }
                }
                _ if produced < space && input.is_empty() => return Ok(()),
                _ if produced == 0 && consumed == 0 => {
                    return if input.is_empty() {
                        Ok(())
                    } else {
                        Err(Violation::Deflate)
                    };
                }
                _ => {}
            }
        }
    }
}

/// Compresses messages for one peer, or for all that share it when it forgets.
#[derive(Debug)]
pub struct Deflater {
    state: Compress,
    forgets: bool,
}

/// zlib's own middle is 6; for messages that live a moment the fastest but storing is the better trade.
const LEVEL: u32 = 1;

impl Deflater {
    /// A compressor. `window` is the base-two logarithm of what it remembers; zlib has 9 to 15.
    pub fn new(window: u8, forgets: bool) -> Self {
        Self {
            state: Compress::new_with_window_bits(
                Compression::new(LEVEL),
                false,
                window.clamp(9, 15),
            ),
            forgets,
        }
    }

    /// Appends the compressed message.
    pub fn deflate(&mut self, mut input: &[u8], output: &mut Vec<u8>) {
        let begin = output.len();
        loop {
            let (read, written) = (self.state.total_in(), self.state.total_out());
            let start = output.len();
            output.resize(start + STEP.min(input.len() + 64), 0);
            let slot = output.get_mut(start..).unwrap_or_default();
            let space = slot.len();
            let status = self.state.compress(input, slot, FlushCompress::Sync);
            let produced = usize::try_from(self.state.total_out() - written).unwrap_or(0);
            let consumed = usize::try_from(self.state.total_in() - read).unwrap_or(0);
            output.truncate(start + produced);
            input = input.get(consumed..).unwrap_or_default();
            // With room left, everything is out. An error of a compressor with valid input is none.
            if status.is_err() || produced < space {
                break;
            }
        }
        if output.len() >= begin + TAIL.len() && output.ends_with(&TAIL) {
            output.truncate(output.len() - TAIL.len());
        }
        if output.len() == begin {
            // An empty message is one empty block.
            output.push(0);
        }
        if self.forgets {
            self.state.reset();
        }
    }
}

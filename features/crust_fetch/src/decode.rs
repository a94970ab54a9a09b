//! [`Decoder`]: content codings undone as the reader pulls: gzip, deflate (zlib and raw), br, zstd,
//! and stacks of them. One bounded piece of output at a time, so that a small input cannot make a
//! large buffer.

mod brotli;
mod deflate;
mod zstd;

use crate::error::FetchError;
use bytes::{Buf, Bytes};
use std::collections::VecDeque;
use std::fmt;

/// Output of one step.
const PIECE: usize = 64 * 1024;
/// Codings in one response: more than a gateway of gateways applies.
const MOST_CODINGS: usize = 5;

/// How far a step came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// More input or more room is needed.
    Running,
    /// The coded data is complete; what follows it is not part of it.
    Ended,
}

/// One coding in the middle of its data.
trait Coding: Send {
    /// Reads from `input` and fills the spare room of `output`; answers how much was read.
    fn step(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<(usize, State), FetchError>;

    /// The error when the input ends here; `None` if it may.
    fn truncated(&self) -> Option<FetchError>;
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "what is over on either side is independent of the other"
)]
struct Layer {
    coding: Box<dyn Coding>,
    input: VecDeque<Bytes>,
    is_input_over: bool,
    /// The last step filled its output, so there may be more without new input.
    was_full: bool,
    has_input: bool,
    is_ended: bool,
}

/// What a layer gives.
enum Pulled {
    Piece(Vec<u8>),
    NeedsInput,
    End,
}

/// Undoes the codings of one body.
pub(crate) struct Decoder {
    /// The coding that was applied last comes first.
    layers: Vec<Layer>,
}

impl fmt::Debug for Decoder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Decoder of {} codings", self.layers.len())
    }
}

impl Decoder {
    /// The decoder for a `content-encoding` field; `None` when there is nothing to undo or a coding
    /// is unknown, which leaves the body as it came.
    pub(crate) fn new(field: &str) -> Result<Option<Self>, FetchError> {
        let names = field
            .split(',')
            .map(|name| name.trim().to_ascii_lowercase());
        let names: Vec<String> = names
            .filter(|name| !name.is_empty() && name != "identity")
            .take(MOST_CODINGS + 1)
            .collect();
        if names.is_empty() || names.len() > MOST_CODINGS {
            return Ok(None);
        }
        let mut layers = Vec::with_capacity(names.len());
        for name in names.iter().rev() {
            let coding: Box<dyn Coding> = match name.as_str() {
                "gzip" | "x-gzip" => Box::new(deflate::Gzip::new()),
                "deflate" => Box::new(deflate::Deflate::new()),
                "br" => Box::new(brotli::Brotli::new()),
                "zstd" => Box::new(zstd::Zstd::new()?),
                _ => return Ok(None),
            };
            layers.push(Layer {
                coding,
                input: VecDeque::new(),
                is_input_over: false,
                was_full: false,
                has_input: false,
                is_ended: false,
            });
        }
        Ok(Some(Self { layers }))
    }

    /// Adds what came from the wire.
    pub(crate) fn feed(&mut self, bytes: Bytes) {
        if let Some(layer) = self.layers.first_mut() {
            layer.feed(bytes);
        }
    }

    /// Nothing more comes from the wire.
    pub(crate) fn end(&mut self) {
        if let Some(layer) = self.layers.first_mut() {
            layer.is_input_over = true;
        }
    }

    /// The next piece of what was fed; `None` when more input is needed or there is none.
    pub(crate) fn pull(&mut self) -> Result<Option<Vec<u8>>, FetchError> {
        match self.pull_layer(self.layers.len())? {
            Pulled::Piece(piece) => Ok(Some(piece)),
            Pulled::NeedsInput | Pulled::End => Ok(None),
        }
    }

    /// Fails when the data ended before its coding does.
    pub(crate) fn check(&self) -> Result<(), FetchError> {
        for layer in &self.layers {
            // A body without a byte is nothing, whatever its coding says.
            if !layer.is_ended
                && layer.has_input
                && let Some(error) = layer.coding.truncated()
            {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Pulls from the last of the first `count` layers, feeding it from those before. The depth is
    /// bounded by the number of codings.
    fn pull_layer(&mut self, count: usize) -> Result<Pulled, FetchError> {
        let Some(index) = count.checked_sub(1) else {
            return Ok(Pulled::NeedsInput);
        };
        loop {
            let Some(layer) = self.layers.get_mut(index) else {
                return Ok(Pulled::End);
            };
            match layer.pull()? {
                Pulled::NeedsInput if index > 0 => match self.pull_layer(index)? {
                    Pulled::Piece(piece) => {
                        if let Some(layer) = self.layers.get_mut(index) {
                            layer.feed(piece.into());
                        }
                    }
                    Pulled::NeedsInput => return Ok(Pulled::NeedsInput),
                    Pulled::End => {
                        if let Some(layer) = self.layers.get_mut(index) {
                            layer.is_input_over = true;
                        }
                    }
                },
                pulled => return Ok(pulled),
            }
        }
    }
}

impl Layer {
    fn feed(&mut self, bytes: Bytes) {
        self.has_input = true;
        if !self.is_ended {
            self.input.push_back(bytes);
        }
    }

    fn pull(&mut self) -> Result<Pulled, FetchError> {
        loop {
            if self.is_ended {
                self.input.clear();
                return Ok(self.without_input());
            }
            if self.input.is_empty() && !self.was_full {
                return Ok(self.without_input());
            }
            let mut output = Vec::with_capacity(PIECE);
            let input = self.input.front().map_or(&[][..], |bytes| &bytes[..]);
            let (read, state) = self.coding.step(input, &mut output)?;
            if let Some(front) = self.input.front_mut() {
                front.advance(read.min(front.len()));
                if front.is_empty() {
                    self.input.pop_front();
                }
            }
            self.is_ended = state == State::Ended;
            self.was_full = output.len() == PIECE && !self.is_ended;
            if !output.is_empty() {
                return Ok(Pulled::Piece(output));
            }
        }
    }

    fn without_input(&self) -> Pulled {
        if self.is_input_over {
            Pulled::End
        } else {
            Pulled::NeedsInput
        }
    }
}

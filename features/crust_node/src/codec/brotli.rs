//! Brotli (RFC 7932).

use super::{Codec, CodecError, Mode, Settings};
use brotli::{CompressorWriter, DecompressorWriter};
use std::io::Write;

/// Size of the coder's own buffer.
const BUFFER: usize = 16 * 1024;
/// Brotli's default window of 4 MiB.
const WINDOW: u32 = 22;

fn failed(message: &str) -> CodecError {
    CodecError {
        code: "ERR_BROTLI_FAILED",
        errno: -1,
        message: message.to_owned(),
    }
}

fn check(out: &[u8], limit: usize) -> Result<(), CodecError> {
    if out.len() > limit {
        Err(CodecError::too_large(limit))
    } else {
        Ok(())
    }
}

/// Compresses.
pub(super) struct Compress {
    /// Gone once finished.
    writer: Option<CompressorWriter<Vec<u8>>>,
}

impl Compress {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            writer: Some(CompressorWriter::new(
                Vec::new(),
                BUFFER,
                settings.quality.min(11),
                WINDOW,
            )),
        }
    }
}

impl Codec for Compress {
    fn run(
        &mut self,
        input: &[u8],
        mode: Mode,
        out: &mut Vec<u8>,
        limit: usize,
    ) -> Result<(), CodecError> {
        let Some(writer) = &mut self.writer else {
            return Ok(());
        };
        writer
            .write_all(input)
            .map_err(|_| failed("Compression failed"))?;
        if mode == Mode::Flush {
            writer.flush().map_err(|_| failed("Compression failed"))?;
        }
        out.append(writer.get_mut());
        if mode == Mode::Finish
            && let Some(writer) = self.writer.take()
        {
            out.append(&mut writer.into_inner());
        }
        check(out, limit)
    }
}

/// Expands.
pub(super) struct Decompress {
    writer: DecompressorWriter<Vec<u8>>,
    partial: bool,
}

impl Decompress {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            writer: DecompressorWriter::new(Vec::new(), BUFFER),
            partial: settings.partial,
        }
    }
}

impl Codec for Decompress {
    fn run(
        &mut self,
        input: &[u8],
        mode: Mode,
        out: &mut Vec<u8>,
        limit: usize,
    ) -> Result<(), CodecError> {
        // In pieces, so that a small input cannot expand far past the limit before it is looked at.
        for piece in input.chunks(BUFFER) {
            self.writer
                .write_all(piece)
                .map_err(|_| failed("Decompression failed"))?;
            out.append(self.writer.get_mut());
            check(out, limit)?;
        }
        if mode == Mode::Finish {
            let closed = self.writer.close();
            out.append(self.writer.get_mut());
            check(out, limit)?;
            if closed.is_err() && !self.partial {
                return Err(CodecError::unexpected_end());
            }
        }
        Ok(())
    }
}

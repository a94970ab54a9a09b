//! Deflate in its three wrappings, by zlib-rs.

use super::{Codec, CodecError, Kind, Mode, Settings};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// Room added to the output when it is full.
const STEP: usize = 32 * 1024;
/// What every gzip member begins with (RFC 1952 §2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

fn delta(before: u64, after: u64) -> usize {
    usize::try_from(after.saturating_sub(before)).unwrap_or(usize::MAX)
}

/// Makes room for more output, or says that there may be none.
fn grow(out: &mut Vec<u8>, limit: usize) -> Result<(), CodecError> {
    if out.len() >= limit {
        return Err(CodecError::too_large(limit));
    }
    if out.capacity() == out.len() {
        out.reserve(STEP.max(out.len()));
    }
    Ok(())
}

/// Compresses.
pub(super) struct Deflater {
    stream: Compress,
    /// What stands at the end: the mark of the last block, or only whole bytes so that more may follow.
    last: FlushCompress,
}

impl Deflater {
    pub(super) fn new(kind: Kind, settings: &Settings) -> Self {
        let level =
            u32::try_from(settings.level).map_or_else(|_| Compression::default(), Compression::new);
        // zlib itself raises 8 to 9.
        let bits = settings.window_bits.clamp(9, 15);
        let mut stream = match kind {
            Kind::Gzip => Compress::new_gzip(level, bits),
            Kind::Deflate => Compress::new_with_window_bits(level, true, bits),
            _ => Compress::new_with_window_bits(level, false, bits),
        };
        if let Some(dictionary) = &settings.dictionary {
            // Gzip has no dictionaries; zlib refuses and the data goes without.
            let _ = stream.set_dictionary(dictionary);
        }
        let last = if settings.partial {
            FlushCompress::Sync
        } else {
            FlushCompress::Finish
        };
        Self { stream, last }
    }
}

impl Codec for Deflater {
    fn run(
        &mut self,
        input: &[u8],
        mode: Mode,
        out: &mut Vec<u8>,
        limit: usize,
    ) -> Result<(), CodecError> {
        let flush = match mode {
            Mode::More => FlushCompress::None,
            Mode::Flush => FlushCompress::Sync,
            Mode::Finish => self.last,
        };
        let mut rest = input;
        loop {
            grow(out, limit)?;
            let (read, written) = (self.stream.total_in(), self.stream.total_out());
            let status = self
                .stream
                .compress_vec(rest, out, flush)
                .map_err(|error| CodecError::data(error.to_string()))?;
            let consumed = delta(read, self.stream.total_in());
            let produced = delta(written, self.stream.total_out());
            rest = rest.get(consumed..).unwrap_or_default();
            let full = out.len() == out.capacity();
            match status {
                Status::StreamEnd => return Ok(()),
                _ if mode == Mode::Finish || full || !rest.is_empty() => {
                    if consumed == 0 && produced == 0 && !full {
                        return Ok(());
                    }
                }
                _ => return Ok(()),
            }
        }
    }
}

/// Expands.
pub(super) struct Inflater {
    kind: Kind,
    window_bits: u8,
    partial: bool,
    dictionary: Option<Vec<u8>>,
    /// Made when the first bytes tell the format.
    stream: Option<Decompress>,
    /// Bytes seen before the format was known; none once it is.
    head: Option<Vec<u8>>,
    ended: bool,
    gzip: bool,
}

impl Inflater {
    pub(super) fn new(kind: Kind, settings: &Settings) -> Self {
        Self {
            kind,
            window_bits: if settings.window_bits == 0 {
                15
            } else {
                settings.window_bits.clamp(9, 15)
            },
            partial: settings.partial,
            dictionary: settings.dictionary.clone(),
            stream: None,
            head: (kind == Kind::Unzip).then(Vec::new),
            ended: false,
            gzip: kind == Kind::Gunzip,
        }
    }

    fn decoder(&self) -> Decompress {
        match (self.gzip, self.kind) {
            (true, _) => Decompress::new_gzip(self.window_bits),
            (_, Kind::InflateRaw) => {
                let mut stream = Decompress::new_with_window_bits(false, self.window_bits);
                if let Some(dictionary) = &self.dictionary {
                    let _ = stream.set_dictionary(dictionary);
                }
                stream
            }
            _ => Decompress::new_with_window_bits(true, self.window_bits),
        }
    }

    /// Expands `rest` until it or the stream ends; answers what is left.
    fn expand<'i>(
        &mut self,
        mut rest: &'i [u8],
        out: &mut Vec<u8>,
        limit: usize,
    ) -> Result<&'i [u8], CodecError> {
        let mut stream = self.stream.take().unwrap_or_else(|| self.decoder());
        let result = loop {
            if let Err(error) = grow(out, limit) {
                break Err(error);
            }
            let (read, written) = (stream.total_in(), stream.total_out());
            let status = stream.decompress_vec(rest, out, FlushDecompress::None);
            let consumed = delta(read, stream.total_in());
            let produced = delta(written, stream.total_out());
            rest = rest.get(consumed..).unwrap_or_default();
            match status {
                Err(error) if error.needs_dictionary().is_some() => {
                    let Some(dictionary) = &self.dictionary else {
                        break Err(CodecError {
                            code: "Z_NEED_DICT",
                            errno: 2,
                            message: "Missing dictionary".into(),
                        });
                    };
                    if stream.set_dictionary(dictionary).is_err() {
                        break Err(CodecError::data("Bad dictionary"));
                    }
                }
                Err(error) => {
                    break Err(CodecError::data(
                        error.message().unwrap_or("invalid data").to_owned(),
                    ));
                }
                Ok(Status::StreamEnd) => {
                    self.ended = true;
                    break Ok(rest);
                }
                Ok(_) if rest.is_empty() && out.len() < out.capacity() => break Ok(rest),
                Ok(_) if consumed == 0 && produced == 0 && out.len() < out.capacity() => {
                    break Ok(rest);
                }
                Ok(_) => {}
            }
        };
        if out.len() > limit {
            return Err(CodecError::too_large(limit));
        }
        self.stream = Some(stream);
        result
    }
}

impl Codec for Inflater {
    fn run(
        &mut self,
        input: &[u8],
        mode: Mode,
        out: &mut Vec<u8>,
        limit: usize,
    ) -> Result<(), CodecError> {
        let joined;
        let mut rest = input;
        if let Some(mut head) = self.head.take() {
            head.extend_from_slice(input);
            if head.len() < GZIP_MAGIC.len() && mode != Mode::Finish {
                self.head = Some(head);
                return Ok(());
            }
            self.gzip = head.starts_with(&GZIP_MAGIC);
            joined = head;
            rest = &joined;
        }
        while !rest.is_empty() {
            if self.ended {
                // Another gzip member may follow; anything else after the end is ignored.
                if !self.gzip || rest.first() != Some(&GZIP_MAGIC[0]) {
                    break;
                }
                self.ended = false;
                self.stream = None;
            }
            rest = self.expand(rest, out, limit)?;
        }
        if mode == Mode::Finish && !self.ended && !self.partial {
            return Err(CodecError::unexpected_end());
        }
        Ok(())
    }
}

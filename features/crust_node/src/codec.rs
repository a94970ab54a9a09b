//! Coders of compressed formats behind `node:zlib`: one type per family, fed in pieces. Knows nothing of JS.

mod brotli;
mod deflate;

use std::fmt;

/// Which format, and in which direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Gzip,
    Gunzip,
    Deflate,
    Inflate,
    DeflateRaw,
    InflateRaw,
    Unzip,
    BrotliCompress,
    BrotliDecompress,
}

impl Kind {
    /// The kind of a name that `js/zlib.ts` uses.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "gzip" => Self::Gzip,
            "gunzip" => Self::Gunzip,
            "deflate" => Self::Deflate,
            "inflate" => Self::Inflate,
            "deflateRaw" => Self::DeflateRaw,
            "inflateRaw" => Self::InflateRaw,
            "unzip" => Self::Unzip,
            "brotliCompress" => Self::BrotliCompress,
            "brotliDecompress" => Self::BrotliDecompress,
            _ => return None,
        })
    }
}

/// How a coder is set up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    /// 0 to 9, or negative for the default.
    pub(crate) level: i32,
    /// 8 to 15, or 0 to read it from the stream.
    pub(crate) window_bits: u8,
    /// Brotli's quality, 0 to 11.
    pub(crate) quality: u32,
    /// Input that ends early is no error.
    pub(crate) partial: bool,
    pub(crate) dictionary: Option<Vec<u8>>,
}

/// What a piece of input is followed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    More,
    Flush,
    Finish,
}

/// A failure with zlib's own code, number and text.
#[derive(Debug, Clone)]
pub(crate) struct CodecError {
    pub(crate) code: &'static str,
    pub(crate) errno: i32,
    pub(crate) message: String,
}

impl CodecError {
    fn data(message: impl Into<String>) -> Self {
        Self {
            code: "Z_DATA_ERROR",
            errno: -3,
            message: message.into(),
        }
    }

    fn unexpected_end() -> Self {
        Self {
            code: "Z_BUF_ERROR",
            errno: -5,
            message: "unexpected end of file".into(),
        }
    }

    /// More output than the caller allowed.
    pub(crate) fn too_large(limit: usize) -> Self {
        Self {
            code: "ERR_BUFFER_TOO_LARGE",
            errno: i32::try_from(limit).unwrap_or(i32::MAX),
            message: String::new(),
        }
    }
}

impl fmt::Display for CodecError {
    /// `code|errno|message`, which `js/zlib.ts` takes apart.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}|{}", self.code, self.errno, self.message)
    }
}

/// A coder in the middle of a stream.
pub(crate) trait Codec: Send {
    /// Consumes all of `input` and appends to `out`, never past `limit` bytes in `out`.
    fn run(
        &mut self,
        input: &[u8],
        mode: Mode,
        out: &mut Vec<u8>,
        limit: usize,
    ) -> Result<(), CodecError>;
}

/// Sets a coder up.
pub(crate) fn open(kind: Kind, settings: &Settings) -> Box<dyn Codec> {
    match kind {
        Kind::BrotliCompress => Box::new(brotli::Compress::new(settings)),
        Kind::BrotliDecompress => Box::new(brotli::Decompress::new(settings)),
        Kind::Gzip | Kind::Deflate | Kind::DeflateRaw => {
            Box::new(deflate::Deflater::new(kind, settings))
        }
        Kind::Gunzip | Kind::Inflate | Kind::InflateRaw | Kind::Unzip => {
            Box::new(deflate::Inflater::new(kind, settings))
        }
    }
}

/// Codes a whole input.
pub(crate) fn whole(
    kind: Kind,
    settings: &Settings,
    input: &[u8],
    limit: usize,
) -> Result<Vec<u8>, CodecError> {
    let mut out = Vec::new();
    open(kind, settings).run(input, Mode::Finish, &mut out, limit)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{Kind, Mode, Settings, open, whole};

    const PAIRS: [(Kind, Kind); 6] = [
        (Kind::Gzip, Kind::Gunzip),
        (Kind::Gzip, Kind::Unzip),
        (Kind::Deflate, Kind::Inflate),
        (Kind::Deflate, Kind::Unzip),
        (Kind::DeflateRaw, Kind::InflateRaw),
        (Kind::BrotliCompress, Kind::BrotliDecompress),
    ];

    fn settings() -> Settings {
        Settings {
            level: -1,
            window_bits: 15,
            quality: 5,
            ..Settings::default()
        }
    }

    #[test]
    fn round_trips_at_once_and_in_pieces() {
        let text: Vec<u8> = (0..100_000_u32)
            .flat_map(|n| (n / 7).to_le_bytes())
            .collect();
        for (there, back) in PAIRS {
            let packed = whole(there, &settings(), &text, usize::MAX).unwrap();
            assert!(packed.len() < text.len(), "{there:?}");
            assert_eq!(
                whole(back, &settings(), &packed, usize::MAX).unwrap(),
                text,
                "{back:?}"
            );
            let (mut codec, mut out) = (open(back, &settings()), Vec::new());
            for piece in packed.chunks(7) {
                codec.run(piece, Mode::More, &mut out, usize::MAX).unwrap();
            }
            codec.run(&[], Mode::Finish, &mut out, usize::MAX).unwrap();
            assert_eq!(out, text, "{back:?}");
        }
    }

    #[test]
    fn wrong_input_is_an_error_with_a_code() {
        for kind in [
            Kind::Gunzip,
            Kind::Inflate,
            Kind::Unzip,
            Kind::BrotliDecompress,
        ] {
            assert!(
                whole(kind, &settings(), b"not compressed at all", usize::MAX).is_err(),
                "{kind:?}"
            );
        }
        let packed = whole(Kind::Gzip, &settings(), b"hello", usize::MAX).unwrap();
        let cut = whole(
            Kind::Gunzip,
            &settings(),
            &packed[..packed.len() - 3],
            usize::MAX,
        )
        .unwrap_err();
        assert_eq!(cut.code, "Z_BUF_ERROR");
        let limited = whole(Kind::Gunzip, &settings(), &packed, 2).unwrap_err();
        assert_eq!(limited.code, "ERR_BUFFER_TOO_LARGE");
    }

    #[test]
    fn members_follow_each_other_and_rubbish_ends_them() {
        let mut packed = whole(Kind::Gzip, &settings(), b"one", usize::MAX).unwrap();
        packed.extend(whole(Kind::Gzip, &settings(), b"two", usize::MAX).unwrap());
        packed.extend([0; 10]);
        assert_eq!(
            whole(Kind::Gunzip, &settings(), &packed, usize::MAX).unwrap(),
            b"onetwo"
        );
    }
}

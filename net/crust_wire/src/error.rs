//! What a peer can do wrong, with the status that answers it.

/// A violation of HTTP/1.1 or of a limit. The connection cannot be used afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Not a request.
    #[error("malformed request")]
    Malformed,
    /// The head is larger than allowed.
    #[error("request head too large")]
    HeadTooLarge,
    /// More header fields than allowed.
    #[error("too many header fields")]
    TooManyFields,
    /// `Content-Length` and `Transfer-Encoding` disagree or repeat: a smuggling attempt.
    #[error("ambiguous message length")]
    AmbiguousLength,
    /// A transfer coding other than `chunked`.
    #[error("unsupported transfer coding")]
    UnsupportedCoding,
    /// An HTTP/1.1 request with no, or more than one, `Host`.
    #[error("missing or repeated Host")]
    BadHost,
    /// A chunk size that is no number or too large.
    #[error("malformed chunk")]
    BadChunk,
    /// The body is larger than allowed.
    #[error("body too large")]
    BodyTooLarge,
}

impl WireError {
    /// The status code of the answer (RFC 9110 §15).
    pub fn status(self) -> u16 {
        match self {
            Self::HeadTooLarge | Self::TooManyFields => 431,
            Self::UnsupportedCoding => 501,
            Self::BodyTooLarge => 413,
            _ => 400,
        }
    }
}

//! Close codes (RFC 6455 §7.4): what a peer may send, and which code answers which violation.

use super::frame::{Opcode, append_frame};

/// What a peer did wrong. The connection is closed with [`Violation::code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant has its message")]
pub enum Violation {
    #[error("invalid opcode")]
    Opcode,
    #[error("reserved bits are set")]
    ReservedBits,
    #[error("a control frame is fragmented")]
    FragmentedControl,
    #[error("a control frame is too long")]
    LongControl,
    #[error("invalid frame length")]
    Length,
    #[error("a frame of a client is not masked")]
    NotMasked,
    #[error("a frame of a server is masked")]
    Masked,
    #[error("a continuation without a message to go on with")]
    Continuation,
    #[error("a message began before the one before it ended")]
    Interleaved,
    #[error("invalid close code")]
    CloseCode,
    #[error("invalid UTF-8")]
    Text,
    #[error("a compressed message cannot be inflated")]
    Deflate,
    #[error("message too big")]
    TooBig,
}

impl Violation {
    /// The close code that tells the peer.
    pub fn code(self) -> u16 {
        match self {
            Self::Text | Self::Deflate => 1007,
            Self::TooBig => 1009,
            _ => 1002,
        }
    }
}

/// What a close frame said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseReason {
    /// 1005 when the frame had none.
    pub code: u16,
    /// Empty when the frame had none.
    pub text: String,
}

/// A code that may travel in a close frame: registered, or left to libraries and programs.
pub fn is_sendable(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

pub(super) fn parse_close(payload: &[u8]) -> Result<CloseReason, Violation> {
    let Some((code, text)) = payload.split_first_chunk::<2>() else {
        return if payload.is_empty() {
            Ok(CloseReason {
                code: 1005,
                text: String::new(),
            })
        } else {
            Err(Violation::CloseCode)
        };
    };
    let code = u16::from_be_bytes(*code);
    if !is_sendable(code) {
        return Err(Violation::CloseCode);
    }
    let text = std::str::from_utf8(text).map_err(|_| Violation::Text)?;
    Ok(CloseReason {
        code,
        text: text.to_owned(),
    })
}

/// Longest reason: a control frame's payload without the code.
const LONGEST_REASON: usize = 123;

/// Appends a close frame; `None` sends no code. A reason that is too long is cut at a character.
pub fn append_close(output: &mut Vec<u8>, code: Option<u16>, reason: &str, mask: Option<[u8; 4]>) {
    let mut payload = Vec::new();
    if let Some(code) = code {
        payload.extend_from_slice(&code.to_be_bytes());
        let end = reason.floor_char_boundary(LONGEST_REASON);
        payload.extend_from_slice(reason.get(..end).unwrap_or_default().as_bytes());
    }
    append_frame(output, Opcode::Close, false, mask, &payload);
}

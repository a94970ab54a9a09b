//! The `WebSocket` protocol without a socket (RFC 6455, RFC 7692): the opening handshake, frames both ways, and
//! permessage-deflate. Never reads, writes or waits.

mod close;
mod decoder;
mod deflate;
mod extension;
mod frame;
mod handshake;
mod mask;
#[cfg(test)]
mod tests;

pub use close::{CloseReason, Violation, append_close, is_sendable};
pub use decoder::{Decoder, Event, Role};
pub use deflate::{Deflater, Inflater};
pub use extension::{DeflateOffer, DeflatePolicy, accept_offer, offer, read_agreement};
pub use frame::{Header, LONGEST_HEADER, Opcode, append_frame};
pub use handshake::{
    HandshakeError, ServerResponse, accept_key, append_switch, is_key, make_key, parse_response,
};
pub use mask::unmask;

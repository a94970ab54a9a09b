//! HTTP/1.1 and `WebSocket` as pure functions over bytes (RFC 9110, RFC 9112, RFC 6455): request heads,
//! body framing, response heads, frames. Never touches a socket, a clock or a JS value, so every byte sequence can be
//! tested.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "tests may fail loudly"
    )
)]

mod body;
mod error;
mod fields;
mod request;
mod response;
mod tunnel;
pub mod websocket;

pub use body::{BodyDecoder, Framing, Progress};
pub use error::WireError;
pub use fields::{field, field_list, fields};
pub use request::{GET, HEAD, METHODS, POST, RequestHead, RequestLimits, parse_request, path_of};
pub use response::{ResponseFraming, append_chunk, append_head, append_last_chunk, reason};
pub use tunnel::{TunnelError, connect_request, parse_connect_response};

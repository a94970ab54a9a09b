//! [`Exchange`]: one request with its response, of whatever protocol, as JS addresses it by a handle.

use crate::output::FileBody;
use crate::reply::Reply;
use std::net::SocketAddr;
use std::time::Duration;

/// What a reader of a request body gets.
#[derive(Debug)]
pub(crate) enum Taken {
    /// The next bytes.
    Bytes(Vec<u8>),
    /// The body is complete and taken.
    End,
    /// Nothing yet: the server's `body` callback tells when to ask again.
    Wait,
    /// The client is gone or broke the rules.
    Failed,
}

/// A request under way.
pub(crate) trait Exchange {
    /// Number of the request; stale handles do not match it.
    fn number(&self) -> u32;

    /// Sends a whole response. `false`: the request is no longer under way.
    fn respond(&self, reply: &Reply<'_>, body: &[u8]) -> bool;

    /// Sends the head of a response whose body comes in pieces. Whether a body may follow.
    fn start(&self, reply: &Reply<'_>, length: Option<u64>) -> bool;

    /// Sends a piece. The bytes that wait for the client, or `None` when it is gone.
    fn chunk(&self, data: &[u8]) -> Option<u64>;

    /// Ends a body that came in pieces; an aborted one ends the stream so that the client notices.
    fn end(&self, aborted: bool);

    /// Sends a response whose body is part of a file.
    fn send_file(&self, reply: &Reply<'_>, body: FileBody) -> bool;

    /// Takes what has arrived of the request's body; all of it when it is wanted whole.
    fn take_body(&self, whole: bool) -> Taken;

    /// Address and port of the client.
    fn peer(&self) -> Option<SocketAddr>;

    /// Hands the connection over to another protocol, with the bytes that came after the request.
    /// `None`: it cannot be, because the response has begun, the body is not read, or requests share
    /// it.
    fn take_over(&self) -> Option<(crust_tls::Transport, Vec<u8>)> {
        None
    }

    /// Replaces the idle timeout while this request is under way. Zero is none.
    fn set_timeout(&self, timeout: Duration);
}

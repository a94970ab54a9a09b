//! Requests that are answered without JS: static responses, files and directories.

use crate::exchange::Exchange;
use crate::router::Answer;
use crust_wire::RequestHead;

/// Answers a request whose head is at the start of `bytes`.
pub(crate) fn answer(answer: &Answer, exchange: &dyn Exchange, bytes: &[u8], head: &RequestHead) {
    match answer {
        Answer::Static(response) => response.send(exchange, bytes),
        Answer::File(route) => route.send(exchange, bytes, crust_wire::path_of(bytes, head)),
        Answer::Handler(_) | Answer::Fetch => {}
    }
}

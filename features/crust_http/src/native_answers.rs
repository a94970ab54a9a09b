//! Requests that are answered without JS: static responses, files and directories.

use crate::connection::Connection;
use crate::router::Answer;
use crust_wire::RequestHead;

/// Answers the request under way on `connection`.
pub(crate) fn answer(answer: &Answer, connection: &Connection, bytes: &[u8], head: &RequestHead) {
    match answer {
        Answer::Static(response) => response.send(connection, bytes),
        Answer::File(route) => route.send(connection, bytes, crust_wire::path_of(bytes, head)),
        Answer::Handler(_) | Answer::Fetch => {}
    }
}

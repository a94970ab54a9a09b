//! `cargo xtask bench http` and `ws`: servers of every runtime under the same load, one core for the
//! server and one for the client. The figure is the server's CPU time for each request (user and system,
//! of all its threads), because one client cannot saturate these servers.

mod http;
mod process;
mod table;
mod wrk;
mod ws;

use std::path::Path;

use anyhow::Result;

use super::case::Lab;

/// Names of the families, as `cargo xtask bench NAME` takes them.
pub(super) const FAMILIES: &[(&str, &str)] = &[
    ("http", "Servers: CPU time for each request, `wrk -t1 -c64`"),
    ("ws", "WebSockets: CPU time for each message"),
];

/// Runs a family and puts its tables on the page.
pub(super) fn run(root: &Path, lab: &Lab, name: &str, rounds: Option<usize>) -> Result<()> {
    match name {
        "http" => http::run(root, lab, rounds.unwrap_or(3)),
        "ws" => ws::run(root, lab, rounds.unwrap_or(3)),
        _ => Ok(()),
    }
}

//! `cargo xtask bench http`, `soak` and `ws`: servers of every runtime under the same load, one core for the
//! server and one for the client. The figure is the server's CPU time for each request (user and system,
//! of all its threads), because one client cannot saturate these servers.

mod floor;
mod http;
mod process;
mod soak;
mod table;
mod wrk;
mod ws;

use std::path::Path;

use anyhow::Result;

use super::case::Lab;

pub(crate) use floor::run as serve_floor;

/// Names of the families, as `cargo xtask bench NAME` takes them.
pub(super) const FAMILIES: &[(&str, &str)] = &[
    ("http", "Servers: CPU time for each request, `wrk -t1 -c64`"),
    ("soak", "Servers: resident memory over 2,000,000 requests"),
    ("ws", "WebSockets: CPU time for each message"),
];

/// Runs a family and puts its tables on the page.
pub(super) fn run(root: &Path, lab: &Lab, name: &str, rounds: Option<usize>) -> Result<()> {
    match name {
        "http" => http::run(root, lab, rounds.unwrap_or(3)),
        "soak" => soak::run(root, lab),
        "ws" => ws::run(root, lab, rounds.unwrap_or(3)),
        _ => Ok(()),
    }
}

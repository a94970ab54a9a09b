//! The cases of `WebSocket` servers: `bench/ws/server.mjs` under load of `bench/ws/client.mjs`, which bun runs for every
//! server alike.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::process::Server;
use super::table::{self, Row};
use crate::bench::case::{Lab, Program};
use crate::bench::{machine, report};

/// Name, title and number of clients.
const CASES: &[(&str, &str, &str)] = &[
    ("echo", "echo, 64 clients", "64"),
    ("publish", "publish to 1,000 clients", "1000"),
];
const SECONDS: &str = "3";

pub(super) fn run(root: &Path, lab: &Lab, rounds: usize) -> Result<()> {
    let folder = root.join("bench/ws");
    let programs = [
        Program::new("crust", &lab.crust, &["server.mjs"]),
        Program::new("bun", &lab.peers.bun, &["server.mjs"]),
    ];
    let mut rows = Vec::new();
    for (case, title, clients) in CASES {
        eprintln!("ws: {title}");
        let mut figures = vec![Vec::new(); programs.len()];
        let mut rates = vec![Vec::new(); programs.len()];
        for _ in 0..rounds {
            for (index, program) in programs.iter().enumerate() {
                let (cost, rate) = measure(&folder, lab, program, case, clients)?;
                figures[index].push(cost);
                rates[index].push(rate);
            }
        }
        rows.push(Row {
            case: title,
            figures: figures.into_iter().map(table::median).collect(),
            rates: rates.into_iter().map(table::median).collect(),
            target: 1.0,
        });
    }
    let mut text = format!(
        "## WebSockets: CPU time of the server for each message that arrives\n\n{rounds} rounds of \
         {SECONDS} s on {}. The client, run by bun for both, has one core, the server the other.\n\n",
        machine::describe(root)
    );
    text += &table::render(&["crust", "bun"], "µs", "messages/s", &rows)?;
    report::write_section(root, "ws", &text)
}

/// CPU time per message in microseconds, and messages per second.
fn measure(
    folder: &Path,
    lab: &Lab,
    program: &Program,
    case: &str,
    clients: &str,
) -> Result<(f64, f64)> {
    let server = Server::start(program, folder, &[("CASE", case)])?;
    let mut client = Command::new("taskset")
        .args(["-c", "1"])
        .arg(&lab.peers.bun)
        .arg("client.mjs")
        .current_dir(folder)
        .env("CASE", case)
        .env("PORT", server.port.to_string())
        .env("CLIENTS", clients)
        .env("SECONDS", SECONDS)
        .stdout(Stdio::piped())
        .spawn()?;
    let output = client.stdout.take().context("the client's output")?;
    let mut lines = BufReader::new(output).lines();
    lines.next().context("the client did not start")??;
    let before = server.cpu_us()?;
    let messages: f64 = lines
        .next()
        .context("the client did not count")??
        .trim()
        .parse()?;
    let cpu = server.cpu_us()? - before;
    client.wait()?;
    let seconds: f64 = SECONDS.parse()?;
    Ok((cpu / messages, messages / seconds))
}

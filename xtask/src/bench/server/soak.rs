//! What a server keeps: resident memory at the start, with 10,000 idle connections, after 200,000 and
//! 2,000,000 requests of mixed kinds, and some seconds after the last one.

use std::fmt::Write as _;
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use super::process::Server;
use super::wrk;
use crate::bench::case::{Lab, Program};
use crate::bench::{machine, report};

const FIRST: f64 = 200_000.0;
const LAST: f64 = 2_000_000.0;
/// Seconds of load between two looks at the count.
const PIECE: u32 = 1;
const REST: Duration = Duration::from_secs(15);
const CONNECTIONS: usize = 10_000;

/// The memory of one server, in MiB.
struct Course {
    name: &'static str,
    start: f64,
    connected: f64,
    first: f64,
    last: f64,
    idle: f64,
}

pub(super) fn run(root: &Path, lab: &Lab) -> Result<()> {
    let folder = root.join("bench/http");
    let mut courses = Vec::new();
    for program in lab.all_run("server.mjs") {
        eprintln!("soak: {}", program.name);
        courses.push(course(&folder, &program)?);
    }
    report::write_section(root, "soak", &section(root, &courses)?)
}

fn course(folder: &Path, program: &Program) -> Result<Course> {
    let variables = [("CASE", "soak"), ("NODE_ENV", "production")];
    let server = Server::start(program, folder, &variables)?;
    let url = format!("http://127.0.0.1:{}/", server.port);
    // The first answer brings in what every server needs.
    wrk::run_with(folder, 1, 1, &url, None)?;
    let start = server.resident_mib()?;
    let connected = with_idle_connections(&server)?;
    let mut served = 0.0;
    let mut load_until = |count: f64| -> Result<f64> {
        while served < count {
            served += wrk::run(folder, PIECE, &url, Some("soak.lua"))?.requests;
        }
        server.resident_mib()
    };
    let first = load_until(FIRST)?;
    let last = load_until(LAST)?;
    std::thread::sleep(REST);
    Ok(Course {
        name: program.name,
        start,
        connected,
        first,
        last,
        idle: server.resident_mib()?,
    })
}

fn with_idle_connections(server: &Server) -> Result<f64> {
    let connections = (0..CONNECTIONS)
        .map(|_| TcpStream::connect(("127.0.0.1", server.port)))
        .collect::<Result<Vec<_>, _>>()
        .context("10,000 connections: is `ulimit -n` large enough?")?;
    std::thread::sleep(Duration::from_secs(1));
    let resident = server.resident_mib()?;
    drop(connections);
    std::thread::sleep(Duration::from_secs(1));
    Ok(resident)
}

fn section(root: &Path, courses: &[Course]) -> Result<String> {
    let mut text = format!(
        "## Servers: resident memory over 2,000,000 requests\n\nOne run on {}. Requests of six kinds in \
         turn (two of them POST 1 KB), `wrk -t1 -c64`; idle is {} s after the last.\n\n",
        machine::describe(root),
        REST.as_secs()
    );
    text += "| MiB | start | 10,000 idle connections | after 200,000 | after 2,000,000 | idle | growth | idle ÷ start |\n";
    text += "|---|--:|--:|--:|--:|--:|--:|--:|\n";
    for course in courses {
        let Course {
            name,
            start,
            connected,
            first,
            last,
            idle,
        } = course;
        writeln!(
            text,
            "| {name} | {start:.1} | {connected:.1} | {first:.1} | {last:.1} | {idle:.1} | {:+.0} % | {:.2} |",
            (last / first - 1.0) * 100.0,
            idle / start
        )?;
    }
    let ours = courses.first().context("a server")?;
    let verdict = |reached: bool| if reached { "reached" } else { "**missed**" };
    writeln!(
        text,
        "\n- after 2,000,000 requests at most 1.1 × what it was after 200,000: {} ({:.2})\n\
         - idle at most 1.5 × the start: {} ({:.2})",
        verdict(ours.last <= ours.first * 1.1),
        ours.last / ours.first,
        verdict(ours.idle <= ours.start * 1.5),
        ours.idle / ours.start
    )?;
    Ok(text)
}

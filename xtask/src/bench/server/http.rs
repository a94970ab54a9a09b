//! The cases of HTTP: what each server answers is in bench/http/server.mjs.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use super::process::Server;
use super::table::{self, Row};
use super::wrk;
use crate::bench::case::{Lab, Program};
use crate::bench::{machine, report};

/// One handler under load.
struct HttpCase {
    name: &'static str,
    title: &'static str,
    path: &'static str,
    script: Option<&'static str>,
    /// Connections at a time.
    connections: u32,
    target: f64,
}

const CASES: &[HttpCase] = &[
    case("hello", "hello", "/", None, 0.8),
    case("async", "async handler", "/", None, 0.8),
    case("json", "JSON", "/", None, 0.8),
    case("url", "url and header", "/url", None, 0.8),
    case(
        "post-text",
        "POST 1 KB text echo",
        "/",
        Some("post-text.lua"),
        0.7,
    ),
    case(
        "post-json",
        "POST 1 KB JSON echo",
        "/",
        Some("post-json.lua"),
        1.0,
    ),
    case("param", "route with a parameter", "/user/12345", None, 0.8),
    case("static", "static Response", "/", None, 0.8),
    case("tls", "hello over TLS", "/", None, 1.0),
    case("stream", "streamed 1 MB", "/stream", None, 1.0),
    HttpCase {
        connections: 4,
        ..case("file", "file of 100 MB", "/", None, 1.0)
    },
];

const fn case(
    name: &'static str,
    title: &'static str,
    path: &'static str,
    script: Option<&'static str>,
    target: f64,
) -> HttpCase {
    HttpCase {
        name,
        title,
        path,
        script,
        connections: 64,
        target,
    }
}

/// Seconds of load that are thrown away, and those that count.
const WARM_UP: u32 = 1;
const MEASURED: u32 = 2;
/// Where the portable engine is compared with bun.
const PORTABLE: &str = "crust, portable";
/// The least a server can cost; measured in the first case alone.
const FLOOR: &str = "floor";

pub(super) fn run(root: &Path, lab: &Lab, rounds: usize) -> Result<()> {
    let folder = root.join("bench/http");
    let file = lab.file("100-mb", 100_000_000)?;
    let mut programs = lab.all_run("server.mjs");
    let columns: Vec<&str> = programs.iter().map(|program| program.name).collect();
    programs.push(Program::new(PORTABLE, &lab.crust, &["server.mjs"]));
    programs.push(Program::new(FLOOR, &std::env::current_exe()?, &["floor"]));
    let mut rows = Vec::new();
    for case in CASES {
        eprintln!("http: {}", case.title);
        rows.push(measure(root, &folder, &file, case, &programs, rounds)?);
    }
    let floor = split_floor(&mut rows);
    let (portable, rows) = split_portable(rows);
    let mut text = format!(
        "## Servers: CPU time of the server for each request\n\n{rounds} rounds of {MEASURED} s on {}. \
         `wrk -t1 -c64` on one core, the server on the other.\n\n",
        machine::describe(root)
    );
    text += &table::render(&columns, "µs", "req/s", &rows)?;
    if let Some(floor) = floor {
        writeln!(
            text,
            "\nThe floor: a server without an engine that reads, looks at nothing and writes the same bytes \
             (`xtask/src/bench/server/floor.rs`) costs {floor:.2} µs in the case hello."
        )?;
    }
    text += "\nOn the portable engine (`CRUST_ENGINE=portable`), against bun:\n\n";
    text += &table::render(&["crust", "bun"], "µs", "req/s", &portable)?;
    report::write_section(root, "http", &text)
}

fn measure(
    root: &Path,
    folder: &Path,
    file: &str,
    case: &HttpCase,
    programs: &[Program],
    rounds: usize,
) -> Result<Row> {
    let mut figures = vec![Vec::new(); programs.len()];
    let mut rates = vec![Vec::new(); programs.len()];
    let certificates = root.join("net/crust_tls/tests");
    let certificates = certificates.to_string_lossy();
    for _ in 0..rounds {
        for (index, program) in programs.iter().enumerate() {
            if program.name == FLOOR && case.name != CASES[0].name {
                continue;
            }
            let engine = if program.name == PORTABLE {
                "portable"
            } else {
                ""
            };
            let variables = [
                ("CASE", case.name),
                ("TLS", &*certificates),
                ("FILE", file),
                ("CRUST_ENGINE", engine),
                ("NODE_ENV", "production"),
            ];
            let server = Server::start(program, folder, &variables)?;
            let scheme = if case.name == "tls" { "https" } else { "http" };
            let url = format!("{scheme}://127.0.0.1:{}{}", server.port, case.path);
            wrk::run_with(folder, case.connections, WARM_UP, &url, case.script)?;
            let before = server.cpu_us()?;
            let load = wrk::run_with(folder, case.connections, MEASURED, &url, case.script)?;
            figures[index].push((server.cpu_us()? - before) / load.requests);
            rates[index].push(load.per_second);
        }
    }
    Ok(Row {
        case: case.title,
        figures: figures.into_iter().map(table::median).collect(),
        rates: rates.into_iter().map(table::median).collect(),
        target: case.target,
    })
}

/// The last column has one figure.
fn split_floor(rows: &mut [Row]) -> Option<f64> {
    let mut floor = None;
    for row in rows {
        row.rates.pop();
        floor = floor.or(row.figures.pop().flatten());
    }
    floor
}

/// The last column becomes a table of its own, for the cases without bodies.
fn split_portable(mut rows: Vec<Row>) -> (Vec<Row>, Vec<Row>) {
    let mut portable = Vec::new();
    for row in &mut rows {
        let (figure, rate) = (row.figures.pop().flatten(), row.rates.pop().flatten());
        if !["POST", "streamed", "file"]
            .iter()
            .any(|word| row.case.starts_with(word))
        {
            portable.push(Row {
                case: row.case,
                figures: vec![figure, row.figures[1]],
                rates: vec![rate, row.rates[1]],
                target: 1.0,
            });
        }
    }
    (portable, rows)
}

//! Reloads under load: 32 connections that stay open ask without a pause while two instances are replaced, three
//! times. And what a program has more in memory because it is managed.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::super::case::Lab;
use super::Row;
use super::tool::{self, Tool};

const CONNECTIONS: usize = 32;
const RELOADS: u32 = 3;

const OURS: &str = "const server = Bun.serve({hostname: '127.0.0.1', port: Number(process.env.PORT), fetch: () => new Response('fine')});\n\
    process.on('SIGTERM', async () => { await server.stop(); process.exit(0); });";
const THEIRS: &str = "const server = require('http').createServer((request, response) => response.end('fine'));\n\
    server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send?.('ready'));\n\
    process.on('SIGINT', () => { server.close(() => process.exit(0)); });";
const IDLE: &str = "setInterval(() => {}, 100000);";

pub(super) fn rows(ours: &Tool, theirs: &Tool, lab: &Lab) -> Result<Vec<Row>> {
    let us = reloads(ours, OURS)?;
    let them = reloads(theirs, THEIRS)?;
    let shown = |(failed, answered): (u32, u32)| format!("{failed} of {}", failed + answered);
    let mut rows = vec![
        Row::new(
            &format!(
                "failed requests in {RELOADS} reloads of 2 instances, {CONNECTIONS} connections"
            ),
            shown(us),
            shown(them),
        )
        .gate("0", us.0 == 0),
    ];
    let bare = bare_memory(lab)?;
    let node = lab.peers.node.to_string_lossy().into_owned();
    let (us, them) = (
        managed_memory(ours, &node)? - bare,
        managed_memory(theirs, &node)? - bare,
    );
    rows.push(
        Row::new(
            "memory added to a node program (Rss)",
            format!("{us:.1} MB"),
            format!("{them:.1} MB"),
        )
        .gate("0 (≤ 1 MB)", us <= 1.0),
    );
    Ok(rows)
}

/// Failed and answered requests while a server is reloaded.
fn reloads(tool: &Tool, program: &str) -> Result<(u32, u32)> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    std::fs::write(tool.folder.join("server.js"), program)?;
    let app = json!({"apps": [{"name": "server", "script": "./server.js", "instances": 2, "exec_mode": "cluster",
        "env": {"PORT": port.to_string()}, "wait_ready": !tool.is_ours, "listen_timeout": 10_000, "kill_timeout": 8000}]});
    let file = tool.folder.join("server.json");
    std::fs::write(&file, app.to_string())?;
    tool.run(&["start", &file.to_string_lossy()])?;
    tool::until("it answers", || {
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    })?;
    std::thread::sleep(Duration::from_secs(1));
    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let stop = Arc::clone(&stop);
            std::thread::spawn(move || client(port, &stop))
        })
        .collect();
    std::thread::sleep(Duration::from_millis(500));
    for _ in 0..RELOADS {
        tool.run(&["reload", "server"])?;
        std::thread::sleep(Duration::from_millis(500));
    }
    stop.store(true, Ordering::SeqCst);
    let mut sum = (0, 0);
    for client in clients {
        let (failed, answered) = client.join().unwrap_or((1, 0));
        sum = (sum.0 + failed, sum.1 + answered);
    }
    tool.run(&["delete", "server"])?;
    Ok(sum)
}

/// Asks again and again; what was neither answered nor announced by `Connection: close` has failed.
fn client(port: u16, stop: &AtomicBool) -> (u32, u32) {
    let (mut failed, mut answered) = (0, 0);
    while !stop.load(Ordering::SeqCst) {
        let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) else {
            failed += 1;
            std::thread::sleep(Duration::from_millis(5));
            continue;
        };
        let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
        let mut reader = BufReader::new(stream);
        while !stop.load(Ordering::SeqCst) {
            let Ok(stays_open) = ask(&mut reader) else {
                failed += 1;
                break;
            };
            answered += 1;
            if !stays_open {
                break;
            }
        }
    }
    (failed, answered)
}

/// One request; whether the connection stays open.
fn ask(reader: &mut BufReader<TcpStream>) -> Result<bool> {
    reader
        .get_mut()
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")?;
    let mut line = String::new();
    reader.read_line(&mut line)?;
    anyhow::ensure!(line.starts_with("HTTP/1.1 200"), "no answer");
    let (mut length, mut chunked, mut stays) = (0, false, true);
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let field = line.trim().to_ascii_lowercase();
        if field.is_empty() {
            break;
        }
        stays &= field != "connection: close";
        chunked |= field == "transfer-encoding: chunked";
        if let Some(text) = field.strip_prefix("content-length: ") {
            length = text.parse()?;
        }
    }
    anyhow::ensure!(!chunked, "the servers of this case answer with a length");
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(stays)
}

fn bare_memory(lab: &Lab) -> Result<f64> {
    let mut child = Command::new(&lab.peers.node)
        .args(["-e", IDLE])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()?;
    std::thread::sleep(Duration::from_secs(2));
    let memory = resident(child.id());
    child.kill()?;
    child.wait()?;
    memory
}

fn managed_memory(tool: &Tool, node: &str) -> Result<f64> {
    let file = tool.folder.join("idle.js");
    std::fs::write(&file, IDLE)?;
    tool.run(&[
        "start",
        &file.to_string_lossy(),
        "--name",
        "idle",
        "--interpreter",
        node,
    ])?;
    std::thread::sleep(Duration::from_secs(2));
    let output = tool
        .run(&["pid", "idle"])
        .or_else(|_| tool.run(&["list", "--json"]))?;
    let text = String::from_utf8(output.stdout)?;
    let pid = text.trim().parse::<u32>().or_else(|_| {
        let rows: serde_json::Value = serde_json::from_str(&text)?;
        let pid = rows
            .as_array()
            .and_then(|rows| rows.iter().find(|row| row["name"] == "idle")?["pid"].as_u64());
        anyhow::Ok(u32::try_from(pid.context("no process")?)?)
    })?;
    let memory = resident(pid);
    tool.run(&["delete", "idle"])?;
    memory
}

/// Megabytes in memory.
fn resident(pid: u32) -> Result<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .context("no VmRSS")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kilobytes / 1024.0)
}

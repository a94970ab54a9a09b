//! 5: reload and its neighbours, under requests of every length.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::WEB;
use crate::manager::{Load, Manager, PATIENCE, free_port, request, span};

fn start(manager: &Manager, port: u16, more: &[&str]) {
    let app = manager.file("web.js", WEB);
    let port = port.to_string();
    let words = [
        "start",
        &app,
        "--name",
        "web",
        "--port",
        &port,
        "--instances",
        "2",
        "--listen-timeout",
        "60s",
    ];
    manager.ok(&[words.as_slice(), more].concat());
}

/// Asks again and again over one connection, as a browser does; a connection may be closed by the server
/// only as its answer said. How many answers there were.
fn keep_alive(port: u16, path: &str, stop: &AtomicBool) -> u32 {
    let mut count = 0;
    while !stop.load(Ordering::SeqCst) {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("connecting failed");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut reader = BufReader::new(stream);
        loop {
            let asked = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
            reader
                .get_mut()
                .write_all(asked.as_bytes())
                .expect("sending failed");
            let (mut close, mut length, mut line) = (false, 0, String::new());
            reader.read_line(&mut line).expect("reading failed");
            assert!(line.starts_with("HTTP/1.1 200"), "answer {count}: {line:?}");
            loop {
                line.clear();
                reader.read_line(&mut line).unwrap();
                let lower = line.trim().to_ascii_lowercase();
                close |= lower == "connection: close";
                length = lower
                    .strip_prefix("content-length: ")
                    .map_or(length, |text| text.parse().unwrap());
                if lower.is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            assert_eq!(body, b"fine");
            count += 1;
            if close || stop.load(Ordering::SeqCst) {
                break;
            }
        }
    }
    count
}

#[test]
fn connections_that_stay_open_and_slow_requests_survive_a_reload() {
    let manager = Manager::new("keepalive");
    let port = free_port();
    start(&manager, port, &[]);
    manager.until("it answers", |_| request(port).is_ok());
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let paths = ["/", "/", "/?delay=50", "/?delay=200", "/?delay=3000", "/"];
        let clients: Vec<_> = paths
            .iter()
            .map(|path| scope.spawn(|| keep_alive(port, path, &stop)))
            .collect();
        let rounds = if span(0, 1) == Duration::ZERO { 2 } else { 8 };
        let outputs: Vec<_> = (0..rounds)
            .map(|_| manager.run(&["reload", "web"]))
            .collect();
        stop.store(true, Ordering::SeqCst);
        let counts: Vec<u32> = clients
            .into_iter()
            .map(|client| client.join().expect("a request failed"))
            .collect();
        assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
        for output in outputs {
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    });
}

#[test]
fn servers_of_node_http_are_reloaded_without_a_word_in_them() {
    let manager = Manager::new("nodehttp");
    let port = free_port();
    let app = manager.file(
        "app.cjs",
        "const http = require('http');\n\
         const server = http.createServer((request, response) => setTimeout(() => response.end('fine'), 2));\n\
         server.listen(Number(process.env.PORT), '127.0.0.1');\n\
         process.on('SIGTERM', () => server.close(() => process.exit(0)));",
    );
    let port_text = port.to_string();
    let words = [
        "start",
        &app,
        "--name",
        "web",
        "--port",
        &port_text,
        "--instances",
        "2",
        "--listen-timeout",
        "60s",
    ];
    manager.ok(&words);
    manager.until("it answers", |_| request(port).is_ok());
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| keep_alive(port, "/", &stop)))
            .collect();
        let load = Load::start(&[port], 2);
        let outputs: Vec<_> = (0..2).map(|_| manager.run(&["reload", "web"])).collect();
        stop.store(true, Ordering::SeqCst);
        for client in clients {
            assert!(client.join().expect("a request failed") > 0);
        }
        assert!(load.finish_after(10) >= 10);
        for output in outputs {
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    });
    assert!(manager.rows().iter().all(|row| row["restarts"] == 2));
    manager.until("its requests are counted", |manager| {
        manager
            .rows()
            .iter()
            .any(|row| row["requests"].as_u64() > Some(0))
    });
}

#[test]
fn a_download_that_began_before_a_reload_is_finished() {
    let manager = Manager::new("download");
    let port = free_port();
    let app = manager.file(
        "app.js",
        "const server = Bun.serve({hostname: '127.0.0.1', port: Number(process.env.PORT), fetch(request) {\n\
           if (new URL(request.url).pathname === '/') return new Response('fine');\n\
           return new Response(new ReadableStream({async start(out) {\n\
             for (let part = 0; part < 30; part++) { out.enqueue(new Uint8Array(10000).fill(97)); await Bun.sleep(100); }\n\
             out.close(); }}), {headers: {connection: 'close'}}); }});\n\
         process.on('SIGTERM', async () => { await server.stop(); process.exit(0); });",
    );
    let port_text = port.to_string();
    manager.ok(&[
        "start",
        &app,
        "--name",
        "web",
        "--port",
        &port_text,
        "--listen-timeout",
        "60s",
    ]);
    manager.until("it answers", |_| request(port).is_ok());
    let old = manager.pid("web");
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
        .write_all(b"GET /file HTTP/1.0\r\nHost: x\r\n\r\n")
        .unwrap();
    let mut first = [0; 1000];
    stream.read_exact(&mut first).unwrap();
    let mut reload = manager
        .command(&["reload", "web", "--silent"])
        .spawn()
        .unwrap();
    manager.until("the new process answers", |manager| {
        manager.pid("web") != old && request(port).is_ok()
    });
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    let letters = first
        .iter()
        .chain(&rest)
        .filter(|byte| **byte == b'a')
        .count();
    assert!(letters >= 300_000, "{letters} of 300000 bytes");
    assert!(reload.wait().unwrap().success());
    manager.until("the old process is gone", |_| {
        !crate::manager::is_alive(old)
    });
}

#[test]
fn two_reloads_at_once_and_one_that_cannot_work() {
    let manager = Manager::new("tworeloads");
    let port = free_port();
    start(&manager, port, &[]);
    manager.until("it answers", |_| request(port).is_ok());
    let load = Load::start(&[port], 2);
    let mut first = manager
        .command(&["reload", "web"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    manager.until("it is reloading", |manager| {
        manager.rows().iter().any(|row| row["reloading"] == true)
    });
    assert!(manager.fails(&["reload", "web"]).contains("[RELOADING]"));
    assert!(first.wait().unwrap().success());
    let pids = manager.pids();
    // The next version never gets ready: the command says so and the old processes keep serving.
    manager.file("web.js", "setInterval(() => {}, 1000)");
    manager.file("web.json", &format!(
        "{{\"apps\": [{{\"name\": \"web\", \"script\": \"web.js\", \"port\": {port}, \"instances\": 2, \"listen_timeout\": \"1s\"}}]}}"
    ));
    let said = manager.fails(&["apply", "web.json"]);
    assert!(said.contains("keeps serving"), "{said}");
    assert_eq!(manager.pids(), pids);
    assert!(load.finish_after(10) >= 10);
}

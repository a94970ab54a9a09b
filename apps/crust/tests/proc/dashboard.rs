//! The dashboard: who may ask, what is sent, and the page itself in a headless browser where one is installed.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::manager::{Manager, free_port, request};

/// The whole answer to a request over TCP.
fn ask(port: u16, head: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(2)))
        .unwrap();
    stream
        .write_all(format!("{head}\r\n\r\n").as_bytes())
        .unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn open(manager: &Manager, words: &[&str]) -> (String, u16) {
    let answer: Value = manager.json(&[["dashboard", "--json"].as_slice(), words].concat());
    let port = u16::try_from(answer["port"].as_u64().unwrap()).unwrap();
    (answer["url"].as_str().unwrap().to_owned(), port)
}

#[test]
fn only_our_own_page_may_ask() {
    let manager = Manager::new("web");
    manager.ok(&["start", "sleep 600", "--name", "a"]);
    let (url, port) = open(&manager, &["--port", "0"]);
    assert_eq!(url, format!("http://127.0.0.1:{port}/"));
    // The second time it is the same.
    assert_eq!(open(&manager, &[]), (url, port));
    let status = |head: &str| {
        ask(port, &format!("{head}\r\nConnection: close"))
            .chars()
            .take(12)
            .collect::<String>()
    };
    let host = format!("Host: 127.0.0.1:{port}");
    assert_eq!(status(&format!("GET / HTTP/1.1\r\n{host}")), "HTTP/1.1 200");
    assert_eq!(
        status(&format!("GET /app.js HTTP/1.1\r\n{host}")),
        "HTTP/1.1 200"
    );
    assert_eq!(
        status(&format!(
            "GET /v1/processes HTTP/1.1\r\n{host}\r\nOrigin: http://127.0.0.1:{port}"
        )),
        "HTTP/1.1 200"
    );
    // A page from elsewhere, and a name that somebody made point here.
    assert_eq!(
        status(&format!(
            "POST /v1/processes/a/stop HTTP/1.1\r\n{host}\r\nContent-Length: 0\r\nOrigin: http://evil.example"
        )),
        "HTTP/1.1 403"
    );
    assert_eq!(
        status("GET /v1/processes HTTP/1.1\r\nHost: evil.example"),
        "HTTP/1.1 403"
    );
    assert_eq!(
        status(&format!(
            "GET /v1/live HTTP/1.1\r\n{host}\r\nOrigin: http://evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13"
        )),
        "HTTP/1.1 403"
    );
    let page = ask(
        port,
        &format!("GET / HTTP/1.1\r\n{host}\r\nConnection: close"),
    );
    assert!(
        page.contains("script-src 'self'") && page.contains("X-Frame-Options: DENY"),
        "{page}"
    );
    assert_eq!(manager.status("a"), "online");
    // Everywhere else than here the token is asked for, whoever asks.
    let (url, port) = open(&manager, &["--host", "0.0.0.0", "--port", "0"]);
    let token = url.split("token=").nth(1).unwrap();
    let host = format!("Host: some.name:{port}");
    let ask = |head: &str| ask(port, &format!("{head}\r\nConnection: close"));
    assert!(ask(&format!("GET /v1/processes HTTP/1.1\r\n{host}")).starts_with("HTTP/1.1 403"));
    assert!(
        ask(&format!(
            "GET /v1/processes HTTP/1.1\r\n{host}\r\nAuthorization: Bearer {token}"
        ))
        .starts_with("HTTP/1.1 200")
    );
    let page = ask(&format!("GET /?token={token} HTTP/1.1\r\n{host}"));
    assert!(
        page.contains(&format!(
            "Set-Cookie: crust_pm_token={token}; Path=/; HttpOnly; SameSite=Strict"
        )),
        "{page}"
    );
    let with_cookie =
        format!("GET /v1/processes HTTP/1.1\r\n{host}\r\nCookie: x=y; crust_pm_token={token}");
    assert!(ask(&with_cookie).starts_with("HTTP/1.1 200"));
    assert!(
        ask(&format!("{with_cookie}\r\nOrigin: http://evil.example")).starts_with("HTTP/1.1 403")
    );
    assert!(
        ask(&format!(
            "GET /v1/processes HTTP/1.1\r\n{host}\r\nCookie: crust_pm_token=wrong"
        ))
        .starts_with("HTTP/1.1 403")
    );
}

/// The script of the page is made by our own bundler. `UPDATE=1` writes it anew.
#[test]
fn the_page_is_what_crust_build_makes() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../services/crust_procman/dashboard");
    let folder = std::env::temp_dir().join(format!("crust-pm-page-{}", std::process::id()));
    let out = folder.join("app.js");
    std::fs::create_dir_all(&folder).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_crust"))
        .args([
            "build",
            "src/main.ts",
            "--target=browser",
            "--format=esm",
            "--minify",
        ])
        .args([
            "--banner=// Made from src by crust build; see README.md.",
            "--no-env-file",
        ])
        .arg(format!("--outfile={}", out.display()))
        .current_dir(&page)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let made = std::fs::read_to_string(&out).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    // Nothing of this machine is in it.
    assert!(!made.contains(page.canonicalize().unwrap().to_str().unwrap()));
    let committed = page.join("dist/app.js");
    if std::env::var_os("UPDATE").is_some_and(|value| !value.is_empty()) {
        std::fs::write(&committed, &made).unwrap();
    }
    assert!(
        std::fs::read_to_string(&committed).unwrap_or_default() == made,
        "dashboard/dist/app.js is not what its sources say: run this test with UPDATE=1"
    );
}

/// A server with output, a quiet program and one that has failed.
fn fill(manager: &Manager) -> u16 {
    let port = free_port();
    let app = manager.file(
        "web.js",
        "const server = Bun.serve({hostname: '127.0.0.1', port: Number(process.env.PORT), fetch() { return new Response('fine'); }});\n\
         let i = 0; setInterval(() => { i++; console.log(new Date().toISOString(), 'request', i, 'served'); if (i % 5 === 0) console.error('warning: cache miss for key', i); }, 100);\n\
         process.on('SIGTERM', async () => { await server.stop(); process.exit(0); });",
    );
    manager.ok(&["start", &app, "--name", "web", "--port", &port.to_string()]);
    manager.ok(&["start", "sleep 600", "--name", "worker"]);
    manager.run(&[
        "start",
        "echo broken; exit 3",
        "--name",
        "broken",
        "--max-restarts",
        "1",
    ]);
    manager.until("it answers", |_| request(port).is_ok());
    port
}

#[test]
fn programs_report_and_the_history_remembers() {
    let manager = Manager::new("vitals");
    let port = fill(&manager);
    for _ in 0..20 {
        request(port).unwrap();
    }
    manager.until("it has reported", |manager| {
        manager.row("web")["requests"].as_u64() >= Some(20)
    });
    let row = manager.row("web");
    assert!(
        row["heap"].as_f64() > Some(10_000.0) && row["lag"].is_number(),
        "{row}"
    );
    assert!(manager.row("worker")["lag"].is_null());
    let metrics = manager.ok(&["metrics"]);
    assert!(
        metrics.contains("crust_pm_process_http_requests_total{name=\"web\"")
            && metrics.ends_with("# EOF\n"),
        "{metrics}"
    );
    assert!(!metrics.contains("crust_pm_process_heap_bytes{name=\"worker\""));
    for name in ["web", "worker"] {
        let path = format!(
            "GET /v1/processes/{name}/history?minutes=5 HTTP/1.1\r\nHost: pm\r\nConnection: close\r\n\r\n"
        );
        manager.until("a measurement is kept", |manager| {
            let answer =
                String::from_utf8(manager.raw(path.as_bytes(), Duration::from_secs(5))).unwrap();
            answer.contains("\"memory\":")
        });
    }
    // A program that forges another's report is not believed: the process id tells.
    let key = manager.json(&["describe", "web", "--json"])[0]["uuid"].clone();
    let socket = std::os::unix::net::UnixDatagram::unbound().unwrap();
    let forged = format!(
        "{{\"key\":{key},\"pid\":1,\"lag\":9999,\"lag_max\":9999,\"heap\":1,\"requests\":1}}"
    );
    for text in [forged.as_str(), "{", ""] {
        socket
            .send_to(text.as_bytes(), manager.home().join("reports.sock"))
            .unwrap();
    }
    assert!(manager.row("web")["lag"].as_f64() < Some(9000.0));
}

#[test]
fn the_page_in_a_browser() {
    let manager = Manager::new("browser");
    fill(&manager);
    let (url, port) = open(&manager, &["--port", "0"]);
    let path = std::env::var("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path);
    let Some(chromium) = folders
        .map(|folder| folder.join("chromium"))
        .find(|file| file.is_file())
    else {
        // Without a browser, the page's parts are at least there and name each other.
        let page = ask(
            port,
            &format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close"),
        );
        assert!(page.contains("app.js") && page.contains("app.css"));
        return;
    };
    let script = manager.file("drive.mjs", include_str!("dashboard.js"));
    let pictures = std::env::var_os("CRUST_PM_PICTURES")
        .map_or_else(|| manager.folder.join("pictures"), std::path::PathBuf::from);
    let output = Command::new(env!("CARGO_BIN_EXE_crust"))
        .arg(&script)
        .arg(chromium)
        .arg(&url)
        .arg(&pictures)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(pictures.join("dashboard-phone.png").is_file());
}

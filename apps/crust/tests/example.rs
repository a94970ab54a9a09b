//! The service that `make run` starts answers and stops cleanly. What it answers in detail is the
//! example's own business.

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

type Outcome = Result<(), Box<dyn Error>>;

/// Generous, because a debug build on a busy machine is slow.
const TIMEOUT: Duration = Duration::from_secs(30);

#[test]
fn the_example_answers_and_stops_on_sigterm() -> Outcome {
    let mut service = Service::start()?;
    let page = service.request("GET / HTTP/1.1\r\nConnection: close", "")?;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(
        page.contains("text/html") && page.contains("Praseodymium"),
        "{page}"
    );

    let element = service.request("GET /api/elements/fe HTTP/1.1\r\nConnection: close", "")?;
    assert!(element.contains("\"name\":\"Iron\""), "{element}");

    let formula = "{\"formula\":\"Ca(OH)2\"}";
    let mass = service.request("POST /api/mass HTTP/1.1\r\nConnection: close", formula)?;
    assert!(mass.contains("\"mass\":74.092"), "{mass}");

    let missing = service.request("GET /api/nothing HTTP/1.1\r\nConnection: close", "")?;
    assert!(missing.starts_with("HTTP/1.1 404"), "{missing}");

    kill_process(Pid::from_child(&service.child), Signal::TERM)?;
    assert!(service.child.wait()?.success());
    let mut rest = String::new();
    service.stdout.read_to_string(&mut rest)?;
    assert!(rest.ends_with("stopped\n"), "{rest}");
    Ok(())
}

struct Service {
    child: Child,
    stdout: BufReader<std::process::ChildStdout>,
    authority: String,
}

impl Service {
    /// Starts the example on a free port and waits for the line that names it.
    fn start() -> Result<Self, Box<dyn Error>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/elements");
        let mut child = Command::new(env!("CARGO_BIN_EXE_crust"))
            .arg("src/main.ts")
            .current_dir(folder)
            .env("PORT", "0")
            .stdout(Stdio::piped())
            .spawn()?;
        let mut stdout = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        let (_, address) = line
            .split_once("http://")
            .ok_or_else(|| format!("no address in {line:?}"))?;
        let authority = address.trim().trim_end_matches('/').to_owned();
        Ok(Self {
            child,
            stdout,
            authority,
        })
    }

    fn request(&self, head: &str, body: &str) -> Result<String, Box<dyn Error>> {
        let mut stream = TcpStream::connect(&self.authority)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        let (host, length) = (&self.authority, body.len());
        write!(
            stream,
            "{head}\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It has ended already, unless an assertion failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

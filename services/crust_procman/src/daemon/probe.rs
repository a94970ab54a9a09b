//! One health probe in a thread of its own: HTTP, TCP or a command, each with a time limit. It reports to
//! the daemon's desk and decides nothing.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::guards::{Desk, News};
use crate::config::HealthCheck;

/// Starts a probe; its result comes as [`News::Probed`].
pub(super) fn start(key: &str, health: &HealthCheck, cwd: &Path, desk: Desk) -> io::Result<()> {
    let (key, health, cwd) = (key.to_owned(), health.clone(), cwd.to_owned());
    std::thread::Builder::new()
        .name("probe".to_owned())
        .stack_size(128 << 10)
        .spawn(move || {
            let problem = probe(&health, &cwd).err();
            desk.put(News::Probed { key, problem });
        })
        .map(drop)
}

fn probe(health: &HealthCheck, cwd: &Path) -> Result<(), String> {
    let timeout = Duration::from_millis(health.timeout);
    if let Some(url) = &health.url {
        http(url, timeout).map_err(|problem| format!("{url}: {problem}"))?;
    }
    if let Some(address) = &health.tcp {
        connect(address, timeout).map_err(|problem| format!("{address}: {problem}"))?;
    }
    if let Some(line) = &health.command {
        command(line, cwd, timeout).map_err(|problem| format!("`{line}`: {problem}"))?;
    }
    Ok(())
}

fn connect(address: &str, timeout: Duration) -> Result<TcpStream, String> {
    let plain = |error: io::Error| error.to_string();
    let mut last = "it has no address".to_owned();
    for address in address.to_socket_addrs().map_err(plain)? {
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error.to_string(),
        }
    }
    Err(last)
}

/// Asks for a page; 2xx and 3xx are well. TLS is not spoken.
fn http(url: &str, timeout: Duration) -> Result<(), String> {
    let plain = |error: io::Error| error.to_string();
    let rest = url
        .strip_prefix("http://")
        .ok_or("only http:// is probed")?;
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let has_port = host
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let address = if has_port {
        host.to_owned()
    } else {
        format!("{host}:80")
    };
    let deadline = Instant::now() + timeout;
    let mut stream = connect(&address, timeout)?;
    stream.set_write_timeout(Some(timeout)).map_err(plain)?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: crust-pm\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).map_err(plain)?;
    let mut head = [0_u8; 12];
    let mut length = 0;
    while length < head.len() {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err("it did not answer in time".to_owned());
        }
        stream.set_read_timeout(Some(left)).map_err(plain)?;
        match stream.read(head.get_mut(length..).unwrap_or_default()) {
            Ok(0) => return Err("the connection was closed".to_owned()),
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    let status = std::str::from_utf8(&head)
        .ok()
        .and_then(|text| text.get(9..12)?.parse::<u16>().ok());
    match status {
        Some(200..400) => Ok(()),
        Some(status) => Err(format!("it answered {status}")),
        None => Err("its answer is no HTTP".to_owned()),
    }
}

fn command(line: &str, cwd: &Path, timeout: Duration) -> Result<(), String> {
    let plain = |error: io::Error| error.to_string();
    let mut child = Command::new("/bin/sh")
        .args(["-c", line])
        .current_dir(cwd)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(plain)?;
    let deadline = Instant::now() + timeout;
    loop {
        match child.try_wait().map_err(plain)? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(status.to_string()),
            None if Instant::now() > deadline => {
                let group = i32::try_from(child.id())
                    .ok()
                    .and_then(rustix::process::Pid::from_raw);
                if let Some(group) = group {
                    let _ =
                        rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
                }
                let _ = child.wait();
                return Err("it did not end in time".to_owned());
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

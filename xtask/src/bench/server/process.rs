//! A server under test: started on a core of its own, asked until it answers, ended with the value.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::super::case::Program;

/// A running server.
pub(super) struct Server {
    child: Child,
    pub(super) port: u16,
}

/// Start-up takes a second at most, on a busy machine.
const LONGEST_START: Duration = Duration::from_secs(20);
/// Kernel ticks per second in `/proc/PID/stat` (`USER_HZ`).
const TICKS: f64 = 100.0;

impl Server {
    pub(super) fn start(
        program: &Program,
        folder: &Path,
        variables: &[(&str, &str)],
    ) -> Result<Self> {
        let port = free_port()?;
        let mut child = Command::new("taskset")
            .args(["-c", "0"])
            .arg(&program.path)
            .args(&program.args)
            .current_dir(folder)
            .env("PORT", port.to_string())
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .context("taskset (of util-linux) is needed to give the server a core")?;
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if child.try_wait()?.is_some() || start.elapsed() > LONGEST_START {
                // It may have ended by itself.
                let _ = child.kill();
                bail!("{} did not start to listen", program.name);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(Self { child, port })
    }

    /// User and system time of all threads so far, in microseconds.
    pub(super) fn cpu_us(&self) -> Result<f64> {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name in parentheses may hold anything; times are fields 14 and 15.
        let rest = text.rsplit_once(')').context("stat")?.1;
        let ticks: f64 = rest
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<f64>().ok())
            .sum();
        Ok(ticks / TICKS * 1e6)
    }
}

impl Server {
    /// Memory that is resident now.
    pub(super) fn resident_mib(&self) -> Result<f64> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib: f64 = text
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
            .context("VmRSS")?;
        Ok(kib / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

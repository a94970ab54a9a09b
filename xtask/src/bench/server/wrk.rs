//! The load: wrk on the second core.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// What wrk reports.
pub(super) struct Load {
    pub(super) requests: f64,
    pub(super) per_second: f64,
}

/// Loads `url` for some seconds with 64 connections.
pub(super) fn run(folder: &Path, seconds: u32, url: &str, script: Option<&str>) -> Result<Load> {
    run_with(folder, 64, seconds, url, script)
}

/// Loads `url` for some seconds.
pub(super) fn run_with(
    folder: &Path,
    connections: u32,
    seconds: u32,
    url: &str,
    script: Option<&str>,
) -> Result<Load> {
    let mut command = Command::new("taskset");
    command
        .args(["-c", "1", "wrk", "-t1", "--timeout", "20s"])
        .arg(format!("-c{connections}"))
        .arg(format!("-d{seconds}s"))
        .current_dir(folder);
    if let Some(script) = script {
        command.args(["-s", script]);
    }
    let output = command
        .arg(url)
        .output()
        .context("wrk is needed: install the package `wrk`")?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || text.contains("Non-2xx") || text.contains("Socket errors") {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("wrk: {text}{errors}(is the package `wrk` installed?)");
    }
    let number_before = |mark: &str| -> Option<f64> {
        let line = text.lines().find(|line| line.contains(mark))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let per_second = text
        .lines()
        .find_map(|line| line.strip_prefix("Requests/sec:"))
        .and_then(|rest| rest.trim().parse().ok());
    Ok(Load {
        requests: number_before("requests in").context("wrk's count")?,
        per_second: per_second.context("wrk's rate")?,
    })
}

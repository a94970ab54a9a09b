//! One measured run. It happens in a process of its own (`xtask measure`), because the kernel
//! reports the resources of all children of a process together.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

use super::case::Program;

/// The file in the case's folder that receives standard output.
pub(super) const OUTPUT: &str = "stdout.txt";

/// What one run cost.
#[derive(Serialize, Deserialize)]
pub(super) struct Sample {
    pub(super) wall_ms: f64,
    /// User and system time together.
    pub(super) cpu_ms: f64,
    pub(super) peak_rss_mib: f64,
    /// What the program wrote; filled in by the case.
    #[serde(default)]
    pub(super) output_kib: f64,
    pub(super) success: bool,
}

/// Runs the program in `folder` with standard output in a file and standard error dropped.
pub(super) fn run(program: &Program, folder: &Path) -> Result<Sample> {
    let me = std::env::current_exe()?;
    let output = Command::new(me)
        .arg("measure")
        .arg(&program.path)
        .args(&program.args)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .stderr(Stdio::inherit())
        .output()?;
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("cannot measure {}", program.path.display()))
}

/// The other side of [`run`]: starts the program, waits, and prints a [`Sample`] as JSON.
pub(crate) fn run_child(args: &[String]) -> Result<()> {
    let [program, rest @ ..] = args else {
        bail!("measure PROGRAM [ARGUMENT…]")
    };
    let output = File::create(OUTPUT)?;
    let start = Instant::now();
    let status = Command::new(program)
        .args(rest)
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(Stdio::null())
        .status()
        .with_context(|| format!("cannot start {program}"))?;
    let wall_ms = start.elapsed().as_secs_f64() * 1e3;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let milliseconds = |time: nix::sys::time::TimeVal| {
        // Microseconds of a process lifetime are far below 2^52.
        #[expect(clippy::cast_precision_loss, reason = "exact in this range")]
        let exact = time.tv_sec() as f64 * 1e3 + time.tv_usec() as f64 / 1e3;
        exact
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "kibibytes of one process are below 2^52"
    )]
    let peak_rss_mib = usage.max_rss() as f64 / 1024.0;
    let sample = Sample {
        wall_ms,
        cpu_ms: milliseconds(usage.user_time()) + milliseconds(usage.system_time()),
        peak_rss_mib,
        output_kib: 0.0,
        success: status.success(),
    };
    println!("{}", serde_json::to_string(&sample)?);
    Ok(())
}

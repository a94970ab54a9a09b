//! What a downloaded binary must be before it takes the place of the old one. It changes nothing.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crust_header_file::Stamp;

use crate::error::UpgradeError;
use crate::manifest::Binary;
use crate::version::Version;

/// How long `--version` may take; it opens no engine.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);

/// Checks the header that the binary at `path` carries.
pub(crate) fn stamp(path: &Path, binary: &Binary) -> Result<(), UpgradeError> {
    let bytes = std::fs::read(path).map_err(|error| UpgradeError::writing(path, error))?;
    let stamp = Stamp::of_binary(&bytes)?;
    if stamp.bytes == binary.stamp && !stamp.compiled {
        return Ok(());
    }
    let kind = if stamp.compiled {
        "of a compiled program, "
    } else {
        ""
    };
    Err(UpgradeError::Stamp {
        received: format!("{kind}{}", hex(&stamp.bytes)),
        expected: hex(&binary.stamp),
    })
}

/// Runs `--version` of the binary at `path`.
pub(crate) fn version(path: &Path, expected: &Version) -> Result<(), UpgradeError> {
    let refuse = |reason: String| UpgradeError::Version {
        expected: expected.to_string(),
        reason,
    };
    let output = run(path).map_err(|error| refuse(error.to_string()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let said = text.trim();
    if !output.status.success() {
        return Err(refuse(format!("it ended with {}", output.status)));
    }
    if said != expected.to_string() {
        let said: String = said.chars().take(80).collect();
        return Err(refuse(format!("it said \"{said}\"")));
    }
    Ok(())
}

fn run(path: &Path) -> io::Result<Output> {
    let deadline = Instant::now() + PATIENCE;
    let mut child = loop {
        let mut command = Command::new(path);
        command
            .arg0("crust")
            .arg("--version")
            .env_remove("BUN_OPTIONS");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        match command.spawn() {
            // Another thread of ours forked while the file was open for writing.
            Err(error)
                if error.kind() == io::ErrorKind::ExecutableFileBusy
                    && Instant::now() < deadline =>
            {
                std::thread::sleep(PAUSE);
            }
            other => break other?,
        }
    };
    while child.try_wait()?.is_none() {
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            return Err(io::Error::other("it does not end"));
        }
        std::thread::sleep(PAUSE);
    }
    // A version is shorter than a pipe, so the child was never held up by us.
    child.wait_with_output()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    hex_simd::encode_to_string(bytes, hex_simd::AsciiCase::Lower)
}

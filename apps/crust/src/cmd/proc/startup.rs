//! `startup`, `unstartup`, `shutdown`: the process manager and systemd. What runs comes back with the machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crust_procman::client::Client;
use crust_procman::{Home, ProcmanError, export};
use serde_json::Value;

use super::Line;
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;

/// Name of the unit.
const UNIT: &str = "crust-pm.service";

/// `startup`: writes the unit and enables it. `--output FOLDER` only writes it there.
pub(super) fn startup(line: &Line) -> Result<Outcome, CliError> {
    let home = Home::of_environment()?;
    let unit = export::boot_unit(&line.session.exec_path, &home, is_root());
    let folder = folder(line)?;
    let path = folder.join(UNIT);
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&path, unit))
        .map_err(|source| CliError::Write {
            path: path.clone(),
            source,
        })?;
    message::print(&format!("{}\n", path.display()));
    if line.value("out_file").is_some() {
        return Ok(Outcome::SUCCESS);
    }
    let enabled = systemctl(&["daemon-reload"]) && systemctl(&["enable", UNIT]);
    if !enabled {
        message::warn(&format!(
            "systemd did not take it (is it running here?); later: systemctl {}enable {UNIT}",
            if is_root() { "" } else { "--user " }
        ));
        return Ok(Outcome::FAILURE);
    }
    if !is_root() {
        message::note("a user's units start with the machine after `loginctl enable-linger`");
    }
    Ok(Outcome::SUCCESS)
}

/// `unstartup`: disables and removes the unit.
pub(super) fn unstartup(line: &Line) -> Result<Outcome, CliError> {
    let path = folder(line)?.join(UNIT);
    if !path.exists() {
        return Err(ProcmanError::NotRunnable(format!("there is no {}", path.display())).into());
    }
    let is_installed = line.value("out_file").is_none();
    if is_installed {
        // Where no systemd runs, nothing is enabled.
        systemctl(&["disable", UNIT]);
    }
    std::fs::remove_file(&path).map_err(|source| CliError::Write {
        path: path.clone(),
        source,
    })?;
    if is_installed {
        systemctl(&["daemon-reload"]);
    }
    message::print(&format!("removed {}\n", path.display()));
    Ok(Outcome::SUCCESS)
}

/// `shutdown`: stops everything and ends the daemon; the next daemon starts it again.
pub(super) fn shutdown(_line: &Line) -> Result<Outcome, CliError> {
    let Some(mut client) = Client::connect(&Home::of_environment()?) else {
        return Ok(Outcome::SUCCESS);
    };
    client.post("/v1/shutdown?keep=1", &Value::Null)?;
    // The end of the connection is the end of the daemon.
    let _ = client.ask("/v1/ping");
    Ok(Outcome::SUCCESS)
}

fn folder(line: &Line) -> Result<PathBuf, CliError> {
    if let Some(folder) = line.value("out_file") {
        return Ok(PathBuf::from(folder));
    }
    if is_root() {
        return Ok(Path::new("/etc/systemd/system").to_owned());
    }
    let base = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let base = base.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".config")));
    base.map(|base| base.join("systemd/user")).ok_or_else(|| {
        ProcmanError::NotRunnable("neither XDG_CONFIG_HOME nor HOME is set".to_owned()).into()
    })
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Whether systemd did it.
fn systemctl(words: &[&str]) -> bool {
    let mut command = Command::new("systemctl");
    if !is_root() {
        command.arg("--user");
    }
    let status = command
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

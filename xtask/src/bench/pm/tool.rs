//! One of the two process managers: its command line, its daemon's processes, its end.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// A process manager with a home of its own.
pub(super) struct Tool {
    pub(super) name: &'static str,
    words: Vec<OsString>,
    environment: Vec<(&'static str, OsString)>,
    pub(super) folder: PathBuf,
    pub(super) is_ours: bool,
}

impl Tool {
    pub(super) fn ours(crust: &Path, folder: &Path) -> Result<Self> {
        let folder = folder.join("crust");
        std::fs::create_dir_all(&folder)?;
        let crust = std::path::absolute(crust)?;
        Ok(Self {
            name: "crust",
            words: vec![crust.into(), "proc".into()],
            environment: vec![("CRUST_PM_HOME", folder.join("home").into())],
            folder,
            is_ours: true,
        })
    }

    pub(super) fn pm2(node: &Path, pm2: &Path, folder: &Path) -> Result<Self> {
        let folder = folder.join("pm2");
        std::fs::create_dir_all(&folder)?;
        let (node, pm2) = (std::path::absolute(node)?, std::path::absolute(pm2)?);
        Ok(Self {
            name: "PM2",
            words: vec![node.into(), pm2.into()],
            environment: vec![
                ("PM2_HOME", folder.join("home").into()),
                ("PM2_DISABLE_VERSION_CHECK", "1".into()),
                ("PM2_NO_INTERACTION", "true".into()),
            ],
            folder,
            is_ours: false,
        })
    }

    pub(super) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.words[0]);
        command
            .args(&self.words[1..])
            .args(words)
            .current_dir(&self.folder)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    pub(super) fn run(&self, words: &[&str]) -> Result<Output> {
        let output = self.command(words).output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("{} {}: {said}", self.name, words.join(" "));
        }
        Ok(output)
    }

    /// Milliseconds of a command that must succeed.
    pub(super) fn time(&self, words: &[&str]) -> Result<f64> {
        let start = Instant::now();
        self.run(words)?;
        Ok(start.elapsed().as_secs_f64() * 1000.0)
    }

    /// Stops everything and ends the daemon.
    pub(super) fn end(&self) {
        // Without a daemon there is nothing to end.
        let _ = self.command(&["kill"]).output();
    }

    /// The processes of the daemon.
    pub(super) fn daemons(&self) -> Result<Vec<u32>> {
        if self.is_ours {
            let output = self.run(&["ping", "--json"])?;
            let ping: Value = serde_json::from_slice(&output.stdout)?;
            let pids = [&ping["pid"], &ping["holder"]];
            return Ok(pids
                .iter()
                .filter_map(|pid| u32::try_from(pid.as_u64()?).ok())
                .collect());
        }
        let file = self.folder.join("home/pm2.pid");
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        Ok(vec![text.trim().parse()?])
    }

    /// Megabytes (Pss) of the daemon's processes.
    pub(super) fn memory(&self) -> Result<f64> {
        let mut kilobytes = 0.0;
        for pid in self.daemons()? {
            kilobytes += pss(pid)?;
        }
        Ok(kilobytes / 1024.0)
    }

    /// Seconds of processor time that the daemon's processes have used.
    pub(super) fn cpu(&self) -> Result<f64> {
        let mut seconds = 0.0;
        for pid in self.daemons()? {
            let text = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
            let rest = text.rsplit_once(") ").context("stat")?.1;
            let fields: Vec<f64> = rest
                .split(' ')
                .filter_map(|field| field.parse().ok())
                .collect();
            // Fields 14 and 15; the state, which is no number, is field 3.
            seconds += (fields.get(10).unwrap_or(&0.0) + fields.get(11).unwrap_or(&0.0)) / 100.0;
        }
        Ok(seconds)
    }

    /// Starts so many sleepers by one ecosystem file.
    pub(super) fn start_sleepers(&self, count: usize) -> Result<()> {
        let apps: Vec<Value> = (0..count)
            .map(|at| json!({"name": format!("sleeper-{at}"), "script": "/bin/sleep", "args": "100000", "interpreter": "none"}))
            .collect();
        let file = self.folder.join(format!("sleepers-{count}.json"));
        std::fs::write(&file, json!({ "apps": apps }).to_string())?;
        self.run(&["start", &file.to_string_lossy()])?;
        Ok(())
    }

    /// The log file of an application's standard output.
    pub(super) fn log(&self, name: &str) -> PathBuf {
        let suffix = if self.is_ours { "" } else { "-0" };
        let plain = self.folder.join(format!("home/logs/{name}-out.log"));
        if plain.exists() {
            plain
        } else {
            self.folder
                .join(format!("home/logs/{name}-out{suffix}.log"))
        }
    }
}

/// Kilobytes of a process, shared pages divided among those that share them.
pub(super) fn pss(pid: u32) -> Result<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .context("no Pss")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}

pub(super) fn kill(pid: u32) -> Result<()> {
    let status = Command::new("/bin/kill")
        .args(["-9", &pid.to_string()])
        .status()?;
    if !status.success() {
        bail!("process {pid} cannot be killed");
    }
    Ok(())
}

/// Waits for something, at most two minutes.
pub(super) fn until(what: &str, mut test: impl FnMut() -> bool) -> Result<()> {
    let end = Instant::now() + Duration::from_mins(2);
    while !test() {
        if Instant::now() > end {
            bail!("never: {what}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

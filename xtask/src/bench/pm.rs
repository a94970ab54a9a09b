//! The process manager beside PM2: how long commands take, what daemons cost, what floods, crashes and reloads lose.
//! Each figure is taken from both in turn, in the same run; what the reference asks for stands beside it.

mod flood;
mod ipc;
mod many;
mod reload;
mod tool;

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::case::Lab;
use super::{machine, report};
use tool::Tool;

pub(super) const NAME: &str = "pm";
pub(super) const TITLE: &str = "The process manager beside PM2";

/// Commands of one kind that are timed.
const ROUNDS: usize = 15;

/// A line of the table.
pub(super) struct Row {
    pub(super) what: String,
    pub(super) ours: String,
    pub(super) theirs: String,
    /// What the reference asks for, and whether it was reached.
    pub(super) gate: Option<(String, bool)>,
}

impl Row {
    fn new(what: &str, ours: String, theirs: String) -> Self {
        Self {
            what: what.to_owned(),
            ours,
            theirs,
            gate: None,
        }
    }

    fn gate(mut self, text: &str, reached: bool) -> Self {
        self.gate = Some((text.to_owned(), reached));
        self
    }
}

/// Measures everything and writes the section.
pub(super) fn run(root: &Path, lab: &Lab) -> Result<()> {
    let folder = std::env::temp_dir().join(format!("crust-bench-pm-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let ours = Tool::ours(&lab.crust, &folder)?;
    let theirs = Tool::pm2(&lab.peers.node, &lab.peers.pm2, &folder)?;
    let rows = measure(&ours, &theirs, lab);
    ours.end();
    theirs.end();
    // A folder left in the temporary one harms nobody.
    let _ = std::fs::remove_dir_all(&folder);
    report::write_section(root, NAME, &section(root, &rows?)?)
}

fn measure(ours: &Tool, theirs: &Tool, lab: &Lab) -> Result<Vec<Row>> {
    let mut rows = commands(ours, theirs)?;
    rows.extend(ipc::rows(ours)?);
    rows.extend(many::rows(ours, theirs)?);
    rows.extend(flood::rows(ours, theirs)?);
    rows.push(crash(ours, theirs)?);
    rows.extend(reload::rows(ours, theirs, lab)?);
    Ok(rows)
}

/// Wall times of the commands that people type.
fn commands(ours: &Tool, theirs: &Tool) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let cold = |tool: &Tool| -> Result<f64> {
        tool.end();
        tool.time(&["ping"])
    };
    let (us, them) = alternate(ROUNDS, || cold(ours), || cold(theirs))?;
    rows.push(time_row("daemon cold start to first reply", us, them, 15.0));
    let time = |words: &'static [&'static str]| {
        alternate(ROUNDS, || ours.time(words), || theirs.time(words))
    };
    let (us, them) = time(&["ping"])?;
    rows.push(time_row("`ping`", us, them, 3.0));
    let (us, them) = time(&["list"])?;
    rows.push(time_row("`list`, 0 apps", us, them, 3.0));
    rows.push(memory_row("0 apps", ours, theirs, 6.0)?);
    for tool in [ours, theirs] {
        tool.start_sleepers(10)?;
    }
    let (us, them) = time(&["list"])?;
    rows.push(time_row("`list`, 10 apps", us, them, 4.0));
    rows.push(memory_row("10 apps", ours, theirs, 7.0)?);
    let one = |tool: &Tool| -> Result<f64> {
        let words = [
            "start",
            "/bin/sleep",
            "--interpreter",
            "none",
            "--name",
            "one",
            "--",
            "100000",
        ];
        let time = tool.time(&words)?;
        tool.run(&["delete", "one"])?;
        Ok(time)
    };
    let (us, them) = alternate(ROUNDS, || one(ours), || one(theirs))?;
    rows.push(time_row("`start` one app", us, them, 5.0));
    for tool in [ours, theirs] {
        tool.run(&["delete", "all"])?;
    }
    Ok(rows)
}

/// From the kill of a shell script to the first word of its successor.
fn crash(ours: &Tool, theirs: &Tool) -> Result<Row> {
    let (us, them) = alternate(ROUNDS, || crash_time(ours), || crash_time(theirs))?;
    for tool in [ours, theirs] {
        tool.run(&["delete", "all"])?;
    }
    Ok(time_row(
        "crash to the first word of the next process (`sh`)",
        us,
        them,
        2.0,
    ))
}

fn crash_time(tool: &Tool) -> Result<f64> {
    let file = tool.folder.join("born");
    if !file.exists() {
        let script = tool.folder.join("born.sh");
        let line = format!(
            "#!/bin/sh\necho $$ >> {}\nexec sleep 100000\n",
            file.display()
        );
        std::fs::write(&script, line)?;
        std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        let words = [
            "start",
            &script.to_string_lossy(),
            "--interpreter",
            "none",
            "--name",
            "born",
        ];
        tool.run(&words)?;
    }
    let births = || std::fs::read_to_string(&file).unwrap_or_default();
    tool::until("it is born", || !births().is_empty())?;
    // Long enough to count as a life.
    std::thread::sleep(Duration::from_millis(1200));
    let before = births();
    let pid: u32 = before.lines().last().unwrap_or_default().parse()?;
    let start = Instant::now();
    tool::kill(pid)?;
    while births().len() == before.len() {
        if start.elapsed() > Duration::from_secs(30) {
            anyhow::bail!("{}: it is not restarted", tool.name);
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    Ok(start.elapsed().as_secs_f64() * 1000.0)
}

/// Runs both in turn; the medians.
fn alternate(
    rounds: usize,
    mut ours: impl FnMut() -> Result<f64>,
    mut theirs: impl FnMut() -> Result<f64>,
) -> Result<(f64, f64)> {
    let (mut us, mut them) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        us.push(ours()?);
        them.push(theirs()?);
    }
    Ok((median(us), median(them)))
}

pub(super) fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().unwrap_or(f64::NAN)
}

fn time_row(what: &str, ours: f64, theirs: f64, most: f64) -> Row {
    let ratio = theirs / ours;
    Row::new(
        what,
        format!("{ours:.1} ms"),
        format!("{theirs:.1} ms ({ratio:.0} ×)"),
    )
    .gate(&format!("≤ {most} ms"), ours <= most)
}

/// What the daemon, and our holder, have in memory.
fn memory_row(apps: &str, ours: &Tool, theirs: &Tool, most: f64) -> Result<Row> {
    // Fresh daemons still give back what starting took.
    std::thread::sleep(Duration::from_secs(2));
    let (us, them) = (ours.memory()?, theirs.memory()?);
    Ok(Row::new(
        &format!("memory of the daemon and its holder (Pss), {apps}"),
        format!("{us:.1} MB"),
        format!("{them:.1} MB"),
    )
    .gate(&format!("≤ {most} MB"), us <= most))
}

fn section(root: &Path, rows: &[Row]) -> Result<String> {
    let mut text = format!("## {TITLE}\n\n");
    writeln!(
        text,
        "Medians of {ROUNDS} rounds in turn, on {}.\n",
        machine::describe(root)
    )?;
    writeln!(text, "| | crust | PM2 | asked for | |")?;
    writeln!(text, "|---|--:|--:|--:|---|")?;
    for row in rows {
        let (gate, verdict) = match &row.gate {
            Some((text, true)) => (text.as_str(), "reached"),
            Some((text, false)) => (text.as_str(), "**missed**"),
            None => ("", ""),
        };
        writeln!(
            text,
            "| {} | {} | {} | {gate} | {verdict} |",
            row.what, row.ours, row.theirs
        )?;
    }
    Ok(text)
}

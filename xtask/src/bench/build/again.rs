//! How long one changed file takes: a component of the application is written while each bundler watches, one bundler after
//! the other, until the bundle has the new text.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, bail};

use super::super::case::{Lab, Program};
use super::super::machine;
use super::super::report::{quantile, sorted, write_section};
use super::{app, programs};

pub(in crate::bench) const NAME: &str = "build-again";
pub(in crate::bench) const TITLE: &str = "One changed file of the application of React and MUI";

const ROUNDS: usize = 20;
/// Milliseconds.
const TARGET: f64 = 50.0;
/// Between two looks at the bundle.
const LOOK: Duration = Duration::from_micros(500);
const PATIENCE: Duration = Duration::from_secs(20);
/// What a watcher does after a build is not part of the next one.
const REST: Duration = Duration::from_millis(150);

/// A bundler that watches; it ends with the value.
struct Watching(Child);

impl Drop for Watching {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Measures and writes the section.
pub(in crate::bench) fn run(root: &Path, lab: &Lab, rounds: Option<usize>) -> Result<()> {
    let rounds = rounds.unwrap_or(ROUNDS);
    let folder = lab.folder(NAME)?;
    app::write_sources(lab, &folder)?;
    let mut rows = Vec::new();
    for program in programs(lab, app::ENTRY, false) {
        rows.push((program.name, times(&folder, &program, rounds)?));
    }
    write_section(root, NAME, &section(root, rounds, &rows)?)
}

fn watch(folder: &Path, program: &Program) -> Result<Watching> {
    let more: &[&str] = match program.name {
        "esbuild" => &["--jsx=automatic", "--watch=forever"],
        _ => &["--watch"],
    };
    let child = Command::new(&program.path)
        .args(&program.args)
        .args(more)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start {}", program.name))?;
    Ok(Watching(child))
}

fn times(folder: &Path, program: &Program, rounds: usize) -> Result<Vec<f64>> {
    let output = program.output.as_deref().context("no output")?;
    let bundle = folder.join(output);
    let _watching = watch(folder, program)?;
    wait(&bundle, "part")?;
    let mut times = Vec::new();
    // The first change is slower for those that prepare by it.
    for round in 0..=rounds {
        std::thread::sleep(REST);
        let text = format!("changed{}x{round}", program.name);
        let start = Instant::now();
        std::fs::write(folder.join("Part7.tsx"), app::part(7, &text))?;
        wait(&bundle, &text)?;
        if round > 0 {
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        eprint!("\r{NAME}: {} round {round} of {rounds} ", program.name);
    }
    eprintln!();
    Ok(times)
}

/// Waits until the bundle has a text. It is read when its time has changed.
fn wait(bundle: &Path, text: &str) -> Result<()> {
    let start = Instant::now();
    let mut seen: Option<(SystemTime, u64)> = None;
    while start.elapsed() < PATIENCE {
        let now = std::fs::metadata(bundle).and_then(|data| Ok((data.modified()?, data.len())));
        let now = now.ok();
        if now.is_some() && now != seen {
            seen = now;
            if std::fs::read_to_string(bundle).is_ok_and(|code| code.contains(text)) {
                return Ok(());
            }
        }
        std::thread::sleep(LOOK);
    }
    bail!("{} has no {text}", bundle.display())
}

fn section(root: &Path, rounds: usize, rows: &[(&'static str, Vec<f64>)]) -> Result<String> {
    let mut text = format!("## {TITLE}\n\n");
    writeln!(text, "{rounds} changes on {}.\n", machine::describe(root))?;
    writeln!(
        text,
        "| program | median ms | best ms | worst ms | crust ÷ it |"
    )?;
    writeln!(text, "|---|--:|--:|--:|--:|")?;
    let medians = rows
        .iter()
        .map(|(_, times)| quantile(&sorted(times.iter().copied()), 2));
    let ours = medians.clone().next().context("nothing was measured")?;
    for ((name, times), median) in rows.iter().zip(medians) {
        let times = sorted(times.iter().copied());
        let (best, worst) = times
            .first()
            .zip(times.last())
            .context("no change was seen")?;
        let ratio = ours / median;
        writeln!(
            text,
            "| {name} | {median:.1} | {best:.1} | {worst:.1} | {ratio:.2} |"
        )?;
    }
    let word = if ours <= TARGET {
        "reached"
    } else {
        "**missed**"
    };
    writeln!(text, "\n- at most {TARGET:.0} ms: {word} ({ours:.1})")?;
    Ok(text)
}

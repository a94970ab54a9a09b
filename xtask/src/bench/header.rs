//! The project header: nanoseconds of its operations, the reads of a start-up, and a durable write
//! beside a bare one. The timing is `base/crust_header_file/examples/speed.rs`; this file runs it and a
//! loop of JavaScript, and writes the figures down.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{machine, report};
use crate::shell;

pub(super) const NAME: &str = "header";
pub(super) const TITLE: &str = "The project header: decode, flags, hash, read at start-up, set";

/// Reads a flag in a hot loop from `Bun.config` and from a frozen object of the same depth, in turn.
const LOOP: &str = r"
const frozen = Object.freeze({ config: Object.freeze({ features: Object.freeze({ ...Bun.config.features }) }) });
const COUNT = 50_000_000;
function ours() { let n = 0; for (let i = 0; i < COUNT; i++) if (!Bun.config.features.DEBUG) n += i; return n; }
function theirs() { let n = 0; for (let i = 0; i < COUNT; i++) if (!frozen.config.features.DEBUG) n += i; return n; }
const time = (run) => { const start = performance.now(); run(); return ((performance.now() - start) * 1e6) / COUNT; };
ours(); theirs();
const a = [], b = [];
for (let round = 0; round < 11; round++) { a.push(time(ours)); b.push(time(theirs)); }
const middle = (list) => list.sort((x, y) => x - y)[list.length >> 1];
console.log(`js\t${middle(a)}\nfrozen\t${middle(b)}`);
";

/// A row of the table: what is timed, its figure, its unit, the most it may be.
struct Row {
    what: &'static str,
    figure: f64,
    unit: &'static str,
    target: Option<f64>,
}

/// Measures and writes the section. The folder is below the checkout: where that lies, a project lies.
pub(super) fn run(root: &Path, crust: &Path) -> Result<()> {
    let folder = root.join("target").join("bench-header");
    std::fs::create_dir_all(&folder)?;
    let section = measured(root, crust, &folder);
    // A folder left below target harms nobody.
    let _ = std::fs::remove_dir_all(&folder);
    report::write_section(root, NAME, &section?)
}

fn measured(root: &Path, crust: &Path, folder: &Path) -> Result<String> {
    let mut figures = parse(&example(root, folder)?)?;
    let init = command(crust, folder).args(["config", "init"]).output()?;
    if !init.status.success() {
        bail!("crust config init failed");
    }
    std::fs::write(folder.join("loop.js"), LOOP)?;
    let output = command(crust, folder).arg("loop.js").output()?;
    figures.extend(parse(&String::from_utf8(output.stdout)?)?);
    section(root, &figures, reads(crust, folder)?)
}

/// A command in the folder that inherits no header.
fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    command.env_remove("CRUST_CONFIG_SNAPSHOT");
    command
}

/// Builds the timing program with optimisation and runs it in `folder`.
fn example(root: &Path, folder: &Path) -> Result<String> {
    let words = [
        "build",
        "--release",
        "--locked",
        "--package",
        "crust_header_file",
        "--example",
        "speed",
    ];
    shell::run(root, "cargo", &words)?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let program = target.join("release").join("examples").join("speed");
    let output = command(&program, folder).output()?;
    if !output.status.success() {
        bail!("the timing program failed: {}", program.display());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn parse(text: &str) -> Result<HashMap<String, f64>> {
    let figure = |line: &str| {
        let (name, value) = line.split_once('\t').context("a line without a figure")?;
        Ok((name.to_owned(), value.trim().parse()?))
    };
    text.lines().map(figure).collect()
}

/// How often a start opens `crust.lockb`, and reads from it, where `strace` is there to tell.
fn reads(crust: &Path, folder: &Path) -> Result<Option<(usize, usize)>> {
    std::fs::write(folder.join("empty.js"), "")?;
    let trace = folder.join("trace.txt");
    let started = command(Path::new("strace"), folder)
        .args(["-f", "-y", "-e", "trace=open,openat,read,pread64", "-o"])
        .arg(&trace)
        .arg(crust)
        .arg("empty.js")
        .output();
    if !started.is_ok_and(|output| output.status.success()) {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&trace)?;
    let about = |line: &&str| line.contains("crust.lockb");
    let opens = text
        .lines()
        .filter(about)
        .filter(|line| line.contains("open"));
    let reads = text
        .lines()
        .filter(about)
        .filter(|line| line.contains("read"));
    Ok(Some((opens.count(), reads.count())))
}

fn section(
    root: &Path,
    figures: &HashMap<String, f64>,
    reads: Option<(usize, usize)>,
) -> Result<String> {
    let get = |name: &str| {
        figures
            .get(name)
            .copied()
            .with_context(|| format!("no figure of {name}"))
    };
    let empty = get("empty")?;
    let net = |name: &str| Ok::<_, anyhow::Error>((get(name)? - empty).max(0.0));
    let row = |what, figure, unit, target| Row {
        what,
        figure,
        unit,
        target,
    };
    let rows = [
        row(
            "decode and verify 104 bytes",
            net("decode")?,
            "ns",
            Some(60.0),
        ),
        row("encode", net("encode")?, "ns", None),
        row("check a flag", net("feature")?, "ns", Some(1.0)),
        row("hash a URL of 26 bytes", net("hash")?, "ns", Some(15.0)),
        row(
            "`Bun.config.features.DEBUG` in a hot loop ÷ a frozen object",
            get("js")? / get("frozen")?,
            "×",
            Some(1.05),
        ),
        row(
            "read at start-up: find, open, read, decode, close",
            get("read")?,
            "µs",
            Some(20.0),
        ),
        row(
            "what a child inherits, once a process, at the first child",
            get("inheritance")?,
            "µs",
            None,
        ),
        row("first header of a project", get("bootstrap")?, "µs", None),
        row("set, with lock and `fsync`", get("set")?, "µs", None),
        row(
            "bare `pwrite` and `fsync` of the same 20 bytes",
            get("bare")?,
            "µs",
            None,
        ),
        row("set ÷ bare", get("set")? / get("bare")?, "×", Some(1.3)),
    ];
    let mut text = format!("## {TITLE}\n\n");
    writeln!(
        text,
        "On {}. Monotonic clock around loops of 1,000,000 calls, less an empty loop ({empty:.2} ns), the \
         middle of 15; the JavaScript loop reads a flag 50,000,000 times ({:.2} ns a turn), the middle \
         of 11 in turn; `set` and the bare write 101 times in turn.\n",
        machine::describe(root),
        get("js")?,
    )?;
    writeln!(text, "| operation | figure | target |\n|---|--:|---|")?;
    for row in rows {
        let verdict = row.target.map_or_else(String::new, |target| {
            let word = if row.figure <= target {
                "reached"
            } else {
                "**missed**"
            };
            format!("≤ {target} {} {word}", row.unit)
        });
        writeln!(
            text,
            "| {} | {:.2} {} | {verdict} |",
            row.what, row.figure, row.unit
        )?;
    }
    let counted = match reads {
        Some((opens, reads)) => {
            format!("strace counts {opens} open and {reads} read of crust.lockb")
        }
        None => "there is no strace to count opens and reads".to_owned(),
    };
    writeln!(text, "\nAt the start of a program, {counted}.")?;
    Ok(text)
}

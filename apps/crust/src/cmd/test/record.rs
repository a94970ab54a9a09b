//! What a run says: it feeds the reporters, keeps the sums, and writes each text where it belongs.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crust_testplan::report::{self, Event, Progress, Reporter, Style, Target, Totals};
use crust_testplan::{Failure, FileEnd, Status, TestResult};

use super::foreign::{Foreign, is_module};
use super::live::Live;
use super::options::Settings;

/// Something a worker did, in its order.
#[derive(Debug)]
pub(super) enum Note {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    Test(TestResult),
    Error(Failure),
}

/// A reporter and where its text goes.
struct Output {
    reporter: Box<dyn Reporter>,
    target: Target,
}

/// The record of a run.
pub(super) struct Record {
    outputs: Vec<Output>,
    /// Reporters that are programs of their own.
    foreign: Vec<Foreign>,
    pub(super) totals: Totals,
    outfile: Option<PathBuf>,
    /// The report's file, until it is written.
    document: String,
    started: Instant,
    file: String,
    file_failed: bool,
    /// Standard output belongs to a report.
    stdout_taken: bool,
    /// What is to be written next, and where: one call of the system for a round of events.
    pending: Vec<u8>,
    pending_target: Target,
    live: Option<Live>,
    /// Files of the run, and those that are over.
    files: usize,
    ended: usize,
}

/// Whether messages for people have colours.
pub(super) fn colours() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if set("NO_COLOR") {
        return false;
    }
    match std::env::var_os("FORCE_COLOR") {
        Some(value) => value != "0",
        None => std::io::stderr().is_terminal(),
    }
}

impl Record {
    pub(super) fn new(settings: &Settings, files: usize, foreign: Vec<Foreign>) -> Self {
        let style = Style { colours: colours() };
        let mut outputs: Vec<Output> = settings
            .reporters
            .iter()
            .filter(|name| !is_module(name))
            .map(|name| output(name, settings, style))
            .collect();
        // A report in a file does not replace what people see.
        let only_files = outputs.iter().all(|output| output.target == Target::File);
        if only_files && foreign.is_empty() {
            outputs.push(output("default", settings, style));
        }
        let on_github = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        if on_github && !settings.reporters.iter().any(|name| name == "github") {
            outputs.push(output("github", settings, style));
        }
        let stdout_taken = outputs.iter().any(|output| output.target == Target::Stdout);
        Self {
            outputs,
            foreign,
            totals: Totals {
                seed: settings.seed,
                ..Totals::default()
            },
            outfile: settings.outfile.clone(),
            document: String::new(),
            started: Instant::now(),
            file: String::new(),
            file_failed: false,
            stdout_taken,
            pending: Vec::new(),
            pending_target: Target::Stderr,
            live: Live::new(settings, style),
            files,
            ended: 0,
        }
    }

    /// The run begins.
    pub(super) fn start(&mut self, files: &[PathBuf]) {
        self.report(Event::Start { files });
    }

    fn report(&mut self, event: Event<'_>) {
        for foreign in &mut self.foreign {
            foreign.tell(event);
        }
        for index in 0..self.outputs.len() {
            let mut text = String::new();
            let Some(output) = self.outputs.get_mut(index) else {
                return;
            };
            output.reporter.report(event, &mut text);
            let target = output.target;
            self.write(target, text.as_bytes());
        }
    }

    fn write(&mut self, target: Target, bytes: &[u8]) {
        if target == Target::File {
            return self.document.push_str(&String::from_utf8_lossy(bytes));
        }
        if target != self.pending_target {
            self.flush();
            self.pending_target = target;
        }
        self.pending.extend_from_slice(bytes);
    }

    /// Writes what is pending.
    pub(super) fn flush(&mut self) {
        let bytes = std::mem::take(&mut self.pending);
        if bytes.is_empty() {
            return;
        }
        if let Some(live) = &mut self.live {
            live.clear(&bytes);
        }
        match self.pending_target {
            Target::Stdout => write_bytes(&mut std::io::stdout(), &bytes),
            _ => write_bytes(&mut std::io::stderr(), &bytes),
        }
    }

    /// Shows how far the run is, where there is a terminal.
    pub(super) fn show(&mut self, running: &[String]) {
        if let Some(live) = &mut self.live {
            live.draw(&Progress {
                totals: &self.totals,
                files: self.files,
                done: self.ended,
                running,
                elapsed: self.started.elapsed(),
            });
        }
    }

    /// From now on the terminal is plain.
    pub(super) fn hide(&mut self) {
        if let Some(mut live) = self.live.take() {
            live.clear(b"");
        }
    }

    pub(super) fn is_live(&self) -> bool {
        self.live.is_some()
    }

    pub(super) fn start_file(&mut self, path: &Path, directory: &Path) {
        let name = path.strip_prefix(directory).unwrap_or(path);
        self.file = name.to_string_lossy().into_owned();
        self.file_failed = false;
        self.totals.files += 1;
        let name = self.file.clone();
        self.report(Event::FileStart { name: &name, path });
    }

    pub(super) fn note(&mut self, note: &Note) {
        match note {
            Note::Stdout(bytes) if !self.stdout_taken => self.write(Target::Stdout, bytes),
            Note::Stdout(bytes) | Note::Stderr(bytes) => self.write(Target::Stderr, bytes),
            Note::Test(result) => {
                self.file_failed |= result.status == Status::Fail;
                let file = self.file.clone();
                self.totals.add(&file, result);
                self.report(Event::Test(result));
            }
            Note::Error(error) => {
                self.file_failed = true;
                self.totals.errors += 1;
                self.report(Event::Error(error));
            }
        }
    }

    pub(super) fn end_file(&mut self, end: Option<&FileEnd>) {
        if let Some(end) = end {
            self.totals.assertions += end.assertions;
            self.totals.filtered += end.filtered;
            self.totals.snapshots.add(&end.snapshots);
        }
        self.totals.failed_files += u64::from(self.file_failed);
        self.ended += 1;
        self.report(Event::FileEnd(end));
    }

    /// The sums, and the report's file; whether every reporter could report.
    pub(super) fn finish(&mut self) -> std::io::Result<bool> {
        self.totals.elapsed = self.started.elapsed();
        let totals = std::mem::take(&mut self.totals);
        self.report(Event::Finish(&totals));
        self.flush();
        self.totals = totals;
        let mut reported = true;
        for foreign in &mut self.foreign {
            reported &= foreign.finish();
        }
        if let Some(file) = &self.outfile {
            std::fs::write(file, &self.document)?;
        }
        Ok(reported)
    }

    /// How many failures `--bail` counts.
    pub(super) fn failures(&self) -> u64 {
        self.totals.failed + self.totals.errors
    }
}

fn output(name: &str, settings: &Settings, style: Style) -> Output {
    let to_file = |other| {
        if settings.outfile.is_some() {
            Target::File
        } else {
            other
        }
    };
    let (reporter, target): (Box<dyn Reporter>, Target) = match name {
        "dots" => (Box::new(report::Dots::new(style)), Target::Stderr),
        "junit" => (Box::new(report::Junit::default()), Target::File),
        "tap" => (Box::new(report::Tap::default()), to_file(Target::Stdout)),
        "json" => (Box::new(report::Json::default()), to_file(Target::Stdout)),
        "events" => (Box::new(report::Lines), to_file(Target::Stdout)),
        "github" => (Box::new(report::Github::default()), Target::Stderr),
        name => {
            let tree = name == "verbose";
            let default = report::Default::new(style, settings.only_failures, tree);
            (Box::new(default), Target::Stderr)
        }
    };
    Output { reporter, target }
}

/// A reader that went away is no error.
fn write_bytes(to: &mut impl std::io::Write, bytes: &[u8]) {
    let _ = to.write_all(bytes).and_then(|()| to.flush());
}

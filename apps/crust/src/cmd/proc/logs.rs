//! `logs`: the last lines of the log files, and what is added to them. It reads the files itself, so the
//! daemon's life does not matter.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::time::Duration;

use crust_procman::ProcmanError;
use crust_procman::client::encode;
use crust_procman::clock::{parse_iso, wall_ms};
use crust_procman::tail;
use crust_procman::units::parse_duration;
use serde_json::Value;

use super::{Line, table};
use crate::error::CliError;
use crate::outcome::Outcome;

/// Lines to begin with, unless told.
const LINES: usize = 15;
/// Between two looks at the files.
const LOOK: Duration = Duration::from_millis(100);
/// Read at once when following.
const PIECE: u64 = 1 << 20;

/// One file that is shown.
struct Followed {
    path: PathBuf,
    label: String,
    at: u64,
    /// Kept open, so that what is written to it after it was put aside is shown too.
    file: Option<File>,
    /// Of a line that has not ended.
    partial: Vec<u8>,
}

pub(super) fn logs(line: &Line) -> Result<Outcome, CliError> {
    let all = ["all".to_owned()];
    if line.words.is_empty() {
        show(line, &all)
    } else {
        show(line, &line.words)
    }
}

/// `--attach`: goes on with the output of applications that have just been started.
pub(super) fn attach(line: &Line, names: &[String], outcome: Outcome) -> Result<Outcome, CliError> {
    if line.has("attach") && outcome == Outcome::SUCCESS {
        return show(line, names);
    }
    Ok(outcome)
}

fn show(line: &Line, names: &[String]) -> Result<Outcome, CliError> {
    let count = match line.value("lines") {
        None => LINES,
        Some(text) => text.parse().map_err(|_| {
            ProcmanError::NotRunnable(format!("--lines must be a number, not \"{text}\""))
        })?,
    };
    let since = line.value("since").map(time_of_word).transpose()?;
    let mut files = files(line, names)?;
    let mut out = std::io::stdout().lock();
    for file in &mut files {
        let shown = match since {
            Some(since) => file.show_since(line, since, &mut out)?,
            None => file.show_last(line, count, &mut out)?,
        };
        if !shown {
            return Ok(Outcome::SUCCESS);
        }
    }
    if line.has("nostream") {
        for file in &mut files {
            let _ = file.end(line, &mut out);
        }
        return Ok(Outcome::SUCCESS);
    }
    loop {
        let mut moved = false;
        for file in &mut files {
            let Some(bytes) = file.follow() else { continue };
            moved = true;
            if file.show(line, &bytes, &mut out).is_err() {
                // The reader went away.
                return Ok(Outcome::SUCCESS);
            }
        }
        if !moved {
            std::thread::sleep(LOOK);
        }
    }
}

/// The files of the names given; each once.
fn files(line: &Line, names: &[String]) -> Result<Vec<Followed>, CliError> {
    let mut client = line.daemon()?;
    let mut found: BTreeMap<PathBuf, String> = BTreeMap::new();
    let mut files = Vec::new();
    for name in names {
        let rows = client.get(&format!("/v1/processes/{}", encode(name)))?;
        for row in rows.as_array().into_iter().flatten() {
            for (key, other) in [("out_file", "only_err"), ("err_file", "only_out")] {
                let Some(path) = row[key].as_str().filter(|_| !line.has(other)) else {
                    continue;
                };
                let label = label(row);
                if found.insert(path.into(), label.clone()).is_none() {
                    files.push(Followed {
                        path: path.into(),
                        label,
                        at: 0,
                        file: None,
                        partial: Vec::new(),
                    });
                }
            }
        }
    }
    Ok(files)
}

fn label(row: &Value) -> String {
    let name = row["name"].as_str().unwrap_or_default();
    format!("{}|{}", row["id"], table::printable(name))
}

/// A time ago, as `10m`, or a time as in the logs, in milliseconds since 1970.
fn time_of_word(text: &str) -> Result<u64, CliError> {
    let ago = parse_duration(text).map(|time| wall_ms().saturating_sub(time));
    ago.or_else(|| parse_iso(text)).ok_or_else(|| {
        let problem = format!(
            "--since must be a time ago as 10m, or a time in UTC as 2026-11-29T08:00, not \"{text}\""
        );
        ProcmanError::NotRunnable(problem).into()
    })
}

impl Followed {
    /// Shows the last lines; `false` when the reader went away.
    fn show_last(
        &mut self,
        line: &Line,
        count: usize,
        out: &mut impl std::io::Write,
    ) -> Result<bool, CliError> {
        self.file = self.open();
        let found = tail::last_lines_of_all(&self.path, count);
        let (bytes, end) = found.map_err(|source| self.unreadable(source))?;
        self.at = end;
        Ok(self.show(line, &bytes, out).is_ok())
    }

    /// Shows the lines since a time; `false` when the reader went away.
    fn show_since(
        &mut self,
        line: &Line,
        since: u64,
        out: &mut impl std::io::Write,
    ) -> Result<bool, CliError> {
        self.file = self.open();
        let path = self.path.clone();
        let mut gone = false;
        let end = tail::since(&path, since, |text| {
            let shown = self.show(line, text, out);
            gone |= shown.is_err();
            shown
        });
        match end {
            Ok(end) => self.at = end,
            Err(_) if gone => return Ok(false),
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                return Err(ProcmanError::NotRunnable(format!(
                    "the lines of {} have no times: --since needs --time or --log-format json",
                    path.display()
                ))
                .into());
            }
            Err(error) => return Err(self.unreadable(error)),
        }
        Ok(true)
    }

    /// The file, if it is one: opening a pipe would wait for who writes to it.
    fn open(&self) -> Option<File> {
        let about = self.path.metadata().ok()?;
        about.is_file().then(|| File::open(&self.path).ok())?
    }

    fn unreadable(&self, source: std::io::Error) -> CliError {
        ProcmanError::Io {
            what: format!("cannot read {}", self.path.display()),
            source,
        }
        .into()
    }

    /// What was added since the last look. A file that was put aside is read to its end before the next;
    /// one that was emptied begins anew.
    fn follow(&mut self) -> Option<Vec<u8>> {
        if let Some(file) = &mut self.file {
            let about = file.metadata().ok()?;
            if about.len() < self.at {
                self.at = 0;
            }
            if about.len() > self.at {
                file.seek(SeekFrom::Start(self.at)).ok()?;
                let mut bytes = Vec::new();
                file.take(PIECE).read_to_end(&mut bytes).ok()?;
                self.at += u64::try_from(bytes.len()).unwrap_or(0);
                return Some(bytes);
            }
            if self.path.metadata().ok()?.ino() == about.ino() {
                return None;
            }
        }
        self.file = Some(self.open()?);
        self.at = 0;
        Some(Vec::new())
    }

    fn show(
        &mut self,
        line: &Line,
        bytes: &[u8],
        out: &mut impl std::io::Write,
    ) -> std::io::Result<()> {
        if line.has("raw") && line.value("grep").is_none() {
            out.write_all(bytes)?;
            return out.flush();
        }
        self.partial.extend_from_slice(bytes);
        let whole = self
            .partial
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        let rest = self.partial.split_off(whole);
        let lines = std::mem::replace(&mut self.partial, rest);
        for text in lines.split_inclusive(|byte| *byte == b'\n') {
            self.line(line, text, out)?;
        }
        out.flush()
    }

    /// What stands behind the last line end.
    fn end(&mut self, line: &Line, out: &mut impl std::io::Write) -> std::io::Result<()> {
        let mut rest = std::mem::take(&mut self.partial);
        if !rest.is_empty() {
            rest.push(b'\n');
            self.line(line, &rest, out)?;
        }
        out.flush()
    }

    fn line(&self, line: &Line, text: &[u8], out: &mut impl std::io::Write) -> std::io::Result<()> {
        let wanted = line.value("grep").is_none_or(|part| {
            part.is_empty()
                || text
                    .windows(part.len())
                    .any(|window| window == part.as_bytes())
        });
        if !wanted {
            return Ok(());
        }
        if !line.has("raw") {
            out.write_all(format!("{} | ", self.label).as_bytes())?;
        }
        out.write_all(text)
    }
}

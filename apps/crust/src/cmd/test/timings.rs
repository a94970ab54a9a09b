//! `--timings` and `--update-timings`: the files with durations of earlier runs, read before a run and
//! written after it. What they mean is `crust_testplan`'s.

use std::path::{Path, PathBuf};

use crust_testplan::Shard;
use crust_testplan::timings::{Timings, key};

use crate::args::{OptionId, Options, TestOption};
use crate::error::CliError;

/// The durations of a run: those of earlier ones, and its own.
#[derive(Debug)]
pub(super) struct Durations {
    known: Timings,
    measured: Timings,
    /// Where they are written, with `--update-timings`.
    target: Option<PathBuf>,
    /// `--shard` writes what it measured alone.
    replaces: bool,
    directory: PathBuf,
}

impl Durations {
    /// Reads the files that the command line names; `None` when it names none.
    pub(super) fn read(
        options: &Options,
        shard: Option<Shard>,
        directory: &Path,
    ) -> Result<Option<Self>, CliError> {
        let paths: Vec<PathBuf> = options
            .values(OptionId::Test(TestOption::Timings))
            .map(|path| directory.join(path))
            .collect();
        let updates = options.has(OptionId::Test(TestOption::UpdateTimings));
        let Some(first) = paths.first() else {
            return if updates {
                Err(CliError::OptionValue {
                    option: "--update-timings",
                    reason: "it needs --timings=FILE, the file to write".to_owned(),
                })
            } else {
                Ok(None)
            };
        };
        let mut known = Timings::default();
        for path in &paths {
            match std::fs::read_to_string(path) {
                Ok(text) => {
                    known.merge(Timings::parse(&text).map_err(|reason| refused(path, &reason))?);
                }
                // The first run has none.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(refused(path, &error.to_string())),
            }
        }
        Ok(Some(Self {
            known,
            measured: Timings::default(),
            target: updates.then(|| first.clone()),
            replaces: shard.is_some(),
            directory: directory.to_owned(),
        }))
    }

    pub(super) fn shard(&self, files: Vec<PathBuf>, shard: Shard) -> Vec<PathBuf> {
        self.known.shard(files, &self.directory, shard)
    }

    pub(super) fn slowest_first(&self, files: Vec<PathBuf>) -> Vec<PathBuf> {
        self.known.slowest_first(files, &self.directory)
    }

    /// Notes how long a file took.
    pub(super) fn note(&mut self, file: &Path, milliseconds: f64) {
        if self.target.is_some() && milliseconds.is_finite() {
            self.measured.note(key(file, &self.directory), milliseconds);
        }
    }

    /// Writes them, if they are to be.
    pub(super) fn write(&mut self) -> Result<(), CliError> {
        let Some(path) = self.target.take() else {
            return Ok(());
        };
        let mut timings = if self.replaces {
            Timings::default()
        } else {
            std::mem::take(&mut self.known)
        };
        timings.merge(std::mem::take(&mut self.measured));
        std::fs::write(&path, timings.write()).map_err(|source| CliError::Write { path, source })
    }
}

fn refused(path: &Path, reason: &str) -> CliError {
    CliError::OptionValue {
        option: "--timings",
        reason: format!("{} cannot be used: {reason}", path.display()),
    }
}

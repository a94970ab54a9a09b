//! The coverage reports of a run: which files, where they are written, and whether they suffice.

use std::fs::DirBuilder;
use std::hash::{BuildHasher as _, RandomState};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use crust_testplan::Pattern;
use crust_testplan::coverage::{
    Counts, FileCoverage, Shares, add_counts, html, istanbul, lcov, sources, text,
};

use crate::error::CliError;
use crate::message;

/// What is wanted.
#[derive(Debug)]
pub(super) struct Coverage {
    pub(super) reporters: Vec<String>,
    pub(super) folder: PathBuf,
    pub(super) ignore: Vec<String>,
    pub(super) thresholds: Thresholds,
}

/// The least percentages.
#[derive(Debug, Default)]
pub(super) struct Thresholds {
    pub(super) statements: Option<f64>,
    pub(super) branches: Option<f64>,
    pub(super) functions: Option<f64>,
    pub(super) lines: Option<f64>,
}

impl Coverage {
    pub(super) const REPORTERS: &[&str] = &["text", "lcov", "json", "html"];

    /// Writes the reports; answers whether every threshold is met.
    pub(super) fn report(&self, counts: &Counts, root: &Path) -> Result<bool, CliError> {
        let files = self.files(counts, root);
        for reporter in &self.reporters {
            match reporter.as_str() {
                "lcov" => self.write("lcov.info", &lcov(&files, root))?,
                "json" => self.write("coverage-final.json", &istanbul(&files))?,
                "html" => self.write("index.html", &html(&files, root))?,
                _ => message::write_error(&text(&files, root)),
            }
        }
        Ok(self.thresholds.are_met(&files))
    }

    /// What ran, and what could have.
    fn files(&self, counts: &Counts, root: &Path) -> Vec<FileCoverage> {
        let mut paths = sources(root);
        paths.extend(counts.keys().map(PathBuf::from));
        paths.sort();
        paths.dedup();
        let ignore: Vec<Pattern> = self.ignore.iter().map(|glob| Pattern::new(glob)).collect();
        paths.retain(|path| {
            let name = path
                .strip_prefix(root)
                .unwrap_or(path)
                .to_string_lossy()
                .into_owned();
            !path.starts_with(&self.folder) && !ignore.iter().any(|glob| glob.matches(&name))
        });
        paths
            .iter()
            .filter_map(|path| FileCoverage::read(path, counts.get(&*path.to_string_lossy())))
            .collect()
    }

    fn write(&self, name: &str, text: &str) -> Result<(), CliError> {
        let path = self.folder.join(name);
        let written =
            std::fs::create_dir_all(&self.folder).and_then(|()| std::fs::write(&path, text));
        written.map_err(|source| CliError::Write { path, source })
    }
}

/// Counts of one program are as long as its sources; one with more is no program of a test.
const LARGEST_COUNTS: u64 = 64 << 20;
/// Programs whose counts are added: a test that starts more tells nothing new.
const MOST_CHILDREN: usize = 10_000;

/// The folder in which the programs that tests start leave their counts, removed with this.
pub(super) struct Children(PathBuf);

impl Children {
    pub(super) fn new() -> Result<Self, CliError> {
        // A name that nobody else can have made, for us alone.
        let random = RandomState::new().hash_one(std::process::id());
        let path = std::env::temp_dir().join(format!("crust-coverage-{random:016x}"));
        match DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => Ok(Self(path)),
            Err(source) => Err(CliError::Write { path, source }),
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.0
    }

    /// Adds what they left. A file that cannot be read is that of a program that was ended while it wrote.
    pub(super) fn add_to(&self, counts: &mut Counts) {
        let files = std::fs::read_dir(&self.0).into_iter().flatten().flatten();
        for file in files.take(MOST_CHILDREN) {
            if file.metadata().is_ok_and(|it| it.len() > LARGEST_COUNTS) {
                continue;
            }
            let text = std::fs::read(file.path()).unwrap_or_default();
            if let Ok(more) = serde_json::from_slice::<Counts>(&text) {
                add_counts(counts, more);
            }
        }
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        // It is in the system's folder for such things.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Thresholds {
    fn are_met(&self, files: &[FileCoverage]) -> bool {
        let mut all = Shares::default();
        for file in files {
            all.add(&file.shares());
        }
        let kinds = [
            ("statements", self.statements, all.statements),
            ("branches", self.branches, all.branches),
            ("functions", self.functions, all.functions),
            ("lines", self.lines, all.lines),
        ];
        let mut met = true;
        for (kind, least, share) in kinds {
            let percent = share.percent();
            if let Some(least) = least.filter(|least| percent < *least) {
                met = false;
                message::error(&format!(
                    "coverage of {kind} is {percent:.2} %, below the threshold of {least:.2} %"
                ));
            }
        }
        met
    }
}

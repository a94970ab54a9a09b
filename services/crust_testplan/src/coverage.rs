//! Coverage: the counts of a run beside what they count, and the reports made of them. What is counted is
//! `crust_transpile::instrument`'s; it is the same each time for the same source, so that only counts travel.

mod html;
mod istanbul;
mod lcov;
mod sources;
mod text;

pub use html::html;
pub use istanbul::istanbul;
pub use lcov::lcov;
pub use sources::{is_covered, sources};
pub use text::text;

use crust_transpile::{Counted, CoverageMap, Syntax, instrument};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How often each counter of each file was passed.
pub type Counts = BTreeMap<String, Vec<f64>>;

/// A file with its counts.
#[derive(Debug, Clone)]
pub struct FileCoverage {
    /// Absolute.
    pub path: PathBuf,
    /// Its text.
    pub source: String,
    /// What is counted.
    pub map: CoverageMap,
    /// By counter.
    pub counts: Vec<f64>,
}

/// How much of something ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// How many there are.
    pub total: usize,
    /// How many ran.
    pub covered: usize,
}

/// The four shares of a file, or of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shares {
    /// Statements.
    pub statements: Share,
    /// Ways of branches.
    pub branches: Share,
    /// Functions.
    pub functions: Share,
    /// Lines on which a statement begins.
    pub lines: Share,
}

impl Share {
    fn of(counts: impl Iterator<Item = f64>) -> Self {
        let mut share = Self::default();
        for count in counts {
            share.total += 1;
            share.covered += usize::from(count > 0.0);
        }
        share
    }

    fn add(&mut self, other: Self) {
        self.total += other.total;
        self.covered += other.covered;
    }

    /// In percent; everything of nothing ran.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of places in sources are small"
    )]
    pub fn percent(self) -> f64 {
        if self.total == 0 {
            return 100.0;
        }
        self.covered as f64 * 100.0 / self.total as f64
    }
}

impl Shares {
    /// Adds another file's.
    pub fn add(&mut self, other: &Self) {
        self.statements.add(other.statements);
        self.branches.add(other.branches);
        self.functions.add(other.functions);
        self.lines.add(other.lines);
    }
}

impl FileCoverage {
    /// Reads a file; `None` where it cannot be read or does not parse.
    pub fn read(path: &Path, counts: Option<&Vec<f64>>) -> Option<Self> {
        let source = std::fs::read_to_string(path).ok()?;
        let map = instrument(&source, syntax_of(path)?, "")?.map;
        let length = usize::try_from(map.counters).unwrap_or(0);
        let mut counts = counts.cloned().unwrap_or_default();
        // A file that changed since it ran has other counters; its counts mean nothing any more.
        if counts.len() != length {
            counts = vec![0.0; length];
        }
        Some(Self {
            path: path.to_owned(),
            source,
            map,
            counts,
        })
    }

    fn count(&self, place: &Counted) -> f64 {
        let counter = usize::try_from(place.counter).unwrap_or(usize::MAX);
        self.counts.get(counter).copied().unwrap_or(0.0)
    }

    /// Lines on which statements begin, with the count of the one that ran most.
    pub fn lines(&self) -> BTreeMap<u32, f64> {
        let mut lines = BTreeMap::new();
        for statement in &self.map.statements {
            let count = self.count(statement);
            let line: &mut f64 = lines.entry(statement.line).or_default();
            *line = line.max(count);
        }
        lines
    }

    /// Its shares.
    pub fn shares(&self) -> Shares {
        let map = &self.map;
        let ways = map.branches.iter().flat_map(|branch| &branch.ways);
        Shares {
            statements: Share::of(map.statements.iter().map(|place| self.count(place))),
            branches: Share::of(ways.map(|place| self.count(place))),
            functions: Share::of(
                map.functions
                    .iter()
                    .map(|function| self.count(&function.place)),
            ),
            lines: Share::of(self.lines().into_values()),
        }
    }
}

/// Of the loader of a file; `None` for what is no program.
pub(crate) fn syntax_of(path: &Path) -> Option<Syntax> {
    Some(match path.extension()?.to_str()? {
        "js" | "mjs" | "cjs" | "jsx" => Syntax::Jsx,
        "ts" | "mts" | "cts" => Syntax::Ts,
        "tsx" => Syntax::Tsx,
        _ => return None,
    })
}

/// Adds a worker's counts.
pub fn add_counts(all: &mut Counts, more: Counts) {
    for (path, counts) in more {
        let sums = all.entry(path).or_default();
        if sums.len() < counts.len() {
            sums.resize(counts.len(), 0.0);
        }
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
    }
}

#[cfg(test)]
mod tests;

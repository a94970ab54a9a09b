//! How long files took in earlier runs (`--timings`): a file of JSON that machines share, shares of equal
//! length, and the slowest files first. Reads and writes no file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Shard;

/// Milliseconds of each file, by its path from the working directory.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Timings {
    files: BTreeMap<String, f64>,
}

/// The file's form, which is Bun's.
#[derive(Serialize, Deserialize)]
struct Document {
    version: u32,
    files: serde_json::Map<String, serde_json::Value>,
}

const VERSION: u32 = 1;

impl Timings {
    /// Reads a file's text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let document: Document = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if document.version != VERSION {
            return Err(format!(
                "version {} is not known here, only {VERSION}",
                document.version
            ));
        }
        let mut timings = Self::default();
        for (path, value) in document.files {
            let milliseconds = value
                .as_f64()
                .filter(|number| number.is_finite() && *number >= 0.0)
                .ok_or_else(|| format!("\"{path}\" has no duration in milliseconds"))?;
            timings.files.insert(path, milliseconds);
        }
        Ok(timings)
    }

    /// The file's text, the slowest first.
    pub fn write(&self) -> String {
        let mut files: Vec<(&String, f64)> = self
            .files
            .iter()
            .map(|(path, milliseconds)| (path, milliseconds.round()))
            .collect();
        files.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "durations are whole and far below 2^53"
        )]
        let files = files
            .into_iter()
            .map(|(path, milliseconds)| (path.clone(), (milliseconds as u64).into()))
            .collect();
        let document = Document {
            version: VERSION,
            files,
        };
        // Strings and numbers can always be written.
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    }

    /// Takes over what another knows; where both know a file, the other's.
    pub fn merge(&mut self, other: Self) {
        self.files.extend(other.files);
    }

    /// Notes a duration; the longest of a file that ran several times stays.
    pub fn note(&mut self, path: String, milliseconds: f64) {
        let known = self.files.entry(path).or_insert(milliseconds);
        *known = known.max(milliseconds);
    }

    /// The duration of each file; that of an unknown one is the middle of the known.
    fn of(&self, files: &[PathBuf], directory: &Path) -> Vec<f64> {
        let known: Vec<Option<f64>> = files
            .iter()
            .map(|file| self.files.get(&key(file, directory)).copied())
            .collect();
        let mut sorted: Vec<f64> = known.iter().flatten().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(1.0);
        known.into_iter().map(|one| one.unwrap_or(middle)).collect()
    }

    /// The files of one shard, in their order: the slowest go to the shards one by one, each to the one
    /// that has least to do.
    pub fn shard(&self, files: Vec<PathBuf>, directory: &Path, shard: Shard) -> Vec<PathBuf> {
        let durations = self.of(&files, directory);
        let mut order: Vec<usize> = (0..files.len()).collect();
        order.sort_by(|a, b| duration(&durations, *b).total_cmp(&duration(&durations, *a)));
        let mut loads = vec![(0.0_f64, 0_usize); shard.count];
        let mut places = vec![0; files.len()];
        for index in order {
            let least = loads
                .iter()
                .enumerate()
                .min_by(|(_, a), (_, b)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let Some(least) = least.map(|(least, _)| least) else {
                break;
            };
            if let (Some(load), Some(place)) = (loads.get_mut(least), places.get_mut(index)) {
                load.0 += duration(&durations, index);
                load.1 += 1;
                *place = least + 1;
            }
        }
        files
            .into_iter()
            .zip(places)
            .filter(|(_, place)| *place == shard.index)
            .map(|(file, _)| file)
            .collect()
    }

    /// Puts the slowest first, so that no process is left with one of them at the end.
    pub fn slowest_first(&self, files: Vec<PathBuf>, directory: &Path) -> Vec<PathBuf> {
        let durations = self.of(&files, directory);
        let mut timed: Vec<(PathBuf, f64)> = files.into_iter().zip(durations).collect();
        timed.sort_by(|a, b| b.1.total_cmp(&a.1));
        timed.into_iter().map(|(file, _)| file).collect()
    }
}

fn duration(durations: &[f64], index: usize) -> f64 {
    durations.get(index).copied().unwrap_or(0.0)
}

/// A file's name in the timings: its path from the working directory, with `/`.
pub fn key(file: &Path, directory: &Path) -> String {
    file.strip_prefix(directory)
        .unwrap_or(file)
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(names: &[&str]) -> Vec<PathBuf> {
        names
            .iter()
            .map(|name| Path::new("/p").join(name))
            .collect()
    }

    fn known() -> Timings {
        Timings::parse(r#"{"version":1,"files":{"a":160,"b":128,"c":92,"d":62,"e":35.4}}"#).unwrap()
    }

    #[test]
    fn shards_take_about_as_long() {
        let files = paths(&["e", "d", "c", "b", "a", "new"]);
        let directory = Path::new("/p");
        let of = |index| known().shard(files.clone(), directory, Shard { index, count: 2 });
        // 160 + 62, and 128 + 92 + 92 (the middle, for the new one) less what is balanced by 35.
        assert!(of(1).contains(&PathBuf::from("/p/a")));
        assert!(of(2).contains(&PathBuf::from("/p/b")));
        let mut all = [of(1), of(2)].concat();
        all.sort();
        let mut wanted = files.clone();
        wanted.sort();
        assert_eq!(all, wanted);
        assert_eq!(
            known().slowest_first(files, directory),
            paths(&["a", "b", "c", "new", "d", "e"])
        );
    }

    #[test]
    fn what_is_written_is_read() {
        let mut timings = known();
        timings.merge(Timings::parse(r#"{"version":1,"files":{"a":1}}"#).unwrap());
        timings.note("f".to_owned(), 10.2);
        timings.note("f".to_owned(), 20.7);
        let text = timings.write();
        let first = text.lines().find(|line| line.contains(": 1"));
        assert_eq!(first.map(str::trim), Some("\"version\": 1,"));
        let again = Timings::parse(&text).unwrap();
        assert_eq!(again.files.get("a"), Some(&1.0));
        assert_eq!(again.files.get("f"), Some(&21.0));
        assert_eq!(again.write(), text);
    }

    #[test]
    fn other_files_are_refused() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"version":2,"files":{}}"#,
            r#"{"version":1,"files":{"a":"x"}}"#,
            r#"{"version":1,"files":{"a":-1}}"#,
        ] {
            assert!(Timings::parse(text).is_err(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in ".{0,80}") {
            let _ = Timings::parse(&text);
        }
    }
}

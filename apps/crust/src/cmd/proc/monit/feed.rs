//! The output of one process as it is written, read from its log files. It keeps no more than a look's worth.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use crust_procman::tail::last_lines;
use serde_json::Value;

/// Lines of each file to begin with.
const FIRST: usize = 100;
/// Read at one look; a flood is shown in part, since nobody could read it anyway.
const PIECE: u64 = 64 << 10;

#[derive(Default)]
pub(super) struct Feed {
    id: Option<u64>,
    files: Vec<(PathBuf, Option<u64>)>,
}

impl Feed {
    /// The files of a process.
    pub(super) fn of(id: u64, row: &Value) -> Self {
        let mut files: Vec<(PathBuf, Option<u64>)> = Vec::new();
        for key in ["out_file", "err_file"] {
            if let Some(path) = row[key].as_str().map(PathBuf::from)
                && !files.iter().any(|(known, _)| *known == path)
            {
                files.push((path, None));
            }
        }
        Self {
            id: Some(id),
            files,
        }
    }

    pub(super) fn id(&self) -> Option<u64> {
        self.id
    }

    /// What was added since the last call, by file.
    pub(super) fn news(&mut self) -> Vec<String> {
        let mut news = Vec::new();
        for (path, at) in &mut self.files {
            let Some(from) = *at else {
                let (bytes, end) = last_lines(path, FIRST).unwrap_or_default();
                *at = Some(end);
                news.push(String::from_utf8_lossy(&bytes).into_owned());
                continue;
            };
            let length = path.metadata().map_or(0, |about| about.len());
            if length < from {
                *at = Some(0);
                continue;
            }
            let from = from.max(length.saturating_sub(PIECE));
            let mut bytes = Vec::new();
            if length > from
                && let Ok(mut file) = File::open(path)
                && file.seek(SeekFrom::Start(from)).is_ok()
                && file.take(PIECE).read_to_end(&mut bytes).is_ok()
            {
                *at = Some(from + u64::try_from(bytes.len()).unwrap_or(0));
                news.push(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        news
    }
}

//! A directory of small files that lives as long as a test, and the checks every table shares.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use crust_manifest::{DataFormat, DataText, load_data};

static COUNT: AtomicUsize = AtomicUsize::new(0);

pub(crate) struct Dir(pub(crate) PathBuf);

impl Dir {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("crust-manifest-{}-{number}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        for (name, text) in files {
            let path = dir.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(dir)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        // A directory that stays behind harms nothing.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Checks the text that makes the value, or `LINE:COLUMN message` where there is an error.
#[track_caller]
pub(crate) fn check(format: DataFormat, table: &[(&str, &str)]) {
    let mut wrong = String::new();
    for (text, expected) in table {
        let found = match load_data(text, format, "f") {
            Ok(DataText::Json(text)) => text,
            Ok(DataText::JavaScript(text)) => format!("js {text}"),
            Err(problems) => {
                let first = &problems[0];
                format!("{}:{} {}", first.line, first.column, first.message)
            }
        };
        if found != *expected {
            let line = format!("\n{text:?}\n  expected {expected}\n  found    {found}");
            wrong.push_str(&line);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

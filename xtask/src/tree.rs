//! The checkout as the checks see it: every file git knows or would add, read once.
//! Never follows ignored files, and never holds files that are not text.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::shell;

/// Files above this size are data, not text to check; the largest source file may have 800 lines.
const MAX_TEXT: u64 = 2 * 1024 * 1024;

/// One file of the checkout.
pub(crate) struct File {
    /// Path from the root, with forward slashes.
    pub(crate) path: String,
    /// The text, or `None` where the file is large or not UTF-8.
    pub(crate) text: Option<String>,
}

impl File {
    /// Whether the path ends with `.extension`.
    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|found| found == extension)
    }

    /// Test inputs may break every rule on purpose.
    pub(crate) fn is_fixture(&self) -> bool {
        self.path.starts_with("spec/") || self.path.contains("/fixtures/")
    }
}

/// The checkout.
pub(crate) struct Tree {
    pub(crate) root: PathBuf,
    pub(crate) files: Vec<File>,
}

impl Tree {
    /// Lists and reads the checkout that contains this crate.
    pub(crate) fn load() -> Result<Self> {
        let root = root();
        let listing = shell::read(
            &root,
            "git",
            &[
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ],
        )?;
        let mut paths: Vec<&str> = listing
            .split('\0')
            .filter(|path| !path.is_empty())
            .collect();
        paths.sort_unstable();
        paths.dedup();
        let files = paths
            .into_iter()
            .filter_map(|path| read(&root, path))
            .collect();
        Ok(Self { root, files })
    }

    /// The text of one file, or an error that names it.
    pub(crate) fn text(&self, path: &str) -> Result<&str> {
        self.files
            .iter()
            .find(|file| file.path == path)
            .and_then(|file| file.text.as_deref())
            .with_context(|| format!("{path} is missing or not text"))
    }
}

/// The root of the checkout: the folder above this crate's.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// A file listed by git may be deleted in the working tree; then there is nothing to check.
fn read(root: &Path, path: &str) -> Option<File> {
    let full = root.join(path);
    let size = std::fs::metadata(&full)
        .ok()
        .filter(std::fs::Metadata::is_file)?
        .len();
    let text = (size <= MAX_TEXT)
        .then(|| std::fs::read_to_string(&full).ok())
        .flatten();
    Some(File {
        path: path.to_owned(),
        text,
    })
}

//! The index of a payload: which files there are, and how the program starts.

use serde::{Deserialize, Serialize};

/// What an executable knows beside its files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Path of the program below [`crate::ROOT`].
    pub entry: String,
    /// Options that the program starts with, as `--compile-exec-argv` gave them.
    pub exec_argv: Vec<String>,
    /// Names of the project's flags, as `crust_header_file` writes them: `11 NAME` a line.
    pub feature_names: String,
    /// The files, in the order of their contents.
    pub files: Vec<StoredFile>,
}

/// A file of a payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile {
    /// Path below [`crate::ROOT`], with `/`.
    pub path: String,
    /// Where its bytes start, from the start of the contents.
    pub offset: u64,
    /// How many there are.
    pub length: u64,
    /// CRC-32 of its bytes.
    pub checksum: u32,
    /// Whether it is an asset, which `Bun.embeddedFiles` lists, and not a module.
    pub asset: bool,
}

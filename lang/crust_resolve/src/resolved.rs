//! The answer to a resolution. Plain data.

use std::path::PathBuf;

/// Where a specifier leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The absolute, real path of the file; empty unless `kind` is [`ResolvedKind::File`].
    pub path: PathBuf,
    /// The query and fragment of the specifier with their marks, e.g. `?x=1`, `?x#y`. Two
    /// specifiers that differ here name two module instances of one file.
    pub query: Option<String>,
    /// The `type` of the nearest `package.json` at or above the file.
    pub package_type: Option<PackageType>,
    /// What was found.
    pub kind: ResolvedKind,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolvedKind {
    /// A file; see [`Resolved::path`].
    File,
    /// A module inside the runtime, by its canonical name: `node:fs`, `bun`, `bun:sqlite`.
    Builtin(String),
    /// A module whose source is in the specifier: the whole `data:` URL.
    DataUrl(String),
    /// `false` in a `browser` field: an empty module.
    Ignored,
}

/// `type` of a `package.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PackageType {
    /// `"type": "module"`.
    Module,
    /// `"type": "commonjs"`.
    CommonJs,
}

impl Resolved {
    pub(crate) fn special(kind: ResolvedKind) -> Self {
        Self {
            path: PathBuf::new(),
            query: None,
            package_type: None,
            kind,
        }
    }
}

//! Snapshot files for JS: read, written, and inline ones put into sources. What a file looks like is
//! `crust_testplan`'s.

use crust_core::{Call, Op, OpError, OpResult, Scope};
use crust_testplan::snapshot::{InlineSnapshot, SnapshotFile, rewrite};
use serde::Deserialize;
use std::path::Path;

/// The natives of this feature.
pub(crate) const OPS: &[Op] = &[
    Op::new("readSnapshots", read_snapshots),
    Op::new("writeSnapshots", write_snapshots),
    Op::new("writeInlineSnapshots", write_inline_snapshots),
];

/// Nobody reviews a snapshot file beyond this; a larger one is a mistake.
const LARGEST: u64 = 256 << 20;

fn failure(error: &std::io::Error, call: &str, path: &str) -> OpError {
    OpError::from_io(error, call, Some(path))
}

fn load(path: &str) -> Result<SnapshotFile, OpError> {
    let text = match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(SnapshotFile::default());
        }
        Err(error) => return Err(failure(&error, "open", path)),
        Ok(metadata) if metadata.len() > LARGEST => {
            return Err(OpError::error(format!(
                "The snapshot file {path} is larger than 256 MB"
            )));
        }
        Ok(_) => std::fs::read_to_string(path).map_err(|error| failure(&error, "open", path))?,
    };
    SnapshotFile::parse(&text).map_err(|corrupt| {
        OpError::error(format!("The snapshot file is corrupt: {path}, {corrupt}"))
            .code("ERR_SNAPSHOT_CORRUPT")
    })
}

/// `readSnapshots(path)`: the first line if it is a comment, then names and texts in turn; an empty line alone
/// where there is no file.
fn read_snapshots<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let file = load(&cx.string(0)?)?;
    let entries = file
        .names()
        .flat_map(|name| [name, file.get(name).unwrap_or_default()]);
    let list: Vec<&str> = std::iter::once(file.header()).chain(entries).collect();
    cx.make_array(list, Scope::string)
}

/// Changes of a snapshot file.
#[derive(Deserialize)]
struct Changes {
    set: Vec<(String, String)>,
    remove: Vec<String>,
    /// The first line of a new file, where it is not ours.
    header: Option<String>,
}

/// `writeSnapshots(path, json)`: applies changes; a file without snapshots is removed.
fn write_snapshots<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let path = cx.string(0)?;
    let changes: Changes = serde_json::from_str(&cx.string(1)?)
        .map_err(|error| OpError::type_error(error.to_string()))?;
    let mut file = load(&path)?;
    if let Some(header) = changes.header.filter(|_| file.is_empty()) {
        file.set_header(header);
    }
    for (name, value) in &changes.set {
        file.set(name, value);
    }
    for name in &changes.remove {
        file.remove(name);
    }
    if file.is_empty() {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(failure(&error, "unlink", &path).into());
            }
            _ => return Ok(cx.undefined()),
        }
    }
    if let Some(folder) = Path::new(&path).parent() {
        std::fs::create_dir_all(folder).map_err(|error| failure(&error, "mkdir", &path))?;
    }
    replace(&path, &file.write())?;
    Ok(cx.undefined())
}

/// Replaces a file as a whole, keeping its permissions. A file that may not be written is refused even
/// where its folder would allow it.
fn replace(path: &str, text: &str) -> Result<(), OpError> {
    if Path::new(path).exists() {
        let probe = std::fs::OpenOptions::new().append(true).open(path);
        probe.map_err(|error| failure(&error, "open", path))?;
    }
    let temporary = format!("{path}.{}.tmp", std::process::id());
    std::fs::write(&temporary, text).map_err(|error| failure(&error, "open", &temporary))?;
    if let Ok(metadata) = std::fs::metadata(path) {
        // Where this fails the new file has the usual permissions.
        let _ = std::fs::set_permissions(&temporary, metadata.permissions());
    }
    std::fs::rename(&temporary, path).map_err(|error| {
        // The temporary file is of no use to anybody.
        let _ = std::fs::remove_file(&temporary);
        failure(&error, "rename", path)
    })
}

/// One inline snapshot as JS sends it.
#[derive(Deserialize)]
struct Inline {
    line: usize,
    column: usize,
    method: String,
    value: String,
}

/// `writeInlineSnapshots(path, json)`.
fn write_inline_snapshots<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let path = cx.string(0)?;
    let list: Vec<Inline> = serde_json::from_str(&cx.string(1)?)
        .map_err(|error| OpError::type_error(error.to_string()))?;
    let source = std::fs::read_to_string(&path).map_err(|error| failure(&error, "open", &path))?;
    let snapshots: Vec<InlineSnapshot> = list
        .into_iter()
        .map(|inline| InlineSnapshot {
            line: inline.line,
            column: inline.column,
            method: inline.method,
            value: inline.value,
        })
        .collect();
    let text = rewrite(&source, &snapshots).map_err(|error| {
        OpError::error(format!("Cannot write inline snapshots to {path}: {error}"))
    })?;
    replace(&path, &text)?;
    Ok(cx.undefined())
}

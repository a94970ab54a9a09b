//! What the last installation did, in `node_modules/.crust-stamp`: enough to know by a few `stat`s that
//! there is nothing to do, and which folders are ours. Never trusted further than that.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use super::InstallOptions;
use crate::config::Linker;
use crate::error::InstallError;
use crate::files::{self, FileStates};
use crate::lockfile;
use crate::manifest::Project;
use crate::sources::folder;

/// The first line; a change of the format changes it.
const MAGIC: &str = "crust-stamp-2";
/// The largest stamp that is read: 100 000 packages make some 10 MB.
const SIZE_LIMIT: u64 = 64 << 20;

/// A package that was placed.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    /// The path from the root.
    pub(crate) path: String,
    /// Which package it is.
    pub(crate) identity: String,
}

/// Everything that a result depends on, as text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Key(String);

/// What a key says besides files.
pub(super) struct Choices<'a> {
    pub(super) omit: &'a [String],
    pub(super) linker: Option<Linker>,
    /// Whether commands are linked.
    pub(super) links_binaries: bool,
}

impl Key {
    /// The key of an installation that read the files in these states.
    pub(super) fn of(files: &FileStates, choices: &Choices<'_>, options: &InstallOptions) -> Self {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "omit={} filters={:?} linker={:?} bins={} os={} cpu={} libc={} backend={:?}",
            choices.omit.join(","),
            options.filters,
            choices.linker,
            choices.links_binaries,
            options.platform.os.join(","),
            options.platform.cpu.join(","),
            options.platform.libc.join(","),
            options.backend,
        );
        for (path, state) in files.iter() {
            let _ = write!(text, " {path}={state}");
        }
        Self(text.replace('\n', " "))
    }
}

/// Notes the files of a project that decide an installation, before they are read. The manifests are
/// noted where they are read.
pub(super) fn note_files(project: &Project, files: &mut FileStates) {
    let root = &project.root;
    for name in [lockfile::FILE_NAME, ".npmrc", "bunfig.toml"] {
        files.note(root, name);
    }
    let patches = project.package.object.get("patchedDependencies");
    let patches = patches.and_then(|list| list.as_object());
    for (_, path) in patches.into_iter().flatten() {
        if let Some(path) = path.as_str() {
            files.note(root, path);
        }
    }
}

/// The first word of the identity of a folder's copy; its path and state follow.
const FOLDER: &str = "folder";

/// The identity of the copy of the folder at a path from the root: it changes when the folder does.
pub(super) fn folder_identity(root: &Path, path: &str) -> Result<String, InstallError> {
    let state = folder::fingerprint(&root.join(path))?;
    Ok(format!("{FOLDER} {state} {path}"))
}

/// Whether a folder is as it was when it was copied; anything else is.
fn is_current(root: &Path, identity: &str) -> bool {
    let mut words = identity.splitn(3, ' ');
    match (words.next(), words.next(), words.next()) {
        (Some(FOLDER), Some(_), Some(path)) => {
            folder_identity(root, path).is_ok_and(|now| now == identity)
        }
        _ => true,
    }
}

fn path(root: &Path) -> PathBuf {
    root.join("node_modules/.crust-stamp")
}

/// The stamp that there is.
pub(super) fn text(root: &Path) -> Option<String> {
    let path = path(root);
    let size = std::fs::metadata(&path).ok()?.len();
    (size <= SIZE_LIMIT).then(|| std::fs::read_to_string(&path).ok())?
}

/// The number of packages, if nothing changed since the stamp was written.
pub(super) fn check(project: &Project, key: &Key) -> Option<usize> {
    let text = text(&project.root)?;
    let mut lines = text.lines();
    if lines.next() != Some(MAGIC) || lines.next() != Some(key.0.as_str()) {
        return None;
    }
    let root = rustix::fs::openat(
        rustix::fs::CWD,
        &project.root,
        rustix::fs::OFlags::PATH | rustix::fs::OFlags::CLOEXEC,
        rustix::fs::Mode::empty(),
    )
    .ok()?;
    let mut count = 0;
    let mut name = String::new();
    for line in lines {
        let (path, identity) = line.split_once('\t')?;
        if !is_current(&project.root, identity) {
            return None;
        }
        name.clear();
        name.push_str(path);
        name.push_str("/package.json");
        // Through the links of workspaces as well: their manifest is there.
        rustix::fs::statat(&root, name.as_str(), rustix::fs::AtFlags::empty()).ok()?;
        count += 1;
    }
    Some(count)
}

/// The packages that the last installation placed.
pub(crate) fn placed(root: &Path) -> FxHashMap<String, String> {
    let text = text(root).unwrap_or_default();
    let mut lines = text.lines();
    if lines.next() != Some(MAGIC) {
        return FxHashMap::default();
    }
    lines
        .skip(1)
        .filter_map(|line| line.split_once('\t'))
        .map(|(path, identity)| (path.to_owned(), identity.to_owned()))
        .collect()
}

/// Whether a path is one of a package below some `node_modules` of the project.
pub(super) fn is_inside(path: &str) -> bool {
    path.contains("node_modules/")
        && !path.starts_with('/')
        && path
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != "..")
}

/// The identity of what an installation was about to place: whether it is there is not known.
pub(super) const PLANNED: &str = "planned";

/// Takes what the stamp says of the whole away while `node_modules` changes. What it says of folders
/// stays, with what is about to be `made`, so that an interrupted installation is continued, and what it
/// placed is known.
pub(super) fn interrupt(root: &Path, made: &[String]) -> Result<(), InstallError> {
    let before = placed(root);
    if before.is_empty() && made.is_empty() {
        return Ok(());
    }
    let now: FxHashSet<&str> = made.iter().map(String::as_str).collect();
    let mut text = format!("{MAGIC}\ninterrupted\n");
    for (path, identity) in before
        .iter()
        .filter(|(path, _)| !now.contains(path.as_str()))
    {
        let _ = writeln!(text, "{path}\t{identity}");
    }
    for path in made {
        let _ = writeln!(text, "{path}\t{PLANNED}");
    }
    store(root, &text)
}

/// Puts a stamp back, or takes it away where there was none.
pub(super) fn restore(root: &Path, before: Option<&str>) -> Result<(), InstallError> {
    if let Some(before) = before {
        return store(root, before);
    }
    let path = path(root);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(InstallError::io("remove", &path)(error))
        }
        _ => Ok(()),
    }
}

fn store(root: &Path, text: &str) -> Result<(), InstallError> {
    let path = path(root);
    let folder = root.join("node_modules");
    std::fs::create_dir_all(&folder).map_err(InstallError::io("create", &folder))?;
    files::write_atomically(&path, text.as_bytes(), false).map_err(InstallError::io("write", &path))
}

/// Writes the stamp of a finished installation.
pub(super) fn write(root: &Path, key: &Key, placed: &[Placed]) -> Result<(), InstallError> {
    if placed.is_empty() && !root.join("node_modules").is_dir() {
        return Ok(());
    }
    let mut text = format!("{MAGIC}\n{}\n", key.0);
    for entry in placed {
        let identity = entry.identity.replace(['\n', '\t'], " ");
        let _ = writeln!(text, "{}\t{identity}", entry.path);
    }
    store(root, &text)
}

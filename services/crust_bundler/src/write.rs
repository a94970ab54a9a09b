//! Puts a build on the disk: every file is written beside its place first, and they are moved there when
//! all are whole. What goes wrong before leaves the folder as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::artifact::{Artifact, Build};

/// Why a build could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {source}", path.display())]
pub struct WriteError {
    /// Where.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

/// Writes the files of a build below `folder`; answers the paths of those that were written.
///
/// # Errors
/// The first that could not be written; nothing has changed then, unless somebody changed the folder meanwhile.
pub fn write(build: &Build, folder: &Path) -> Result<Vec<PathBuf>, WriteError> {
    write_with(build, folder, &[], &mut Written::default())
}

/// Which files were written, and what is in them: what is the same again is left alone.
#[derive(Clone, Debug, Default)]
pub struct Written(BTreeMap<PathBuf, (String, u64)>);

impl Written {
    /// Whether the file is on the disk, as far as can be told without reading it.
    fn has(&self, path: &Path, artifact: &Artifact) -> bool {
        let length = artifact.bytes.len() as u64;
        let known = self.0.get(path);
        known.is_some_and(|known| *known == (artifact.hash.clone(), length))
            && fs::metadata(path).is_ok_and(|metadata| metadata.len() == length)
    }

    fn note(&mut self, folder: &Path, build: &Build) {
        let artifacts = build.artifacts.iter();
        self.0 = artifacts
            .map(|artifact| {
                let what = (artifact.hash.clone(), artifact.bytes.len() as u64);
                (folder.join(&artifact.path), what)
            })
            .collect();
    }
}

/// Writes the files of a build below `folder`, and others with them, such as the metafile, where their paths say.
///
/// # Errors
/// As of [`write`].
pub fn write_with(
    build: &Build,
    folder: &Path,
    others: &[(PathBuf, Vec<u8>)],
    written: &mut Written,
) -> Result<Vec<PathBuf>, WriteError> {
    let mut staged = Staged::default();
    let sources: BTreeSet<&Path> = build.watched.iter().map(PathBuf::as_path).collect();
    let own = build
        .artifacts
        .iter()
        .map(|artifact| (folder.join(&artifact.path), artifact))
        .filter(|(path, artifact)| !written.has(path, artifact))
        .map(|(path, artifact)| (path, artifact.bytes.as_slice()));
    let others = others.iter();
    let others = others.map(|(path, bytes)| (path.clone(), bytes.as_slice()));
    for (path, bytes) in own.chain(others) {
        if is_source(&sources, &path) {
            let source = io::Error::other("it is a source of this build");
            return Err(WriteError { path, source });
        }
        if is_special(&path) {
            staged.devices.push((path, bytes.to_owned()));
        } else {
            staged.add(&path, bytes)?;
        }
    }
    let paths = staged.publish()?;
    written.note(folder, build);
    Ok(paths)
}

/// Whether writing there would destroy what the build was made of.
fn is_source(sources: &BTreeSet<&Path>, path: &Path) -> bool {
    sources.contains(path)
        || path
            .canonicalize()
            .is_ok_and(|path| sources.contains(path.as_path()))
}

/// Whether there is something that is neither a file nor a folder, as `/dev/null` or a pipe: it is written to, and never
/// replaced.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Where a path leads: a link stays a link, as with every tool that opens its output.
fn followed(path: &Path) -> PathBuf {
    let is_link = fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    let target = is_link.then(|| path.canonicalize().ok()).flatten();
    target.unwrap_or_else(|| path.to_owned())
}

/// Tells the files of builds apart that are not yet in their places.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Files beside their places.
#[derive(Default)]
struct Staged {
    files: Vec<(PathBuf, PathBuf)>,
    /// Folders that were made for them, outermost first.
    folders: Vec<PathBuf>,
    /// What is written to devices and pipes.
    devices: Vec<(PathBuf, Vec<u8>)>,
}

impl Staged {
    fn add(&mut self, path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
        let failed = |source| WriteError {
            path: path.to_owned(),
            source,
        };
        if path.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        let path = &followed(path);
        if let Some(parent) = path.parent() {
            self.make_folder(parent).map_err(failed)?;
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        // Builds of one process may write the same file at the same time.
        let build = NEXT.fetch_add(1, Ordering::Relaxed);
        name.push(format!(".{}-{build}.part", std::process::id()));
        let temporary = path.with_file_name(name);
        self.files.push((temporary.clone(), path.to_owned()));
        fs::write(&temporary, bytes).map_err(failed)
    }

    fn make_folder(&mut self, folder: &Path) -> io::Result<()> {
        let missing: Vec<&Path> = folder
            .ancestors()
            .take_while(|ancestor| !ancestor.as_os_str().is_empty() && !ancestor.exists())
            .collect();
        for folder in missing.into_iter().rev() {
            match fs::create_dir(folder) {
                Ok(()) => self.folders.push(folder.to_owned()),
                // Another build was faster.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn publish(mut self) -> Result<Vec<PathBuf>, WriteError> {
        let mut paths = Vec::with_capacity(self.files.len());
        // What cannot be taken back comes first, when all files are whole: if it fails, nothing else has happened.
        for (path, bytes) in std::mem::take(&mut self.devices) {
            let device = fs::File::options().write(true).open(&path);
            let written = device.and_then(|mut device| device.write_all(&bytes));
            written.map_err(|source| WriteError {
                path: path.clone(),
                source,
            })?;
            paths.push(path);
        }
        for (temporary, path) in &self.files {
            fs::rename(temporary, path).map_err(|source| WriteError {
                path: path.clone(),
                source,
            })?;
            paths.push(path.clone());
        }
        self.files.clear();
        self.folders.clear();
        Ok(paths)
    }
}

impl Drop for Staged {
    /// Takes away what was not published.
    fn drop(&mut self) {
        for (temporary, _) in &self.files {
            let _ = fs::remove_file(temporary);
        }
        // Only folders that are empty go.
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

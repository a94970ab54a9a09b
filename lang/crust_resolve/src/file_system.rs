//! The file system as the resolver library sees it: the real one, except that a configuration file
//! known to be broken reads as its usable part, so that one bad file does not stop every import.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use oxc_resolver::{FileMetadata, FileSystem, FileSystemOs, ResolveError};
use rustc_hash::FxHashMap;
use serde_json::Value;

use crate::listing::{Answer, Listings};
use crate::problems::{ConfigProblem, Problems};

/// What is known about broken files, shared by the file system and the resolver.
#[derive(Debug)]
pub(crate) struct Repairs {
    any: AtomicBool,
    files: RwLock<FxHashMap<PathBuf, Vec<u8>>>,
    pub(crate) problems: Arc<Problems>,
}

impl Repairs {
    pub(crate) fn new(problems: Arc<Problems>) -> Self {
        Self {
            any: AtomicBool::new(false),
            files: RwLock::default(),
            problems,
        }
    }

    /// Makes `path`, a `package.json`, readable: comments and trailing commas are removed, and
    /// what still cannot be used becomes `{}` and a problem. `false` if it was repaired before.
    pub(crate) fn package_json(&self, problem: ConfigProblem) -> bool {
        let path = problem.path.clone();
        let known = self.get(&path);
        let usable = match known {
            None => std::fs::read(&path)
                .ok()
                .and_then(|bytes| object_of(&bytes)),
            Some(_) => None,
        };
        let content = if let Some(value) = usable {
            value.to_string().into_bytes()
        } else {
            self.problems.add(problem);
            b"{}".to_vec()
        };
        self.put(path, content)
    }

    /// Makes `path`, a tsconfig, readable without what it extends. `false` if done before.
    pub(crate) fn tsconfig(&self, path: &Path) -> bool {
        if self.get(path).is_some() {
            return false;
        }
        let content = std::fs::read(path)
            .ok()
            .and_then(|bytes| object_of(&bytes))
            .map_or_else(
                || "{}".to_owned(),
                |mut value| {
                    if let Some(object) = value.as_object_mut() {
                        object.remove("extends");
                    }
                    value.to_string()
                },
            );
        self.put(path.to_owned(), content.into_bytes())
    }

    fn get(&self, path: &Path) -> Option<Vec<u8>> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        self.files
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(path)
            .cloned()
    }

    /// `true` when this changes what a reader of `path` sees.
    fn put(&self, path: PathBuf, content: Vec<u8>) -> bool {
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        let changed = files.get(&path) != Some(&content);
        files.insert(path, content);
        self.any.store(true, Ordering::Release);
        changed
    }
}

/// The JSON object in `bytes`, comments and trailing commas allowed.
fn object_of(bytes: &[u8]) -> Option<Value> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut plain = bytes.to_vec();
    json_strip_comments::strip_slice(&mut plain).ok()?;
    let value: Value = serde_json::from_slice(&plain).ok()?;
    value.is_object().then_some(value)
}

fn not_found() -> io::Error {
    io::ErrorKind::NotFound.into()
}

#[derive(Debug)]
pub(crate) struct RepairingFileSystem {
    os: FileSystemOs,
    listings: Listings,
    repairs: Arc<Repairs>,
}

impl RepairingFileSystem {
    pub(crate) fn over(repairs: Arc<Repairs>) -> Self {
        Self {
            os: <FileSystemOs as FileSystem>::new(false),
            listings: Listings::default(),
            repairs,
        }
    }
}

impl FileSystem for RepairingFileSystem {
    /// Zip archives of Yarn are not looked into.
    fn new(_yarn_pnp: bool) -> Self {
        Self::over(Arc::new(Repairs::new(Arc::default())))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.repairs.get(path) {
            Some(repaired) => Ok(repaired),
            None if matches!(self.listings.ask(path), Answer::Absent) => Err(not_found()),
            None => self.os.read(path),
        }
    }

    /// The library reads only tsconfig files this way. One that is extended but missing reads as
    /// empty, so that the settings of the file that extends it still count.
    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        if let Some(repaired) = self.repairs.get(path) {
            return String::from_utf8(repaired).map_err(|_| io::ErrorKind::InvalidData.into());
        }
        match self.os.read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.repairs.problems.add(ConfigProblem {
                    path: path.to_owned(),
                    line: 0,
                    column: 0,
                    message: "this file is named by \"extends\" but does not exist".to_owned(),
                });
                Ok("{}".to_owned())
            }
            other => other,
        }
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        match self.listings.ask(path) {
            Answer::Absent => Err(not_found()),
            Answer::Present(metadata) if !metadata.is_symlink() => Ok(metadata),
            _ => self.os.metadata(path),
        }
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        match self.listings.ask(path) {
            Answer::Absent => return Err(not_found()),
            Answer::Present(metadata) => return Ok(metadata),
            Answer::Unknown => {}
        }
        let found = self.os.symlink_metadata(path);
        if found
            .as_ref()
            .is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
        {
            self.listings.missed(path);
        }
        found
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, ResolveError> {
        self.os.read_link(path)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        self.os.canonicalize(path)
    }
}

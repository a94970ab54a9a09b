//! Unpacking a tarball into a folder. Only plain files and the folders they need are made: links and
//! devices are left out, and a path that leads out of the folder refuses the whole tarball.

use std::collections::HashSet;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use tar::EntryType;

use super::index::{Entry, Index, MOST_FILES};
use crate::error::InstallError;
use crate::inflate;

/// The largest package, unpacked: several times the largest published one.
const UNPACKED_LIMIT: usize = 4 << 30;
/// Longer paths do not fit into a system call.
const PATH_LIMIT: usize = 1024;

/// Where a tarball comes from, which decides what its paths look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TarballKind {
    /// As packed by npm: everything lies in one folder, whatever its name.
    Package,
    /// As packed by git: the paths are those of the package.
    Whole,
}

/// Unpacks `tarball` into the new folder `target`.
pub(super) fn extract(
    name: &str,
    tarball: &[u8],
    kind: TarballKind,
    target: &Path,
) -> Result<Index, InstallError> {
    let refuse = |reason: String| InstallError::Tarball {
        name: name.to_owned(),
        reason,
    };
    let bytes = if tarball.starts_with(&[0x1f, 0x8b]) {
        inflate::gunzip(tarball, UNPACKED_LIMIT).map_err(refuse)?
    } else {
        tarball.to_vec()
    };
    std::fs::create_dir_all(target).map_err(InstallError::io("create", target))?;
    let mut writer = Writer {
        target,
        folders: HashSet::new(),
        index: Index::default(),
    };
    let mut archive = tar::Archive::new(bytes.as_slice());
    let entries = archive
        .entries()
        .map_err(|error| refuse(error.to_string()))?;
    for entry in entries {
        let entry = entry.map_err(|error| refuse(format!("it is cut off or damaged: {error}")))?;
        let wanted = matches!(
            entry.header().entry_type(),
            EntryType::Regular | EntryType::Continuous
        );
        if !wanted {
            continue;
        }
        let raw = entry.path_bytes();
        let path = std::str::from_utf8(&raw)
            .map_err(|_| refuse("it has a path that is not UTF-8".to_owned()))?;
        let Some(path) = inside(path, kind).map_err(refuse)? else {
            continue;
        };
        let start = usize::try_from(entry.raw_file_position()).unwrap_or(usize::MAX);
        let size = usize::try_from(entry.size()).unwrap_or(usize::MAX);
        let content = start
            .checked_add(size)
            .and_then(|end| bytes.get(start..end))
            .ok_or_else(|| refuse("it is cut off".to_owned()))?;
        let executable = entry.header().mode().is_ok_and(|mode| mode & 0o111 != 0);
        if writer.index.entries.len() >= MOST_FILES {
            return Err(refuse(format!("it has more than {MOST_FILES} files")));
        }
        writer.file(path, content, executable)?;
    }
    if writer.index.entries.is_empty() {
        return Err(refuse("it holds no files".to_owned()));
    }
    Ok(writer.finish())
}

/// The path within the package, or `None` for what stands beside it.
fn inside(path: &str, kind: TarballKind) -> Result<Option<String>, String> {
    let shown = || path.chars().take(80).collect::<String>();
    if path.starts_with('/') || path.contains('\0') || path.len() > PATH_LIMIT {
        return Err(format!("it has the path \"{}\"", shown()));
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => return Err(format!("its path \"{}\" leads out of the package", shown())),
            part => parts.push(part),
        }
    }
    match kind {
        TarballKind::Package if parts.len() < 2 => Ok(None),
        TarballKind::Whole if parts.is_empty() => Ok(None),
        TarballKind::Whole => Ok(Some(parts.join("/"))),
        TarballKind::Package => Ok(Some(parts.get(1..).unwrap_or_default().join("/"))),
    }
}

struct Writer<'t> {
    target: &'t Path,
    folders: HashSet<String>,
    index: Index,
}

impl Writer<'_> {
    fn file(&mut self, path: String, content: &[u8], executable: bool) -> Result<(), InstallError> {
        if let Some((folder, _)) = path.rsplit_once('/')
            && !self.folders.contains(folder)
        {
            let place = self.target.join(folder);
            std::fs::create_dir_all(&place).map_err(InstallError::io("create", &place))?;
            self.folders.insert(folder.to_owned());
        }
        let place = self.target.join(&path);
        let mode = if executable { 0o755 } else { 0o644 };
        let open = || {
            std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(mode)
                .open(&place)
        };
        let file = match open() {
            // A tarball may hold a path twice; the last one counts.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                std::fs::remove_file(&place).map_err(InstallError::io("replace", &place))?;
                self.index.entries.retain(|entry| entry.path != path);
                open()
            }
            other => other,
        };
        file.and_then(|mut file| file.write_all(content))
            .map_err(InstallError::io("write", &place))?;
        let mut entry = Entry {
            path,
            size: content.len() as u64,
            executable,
            digest: [0; 32],
        };
        entry
            .digest
            .copy_from_slice(digest(&SHA256, content).as_ref());
        self.index.entries.push(entry);
        Ok(())
    }

    /// `package.json` comes last, so that its presence in a project says that all is there.
    fn finish(mut self) -> Index {
        let entries = &mut self.index.entries;
        if let Some(at) = entries
            .iter()
            .position(|entry| entry.path == "package.json")
        {
            let last = entries.remove(at);
            entries.push(last);
        }
        self.index
    }
}

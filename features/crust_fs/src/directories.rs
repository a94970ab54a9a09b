//! Natives that list directories.

use crate::support::{failed_at, run};
use crust_core::{Call, Op, OpError, OpResult, Scope};
use rustix::fs::{Dir, FileType, Mode, OFlags};
use rustix::io::Errno;
use std::os::unix::ffi::OsStringExt;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[Op::new("readdir", readdir)];

/// An entry: path below the listed directory, and kind.
struct Entry {
    name: Vec<u8>,
    kind: FileType,
}

/// `readdir(async, path, recursive, syscall) -> [name, kind, ...]`: kinds are `UV_DIRENT_*` of libuv.
/// Recursive lists give paths relative to `path`.
fn readdir<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (path, recursive, syscall) = (cx.string(1)?, cx.boolean(2), cx.string(3)?);
    run(
        cx,
        move || list(&path, recursive, &syscall),
        |scope, entries| to_js(scope, &entries),
    )
}

fn to_js<'s>(scope: Scope<'s>, entries: &[Entry]) -> OpResult<'s> {
    let pair = |entry: &Entry| {
        [
            scope.string_utf8(&entry.name),
            scope.number(f64::from(kind_number(entry.kind))),
        ]
    };
    let values: Vec<_> = entries.iter().flat_map(pair).collect();
    Ok(scope.array(&values)?)
}

fn kind_number(kind: FileType) -> u8 {
    match kind {
        FileType::RegularFile => 1,
        FileType::Directory => 2,
        FileType::Symlink => 3,
        FileType::Fifo => 4,
        FileType::Socket => 5,
        FileType::CharacterDevice => 6,
        FileType::BlockDevice => 7,
        FileType::Unknown => 0,
    }
}

fn list(path: &str, recursive: bool, syscall: &str) -> Result<Vec<Entry>, OpError> {
    let mut entries = Vec::new();
    let mut pending = vec![Vec::new()];
    let mut next = 0;
    while let Some(below) = pending.get(next).cloned() {
        next += 1;
        let first = entries.len();
        read_one(path, &below, &mut entries).map_err(|error| failed_at(error, syscall, path))?;
        if recursive {
            let directories = entries
                .iter()
                .skip(first)
                .filter(|entry| entry.kind == FileType::Directory);
            pending.extend(directories.map(|entry| entry.name.clone()));
        }
    }
    Ok(entries)
}

/// Adds the entries of one directory, in the order of their names as libuv sorts them.
fn read_one(root: &str, below: &[u8], entries: &mut Vec<Entry>) -> Result<(), Errno> {
    let mut path = root.as_bytes().to_vec();
    if !below.is_empty() {
        path.push(b'/');
        path.extend_from_slice(below);
    }
    let path = std::ffi::OsString::from_vec(path);
    let fd = rustix::fs::open(
        &path,
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    let mut found = Vec::new();
    for entry in Dir::new(fd)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name == b"." || name == b".." {
            continue;
        }
        let mut full = below.to_vec();
        if !full.is_empty() {
            full.push(b'/');
        }
        full.extend_from_slice(name);
        let kind = match entry.file_type() {
            FileType::Unknown => kind_of(root, &full),
            kind => kind,
        };
        found.push(Entry { name: full, kind });
    }
    found.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    entries.append(&mut found);
    Ok(())
}

/// File systems that do not say: ask for each.
fn kind_of(root: &str, below: &[u8]) -> FileType {
    let mut path = root.as_bytes().to_vec();
    path.push(b'/');
    path.extend_from_slice(below);
    rustix::fs::lstat(std::ffi::OsString::from_vec(path)).map_or(FileType::Unknown, |stat| {
        FileType::from_raw_mode(stat.st_mode)
    })
}

//! The steps of a write, one system call each, behind a trait, so that a test can stop after any of
//! them. It decides nothing.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, RenameFlags, fsync, open, rename, renameat_with, unlink};
use rustix::io::{Errno, pwrite};

/// What a writer does to the disk.
pub(crate) trait Disk {
    /// Creates a file that must not exist.
    fn create(&self, path: &Path, mode: Mode) -> io::Result<OwnedFd>;
    /// Writes all of `bytes` at `offset`.
    fn write_at(&self, file: &OwnedFd, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Waits until the file is on the disk.
    fn sync(&self, file: &OwnedFd) -> io::Result<()>;
    /// Gives `from` the name `to`, which must be free.
    fn publish_new(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Puts `from` in the place of `to`.
    fn replace(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Waits until the names in the folder of `path` are on the disk.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
    /// Removes a temporary file.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// The system's.
pub(crate) struct System;

impl Disk for System {
    fn create(&self, path: &Path, mode: Mode) -> io::Result<OwnedFd> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        Ok(open(path, flags, mode)?)
    }

    fn write_at(&self, file: &OwnedFd, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
        while !bytes.is_empty() {
            match pwrite(file, bytes, offset) {
                Ok(0) => return Err(Errno::IO.into()),
                Ok(written) => {
                    bytes = bytes.get(written..).unwrap_or_default();
                    offset += written as u64;
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn sync(&self, file: &OwnedFd) -> io::Result<()> {
        Ok(fsync(file)?)
    }

    fn publish_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // Not every file system has the flag; a second name fails just as well if one is there.
            Err(Errno::INVAL | Errno::NOSYS) => {
                rustix::fs::link(from, to)?;
                Ok(unlink(from)?)
            }
            other => Ok(other?),
        }
    }

    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        Ok(rename(from, to)?)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        let folder = folder_of(path);
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(fsync(open(folder, flags, Mode::empty())?)?)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        Ok(unlink(path)?)
    }
}

/// The folder that has the name `path`.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

//! Writing a header: the order of the steps, and what is refused. What each step does to the disk is
//! `disk`'s.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crust_header::{HEADER_LENGTH, Header, RegistryHash, VALUES};
use rustix::fs::{FileType, Mode, fchmod, fstat};
use rustix::io::Errno;

use crate::disk::{Disk, System};
use crate::error::FileError;
use crate::inherit;
use crate::lock;
use crate::read::{self, header_of};

/// The longest package section that is read or written: a million packages of 256 bytes. It bounds
/// what a file from elsewhere can make us allocate.
pub const PACKAGES_LIMIT: u64 = 256 << 20;

/// The package section of a new project: no packages.
const NO_PACKAGES: [u8; 4] = 0_u32.to_le_bytes();

/// Where the checksum ends; from [`VALUES`] to here is what an update writes.
const CHECKSUM_END: usize = VALUES.end + 8;

// One sector holds them, whatever its size: see the crate's documentation.
const _: () = assert!(CHECKSUM_END <= 512);

/// What a writer allows itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Guard {
    /// A person at a terminal asked for the change in spite of a running program.
    pub unfreeze: bool,
    /// The config version may fall.
    pub downgrade: bool,
}

/// What an update did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The header before.
    pub before: Header,
    /// The header now.
    pub after: Header,
}

/// What [`bootstrap`] did.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    /// The file.
    pub path: PathBuf,
    /// What it says.
    pub header: Header,
    /// Whether it is new.
    pub created: bool,
    /// How long it took.
    pub took: Duration,
}

/// Writes the header of a new project into `directory`, pinned to the registry at `registry`. A file
/// that is there stays as it is.
///
/// # Errors
/// A file that is there and is no header, or a folder that cannot be written.
pub fn bootstrap(directory: &Path, registry: RegistryHash) -> Result<Bootstrap, FileError> {
    let started = Instant::now();
    let path = read::path_in(directory);
    let (header, created) = match read::read(&path) {
        Ok(header) => (header, false),
        Err(FileError::Missing { .. }) => {
            let new = Header {
                registry,
                ..Header::DEFAULT
            };
            if create(&System, &path, &new)? {
                (new, true)
            } else {
                // Another process was faster.
                (read::read(&path)?, false)
            }
        }
        Err(error) => return Err(error),
    };
    Ok(Bootstrap {
        path,
        header,
        created,
        took: started.elapsed(),
    })
}

/// Creates the file; false if there is one.
fn create(disk: &impl Disk, path: &Path, header: &Header) -> Result<bool, FileError> {
    let bytes = [header.encode().as_slice(), &NO_PACKAGES].concat();
    let temporary = temporary(path);
    let written = write_beside(disk, &temporary, &bytes, Mode::from_raw_mode(0o666));
    let published = written.and_then(|_| disk.publish_new(&temporary, path));
    match published {
        Ok(()) => {}
        Err(error) => {
            // The reason for the failure says more than a second one.
            let _ = disk.remove(&temporary);
            if Errno::from_io_error(&error) == Some(Errno::EXIST) {
                return Ok(false);
            }
            return Err(FileError::writing(path, error));
        }
    }
    disk.sync_folder(path)
        .map_err(|error| FileError::writing(path, error))?;
    Ok(true)
}

/// Changes the header at `path`: the bytes of the values and the checksum, nothing else of the file.
/// `change` is given the header as it is once nobody else can write.
///
/// # Errors
/// [`FileError::Frozen`] and [`FileError::Downgrade`] where `guard` does not allow it, what `change`
/// answers, and a file that is no header, which is left as it is.
pub fn update<E: From<FileError>>(
    path: &Path,
    guard: Guard,
    change: impl FnOnce(&mut Header) -> Result<(), E>,
) -> Result<Change, E> {
    if !guard.unfreeze && inherit::is_frozen() {
        return Err(FileError::Frozen.into());
    }
    update_on(&System, path, guard, change)
}

fn update_on<E: From<FileError>>(
    disk: &impl Disk,
    path: &Path,
    guard: Guard,
    change: impl FnOnce(&mut Header) -> Result<(), E>,
) -> Result<Change, E> {
    let file = lock::exclusive(path)?;
    let before = locked_header(&file, path)?;
    let mut after = before;
    change(&mut after)?;
    if after.version < before.version && !guard.downgrade {
        let (from, to) = (before.version.number(), after.version.number());
        return Err(FileError::Downgrade { from, to }.into());
    }
    if after != before {
        overwrite(disk, &file, &before, &after).map_err(|error| FileError::writing(path, error))?;
    }
    Ok(Change { before, after })
}

fn overwrite(
    disk: &impl Disk,
    file: &OwnedFd,
    before: &Header,
    after: &Header,
) -> std::io::Result<()> {
    let part = |header: &Header| {
        let mut bytes = [0; CHECKSUM_END - VALUES.start];
        bytes.copy_from_slice(&header.encode()[VALUES.start..CHECKSUM_END]);
        bytes
    };
    let offset = VALUES.start as u64;
    if let Err(error) = disk.write_at(file, &part(after), offset) {
        // A system that gave up in the middle may still put the old bytes back.
        let _ = disk.write_at(file, &part(before), offset);
        return Err(error);
    }
    disk.sync(file)
}

/// Records the registry at `registry` in the header at `path`.
///
/// # Errors
/// As [`update`].
pub fn pin_registry(
    path: &Path,
    guard: Guard,
    registry: RegistryHash,
) -> Result<Change, FileError> {
    update(path, guard, |header| {
        header.registry = registry;
        Ok(())
    })
}

/// The header at `path` and the package section after it: its count of packages and what follows.
///
/// # Errors
/// As [`crate::read`], and a section of more than [`PACKAGES_LIMIT`] bytes.
pub fn read_packages(path: &Path) -> Result<(Header, Vec<u8>), FileError> {
    use std::io::Read as _;
    let reading = |error| FileError::reading(path, error);
    let header = read::read(path)?;
    let file = std::fs::File::open(path).map_err(reading)?;
    let mut bytes = Vec::new();
    let most = PACKAGES_LIMIT + HEADER_LENGTH as u64;
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(reading)?;
    if bytes.len() as u64 > most {
        return Err(too_long(path));
    }
    let section = bytes.get(HEADER_LENGTH..).unwrap_or_default().to_vec();
    // The file may have been replaced in between; its own header is what belongs to the section.
    let header = Header::decode_start(&bytes).unwrap_or(header);
    Ok((header, section))
}

/// Puts `section` in the place of the package section of the file at `path`. The header stays as it
/// is at that moment.
///
/// # Errors
/// As [`update`], without the freeze: packages are not configuration.
pub fn replace_packages(path: &Path, section: &[u8]) -> Result<(), FileError> {
    replace_packages_on(&System, path, section)
}

fn replace_packages_on(disk: &impl Disk, path: &Path, section: &[u8]) -> Result<(), FileError> {
    if section.len() as u64 > PACKAGES_LIMIT {
        return Err(too_long(path));
    }
    let file = lock::exclusive(path)?;
    let header = locked_header(&file, path)?;
    let writing = |error| FileError::writing(path, error);
    let mode = fstat(&file).map_err(|error| FileError::writing(path, error))?;
    let mode = Mode::from_raw_mode(mode.st_mode);
    // A link stays a link.
    let target = std::fs::canonicalize(path).map_err(writing)?;
    let temporary = temporary(&target);
    let bytes = [header.encode().as_slice(), section].concat();
    let replaced = write_beside(disk, &temporary, &bytes, mode).and_then(|new| {
        fchmod(&new, mode)?;
        disk.replace(&temporary, &target)
    });
    if let Err(error) = replaced {
        let _ = disk.remove(&temporary);
        return Err(writing(error));
    }
    disk.sync_folder(&target).map_err(writing)
}

/// A whole new file that is on the disk under a name of its own.
fn write_beside(
    disk: &impl Disk,
    temporary: &Path,
    bytes: &[u8],
    mode: Mode,
) -> std::io::Result<OwnedFd> {
    let file = disk.create(temporary, mode)?;
    disk.write_at(&file, bytes, 0)?;
    disk.sync(&file)?;
    Ok(file)
}

/// The header of a file that is locked for writing.
fn locked_header(file: &OwnedFd, path: &Path) -> Result<Header, FileError> {
    let writing = |error: Errno| FileError::writing(path, error);
    let kind = FileType::from_raw_mode(fstat(file).map_err(writing)?.st_mode);
    if kind != FileType::RegularFile {
        return Err(FileError::NotAFile {
            path: path.to_owned(),
            what: "a pipe or a device",
        });
    }
    header_of(file)
        .map_err(writing)?
        .map_err(|problem| FileError::Header {
            path: path.to_owned(),
            problem,
        })
}

fn too_long(path: &Path) -> FileError {
    FileError::TooLong {
        path: path.to_owned(),
        limit: PACKAGES_LIMIT,
    }
}

/// A name beside `path` that no other writer uses: by process and count.
fn temporary(path: &Path) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}-{count}.tmp", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests;

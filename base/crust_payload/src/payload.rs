//! The payload of the running binary, read in place.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::OnceLock;

use crust_header_file::is_compiled;
use rustix::fs::{MemfdFlags, Mode, SealFlags, fchmod, fcntl_add_seals, memfd_create};

use crate::ROOT;
use crate::error::PayloadError;
use crate::index::{Index, StoredFile};
use crate::trailer::{LENGTH, Trailer};

/// An index names files and offsets: a hundred thousand files make some 10 MB.
const MOST_INDEX: u64 = 64 << 20;

/// The program inside an executable.
#[derive(Debug)]
pub struct Payload {
    executable: File,
    start: u64,
    /// Which files there are.
    pub index: Index,
}

impl Payload {
    /// The payload of this program; `None` in the toolkit itself. Opened when it is first asked for.
    ///
    /// # Errors
    /// A compiled program whose executable is not whole.
    pub fn of_this_program() -> Result<Option<&'static Self>, &'static PayloadError> {
        static OWN: OnceLock<Option<Result<Payload, PayloadError>>> = OnceLock::new();
        let open = || is_compiled().then(Payload::open_own);
        OWN.get_or_init(open)
            .as_ref()
            .map(Result::as_ref)
            .transpose()
    }

    fn open_own() -> Result<Self, PayloadError> {
        let path = if cfg!(target_os = "linux") {
            // Also when the file was renamed or removed since.
            "/proc/self/exe".into()
        } else {
            std::env::current_exe().map_err(PayloadError::Read)?
        };
        Self::open(&path)
    }

    /// The payload of an executable.
    ///
    /// # Errors
    /// One that is not whole, or cannot be read.
    pub fn open(path: &Path) -> Result<Self, PayloadError> {
        let executable = File::open(path).map_err(PayloadError::Read)?;
        let size = executable.metadata().map_err(PayloadError::Read)?.len();
        let mut end = [0; LENGTH];
        let at = size
            .checked_sub(LENGTH as u64)
            .ok_or(PayloadError::Damaged("it is too short"))?;
        executable
            .read_exact_at(&mut end, at)
            .map_err(PayloadError::Read)?;
        let trailer = Trailer::decode(&end, size)?;
        if trailer.index > MOST_INDEX {
            return Err(PayloadError::Damaged("its index is too long"));
        }
        let text = read_at(
            &executable,
            trailer.offset + trailer.contents,
            trailer.index,
        )
        .map_err(PayloadError::Read)?;
        if crc32fast::hash(&text) != trailer.checksum {
            return Err(PayloadError::Damaged("its index is not as it was written"));
        }
        let index: Index = serde_json::from_slice(&text)
            .map_err(|_| PayloadError::Damaged("its index is no index"))?;
        let fits = |file: &StoredFile| {
            let end = file.offset.checked_add(file.length);
            end.is_some_and(|end| end <= trailer.contents)
        };
        if !index.files.iter().all(fits) {
            return Err(PayloadError::Damaged("a file lies outside of it"));
        }
        if !index.files.iter().any(|file| file.path == index.entry) {
            return Err(PayloadError::Damaged("it has no program"));
        }
        Ok(Self {
            executable,
            start: trailer.offset,
            index,
        })
    }

    /// The file at an absolute path.
    pub fn find(&self, path: &str) -> Option<&StoredFile> {
        let name = path.strip_prefix(ROOT)?;
        self.index.files.iter().find(|file| file.path == name)
    }

    /// The absolute path of the program.
    pub fn entry(&self) -> String {
        format!("{ROOT}{}", self.index.entry)
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// What the system said; [`io::ErrorKind::InvalidData`] if they are not those that were written.
    pub fn read(&self, file: &StoredFile) -> io::Result<Vec<u8>> {
        let bytes = read_at(&self.executable, self.start + file.offset, file.length)?;
        if crc32fast::hash(&bytes) == file.checksum {
            return Ok(bytes);
        }
        let message = format!(
            "{ROOT}{} inside the executable is damaged [ERR_PAYLOAD_DAMAGED]",
            file.path
        );
        Err(io::Error::new(io::ErrorKind::InvalidData, message))
    }

    /// A file as an open one of its own, which cannot be written to.
    ///
    /// # Errors
    /// What the system said.
    pub fn open_file(&self, file: &StoredFile) -> io::Result<OwnedFd> {
        let made = memfd_create(
            file.path.rsplit('/').next().unwrap_or_default(),
            MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING,
        )?;
        fchmod(&made, Mode::from_raw_mode(0o444))?;
        let made = File::from(made);
        made.write_all_at(&self.read(file)?, 0)?;
        fcntl_add_seals(
            &made,
            SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE,
        )?;
        Ok(made.into())
    }
}

/// Whether a path is one that only a payload can have.
pub fn is_embedded(path: &str) -> bool {
    path.starts_with(ROOT)
}

/// The caller has checked that the file has so many bytes there.
fn read_at(file: &File, offset: u64, length: u64) -> io::Result<Vec<u8>> {
    let length = usize::try_from(length).map_err(|_| io::ErrorKind::OutOfMemory)?;
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, offset)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;

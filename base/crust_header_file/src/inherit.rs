//! How a header comes from a process to its children: a file in memory that nobody can change any
//! more (a sealed memfd), held open across `exec`. An environment variable says where it is; by itself
//! it says nothing.
//!
//! | bytes of the file | |
//! |---|---|
//! | 0 to 103 | the header |
//! | from 104 | the names of the project's flags, one a line: `11 NAME` |
//!
//! The variable is `PID:FD`. A child looks at its own descriptor `FD`; where a program in between has
//! closed it, at that of the process `PID`, as long as it lives; and where the variable is gone, at the
//! descriptor that nearly every process uses.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, IntoRawFd as _, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};

use crust_header::{HEADER_LENGTH, Header};
use rustix::fs::{
    MemfdFlags, Mode, OFlags, SealFlags, fcntl_add_seals, fcntl_get_seals, memfd_create, open,
};
use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd, pread, write};

use crate::names::FeatureNames;

/// The variable that leads a child to the snapshot.
pub const SNAPSHOT_VARIABLE: &str = "CRUST_CONFIG_SNAPSHOT";

/// The descriptor that is used where it is free: above what programs and shells choose themselves,
/// below what the smallest usual limit of descriptors (256) allows.
const USUAL: RawFd = 219;

/// The header and 21 names of 64 letters fit four times.
const LIMIT: usize = 8 << 10;

const SEALS: SealFlags = SealFlags::SEAL
    .union(SealFlags::SHRINK)
    .union(SealFlags::GROW)
    .union(SealFlags::WRITE);

/// This process has made a file itself, so what lies at the usual descriptor says nothing about who
/// started it.
static MADE_HERE: AtomicBool = AtomicBool::new(false);

/// The file in memory, open for this process's children.
#[derive(Debug)]
pub struct Inheritance {
    /// The value of [`SNAPSHOT_VARIABLE`].
    variable: OsString,
    descriptor: RawFd,
}

impl Inheritance {
    /// Makes the file. It stays open until the process ends, and every child gets it.
    pub(crate) fn new(header: &Header, names: &FeatureNames) -> io::Result<Self> {
        let made = memfd_create(
            "crust-config",
            MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING,
        )?;
        let bytes = [header.encode().as_slice(), names.to_text().as_bytes()].concat();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let written = write(&made, rest)?;
            rest = rest.get(written..).unwrap_or_default();
        }
        fcntl_add_seals(&made, SEALS)?;
        MADE_HERE.store(true, Ordering::Relaxed);
        Ok(Self::held(&made)?)
    }

    /// Holds the file open across `exec` under the usual number, or the next that is free.
    fn held(file: &impl AsFd) -> rustix::io::Result<Self> {
        // Where the limit of descriptors is lower, any number will do.
        let held = fcntl_dupfd_cloexec(file, USUAL).or_else(|_| fcntl_dupfd_cloexec(file, 3))?;
        fcntl_setfd(&held, FdFlags::empty())?;
        Ok(Self::of_descriptor(held.into_raw_fd()))
    }

    fn of_descriptor(descriptor: RawFd) -> Self {
        Self {
            variable: format!("{}:{descriptor}", std::process::id()).into(),
            descriptor,
        }
    }

    /// The name and value of the variable to set in a child's environment.
    pub fn variable(&self) -> (&'static str, &OsString) {
        (SNAPSHOT_VARIABLE, &self.variable)
    }

    /// The descriptor that a child must not lose.
    pub fn descriptor(&self) -> RawFd {
        self.descriptor
    }
}

/// The snapshot that this process was started with.
pub(crate) fn inherited() -> Option<(Header, FeatureNames, Inheritance)> {
    let variable = std::env::var(SNAPSHOT_VARIABLE).ok();
    let named = variable.as_deref().and_then(parse);
    let number = named.map(|(_, descriptor)| descriptor).or_else(usual);
    if let Some((header, names)) = number.and_then(|number| content(borrow(number))) {
        let inheritance = Inheritance::of_descriptor(number.unwrap_or(USUAL));
        return Some((header, names, inheritance));
    }
    let (process, descriptor) = named?;
    let path = format!("/proc/{process}/fd/{descriptor}");
    let theirs: OwnedFd = open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let (header, names) = content(theirs.as_fd())?;
    Some((header, names, Inheritance::held(&theirs).ok()?))
}

/// Whether this process was started by one that runs a program: the variable says so, whatever became
/// of the file, or the file is there.
pub(crate) fn is_frozen() -> bool {
    std::env::var_os(SNAPSHOT_VARIABLE).is_some_and(|value| !value.is_empty())
        || usual().is_some_and(|number| content(borrow(number)).is_some())
}

/// The usual descriptor, if it can be somebody else's.
fn usual() -> Option<RawFd> {
    (!MADE_HERE.load(Ordering::Relaxed)).then_some(USUAL)
}

/// The snapshot in a file, if that is one of ours and can no longer change.
fn content(file: BorrowedFd<'_>) -> Option<(Header, FeatureNames)> {
    if !fcntl_get_seals(file).ok()?.contains(SEALS) {
        return None;
    }
    let mut bytes = vec![0; LIMIT];
    let length = pread(file, &mut bytes, 0).ok()?;
    let bytes = bytes.get(..length).filter(|_| length < LIMIT)?;
    let header = Header::decode_start(bytes).ok()?;
    let names = std::str::from_utf8(bytes.get(HEADER_LENGTH..)?).ok()?;
    Some((header, FeatureNames::of_text(names)?))
}

/// `PID:FD`.
fn parse(variable: &str) -> Option<(u32, RawFd)> {
    let (process, descriptor) = variable.split_once(':')?;
    let descriptor: RawFd = descriptor.parse().ok()?;
    Some((process.parse().ok()?, descriptor)).filter(|_| descriptor > 2)
}

/// A descriptor by its number, which may be anything or nothing.
#[expect(
    unsafe_code,
    reason = "a number from a parent is all there is to know a descriptor by"
)]
fn borrow<'fd>(descriptor: RawFd) -> BorrowedFd<'fd> {
    // SAFETY: not -1, as `parse` and `USUAL` see to; used for system calls that read, and a number that
    // is not open gives EBADF.
    unsafe { BorrowedFd::borrow_raw(descriptor) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8], seals: SealFlags) -> OwnedFd {
        let made = memfd_create("test", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING).unwrap();
        write(&made, bytes).unwrap();
        fcntl_add_seals(&made, seals).unwrap();
        made
    }

    #[test]
    fn what_was_made_is_read() {
        let mut names = FeatureNames::default();
        names.add("MINE", 31.0).unwrap();
        let made = Inheritance::new(&Header::DEFAULT, &names).unwrap();
        let read = content(borrow(made.descriptor()));
        assert_eq!(read, Some((Header::DEFAULT, names)));
        let (name, value) = made.variable();
        assert_eq!(name, SNAPSHOT_VARIABLE);
        let expected = (std::process::id(), made.descriptor());
        assert_eq!(parse(value.to_str().unwrap()), Some(expected));
        let text = b"x".as_slice();
        assert!(rustix::io::pwrite(borrow(made.descriptor()), text, 0).is_err());
    }

    #[test]
    fn a_file_that_can_change_is_not_believed() {
        let header = Header::DEFAULT.encode();
        assert!(content(file(&header, SEALS).as_fd()).is_some());
        for seal in [
            SealFlags::SEAL,
            SealFlags::SHRINK,
            SealFlags::GROW,
            SealFlags::WRITE,
        ] {
            let others = SEALS.difference(seal);
            assert!(content(file(&header, others).as_fd()).is_none(), "{seal:?}");
        }
    }

    #[test]
    fn a_wrong_content_is_not_believed() {
        let header = Header::DEFAULT.encode();
        assert!(content(file(&header[..103], SEALS).as_fd()).is_none());
        let long = [header.as_slice(), &vec![b'\n'; LIMIT]].concat();
        let wrong = [header.as_slice(), b"11 lower"].concat();
        for bytes in [long, wrong] {
            assert!(content(file(&bytes, SEALS).as_fd()).is_none());
        }
    }

    #[test]
    fn the_variable_has_one_form() {
        assert_eq!(parse("12:219"), Some((12, 219)));
        for wrong in [
            "",
            "219",
            "12:",
            ":5",
            "12:-1",
            "12:0",
            "12:2",
            "a:5",
            "12:99999999999",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}

//! Where the natives on whole files work: at a path, or on a descriptor that JS has open.

use crate::embedded;
use crate::support::{borrow, failed, failed_at};
use crust_core::{Call, OpError, Throw};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// A path or a descriptor of JS's.
pub(crate) enum Place {
    Path(String),
    Descriptor(i32),
}

impl Place {
    pub(crate) fn read<'s>(cx: &Call<'s>, index: usize) -> Result<Self, Throw<'s>> {
        let value = cx.value(index);
        if value.is_string() {
            Ok(Self::Path(cx.string(index)?))
        } else {
            Ok(Self::Descriptor(cx.integer(index)?))
        }
    }

    pub(crate) fn fail(&self, error: Errno, syscall: &str) -> OpError {
        match self {
            Self::Path(path) if syscall == "open" => failed_at(error, syscall, path),
            _ => failed(error, syscall),
        }
    }

    pub(crate) fn open(&self, flags: OFlags, mode: u32) -> Result<Opened<'_>, OpError> {
        match self {
            Self::Path(path) => {
                embedded::open(path, flags | OFlags::CLOEXEC, Mode::from_raw_mode(mode))
                    .map(Opened::Ours)
                    .map_err(|error| self.fail(error, "open"))
            }
            Self::Descriptor(fd) => Ok(Opened::Theirs(borrow(*fd))),
        }
    }
}

pub(crate) enum Opened<'a> {
    Ours(OwnedFd),
    Theirs(BorrowedFd<'a>),
}

impl AsFd for Opened<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Ours(fd) => fd.as_fd(),
            Self::Theirs(fd) => *fd,
        }
    }
}

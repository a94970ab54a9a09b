//! Natives that copy files inside the kernel: a reflink where the file system has them, else
//! `copy_file_range`, else `sendfile`, else a loop.

use crate::embedded;
use crate::support::{failed, failed_at, failed_between, retry, run, run_unit};
use crate::tree::make_all;
use crust_core::{Call, Op, OpError, OpResult};
use rustix::fs::{self, Mode, OFlags, Stat};
use rustix::io::Errno;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("copyFile", copy_file),
    Op::new("copyRange", copy_range),
];

/// `COPYFILE_EXCL` of Node.
const EXCLUSIVE: i32 = 1;
/// `COPYFILE_FICLONE_FORCE` of Node.
const CLONE_ONLY: i32 = 4;
/// Bytes asked of the kernel at a time.
const STEP: usize = 0x4000_0000;
/// Bytes copied through memory at a time.
const BLOCK: usize = 128 * 1024;

/// `copyFile(async, source, destination, flags)`.
fn copy_file<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (source, destination, flags) = (cx.string(1)?, cx.string(2)?, cx.integer(3)?);
    run_unit(cx, move || {
        copy(&source, &destination, flags)
            .map_err(|error| failed_between(error, "copyfile", &source, &destination))
    })
}

fn copy(source: &str, destination: &str, flags: i32) -> Result<(), Errno> {
    let from = embedded::open(source, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    let stat = fs::fstat(&from)?;
    if fs::FileType::from_raw_mode(stat.st_mode).is_dir() {
        return Err(Errno::ISDIR);
    }
    let mut open = OFlags::WRONLY | OFlags::CREATE | OFlags::CLOEXEC;
    open.set(OFlags::EXCL, flags & EXCLUSIVE != 0);
    let to = retry(|| fs::open(destination, open, Mode::from_raw_mode(stat.st_mode & 0o777)))?;
    let target = fs::fstat(&to)?;
    if (target.st_dev, target.st_ino) == (stat.st_dev, stat.st_ino) {
        return Ok(());
    }
    if target.st_size > 0 {
        fs::ftruncate(&to, 0)?;
    }
    // Mode bits that the umask took.
    let _ = fs::fchmod(&to, Mode::from_raw_mode(stat.st_mode & 0o7777));
    match fs::ioctl_ficlone(&to, &from) {
        Ok(()) => return Ok(()),
        Err(error) if flags & CLONE_ONLY != 0 => return Err(error),
        Err(_) => {}
    }
    move_bytes(&from, &to, &stat, u64::MAX).map(drop)
}

/// `copyRange(async, source path, start, end | -1, destination path | fd, mode) -> bytes`. Makes the
/// directories that lack.
fn copy_range<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (source, start, end): (String, u64, i64) = (cx.string(1)?, cx.integer(2)?, cx.integer(3)?);
    let (path, fd) = if cx.value(4).is_string() {
        (Some(cx.string(4)?), -1)
    } else {
        (None, cx.integer(4)?)
    };
    let mode: u32 = cx.integer(5)?;
    run(
        cx,
        move || {
            let from = open_source(&source, start)?;
            let stat = fs::fstat(&from).map_err(|error| failed(error, "fstat"))?;
            let limit = u64::try_from(end).map_or(u64::MAX, |end| end.saturating_sub(start));
            let moved = match &path {
                Some(path) => {
                    let to = open_destination(path, mode)?;
                    let whole = start == 0 && limit == u64::MAX;
                    if whole && fs::ioctl_ficlone(&to, &from).is_ok() {
                        return Ok(u64::try_from(stat.st_size).unwrap_or_default());
                    }
                    move_bytes(&from, &to, &stat, limit)
                }
                None => move_bytes(&from, crate::support::borrow(fd), &stat, limit),
            };
            moved.map_err(|error| failed(error, "copy_file_range"))
        },
        |scope, moved| {
            #[expect(
                clippy::cast_precision_loss,
                reason = "files are shorter than 2^53 bytes"
            )]
            let moved = moved as f64;
            Ok(scope.number(moved))
        },
    )
}

fn open_source(source: &str, start: u64) -> Result<OwnedFd, OpError> {
    let from = embedded::open(source, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
        .map_err(|error| failed_at(error, "open", source))?;
    if start > 0 {
        fs::seek(&from, fs::SeekFrom::Start(start)).map_err(|error| failed(error, "lseek"))?;
    }
    Ok(from)
}

fn open_destination(path: &str, mode: u32) -> Result<OwnedFd, OpError> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::CLOEXEC;
    let open = || retry(|| fs::open(path, flags, Mode::from_raw_mode(mode)));
    let opened = match (open(), Path::new(path).parent()) {
        (Err(Errno::NOENT), Some(parent)) if make_all(parent, 0o777).is_ok() => open(),
        (opened, _) => opened,
    };
    opened.map_err(|error| failed_at(error, "open", path))
}

/// Moves at most `limit` bytes from position to position.
fn move_bytes(from: impl AsFd, to: impl AsFd, stat: &Stat, limit: u64) -> Result<u64, Errno> {
    let (from, to) = (from.as_fd(), to.as_fd());
    let regular = fs::FileType::from_raw_mode(stat.st_mode).is_file() && stat.st_size > 0;
    let mut moved = 0_u64;
    let mut ways: &[Way] = if regular {
        &[Way::Range, Way::Send, Way::Loop]
    } else {
        &[Way::Loop]
    };
    while moved < limit {
        let step = usize::try_from(limit - moved)
            .unwrap_or(usize::MAX)
            .min(STEP);
        let Some((way, others)) = ways.split_first() else {
            break;
        };
        let result = match way {
            Way::Range => retry(|| fs::copy_file_range(from, None, to, None, step)),
            Way::Send => retry(|| fs::sendfile(to, from, None, step)),
            Way::Loop => copy_block(from, to, step),
        };
        match result {
            Ok(0) => break,
            Ok(count) => moved += count as u64,
            // Another file system, a pipe, an old kernel: the next way.
            Err(_) if !others.is_empty() => ways = others,
            Err(error) => return Err(error),
        }
    }
    Ok(moved)
}

#[derive(Clone, Copy)]
enum Way {
    Range,
    Send,
    Loop,
}

fn copy_block(from: impl AsFd, to: impl AsFd, step: usize) -> Result<usize, Errno> {
    let mut block = vec![0_u8; step.min(BLOCK)];
    let read = retry(|| rustix::io::read(&from, &mut block))?;
    let mut written = 0;
    while let Some(rest) = block.get(written..read).filter(|rest| !rest.is_empty()) {
        written += retry(|| rustix::io::write(&to, rest))?;
    }
    Ok(read)
}

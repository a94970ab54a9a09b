//! Natives on open descriptors.

use crate::embedded;
use crate::support::{borrow, failed, failed_at, retry, run, run_unit};
use crust_console::output;
use crust_core::{Call, Op, OpError, OpResult};
use rustix::fs::{self, Gid, Mode, OFlags, Timespec, Timestamps, Uid};
use rustix::io::Errno;
use std::os::fd::IntoRawFd;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("open", open),
    Op::new("close", close),
    Op::new("readInto", read_into),
    Op::new("read", read),
    Op::new("write", write),
    Op::new("writeText", write_text),
    Op::new("ftruncate", ftruncate),
    Op::new("fsync", fsync),
    Op::new("fdatasync", fdatasync),
    Op::new("fchmod", fchmod),
    Op::new("fchown", fchown),
    Op::new("futimes", futimes),
];

/// Bytes of one write or read; the kernel moves at most 2 GiB at a time itself.
const LONGEST: usize = 0x7fff_f000;

/// `open(async, path, flags, mode) -> fd`.
fn open<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (path, flags, mode): (String, u32, u32) = (cx.string(1)?, cx.integer(2)?, cx.integer(3)?);
    run(
        cx,
        move || {
            let flags = OFlags::from_bits_retain(flags) | OFlags::CLOEXEC;
            embedded::open(&path, flags, Mode::from_raw_mode(mode))
                .map(IntoRawFd::into_raw_fd)
                .map_err(|error| failed_at(error, "open", &path))
        },
        |scope, fd| Ok(scope.number(f64::from(fd))),
    )
}

/// `close(async, fd)`.
fn close<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let fd = cx.integer(1)?;
    run_unit(cx, move || {
        close_number(fd).map_err(|error| failed(error, "close"))
    })
}

#[expect(unsafe_code, reason = "descriptors are numbers in JS")]
pub(crate) fn close_number(fd: i32) -> Result<(), Errno> {
    // SAFETY: closing a descriptor that JS owns; a number that is not open gives EBADF.
    if unsafe { libc::close(fd) } == 0 {
        Ok(())
    } else {
        Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::BADF))
    }
}

/// Where a read or write happens; `None` is the descriptor's own position.
fn position<'s>(cx: &Call<'s>, index: usize) -> Result<Option<u64>, crust_core::Throw<'s>> {
    let value = cx.value(index);
    if value.is_nullish() {
        return Ok(None);
    }
    let position: i64 = cx.integer(index)?;
    Ok(u64::try_from(position).ok())
}

fn count(number: usize) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "no buffer is longer than 2^53 bytes"
    )]
    let count = number as f64;
    count
}

/// `readInto(fd, bytes, position | null) -> bytes read`, at once.
fn read_into<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (fd, position) = (cx.integer(0)?, position(cx, 2)?);
    let target = cx.bytes_mut(1)?;
    let length = target.len().min(LONGEST);
    let target = target.get_mut(..length).unwrap_or_default();
    let read = retry(|| match position {
        Some(position) => rustix::io::pread(borrow(fd), &mut *target, position),
        None => rustix::io::read(borrow(fd), &mut *target),
    })
    .map_err(|error| failed(error, "read"))?;
    Ok(cx.make_number(count(read)))
}

/// `read(true, fd, length, position | null) -> Uint8Array` with what was there.
fn read<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (fd, length, position): (i32, usize, _) =
        (cx.integer(1)?, cx.integer(2)?, position(cx, 3)?);
    let length = length.min(LONGEST);
    run(
        cx,
        move || {
            let mut bytes = Vec::new();
            bytes
                .try_reserve_exact(length)
                .map_err(|_| failed(Errno::NOMEM, "read"))?;
            retry(|| match position {
                Some(position) => rustix::io::pread(
                    borrow(fd),
                    rustix::buffer::spare_capacity(&mut bytes),
                    position,
                ),
                None => rustix::io::read(borrow(fd), rustix::buffer::spare_capacity(&mut bytes)),
            })
            .map_err(|error| failed(error, "read"))?;
            if bytes.len() < length / 2 {
                bytes.shrink_to_fit();
            }
            Ok(bytes)
        },
        |scope, bytes| Ok(scope.uint8_array(bytes)?),
    )
}

/// One write of as much as the kernel takes.
pub(crate) fn write_once(fd: i32, bytes: &[u8], position: Option<u64>) -> Result<usize, Errno> {
    let bytes = bytes.get(..bytes.len().min(LONGEST)).unwrap_or_default();
    let written = retry(|| match position {
        Some(position) => rustix::io::pwrite(borrow(fd), bytes, position),
        None => rustix::io::write(borrow(fd), bytes),
    })?;
    output::note_written(fd, written);
    Ok(written)
}

/// `write(async, fd, bytes, position | null) -> bytes written`.
fn write<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (fd, position) = (cx.integer(1)?, position(cx, 3)?);
    flush_standard(cx, fd);
    if cx.boolean(0) {
        let bytes = cx.bytes(2)?.to_vec();
        return write_owned(cx, fd, bytes, position);
    }
    let written = write_once(fd, cx.bytes(2)?, position).map_err(|error| failed(error, "write"))?;
    Ok(cx.make_number(count(written)))
}

/// `writeText(async, fd, text, position | null) -> bytes written`.
fn write_text<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (fd, text, position) = (cx.integer(1)?, cx.string(2)?, position(cx, 3)?);
    flush_standard(cx, fd);
    write_owned(cx, fd, text.into_bytes(), position)
}

/// What the console collected comes before what is written to its descriptors directly.
fn flush_standard(cx: &Call<'_>, fd: i32) {
    if (1..=2).contains(&fd) {
        cx.runtime().flush();
    }
}

fn write_owned<'s>(cx: &Call<'s>, fd: i32, bytes: Vec<u8>, position: Option<u64>) -> OpResult<'s> {
    run(
        cx,
        move || write_once(fd, &bytes, position).map_err(|error| failed(error, "write")),
        |scope, written| Ok(scope.number(count(written))),
    )
}

/// `ftruncate(async, fd, length)`.
fn ftruncate<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (fd, length) = (cx.integer(1)?, cx.integer(2)?);
    on(cx, fd, "ftruncate", move |fd| {
        fs::ftruncate(borrow(fd), length)
    })
}

fn fsync<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let fd = cx.integer(1)?;
    on(cx, fd, "fsync", |fd| fs::fsync(borrow(fd)))
}

fn fdatasync<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let fd = cx.integer(1)?;
    on(cx, fd, "fdatasync", |fd| fs::fdatasync(borrow(fd)))
}

/// `fchmod(async, fd, mode)`.
fn fchmod<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (fd, mode) = (cx.integer(1)?, cx.integer(2)?);
    on(cx, fd, "fchmod", move |fd| {
        fs::fchmod(borrow(fd), Mode::from_raw_mode(mode))
    })
}

/// `fchown(async, fd, uid, gid)`: -1 leaves one as it is.
fn fchown<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (fd, user, group) = (cx.integer(1)?, owner(cx, 2)?, owner(cx, 3)?);
    on(cx, fd, "fchown", move |fd| {
        fs::fchown(
            borrow(fd),
            user.map(Uid::from_raw),
            group.map(Gid::from_raw),
        )
    })
}

/// A user or group number; -1 is none.
pub(crate) fn owner<'s>(cx: &Call<'s>, index: usize) -> Result<Option<u32>, crust_core::Throw<'s>> {
    let number: i64 = cx.integer(index)?;
    Ok(u32::try_from(number).ok())
}

/// `futimes(async, fd, accessed, modified)` in seconds.
fn futimes<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (fd, times) = (cx.integer(1)?, timestamps(cx.number(2)?, cx.number(3)?));
    on(cx, fd, "futime", move |fd| fs::futimens(borrow(fd), &times))
}

/// Seconds with fractions as the kernel takes them.
pub(crate) fn timestamps(accessed: f64, modified: f64) -> Timestamps {
    let time = |seconds: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "a cast from f64 saturates")]
        let (whole, nanoseconds) = (
            seconds.floor() as i64,
            ((seconds - seconds.floor()) * 1e9) as i64,
        );
        // Node's times have microseconds.
        Timespec {
            tv_sec: whole,
            tv_nsec: nanoseconds / 1000 * 1000,
        }
    };
    Timestamps {
        last_access: time(accessed),
        last_modification: time(modified),
    }
}

fn on<'s>(
    cx: &Call<'s>,
    fd: i32,
    syscall: &'static str,
    call: impl Fn(i32) -> Result<(), Errno> + Send + 'static,
) -> OpResult<'s> {
    run_unit(cx, move || {
        retry(|| call(fd)).map_err(|error: Errno| -> OpError { failed(error, syscall) })
    })
}

//! Natives that change who owns a file, what may be done with it, and its times.

use crate::descriptors::{owner, timestamps};
use crate::support::{failed_at, retry, run_unit};
use crust_core::{Call, Op, OpResult};
use rustix::fs::{self, AtFlags, CWD, Gid, Mode, Uid};
use rustix::io::Errno;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("chmod", chmod),
    Op::new("chown", chown),
    Op::new("utimes", utimes),
];

fn on<'s>(
    cx: &Call<'s>,
    syscall: &'static str,
    call: impl Fn(&str) -> Result<(), Errno> + Send + 'static,
) -> OpResult<'s> {
    let path = cx.string(1)?;
    run_unit(cx, move || {
        retry(|| call(&path)).map_err(|error| failed_at(error, syscall, &path))
    })
}

/// `chmod(async, path, mode)`.
fn chmod<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let mode = Mode::from_raw_mode(cx.integer(2)?);
    on(cx, "chmod", move |path| fs::chmod(path, mode))
}

/// `chown(async, path, uid, gid, follow)`.
fn chown<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (user, group) = (owner(cx, 2)?, owner(cx, 3)?);
    let (flags, syscall) = follow(cx, 4, "chown", "lchown");
    on(cx, syscall, move |path| {
        fs::chownat(
            CWD,
            path,
            user.map(Uid::from_raw),
            group.map(Gid::from_raw),
            flags,
        )
    })
}

/// `utimes(async, path, accessed, modified, follow)` in seconds.
fn utimes<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let times = timestamps(cx.number(2)?, cx.number(3)?);
    let (flags, syscall) = follow(cx, 4, "utime", "lutime");
    on(cx, syscall, move |path| {
        fs::utimensat(CWD, path, &times, flags)
    })
}

/// Whether a symbolic link is followed, and the name of the call in errors.
fn follow(
    cx: &Call<'_>,
    index: usize,
    followed: &'static str,
    itself: &'static str,
) -> (AtFlags, &'static str) {
    if cx.boolean(index) {
        (AtFlags::empty(), followed)
    } else {
        (AtFlags::SYMLINK_NOFOLLOW, itself)
    }
}

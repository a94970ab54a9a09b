//! Natives that describe files and file systems, as lists of numbers.

use crate::embedded;
use crate::support::{borrow, failed, failed_at, run, run_quick};
use crust_core::{Call, Op, OpError, OpResult, Scope};
use rustix::fs::{self, AtFlags, Statx, StatxFlags, StatxTimestamp};
use rustix::io::Errno;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("stat", stat),
    Op::new("fstat", fstat),
    Op::new("statfs", statfs),
];

/// How many numbers describe a file.
const FIELDS: usize = 18;

/// `[dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks]`, then seconds and nanoseconds of
/// the times of access, modification, change and birth.
#[expect(
    clippy::cast_precision_loss,
    reason = "Node's numbers have the same limit of 2^53"
)]
fn figures(stat: &Statx) -> [f64; FIELDS] {
    let device = |major, minor| rustix::fs::makedev(major, minor) as f64;
    let seconds = |time: StatxTimestamp| time.tv_sec as f64;
    let nanoseconds = |time: StatxTimestamp| f64::from(time.tv_nsec);
    [
        device(stat.stx_dev_major, stat.stx_dev_minor),
        f64::from(stat.stx_mode),
        f64::from(stat.stx_nlink),
        f64::from(stat.stx_uid),
        f64::from(stat.stx_gid),
        device(stat.stx_rdev_major, stat.stx_rdev_minor),
        f64::from(stat.stx_blksize),
        stat.stx_ino as f64,
        stat.stx_size as f64,
        stat.stx_blocks as f64,
        seconds(stat.stx_atime),
        nanoseconds(stat.stx_atime),
        seconds(stat.stx_mtime),
        nanoseconds(stat.stx_mtime),
        seconds(stat.stx_ctime),
        nanoseconds(stat.stx_ctime),
        seconds(stat.stx_btime),
        nanoseconds(stat.stx_btime),
    ]
}

fn to_js(scope: Scope<'_>, figures: Option<[f64; FIELDS]>) -> OpResult<'_> {
    match figures {
        Some(figures) => Ok(scope.array(&figures.map(|figure| scope.number(figure)))?),
        None => Ok(scope.undefined()),
    }
}

const WANTED: StatxFlags = StatxFlags::BASIC_STATS.union(StatxFlags::BTIME);

/// `stat(async, path, follow, throws) -> figures`; `undefined` for what does not exist unless
/// `throws`.
fn stat<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (path, follow, throws) = (cx.string(1)?, cx.boolean(2), cx.boolean(3));
    run_quick(
        cx,
        move || {
            let (flags, syscall) = if follow {
                (AtFlags::empty(), "stat")
            } else {
                (AtFlags::SYMLINK_NOFOLLOW, "lstat")
            };
            match embedded::statx(&path, flags, WANTED) {
                Ok(stat) => Ok(Some(figures(&stat))),
                Err(Errno::NOENT | Errno::NOTDIR) if !throws => Ok(None),
                Err(error) => Err(failed_at(error, syscall, &path)),
            }
        },
        to_js,
    )
}

/// `fstat(async, fd) -> figures`.
fn fstat<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let fd: i32 = cx.integer(1)?;
    run_quick(
        cx,
        move || -> Result<_, OpError> {
            let stat = fs::statx(borrow(fd), "", AtFlags::EMPTY_PATH, WANTED)
                .map_err(|error| failed(error, "fstat"))?;
            Ok(Some(figures(&stat)))
        },
        to_js,
    )
}

/// `statfs(async, path) -> [type, bsize, frsize, blocks, bfree, bavail, files, ffree]`.
#[expect(
    clippy::cast_precision_loss,
    reason = "Node's numbers have the same limit of 2^53"
)]
fn statfs<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let path = cx.string(1)?;
    run(
        cx,
        move || fs::statfs(&path).map_err(|error| failed_at(error, "statfs", &path)),
        |scope, stat| {
            let all = [
                stat.f_type as f64,
                stat.f_bsize as f64,
                stat.f_frsize as f64,
                stat.f_blocks as f64,
                stat.f_bfree as f64,
                stat.f_bavail as f64,
                stat.f_files as f64,
                stat.f_ffree as f64,
            ];
            Ok(scope.array(&all.map(|figure| scope.number(figure)))?)
        },
    )
}

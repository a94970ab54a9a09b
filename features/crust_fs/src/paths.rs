//! Natives on one or two paths that answer nothing or a path.

use crate::embedded;
use crate::support::{errno_of, failed_at, failed_between, retry, run, run_quick, run_unit};
use crust_core::{Call, Op, OpResult};
use rustix::fs::{self, Access, AtFlags, CWD, Mode};
use rustix::io::Errno;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("access", access),
    Op::new("exists", exists),
    Op::new("mkdir", mkdir),
    Op::new("mkdtemp", mkdtemp),
    Op::new("rmdir", rmdir),
    Op::new("unlink", unlink),
    Op::new("rename", rename),
    Op::new("link", link),
    Op::new("symlink", symlink),
    Op::new("readlink", readlink),
    Op::new("realpath", realpath),
    Op::new("truncate", truncate),
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

fn between<'s>(
    cx: &Call<'s>,
    syscall: &'static str,
    call: impl Fn(&str, &str) -> Result<(), Errno> + Send + 'static,
) -> OpResult<'s> {
    let (path, other) = (cx.string(1)?, cx.string(2)?);
    run_unit(cx, move || {
        retry(|| call(&path, &other)).map_err(|error| failed_between(error, syscall, &path, &other))
    })
}

/// `access(async, path, mode)`.
fn access<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (path, mode) = (cx.string(1)?, Access::from_bits_truncate(cx.integer(2)?));
    run_quick(
        cx,
        || embedded::access(&path, mode).map_err(|error| failed_at(error, "access", &path)),
        |scope, ()| Ok(scope.undefined()),
    )
}

/// `exists(async, path) -> boolean`.
fn exists<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let path = cx.string(1)?;
    run_quick(
        cx,
        move || Ok(embedded::access(&path, Access::EXISTS).is_ok()),
        |scope, found| Ok(scope.boolean(found)),
    )
}

/// `mkdir(async, path, mode)`.
fn mkdir<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let mode = Mode::from_raw_mode(cx.integer(2)?);
    on(cx, "mkdir", move |path| fs::mkdir(path, mode))
}

/// `mkdtemp(async, prefix) -> path`.
fn mkdtemp<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let prefix = cx.string(1)?;
    run(
        cx,
        move || {
            let template = format!("{prefix}XXXXXX");
            make_temporary(&template).map_err(|error| failed_at(error, "mkdtemp", &template))
        },
        |scope, path| Ok(scope.string(&path)),
    )
}

#[expect(unsafe_code, reason = "rustix has no mkdtemp")]
fn make_temporary(template: &str) -> Result<String, Errno> {
    let mut bytes = std::ffi::CString::new(template)
        .map_err(|_| Errno::INVAL)?
        .into_bytes_with_nul();
    // SAFETY: the buffer is writable and ends with a null byte, which the call leaves in place.
    if unsafe { libc::mkdtemp(bytes.as_mut_ptr().cast()) }.is_null() {
        return Err(errno_of(&std::io::Error::last_os_error()));
    }
    bytes.pop();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn rmdir<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    on(cx, "rmdir", |path| fs::rmdir(path))
}

fn unlink<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    on(cx, "unlink", |path| fs::unlink(path))
}

fn rename<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    between(cx, "rename", |from, to| fs::rename(from, to))
}

fn link<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    between(cx, "link", |from, to| {
        fs::linkat(CWD, from, CWD, to, AtFlags::empty())
    })
}

/// `symlink(async, target, path)`.
fn symlink<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    between(cx, "symlink", |target, path| fs::symlink(target, path))
}

fn readlink<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let path = cx.string(1)?;
    run(
        cx,
        move || {
            fs::readlink(&path, Vec::new()).map_err(|error| failed_at(error, "readlink", &path))
        },
        |scope, target| Ok(scope.string_utf8(target.as_bytes())),
    )
}

/// `realpath(async, path, syscall)`: the name of the call in errors differs between Node's two forms.
fn realpath<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (path, syscall) = (cx.string(1)?, cx.string(2)?);
    run(
        cx,
        move || {
            if embedded::is_file(&path) {
                return Ok(PathBuf::from(path));
            }
            std::fs::canonicalize(&path)
                .map_err(|error| failed_at(errno_of(&error), &syscall, &path))
        },
        |scope, found| Ok(scope.string_utf8(found.as_os_str().as_bytes())),
    )
}

/// `truncate(async, path, length)`.
fn truncate<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let length: u64 = cx.integer(2)?;
    on(cx, "open", move |path| {
        let file = fs::open(path, fs::OFlags::RDWR | fs::OFlags::CLOEXEC, Mode::empty())?;
        fs::ftruncate(&file, length)
    })
}

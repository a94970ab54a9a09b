//! How natives of this feature run and fail: now or in the background, with Node's error texts.

use crust_core::{Call, OpError, OpResult, Scope, Throw, errno};
use rustix::io::Errno;
use std::io;
use std::os::fd::BorrowedFd;

/// Runs `work` now, or on a background thread when the call's first argument is true.
pub(crate) fn run<'s, T: Send + 'static>(
    cx: &Call<'s>,
    work: impl FnOnce() -> Result<T, OpError> + Send + 'static,
    finish: impl for<'a> FnOnce(Scope<'a>, T) -> OpResult<'a> + 'static,
) -> OpResult<'s> {
    if cx.boolean(0) {
        cx.spawn_blocking(work, finish)
    } else {
        finish(cx.scope(), work()?)
    }
}

/// As [`run`], for work that takes microseconds on any file system that answers: it runs at once, and
/// only its promise is settled later, on a turn of the event loop as programs expect.
pub(crate) fn run_quick<'s, T: Send + 'static>(
    cx: &Call<'s>,
    work: impl FnOnce() -> Result<T, OpError>,
    finish: impl for<'a> FnOnce(Scope<'a>, T) -> OpResult<'a> + 'static,
) -> OpResult<'s> {
    if cx.boolean(0) {
        settle_later(cx, work(), finish)
    } else {
        finish(cx.scope(), work()?)
    }
}

/// A promise of an outcome that is there already.
pub(crate) fn settle_later<'s, T: Send + 'static>(
    cx: &Call<'s>,
    outcome: Result<T, OpError>,
    finish: impl for<'a> FnOnce(Scope<'a>, T) -> OpResult<'a> + 'static,
) -> OpResult<'s> {
    let (promise, resolver) = cx.scope().promise()?;
    let completion = cx.runtime().event_loop().completion(move |scope, outcome| {
        let Ok(outcome) = outcome.downcast::<Result<T, OpError>>() else {
            return;
        };
        match outcome
            .map_err(Throw::Error)
            .and_then(|value| finish(scope, value))
        {
            Ok(value) => resolver.resolve(value),
            Err(thrown) => resolver.reject(thrown.to_js(scope)),
        }
    });
    completion.complete(Box::new(outcome));
    Ok(promise)
}

/// As [`run`], for work without a result.
pub(crate) fn run_unit<'s>(
    cx: &Call<'s>,
    work: impl FnOnce() -> Result<(), OpError> + Send + 'static,
) -> OpResult<'s> {
    run(cx, work, |scope, ()| Ok(scope.undefined()))
}

/// An error of a call without a path: `EBADF: bad file descriptor, read`.
pub(crate) fn failed(error: Errno, syscall: &str) -> OpError {
    describe(error, syscall, "")
        .property("syscall", syscall)
        .number_property("errno", number(error))
}

/// An error of a call on a path: `ENOENT: no such file or directory, open 'x'`.
pub(crate) fn failed_at(error: Errno, syscall: &str, path: &str) -> OpError {
    describe(error, syscall, &format!(" '{path}'"))
        .property("path", path)
        .property("syscall", syscall)
        .number_property("errno", number(error))
}

/// An error of a call on two paths: `…, rename 'a' -> 'b'`.
pub(crate) fn failed_between(
    error: Errno,
    syscall: &str,
    path: &str,
    destination: &str,
) -> OpError {
    describe(error, syscall, &format!(" '{path}' -> '{destination}'"))
        .property("path", path)
        .property("dest", destination)
        .property("syscall", syscall)
        .number_property("errno", number(error))
}

fn describe(error: Errno, syscall: &str, place: &str) -> OpError {
    let (code, text) = errno::describe(error.raw_os_error());
    // Bun lists the code first.
    OpError::error(format!("{code}: {text}, {syscall}{place}")).property("code", code)
}

fn number(error: Errno) -> f64 {
    f64::from(-error.raw_os_error())
}

/// The system's number of an error of the standard library.
pub(crate) fn errno_of(error: &io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}

/// Repeats what a signal interrupted.
pub(crate) fn retry<T>(mut call: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            result => return result,
        }
    }
}

#[expect(unsafe_code, reason = "descriptors are numbers in JS")]
pub(crate) fn borrow<'a>(fd: i32) -> BorrowedFd<'a> {
    debug_assert!(fd != -1);
    // SAFETY: used for one system call; a number that is not open gives EBADF.
    unsafe { BorrowedFd::borrow_raw(fd) }
}

//! Where an operation runs: small ones at once, the rest on a background thread. A result is bytes, or
//! `null` for "it failed", which JS turns into the error that the standard names.

use crust_core::{Call, OpResult};

/// The input that is worth a thread: at 250 MB/s, the slowest digest here, this takes 500 µs, the longest
/// that the JS thread may be held. It does not bound the input.
pub(crate) const LARGE: usize = 128 * 1024;

/// Runs `work` here or, when it is `slow`, in the background. Answers bytes or `null`, or a promise of them.
pub(crate) fn run<'s>(
    cx: &Call<'s>,
    slow: bool,
    work: impl FnOnce() -> Option<Vec<u8>> + Send + 'static,
) -> OpResult<'s> {
    if !slow {
        return match work() {
            Some(bytes) => cx.make_bytes(bytes),
            None => Ok(cx.null()),
        };
    }
    cx.spawn_blocking(
        move || Ok(work()),
        |scope, result| match result {
            Some(bytes) => Ok(scope.uint8_array(bytes)?),
            None => Ok(scope.null()),
        },
    )
}

/// As [`run`], for what answers a boolean.
pub(crate) fn check<'s>(
    cx: &Call<'s>,
    slow: bool,
    work: impl FnOnce() -> bool + Send + 'static,
) -> OpResult<'s> {
    if !slow {
        return Ok(cx.make_bool(work()));
    }
    cx.spawn_blocking(
        move || Ok(work()),
        |scope, result| Ok(scope.boolean(result)),
    )
}

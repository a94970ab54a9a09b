//! How a process that only builds once treats its memory.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the process ends with its build.
static ENDS: AtomicBool = AtomicBool::new(false);

/// Frees a value, unless the process ends soon, which is faster than looking for everything in it.
pub(crate) fn let_go<T>(value: T) {
    if ENDS.load(Ordering::Relaxed) {
        std::mem::forget(value);
    }
}

/// Keeps freed memory for what is allocated next, and takes more of it at a time: a build allocates until it
/// ends, so what goes back to the system only comes again, page by page. For processes that end with the build;
/// it changes nothing where the C library is not GNU's.
pub fn keep_memory() {
    ENDS.store(true, Ordering::Relaxed);
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        /// Bytes that the heap grows by.
        const STEP: libc::c_int = 32 << 20;
        let settings = [
            (libc::M_MMAP_THRESHOLD, 1 << 30),
            (libc::M_TRIM_THRESHOLD, libc::c_int::MAX),
            (libc::M_TOP_PAD, STEP),
        ];
        for (name, value) in settings {
            set(name, value);
        }
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(
    unsafe_code,
    reason = "the C library's settings have no safe interface"
)]
fn set(name: libc::c_int, value: libc::c_int) {
    // SAFETY: `mallopt` takes two numbers, locks what it changes, and refuses what it does not know.
    unsafe { libc::mallopt(name, value) };
}

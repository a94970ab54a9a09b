//! Reading memory that may not be there: the probes of layouts must not fault.

use std::ffi::c_void;
use std::sync::OnceLock;

/// A pipe through which the kernel copies bytes: a bad address gives `EFAULT` instead of a signal.
fn pipe() -> Option<(i32, i32)> {
    static PIPE: OnceLock<Option<(i32, i32)>> = OnceLock::new();
    *PIPE.get_or_init(|| {
        let mut ends = [0_i32; 2];
        // SAFETY: `ends` has room for the two descriptors.
        let result = unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC | libc::O_NONBLOCK) };
        (result == 0).then_some((ends[0], ends[1]))
    })
}

/// Copies `N` bytes from `address` if they are readable. For probes only: two system calls.
pub(super) fn read<const N: usize>(address: *const c_void) -> Option<[u8; N]> {
    const { assert!(N <= 4096, "a pipe takes this much at once") };
    let (reader, writer) = pipe()?;
    let mut bytes = [0_u8; N];
    // SAFETY: `write` only reads `address`, and answers EFAULT where that is impossible; `read`
    // fills at most `N` bytes of `bytes`.
    unsafe {
        let written = libc::write(writer, address, N);
        if usize::try_from(written) != Ok(N) {
            return None;
        }
        let got = libc::read(reader, bytes.as_mut_ptr().cast::<c_void>(), N);
        (usize::try_from(got) == Ok(N)).then_some(bytes)
    }
}

/// The pointer-sized word at `address`, if readable.
pub(super) fn read_word(address: *const c_void) -> Option<usize> {
    read::<8>(address).map(usize::from_ne_bytes)
}

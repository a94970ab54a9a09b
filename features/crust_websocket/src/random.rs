//! Unpredictable bytes for masks and keys (RFC 6455 §5.3), taken from the system in larger pieces.

use std::cell::RefCell;

const POOL: usize = 4096;

struct Pool {
    bytes: [u8; POOL],
    used: usize,
}

thread_local! {
    static RANDOM: RefCell<Pool> = const { RefCell::new(Pool { bytes: [0; POOL], used: POOL }) };
}

/// Fresh random bytes.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    RANDOM.with_borrow_mut(|pool| {
        if pool.used + N > POOL {
            // The system's generator fails only before it is seeded, which is at boot.
            let _ =
                rustix::rand::getrandom(&mut pool.bytes[..], rustix::rand::GetRandomFlags::empty());
            pool.used = 0;
        }
        let mut result = [0; N];
        if let Some(fresh) = pool.bytes.get(pool.used..pool.used + N) {
            result.copy_from_slice(fresh);
        }
        pool.used += N;
        result
    })
}

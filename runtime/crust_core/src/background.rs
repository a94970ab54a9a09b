//! Background threads for work that blocks. Never touches a VM: results come back as events.

use std::sync::OnceLock;
use tokio::runtime::{Builder, Runtime};

/// Blocking calls at once: file work saturates a disk with fewer; what waits longer (processes,
/// sockets) has its own threads or is asynchronous.
const BLOCKING_THREADS: usize = 8;

/// The process's background runtime, started when first needed.
///
/// # Panics
/// Never: when threads cannot be made, the work runs where it is asked for.
pub fn runtime() -> Option<&'static Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    RUNTIME
        .get_or_init(|| {
            Builder::new_multi_thread()
                .worker_threads(1)
                .max_blocking_threads(BLOCKING_THREADS)
                .thread_name("crust-background")
                .enable_all()
                .build()
                .ok()
        })
        .as_ref()
}

/// Runs `work` on a background thread, or at once when none can be made.
pub fn spawn(work: impl FnOnce() + Send + 'static) {
    match runtime() {
        Some(runtime) => drop(runtime.spawn_blocking(work)),
        None => work(),
    }
}

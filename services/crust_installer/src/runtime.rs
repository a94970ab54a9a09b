//! The threads that requests and unpacking run on. Never runs anything itself.

use tokio::runtime::{Builder, Runtime};

use crate::error::InstallError;

/// A runtime of its own for one command.
pub(crate) fn runtime() -> Result<Runtime, InstallError> {
    Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(threads())
        .enable_all()
        .build()
        .map_err(InstallError::io("start", "threads"))
}

/// Threads that unpack and link: they wait for the disk as often as they compute.
fn threads() -> usize {
    std::thread::available_parallelism()
        .map_or(2, usize::from)
        .max(2)
        * 2
}

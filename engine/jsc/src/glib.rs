//! The GLib main context of a VM: the engine posts wasm compilation results, garbage collection
//! timers and finalization there, and they run only when it is iterated. Never blocks.

use crate::engine::engine;
use jsc_sys::{GMainContextRef, GPollFD};
use std::os::fd::RawFd;
use std::time::Duration;

/// A main context bound to the current thread.
pub struct MainContext {
    raw: GMainContextRef,
}

/// More descriptors than a context of ours ever has (it has its wake-up eventfd).
const MAX_FDS: usize = 8;

impl MainContext {
    /// Takes the context that a VM made next on this thread will bind to. Must be called before the
    /// VM is made; `None` where the library does not use GLib.
    pub(crate) fn for_this_thread(main_thread: bool) -> Option<Self> {
        let glib = engine().glib();
        let (new, default) = (glib.g_main_context_new?, glib.g_main_context_default?);
        let (push, acquire) = (
            glib.g_main_context_push_thread_default?,
            glib.g_main_context_acquire?,
        );
        // SAFETY: plain GLib calls on a context that lives as long as the process.
        unsafe {
            let raw = if main_thread && engine().accelerators().initialize_main_thread() {
                default()
            } else {
                let own = new();
                push(own);
                own
            };
            acquire(raw);
            Some(Self { raw })
        }
    }

    /// The descriptors to wait on and after how long the context wants to run at the latest.
    pub fn poll_state(&self) -> (Vec<RawFd>, Option<Duration>) {
        let glib = engine().glib();
        let (Some(prepare), Some(query)) = (glib.g_main_context_prepare, glib.g_main_context_query)
        else {
            return (Vec::new(), None);
        };
        let (mut priority, mut timeout) = (0, -1);
        let mut fds = [GPollFD::default(); MAX_FDS];
        // SAFETY: the context is acquired by this thread; `fds` has room for `MAX_FDS`.
        let count = unsafe {
            prepare(self.raw, &raw mut priority);
            query(
                self.raw,
                priority,
                &raw mut timeout,
                fds.as_mut_ptr(),
                i32::try_from(MAX_FDS).unwrap_or(0),
            )
        };
        let count = usize::try_from(count).unwrap_or(0).min(MAX_FDS);
        let list = fds.iter().take(count).map(|entry| entry.fd).collect();
        (list, u64::try_from(timeout).ok().map(Duration::from_millis))
    }

    /// Dispatches what is ready, at most `limit` sources.
    pub fn iterate(&self, limit: usize) {
        let Some(iteration) = engine().glib().g_main_context_iteration else {
            return;
        };
        for _ in 0..limit {
            // SAFETY: the context is acquired by this thread; FALSE means do not block.
            if unsafe { iteration(self.raw, 0) } == 0 {
                break;
            }
        }
    }
}

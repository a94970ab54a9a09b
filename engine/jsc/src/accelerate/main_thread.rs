//! `WTF::initializeMainThread()`: makes the engine's main run loop the default GLib context, so
//! that the memory pressure handler finds it (without it, a timer-driven full collection crashes a
//! plain process that iterates GLib).

use jsc_sys::Library;
use std::ffi::c_void;
use std::mem::transmute;

/// The found symbol.
#[derive(Clone, Copy)]
pub(crate) struct MainThread(unsafe extern "C" fn());

impl MainThread {
    pub(super) fn find(library: &Library) -> Option<Self> {
        let address = library.symbol(c"_ZN3WTF20initializeMainThreadEv")?;
        // SAFETY: the mangled name says `void()`.
        Some(Self(unsafe {
            transmute::<*mut c_void, unsafe extern "C" fn()>(address)
        }))
    }

    /// Always `true`, so that it reads as a condition.
    pub(super) fn initialize(self) -> bool {
        // SAFETY: idempotent; called on the main thread before the first VM.
        unsafe { (self.0)() };
        true
    }
}

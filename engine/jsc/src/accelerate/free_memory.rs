//! `WTF::releaseFastMallocFreeMemory()`: gives pages that the engine's allocator holds for later back to
//! the system at once.

use jsc_sys::Library;
use std::ffi::c_void;
use std::mem::transmute;

/// The found symbol.
#[derive(Clone, Copy)]
pub(crate) struct FreeMemory(unsafe extern "C" fn());

impl FreeMemory {
    pub(super) fn find(library: &Library) -> Option<Self> {
        let address = library.symbol(c"_ZN3WTF27releaseFastMallocFreeMemoryEv")?;
        // SAFETY: the mangled name says `void()`.
        Some(Self(unsafe {
            transmute::<*mut c_void, unsafe extern "C" fn()>(address)
        }))
    }

    pub(super) fn release(self) {
        // SAFETY: the allocator locks for itself.
        unsafe { (self.0)() };
    }
}

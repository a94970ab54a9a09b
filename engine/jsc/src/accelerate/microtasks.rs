//! `JSC::VM::drainMicrotasks()`: runs the microtask queue while native code is on the stack.

use crate::engine::engine;
use jsc_sys::{JSContextGroupRef, Library};
use std::ffi::c_void;
use std::mem::transmute;

type Drain = unsafe extern "C" fn(vm: JSContextGroupRef);

/// The found symbol. A context group reference is the `VM*`.
#[derive(Clone, Copy)]
pub(crate) struct Microtasks(Drain);

impl Microtasks {
    pub(super) fn find(library: &Library) -> Option<Self> {
        engine_has_lock(library)?;
        let address = library.symbol(c"_ZN3JSC2VM15drainMicrotasksEv")?;
        // SAFETY: the mangled name says a member without arguments, whose result is ignored.
        Some(Self(unsafe { transmute::<*mut c_void, Drain>(address) }))
    }

    pub(super) fn drain(self, group: JSContextGroupRef) {
        // SAFETY: called on the VM's thread between two calls into JS; `drainMicrotasks` takes no
        // lock of its own and the queue belongs to this thread.
        unsafe { (self.0)(group) };
    }
}

fn engine_has_lock(library: &Library) -> Option<()> {
    library.spi().JSLock.and(library.spi().JSUnlock).map(|_| ())
}

/// Holds the engine's lock while `work` runs.
pub(crate) fn locked<T>(context: jsc_sys::JSContextRef, work: impl FnOnce() -> T) -> T {
    let spi = engine().spi();
    let (Some(lock), Some(unlock)) = (spi.JSLock, spi.JSUnlock) else {
        return work();
    };
    // SAFETY: the context is alive; the lock is recursive and released on this thread.
    unsafe { lock(context) };
    let result = work();
    // SAFETY: as above.
    unsafe { unlock(context) };
    result
}

/// Releases the lock of [`locked`] and takes it again; what waits for its end runs.
pub(crate) fn let_go(context: jsc_sys::JSContextRef) {
    let spi = engine().spi();
    if let (Some(lock), Some(unlock)) = (spi.JSLock, spi.JSUnlock) {
        // SAFETY: the context is alive, and this thread holds the lock.
        unsafe {
            unlock(context);
            lock(context);
        }
    }
}

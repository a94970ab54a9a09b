//! Setting the engine's options by name without `GObject` values, for which two more libraries would
//! have to be loaded. Never sets an option after the first VM exists.

use jsc_sys::Library;
use std::ffi::{CString, c_char, c_void};
use std::mem::transmute;

/// `JSC::Options`: reading the defaults, once, and setting one option from `name=value`.
pub(crate) struct Options {
    set: unsafe extern "C" fn(*const c_char, bool) -> bool,
}

impl Options {
    pub(super) fn find(library: &Library) -> Option<Self> {
        let initialize = library.symbol(c"_ZN3JSC7Options10initializeEv")?;
        let set = library.symbol(c"_ZN3JSC7Options9setOptionEPKcb")?;
        // SAFETY: the types that the mangled names state; `initialize` returns nothing and does its
        // work once, whoever calls it.
        unsafe {
            transmute::<*mut c_void, unsafe extern "C" fn()>(initialize)();
            Some(Self {
                set: transmute::<*mut c_void, unsafe extern "C" fn(*const c_char, bool) -> bool>(
                    set,
                ),
            })
        }
    }

    /// Sets `name` to true, if the engine knows it.
    pub(crate) fn switch_on(&self, name: &str) {
        if let Ok(text) = CString::new(format!("{name}=true")) {
            // SAFETY: the text ends; an unknown name is answered with false. Consistency is checked
            // when the first VM is made, after all are set.
            unsafe { (self.set)(text.as_ptr(), false) };
        }
    }
}

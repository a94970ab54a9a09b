//! [`Global`]: a value kept alive outside any scope. One held inside a native object that JS owns
//! is a leak until proven otherwise: the C API has no trace hook.

use crate::engine::api;
use crate::scope::Scope;
use crate::value::Value;
use jsc_sys::{JSContextRef, JSValueRef};

/// A protected value. Not `Send`: it must be dropped on its VM's thread, while the VM lives.
pub struct Global {
    context: JSContextRef,
    raw: JSValueRef,
}

impl Global {
    /// Protects `value` from collection.
    pub fn new(value: Value<'_>) -> Self {
        let context = value.scope().context();
        // SAFETY: context and value are alive.
        unsafe { (api().JSValueProtect)(context, value.as_raw()) };
        Self {
            context,
            raw: value.as_raw(),
        }
    }

    /// The value within a scope of the same VM.
    pub fn get<'s>(&self, scope: Scope<'s>) -> Value<'s> {
        scope.wrap(self.raw)
    }
}

impl Clone for Global {
    fn clone(&self) -> Self {
        // SAFETY: `self` keeps the value alive; protection counts.
        unsafe { (api().JSValueProtect)(self.context, self.raw) };
        Self {
            context: self.context,
            raw: self.raw,
        }
    }
}

impl Drop for Global {
    fn drop(&mut self) {
        // SAFETY: one unprotect for the protect of `new`.
        unsafe { (api().JSValueUnprotect)(self.context, self.raw) };
    }
}

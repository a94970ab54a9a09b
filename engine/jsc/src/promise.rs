//! Promises made and observed by native code. Never runs reactions itself.

use crate::engine::{api, engine};
use crate::exception::Exception;
use crate::global::Global;
use crate::scope::Scope;
use crate::value::Value;
use jsc_sys::JSValueRef;
use std::ptr;

/// The two functions that settle a promise, kept until one is called.
pub struct Resolver {
    resolve: Global,
    reject: Global,
}

/// `[[PromiseState]]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the language's own")]
pub enum PromiseState {
    Pending,
    Fulfilled,
    Rejected,
}

impl<'s> Scope<'s> {
    /// A pending promise with the means to settle it.
    ///
    /// # Errors
    /// Only what the engine throws when it runs out of memory.
    pub fn promise(self) -> Result<(Value<'s>, Resolver), Exception<'s>> {
        let (mut resolve, mut reject): (JSValueRef, JSValueRef) =
            (ptr::null_mut(), ptr::null_mut());
        let promise = self.attempt(|exception| {
            // SAFETY: the context is alive; the out pointers are valid for the call.
            unsafe {
                (api().JSObjectMakeDeferredPromise)(
                    self.context(),
                    &raw mut resolve,
                    &raw mut reject,
                    exception,
                )
            }
        })?;
        let resolver = Resolver {
            resolve: Global::new(self.wrap(resolve)),
            reject: Global::new(self.wrap(reject)),
        };
        Ok((self.wrap(promise), resolver))
    }
}

impl Resolver {
    /// Fulfils (or follows, for a thenable) the promise.
    pub fn resolve(self, value: Value<'_>) {
        // The resolving functions never throw.
        let _ = self.resolve.get(value.scope()).call(&[value]);
    }

    /// Rejects the promise.
    pub fn reject(self, reason: Value<'_>) {
        let _ = self.reject.get(reason.scope()).call(&[reason]);
    }
}

impl<'s> Value<'s> {
    /// The state of a native promise, where the engine exports it; `None` for anything else.
    pub fn promise_state(self) -> Option<PromiseState> {
        engine().accelerators().promises(self.scope())?.state(self)
    }

    /// Whether something reacts to the native promise, where the engine exports it.
    pub fn promise_is_handled(self) -> Option<bool> {
        engine()
            .accelerators()
            .promises(self.scope())?
            .is_handled(self)
    }

    /// The result or reason of a settled native promise.
    pub fn promise_result(self) -> Option<Value<'s>> {
        engine().accelerators().promises(self.scope())?.result(self)
    }
}

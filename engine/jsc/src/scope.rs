//! [`Scope`]: the right to use a VM on its thread, and everything that makes values. Never keeps a
//! value alive beyond its lifetime.

use crate::engine::{api, engine};
use crate::exception::Exception;
use crate::string::JsString;
use crate::value::Value;
use jsc_sys::{JSContextRef, JSValueRef};
use std::borrow::Cow;
use std::marker::PhantomData;
use std::ptr;

/// Access to a VM for the lifetime `'s`. Copyable; not `Send`.
#[derive(Clone, Copy)]
pub struct Scope<'s> {
    context: JSContextRef,
    _scope: PhantomData<&'s JSContextRef>,
}

/// A program text with where it came from.
#[derive(Clone, Copy)]
pub struct Script<'a> {
    /// UTF-8 source text.
    pub text: &'a str,
    /// What stack frames show as their file.
    pub url: &'a str,
}

impl<'s> Scope<'s> {
    /// # Safety
    /// `context` is alive for `'s` and this is its VM's thread.
    pub(crate) unsafe fn from_raw(context: JSContextRef) -> Self {
        Self {
            context,
            _scope: PhantomData,
        }
    }

    #[inline]
    pub(crate) fn context(self) -> JSContextRef {
        self.context
    }

    #[inline]
    pub(crate) fn wrap(self, raw: JSValueRef) -> Value<'s> {
        Value::from_raw(self, raw)
    }

    /// The one shape of a raw call: call, take the exception, wrap.
    #[inline]
    pub(crate) fn attempt<T>(
        self,
        call: impl FnOnce(*mut JSValueRef) -> T,
    ) -> Result<T, Exception<'s>> {
        let mut exception: JSValueRef = ptr::null_mut();
        let result = call(&raw mut exception);
        if exception.is_null() {
            Ok(result)
        } else {
            Err(Exception::new(self.wrap(exception)))
        }
    }

    /// `undefined`.
    #[inline]
    pub fn undefined(self) -> Value<'s> {
        // SAFETY: the context is alive (invariant of `Scope`).
        self.wrap(unsafe { (api().JSValueMakeUndefined)(self.context) })
    }

    /// `null`.
    #[inline]
    pub fn null(self) -> Value<'s> {
        // SAFETY: as above.
        self.wrap(unsafe { (api().JSValueMakeNull)(self.context) })
    }

    /// `true` or `false`.
    #[inline]
    pub fn boolean(self, value: bool) -> Value<'s> {
        // SAFETY: as above.
        self.wrap(unsafe { (api().JSValueMakeBoolean)(self.context, value) })
    }

    /// A number.
    #[inline]
    pub fn number(self, value: f64) -> Value<'s> {
        // SAFETY: as above.
        self.wrap(unsafe { (api().JSValueMakeNumber)(self.context, value) })
    }

    /// A string.
    #[inline]
    pub fn string(self, text: &str) -> Value<'s> {
        self.string_utf8(text.as_bytes())
    }

    /// A string from bytes that are meant to be UTF-8; each invalid sequence becomes U+FFFD.
    pub fn string_utf8(self, bytes: &[u8]) -> Value<'s> {
        if bytes.is_ascii() {
            return self.string_latin1(bytes);
        }
        // Text is nearly always valid, and that is found out faster than it is mended.
        let text = std::str::from_utf8(bytes)
            .map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed);
        let string = JsString::from_str(&text);
        // SAFETY: the context and the string are alive.
        self.wrap(unsafe { (api().JSValueMakeString)(self.context, string.as_raw()) })
    }

    /// A string whose code units are the bytes.
    pub fn string_latin1(self, bytes: &[u8]) -> Value<'s> {
        if let Some(fast) = engine().accelerators().strings()
            && let Some(raw) = fast.make_latin1(self.context, bytes)
        {
            return self.wrap(raw);
        }
        let units: Vec<u16> = bytes.iter().map(|byte| u16::from(*byte)).collect();
        self.string_utf16(&units)
    }

    /// A string from UTF-16 code units, lone surrogates included.
    pub fn string_utf16(self, units: &[u16]) -> Value<'s> {
        let string = JsString::from_utf16(units);
        // SAFETY: the context and the string are alive.
        self.wrap(unsafe { (api().JSValueMakeString)(self.context, string.as_raw()) })
    }

    /// A fresh unique symbol.
    pub fn symbol(self, description: &str) -> Value<'s> {
        let description = JsString::from_str(description);
        // SAFETY: the context and the string are alive.
        self.wrap(unsafe { (api().JSValueMakeSymbol)(self.context, description.as_raw()) })
    }

    /// The global object.
    pub fn global(self) -> Value<'s> {
        // SAFETY: the context is alive.
        self.wrap(unsafe { (api().JSContextGetGlobalObject)(self.context) })
    }

    /// `{}`.
    pub fn object(self) -> Value<'s> {
        // SAFETY: the context is alive; a null class makes a plain object.
        self.wrap(unsafe { (api().JSObjectMake)(self.context, ptr::null_mut(), ptr::null_mut()) })
    }

    /// An array of `items`. Items must be reachable from the stack until then: keep them in a fixed
    /// array or push one by one with [`Value::set_index`] when there are many.
    pub fn array(self, items: &[Value<'s>]) -> Result<Value<'s>, Exception<'s>> {
        let raw: Vec<JSValueRef> = items.iter().map(|item| item.as_raw()).collect();
        self.attempt(|exception| {
            // SAFETY: `raw` holds that many values of this context; the engine copies them.
            let array = unsafe {
                (api().JSObjectMakeArray)(self.context, raw.len(), raw.as_ptr(), exception)
            };
            self.wrap(array)
        })
    }

    /// `new Error(message)`.
    pub fn error(self, message: &str) -> Value<'s> {
        let message = self.string(message);
        let arguments = [message.as_raw()];
        // SAFETY: one argument of this context; a null exception pointer discards errors.
        self.wrap(unsafe {
            (api().JSObjectMakeError)(self.context, 1, arguments.as_ptr(), ptr::null_mut())
        })
    }

    /// Runs a program and returns its completion value.
    ///
    /// # Errors
    /// What the program throws, or the `SyntaxError` of its text.
    pub fn evaluate(self, script: Script<'_>) -> Result<Value<'s>, Exception<'s>> {
        self.evaluate_with(script, None)
    }

    /// As [`Scope::evaluate`], with an object as the program's `this` instead of the global one.
    ///
    /// # Errors
    /// As [`Scope::evaluate`].
    pub fn evaluate_with(
        self,
        script: Script<'_>,
        this: Option<Value<'s>>,
    ) -> Result<Value<'s>, Exception<'s>> {
        let this = this.map_or(ptr::null_mut(), Value::as_raw);
        let text = JsString::from_str(script.text);
        let url = JsString::from_str(script.url);
        self.attempt(|exception| {
            // SAFETY: context and strings are alive; a null `this` means the global object.
            let result = unsafe {
                (api().JSEvaluateScript)(
                    self.context,
                    text.as_raw(),
                    this,
                    url.as_raw(),
                    1,
                    exception,
                )
            };
            if result.is_null() {
                self.undefined()
            } else {
                self.wrap(result)
            }
        })
    }

    /// Parses JSON text; `None` when it is not JSON.
    pub fn parse_json(self, text: &str) -> Option<Value<'s>> {
        let text = JsString::from_str(text);
        // SAFETY: context and string are alive; null is the answer for bad text.
        let raw = unsafe { (api().JSValueMakeFromJSONString)(self.context, text.as_raw()) };
        (!raw.is_null()).then(|| self.wrap(raw))
    }

    /// A full, synchronous garbage collection where the engine exports one, else a hint.
    pub fn collect_garbage(self) {
        // SAFETY: the context is alive and no raw heap pointer is held across the call.
        unsafe {
            match engine().spi().JSSynchronousGarbageCollectForDebugging {
                Some(collect) => collect(self.context),
                None => (api().JSGarbageCollect)(self.context),
            }
        }
    }

    /// Collects garbage and gives free pages back to the system: the engine's, where it exports that,
    /// and the program's own.
    pub fn release_memory(self) {
        self.collect_garbage();
        engine().accelerators().release_memory();
        #[cfg(target_env = "gnu")]
        // SAFETY: only pages without an allocation are given back.
        unsafe {
            libc::malloc_trim(0);
        }
    }

    /// Tells the collector of `bytes` of native memory that a JS object keeps alive.
    pub fn report_external_memory(self, bytes: usize) {
        if let Some(report) = engine().spi().JSReportExtraMemoryCost {
            // SAFETY: the context is alive.
            unsafe { report(self.context, bytes) };
        }
    }

    /// Calls `callback(promise, reason)` for each rejection that nothing handles by the end of its
    /// microtask checkpoint. Without the SPI this does nothing and answers `false`.
    pub fn set_unhandled_rejection_callback(self, callback: Value<'s>) -> bool {
        let Some(set) = engine().spi().JSGlobalContextSetUnhandledRejectionCallback else {
            return false;
        };
        // SAFETY: context and callback are alive; the engine keeps the callback.
        unsafe { set(self.context, callback.as_raw(), ptr::null_mut()) };
        true
    }
}

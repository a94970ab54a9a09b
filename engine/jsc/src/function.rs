//! Native functions callable from JS: one Rust function, two trampolines (the C API's callback and
//! the engine's own host-function convention). Panics stop here and become JS errors.

use crate::engine::{api, engine};
use crate::exception::Exception;
use crate::scope::Scope;
use crate::string::JsString;
use crate::value::Value;
use jsc_sys::{JSContextRef, JSObjectCallAsFunctionCallback, JSObjectRef, JSValueRef};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{ptr, slice};

/// What a native function gives back.
pub type NativeResult<'s> = Result<Value<'s>, Exception<'s>>;

/// The receiver and arguments of one call.
#[derive(Clone, Copy)]
pub struct Arguments<'s> {
    scope: Scope<'s>,
    this: JSValueRef,
    list: &'s [JSValueRef],
}

impl<'s> Arguments<'s> {
    /// The scope of the call.
    #[inline]
    pub fn scope(&self) -> Scope<'s> {
        self.scope
    }

    /// The receiver.
    pub fn this(&self) -> Value<'s> {
        self.scope.wrap(self.this)
    }

    /// How many arguments were passed.
    #[inline]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether none were.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The argument at `index`, `undefined` when it was not passed.
    #[inline]
    pub fn get(&self, index: usize) -> Value<'s> {
        match self.list.get(index) {
            Some(raw) => self.scope.wrap(*raw),
            None => self.scope.undefined(),
        }
    }
}

/// A Rust function with its trampolines. `const`, so tables of natives are data.
#[derive(Clone, Copy)]
pub struct Native {
    portable: JSObjectCallAsFunctionCallback,
    host: HostFunction,
}

/// The engine's own calling convention for native functions: global object and call frame in,
/// encoded value out (zero with a pending exception).
pub(crate) type HostFunction =
    unsafe extern "C" fn(global: JSContextRef, frame: *mut JSValueRef) -> JSValueRef;

/// What a trampoline runs: a function item, or a zero-sized adapter around one.
pub trait NativeFunction: Copy + 'static {
    /// Answers one call.
    ///
    /// # Errors
    /// What is thrown to JS.
    fn call<'s>(self, arguments: &Arguments<'s>) -> NativeResult<'s>;
}

impl<F> NativeFunction for F
where
    F: for<'s> Fn(&Arguments<'s>) -> NativeResult<'s> + Copy + 'static,
{
    #[inline]
    fn call<'s>(self, arguments: &Arguments<'s>) -> NativeResult<'s> {
        self(arguments)
    }
}

impl Native {
    /// Wraps a function item. It must capture nothing: the trampolines conjure it from its type.
    pub const fn new<F: NativeFunction>(_function: F) -> Self {
        const {
            assert!(
                size_of::<F>() == 0,
                "a native function must not capture anything"
            );
        }
        Self {
            portable: portable_trampoline::<F>,
            host: host_trampoline::<F>,
        }
    }
}

/// The function of a zero-sized type.
#[inline]
fn conjure<F: Copy>() -> F {
    const { assert!(size_of::<F>() == 0) };
    // SAFETY: a zero-sized type has exactly one value, and it was passed to `Native::new`.
    unsafe { std::mem::zeroed() }
}

/// Runs the function; a panic becomes an error, so that a bug in one native stops one call only.
#[inline]
fn guarded<'s, F: NativeFunction>(arguments: &Arguments<'s>) -> NativeResult<'s> {
    catch_unwind(AssertUnwindSafe(|| conjure::<F>().call(arguments))).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("unknown");
        Err(Exception::new(
            arguments
                .scope()
                .error(&format!("internal error in Crust: {text}")),
        ))
    })
}

unsafe extern "C" fn portable_trampoline<F>(
    context: JSContextRef,
    _function: JSObjectRef,
    this: JSObjectRef,
    count: usize,
    list: *const JSValueRef,
    exception: *mut JSValueRef,
) -> JSValueRef
where
    F: NativeFunction,
{
    // SAFETY: the engine passes a live context and `count` arguments, valid during the call.
    let arguments = unsafe {
        let list = if count == 0 {
            &[]
        } else {
            slice::from_raw_parts(list, count)
        };
        Arguments {
            scope: Scope::from_raw(context),
            this,
            list,
        }
    };
    match guarded::<F>(&arguments) {
        Ok(value) => value.as_raw(),
        Err(thrown) => {
            // SAFETY: the engine passes a valid out pointer.
            unsafe { *exception = thrown.value().as_raw() };
            arguments.scope().undefined().as_raw()
        }
    }
}

/// Words of a call frame before the first argument, `this` being the last of them
/// (`CallFrame.h`: caller, return address, code block, callee, argument count, this).
const FRAME_COUNT: usize = 4;
const FRAME_THIS: usize = 5;
const FRAME_ARGUMENTS: usize = 6;

unsafe extern "C" fn host_trampoline<F>(global: JSContextRef, frame: *mut JSValueRef) -> JSValueRef
where
    F: NativeFunction,
{
    // SAFETY: the engine passes its global object and the current frame, whose layout the probe of
    // `accelerate::host_functions` has checked. The low half of the count word includes `this`.
    let arguments = unsafe {
        let count = ((*frame.add(FRAME_COUNT)).addr() & 0xffff_ffff).saturating_sub(1);
        Arguments {
            scope: Scope::from_raw(global),
            this: *frame.add(FRAME_THIS),
            list: slice::from_raw_parts(frame.add(FRAME_ARGUMENTS), count),
        }
    };
    match guarded::<F>(&arguments) {
        Ok(value) => value.as_raw(),
        Err(thrown) => {
            if let Some(host) = engine().accelerators().host_functions() {
                host.throw(global, thrown.value().as_raw());
            }
            ptr::null_mut()
        }
    }
}

impl<'s> Scope<'s> {
    /// A function object that runs `native`.
    pub fn function(self, name: &str, native: Native) -> Value<'s> {
        let label = JsString::from_str(name);
        if let Some(host) = engine().accelerators().host_functions()
            && let Some(raw) = host.make(self.context(), &label, native.host)
        {
            return self.wrap(raw);
        }
        // SAFETY: context and name are alive; the callback lives as long as the program.
        self.wrap(unsafe {
            (api().JSObjectMakeFunctionWithCallback)(
                self.context(),
                label.as_raw(),
                native.portable,
            )
        })
    }
}

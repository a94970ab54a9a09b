//! `JSC::JSFunction::create`: native functions in the engine's own convention, 4 ns a call instead
//! of 110 through the C API's callback object.

use super::microtasks::locked;
use crate::engine::api;
use crate::function::HostFunction;
use crate::scope::Scope;
use crate::string::JsString;
use jsc_sys::{JSContextGroupRef, JSContextRef, JSValueRef, Library};
use std::ffi::{CStr, c_void};
use std::mem::transmute;
use std::ptr;

/// `create(VM&, JSGlobalObject*, unsigned length, const String& name, function, visibility,
/// intrinsic, constructor, signature)`.
type Create = unsafe extern "C" fn(
    JSContextGroupRef,
    JSContextRef,
    u32,
    *const c_void,
    HostFunction,
    u8,
    u8,
    *const c_void,
    *const c_void,
) -> JSValueRef;
type Throw = unsafe extern "C" fn(JSContextGroupRef, JSContextRef, JSValueRef) -> *mut c_void;

/// The found symbols.
#[derive(Clone, Copy)]
pub(crate) struct HostFunctions {
    create: Create,
    not_a_constructor: *const c_void,
    throw: Throw,
}

// SAFETY: the pointer is the address of code.
unsafe impl Send for HostFunctions {}
// SAFETY: as above.
unsafe impl Sync for HostFunctions {}

const CREATE: &CStr = c"_ZN3JSC10JSFunction6createERNS_2VMEPNS_14JSGlobalObjectEjRKN3WTF6StringENS5_11FunctionPtrILNS5_6PtrTagE1EFlS4_PNS_9CallFrameEELNS5_18FunctionAttributesE2EEENS_24ImplementationVisibilityENS_9IntrinsicESF_PKNS_6DOMJIT9SignatureE";
const NOT_A_CONSTRUCTOR: &CStr =
    c"_ZN3JSC29callHostFunctionAsConstructorEPNS_14JSGlobalObjectEPNS_9CallFrameE";
const THROW: &CStr = c"_ZN3JSC2VM14throwExceptionEPNS_14JSGlobalObjectENS_7JSValueE";
/// Offset of the `StringImpl*` in an `OpaqueJSString`, which is laid out like a `WTF::String` there
/// (checked by the probe of `strings`).
const OPAQUE_IMPL: usize = 8;

impl HostFunctions {
    pub(super) fn find(library: &Library) -> Option<Self> {
        let create = library.symbol(CREATE)?;
        let throw = library.symbol(THROW)?;
        // SAFETY: the mangled names give the types; a `FunctionPtr` is one word passed by value.
        unsafe {
            Some(Self {
                create: transmute::<*mut c_void, Create>(create),
                not_a_constructor: library.symbol(NOT_A_CONSTRUCTOR)?,
                throw: transmute::<*mut c_void, Throw>(throw),
            })
        }
    }

    /// Makes functions and calls them: arguments, `this` and exceptions must come through.
    pub(super) fn probe(self, scope: Scope<'_>) -> bool {
        PROBED.get_or_init(|| self);
        let label = JsString::from_utf16(&[112, 114, 111, 98, 101]);
        let make = |function: HostFunction| self.make(scope.context(), &label, function);
        let (Some(second), Some(throws)) = (make(probe_second), make(probe_throw)) else {
            return false;
        };
        let (second, throws) = (scope.wrap(second), scope.wrap(throws));
        let arguments = [scope.number(1.5), scope.number(42.0)];
        let answers = second
            .call(&arguments)
            .and_then(crate::value::Value::to_number)
            .is_ok_and(|answer| answer.to_bits() == 44.0_f64.to_bits());
        answers && throws.call(&[]).is_err()
    }

    /// A function object, or `None` when the engine could not make one.
    pub(crate) fn make(
        self,
        context: JSContextRef,
        name: &JsString,
        function: HostFunction,
    ) -> Option<JSValueRef> {
        // SAFETY: `name` is alive, and the callee takes its own reference to its text.
        let raw = unsafe {
            let group = (api().JSContextGetGroup)(context);
            let text = name.as_raw().cast::<u8>().add(OPAQUE_IMPL).cast::<c_void>();
            locked(context, || {
                (self.create)(
                    group,
                    context,
                    0,
                    text,
                    function,
                    0,
                    0,
                    self.not_a_constructor,
                    ptr::null(),
                )
            })
        };
        (!raw.is_null()).then_some(raw)
    }

    /// Makes `value` the pending exception of the running host function.
    pub(crate) fn throw(self, context: JSContextRef, value: JSValueRef) {
        // SAFETY: called from a host function, with the lock held.
        unsafe {
            let group = (api().JSContextGetGroup)(context);
            (self.throw)(group, context, value);
        }
    }
}

/// Answers the second argument plus the number of arguments.
unsafe extern "C" fn probe_second(global: JSContextRef, frame: *mut JSValueRef) -> JSValueRef {
    // SAFETY: this is what is being probed; frames have at least their header.
    unsafe {
        let count = ((*frame.add(4)).addr() & 0xffff_ffff).saturating_sub(1);
        let scope = Scope::from_raw(global);
        if count != 2 {
            return scope.undefined().as_raw();
        }
        let second = scope.wrap(*frame.add(7)).to_number().unwrap_or(f64::NAN);
        scope.number(second + 2.0).as_raw()
    }
}

/// Throws a string.
unsafe extern "C" fn probe_throw(global: JSContextRef, _frame: *mut JSValueRef) -> JSValueRef {
    // SAFETY: as above.
    unsafe {
        let scope = Scope::from_raw(global);
        if let Some(host) = PROBED.get() {
            host.throw(global, scope.error("probe").as_raw());
        }
    }
    ptr::null_mut()
}

/// The candidate while it is probed; afterwards `Accelerators` holds it.
static PROBED: std::sync::OnceLock<HostFunctions> = std::sync::OnceLock::new();

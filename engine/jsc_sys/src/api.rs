//! The function tables, filled by name from the opened library.
#![expect(missing_docs, reason = "each field is the C function of the same name")]

use crate::types::{
    GMainContextRef, GPollFD, JSContextGroupRef, JSContextRef, JSGlobalContextRef,
    JSObjectCallAsFunctionCallback, JSObjectRef, JSPropertyNameArrayRef, JSShouldTerminateCallback,
    JSStringRef, JSType, JSTypedArrayBytesDeallocator, JSTypedArrayType, JSValueRef,
};
use crate::{Library, OpenError};
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};

/// Declares a table whose functions must all be present.
macro_rules! required {
    ($(#[$meta:meta])* $table:ident { $( fn $name:ident($($arg:ty),*) $(-> $ret:ty)?; )* }) => {
        $(#[$meta])*
        pub struct $table { $(pub $name: unsafe extern "C" fn($($arg),*) $(-> $ret)?,)* }

        impl $table {
            /// Looks every function up.
            ///
            /// # Errors
            /// [`OpenError::MissingSymbol`] names the first one that is not exported.
            pub(crate) fn load(library: &Library) -> Result<Self, OpenError> {
                Ok(Self {
                    $($name: {
                        let address = library.symbol(c_name(concat!(stringify!($name), "\0")))
                            .ok_or(OpenError::MissingSymbol(stringify!($name)))?;
                        // SAFETY: the C header declares the symbol of this name with this type.
                        unsafe { std::mem::transmute::<*mut c_void, unsafe extern "C" fn($($arg),*) $(-> $ret)?>(address) }
                    },)*
                })
            }
        }
    };
}

/// Declares a table in which each function may be absent.
macro_rules! optional {
    ($(#[$meta:meta])* $table:ident by $find:ident { $( fn $name:ident($($arg:ty),*) $(-> $ret:ty)?; )* }) => {
        $(#[$meta])*
        pub struct $table { $(pub $name: Option<unsafe extern "C" fn($($arg),*) $(-> $ret)?>,)* }

        impl $table {
            /// Looks every function up; the missing ones are `None`.
            pub(crate) fn load(library: &Library) -> Self {
                Self {
                    $($name: library.$find(c_name(concat!(stringify!($name), "\0"))).map(|address| {
                        // SAFETY: WebKit declares the symbol of this name with this type.
                        unsafe { std::mem::transmute::<*mut c_void, unsafe extern "C" fn($($arg),*) $(-> $ret)?>(address) }
                    }),)*
                }
            }
        }
    };
}

/// A name that ends in NUL.
fn c_name(name: &'static str) -> &'static CStr {
    CStr::from_bytes_with_nul(name.as_bytes()).unwrap_or_default()
}

required! {
    /// Level 0: the public C API.
    Api {
        fn JSContextGroupCreate() -> JSContextGroupRef;
        fn JSContextGroupRelease(JSContextGroupRef);
        fn JSGlobalContextCreateInGroup(JSContextGroupRef, *mut c_void) -> JSGlobalContextRef;
        fn JSGlobalContextRelease(JSGlobalContextRef);
        fn JSContextGetGroup(JSContextRef) -> JSContextGroupRef;
        fn JSContextGetGlobalObject(JSContextRef) -> JSObjectRef;
        fn JSEvaluateScript(JSContextRef, JSStringRef, JSObjectRef, JSStringRef, c_int, *mut JSValueRef) -> JSValueRef;
        fn JSGarbageCollect(JSContextRef);

        fn JSStringCreateWithCharacters(*const u16, usize) -> JSStringRef;
        fn JSStringCreateWithUTF8CString(*const c_char) -> JSStringRef;
        fn JSStringRetain(JSStringRef) -> JSStringRef;
        fn JSStringRelease(JSStringRef);
        fn JSStringGetLength(JSStringRef) -> usize;
        fn JSStringGetCharactersPtr(JSStringRef) -> *const u16;

        fn JSValueGetType(JSContextRef, JSValueRef) -> JSType;
        fn JSValueIsUndefined(JSContextRef, JSValueRef) -> bool;
        fn JSValueIsNull(JSContextRef, JSValueRef) -> bool;
        fn JSValueIsObject(JSContextRef, JSValueRef) -> bool;
        fn JSValueIsString(JSContextRef, JSValueRef) -> bool;
        fn JSValueIsArray(JSContextRef, JSValueRef) -> bool;
        fn JSValueIsInstanceOfConstructor(JSContextRef, JSValueRef, JSObjectRef, *mut JSValueRef) -> bool;
        fn JSValueIsStrictEqual(JSContextRef, JSValueRef, JSValueRef) -> bool;
        fn JSValueMakeUndefined(JSContextRef) -> JSValueRef;
        fn JSValueMakeNull(JSContextRef) -> JSValueRef;
        fn JSValueMakeBoolean(JSContextRef, bool) -> JSValueRef;
        fn JSValueMakeNumber(JSContextRef, f64) -> JSValueRef;
        fn JSValueMakeString(JSContextRef, JSStringRef) -> JSValueRef;
        fn JSValueMakeSymbol(JSContextRef, JSStringRef) -> JSValueRef;
        fn JSValueMakeFromJSONString(JSContextRef, JSStringRef) -> JSValueRef;
        fn JSValueToBoolean(JSContextRef, JSValueRef) -> bool;
        fn JSValueToNumber(JSContextRef, JSValueRef, *mut JSValueRef) -> f64;
        fn JSValueToStringCopy(JSContextRef, JSValueRef, *mut JSValueRef) -> JSStringRef;
        fn JSValueProtect(JSContextRef, JSValueRef);
        fn JSValueUnprotect(JSContextRef, JSValueRef);

        fn JSObjectMake(JSContextRef, *mut c_void, *mut c_void) -> JSObjectRef;
        fn JSObjectMakeFunctionWithCallback(JSContextRef, JSStringRef, JSObjectCallAsFunctionCallback) -> JSObjectRef;
        fn JSObjectMakeArray(JSContextRef, usize, *const JSValueRef, *mut JSValueRef) -> JSObjectRef;
        fn JSObjectMakeError(JSContextRef, usize, *const JSValueRef, *mut JSValueRef) -> JSObjectRef;
        fn JSObjectMakeDeferredPromise(JSContextRef, *mut JSObjectRef, *mut JSObjectRef, *mut JSValueRef) -> JSObjectRef;
        fn JSObjectMakeArrayBufferWithBytesNoCopy(JSContextRef, *mut c_void, usize, JSTypedArrayBytesDeallocator, *mut c_void, *mut JSValueRef) -> JSObjectRef;
        fn JSObjectMakeTypedArrayWithBytesNoCopy(JSContextRef, JSTypedArrayType, *mut c_void, usize, JSTypedArrayBytesDeallocator, *mut c_void, *mut JSValueRef) -> JSObjectRef;
        fn JSObjectMakeTypedArray(JSContextRef, JSTypedArrayType, usize, *mut JSValueRef) -> JSObjectRef;
        fn JSObjectGetPrototype(JSContextRef, JSObjectRef) -> JSValueRef;
        fn JSObjectSetPrototype(JSContextRef, JSObjectRef, JSValueRef);
        fn JSObjectHasProperty(JSContextRef, JSObjectRef, JSStringRef) -> bool;
        fn JSObjectGetProperty(JSContextRef, JSObjectRef, JSStringRef, *mut JSValueRef) -> JSValueRef;
        fn JSObjectSetProperty(JSContextRef, JSObjectRef, JSStringRef, JSValueRef, c_uint, *mut JSValueRef);
        fn JSObjectGetPropertyForKey(JSContextRef, JSObjectRef, JSValueRef, *mut JSValueRef) -> JSValueRef;
        fn JSObjectSetPropertyForKey(JSContextRef, JSObjectRef, JSValueRef, JSValueRef, c_uint, *mut JSValueRef);
        fn JSObjectGetPropertyAtIndex(JSContextRef, JSObjectRef, c_uint, *mut JSValueRef) -> JSValueRef;
        fn JSObjectSetPropertyAtIndex(JSContextRef, JSObjectRef, c_uint, JSValueRef, *mut JSValueRef);
        fn JSObjectDeleteProperty(JSContextRef, JSObjectRef, JSStringRef, *mut JSValueRef) -> bool;
        fn JSObjectIsFunction(JSContextRef, JSObjectRef) -> bool;
        fn JSObjectCallAsFunction(JSContextRef, JSObjectRef, JSObjectRef, usize, *const JSValueRef, *mut JSValueRef) -> JSValueRef;
        fn JSObjectCallAsConstructor(JSContextRef, JSObjectRef, usize, *const JSValueRef, *mut JSValueRef) -> JSObjectRef;
        fn JSObjectCopyPropertyNames(JSContextRef, JSObjectRef) -> JSPropertyNameArrayRef;
        fn JSPropertyNameArrayRelease(JSPropertyNameArrayRef);
        fn JSPropertyNameArrayGetCount(JSPropertyNameArrayRef) -> usize;
        fn JSPropertyNameArrayGetNameAtIndex(JSPropertyNameArrayRef, usize) -> JSStringRef;

        fn JSValueGetTypedArrayType(JSContextRef, JSValueRef, *mut JSValueRef) -> JSTypedArrayType;
        fn JSObjectGetTypedArrayBytesPtr(JSContextRef, JSObjectRef, *mut JSValueRef) -> *mut c_void;
        fn JSObjectGetTypedArrayByteLength(JSContextRef, JSObjectRef, *mut JSValueRef) -> usize;
        fn JSObjectGetTypedArrayByteOffset(JSContextRef, JSObjectRef, *mut JSValueRef) -> usize;
        fn JSObjectGetArrayBufferBytesPtr(JSContextRef, JSObjectRef, *mut JSValueRef) -> *mut c_void;
        fn JSObjectGetArrayBufferByteLength(JSContextRef, JSObjectRef, *mut JSValueRef) -> usize;
    }
}

optional! {
    /// Level 1: exported C functions without a public header.
    Spi by symbol {
        fn JSLock(JSContextRef);
        fn JSUnlock(JSContextRef);
        fn JSReportExtraMemoryCost(JSContextRef, usize);
        fn JSSynchronousGarbageCollectForDebugging(JSContextRef);
        fn JSSynchronousEdenCollectForDebugging(JSContextRef);
        fn JSDisableGCTimer();
        fn JSConfigureSignalForGC(c_int) -> bool;
        fn JSGetMemoryUsageStatistics(JSContextRef) -> JSObjectRef;
        fn JSGlobalContextSetUnhandledRejectionCallback(JSGlobalContextRef, JSObjectRef, *mut JSValueRef);
        fn JSContextGroupSetExecutionTimeLimit(JSContextGroupRef, f64, Option<JSShouldTerminateCallback>, *mut c_void);
        fn JSContextGroupClearExecutionTimeLimit(JSContextGroupRef);
        fn JSObjectGetProxyTarget(JSObjectRef) -> JSObjectRef;
        fn JSStringCreateWithCharactersNoCopy(*const u16, usize) -> JSStringRef;
        fn jsc_options_set_boolean(*const c_char, c_int) -> c_int;
        fn jsc_options_set_uint(*const c_char, c_uint) -> c_int;
        fn jsc_options_set_size(*const c_char, usize) -> c_int;
    }
}

optional! {
    /// The calls of GLib's main loop that the engine's deferred work (wasm compilation, garbage
    /// collection timers, finalization registries) is dispatched by.
    Glib by dependency {
        fn g_main_context_new() -> GMainContextRef;
        fn g_main_context_default() -> GMainContextRef;
        fn g_main_context_push_thread_default(GMainContextRef);
        fn g_main_context_acquire(GMainContextRef) -> c_int;
        fn g_main_context_prepare(GMainContextRef, *mut c_int) -> c_int;
        fn g_main_context_query(GMainContextRef, c_int, *mut c_int, *mut GPollFD, c_int) -> c_int;
        fn g_main_context_iteration(GMainContextRef, c_int) -> c_int;
    }
}

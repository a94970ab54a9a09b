//! The opaque handles, enumerations and callback shapes of the C API (`JSBase.h`, `JSObjectRef.h`,
//! `JSValueRef.h`, `JSTypedArray.h`).
#![expect(
    missing_docs,
    reason = "each item is the C declaration of the same name"
)]

use std::ffi::{c_int, c_void};

macro_rules! opaque {
    ($($opaque:ident => $(#[$meta:meta])* $alias:ident;)*) => {$(
        #[repr(C)]
        pub struct $opaque { _private: [u8; 0] }
        pub type $alias = *mut $opaque;
    )*};
}

opaque! {
    OpaqueJSContextGroup => JSContextGroupRef;
    OpaqueJSContext => JSContextRef;
    OpaqueJSString => JSStringRef;
    OpaqueJSValue => JSValueRef;
    OpaqueJSPropertyNameArray => JSPropertyNameArrayRef;
    GMainContext => GMainContextRef;
}

/// An object is a value whose type is `object`; C tells them apart by constness only.
pub type JSObjectRef = JSValueRef;
/// A context that was made by `JSGlobalContextCreate…`.
pub type JSGlobalContextRef = JSContextRef;

/// `JSType` of `JSValueRef.h`.
pub type JSType = c_int;
pub const JS_TYPE_UNDEFINED: JSType = 0;
pub const JS_TYPE_NULL: JSType = 1;
pub const JS_TYPE_BOOLEAN: JSType = 2;
pub const JS_TYPE_NUMBER: JSType = 3;
pub const JS_TYPE_STRING: JSType = 4;
pub const JS_TYPE_OBJECT: JSType = 5;
pub const JS_TYPE_SYMBOL: JSType = 6;
pub const JS_TYPE_BIGINT: JSType = 7;

/// `JSTypedArrayType` of `JSValueRef.h`.
pub type JSTypedArrayType = c_int;
pub const JS_TYPED_ARRAY_UINT8: JSTypedArrayType = 3;
pub const JS_TYPED_ARRAY_UINT32: JSTypedArrayType = 6;
pub const JS_TYPED_ARRAY_ARRAY_BUFFER: JSTypedArrayType = 9;
pub const JS_TYPED_ARRAY_NONE: JSTypedArrayType = 10;

/// `JSPropertyAttributes` of `JSObjectRef.h`.
pub const JS_PROPERTY_NONE: u32 = 0;
pub const JS_PROPERTY_READ_ONLY: u32 = 1 << 1;
pub const JS_PROPERTY_DONT_ENUM: u32 = 1 << 2;
pub const JS_PROPERTY_DONT_DELETE: u32 = 1 << 3;

/// `JSObjectCallAsFunctionCallback` of `JSObjectRef.h`.
pub type JSObjectCallAsFunctionCallback = unsafe extern "C" fn(
    ctx: JSContextRef,
    function: JSObjectRef,
    this: JSObjectRef,
    argument_count: usize,
    arguments: *const JSValueRef,
    exception: *mut JSValueRef,
) -> JSValueRef;

/// `JSTypedArrayBytesDeallocator` of `JSBase.h`. May run on any thread, during garbage collection.
pub type JSTypedArrayBytesDeallocator = unsafe extern "C" fn(bytes: *mut c_void, info: *mut c_void);

/// `JSShouldTerminateCallback` of the execution time limit SPI.
pub type JSShouldTerminateCallback =
    unsafe extern "C" fn(ctx: JSContextRef, context: *mut c_void) -> bool;

/// `GPollFD` of GLib's main loop.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct GPollFD {
    pub fd: c_int,
    pub events: u16,
    pub revents: u16,
}

//! Bytes shared with JS: views of typed arrays and buffers, and buffers made from Rust memory
//! without a copy.

use crate::engine::api;
use crate::exception::Exception;
use crate::scope::Scope;
use crate::value::Value;
use jsc_sys::{
    JS_TYPED_ARRAY_ARRAY_BUFFER, JS_TYPED_ARRAY_NONE, JS_TYPED_ARRAY_UINT8, JSTypedArrayType,
};
use std::ffi::c_void;
use std::ptr;

/// What kind of byte container a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BytesKind {
    /// An `ArrayBuffer` or `SharedArrayBuffer`.
    Buffer,
    /// A typed array.
    View,
    /// Neither (a `DataView` is told apart on the JS side).
    None,
}

impl<'s> Value<'s> {
    fn typed_array_type(self) -> JSTypedArrayType {
        // SAFETY: context and value are alive; a null exception pointer is allowed.
        unsafe {
            (api().JSValueGetTypedArrayType)(self.scope().context(), self.as_raw(), ptr::null_mut())
        }
    }

    /// What kind of byte container this is.
    pub fn bytes_kind(self) -> BytesKind {
        match self.typed_array_type() {
            JS_TYPED_ARRAY_ARRAY_BUFFER => BytesKind::Buffer,
            JS_TYPED_ARRAY_NONE => BytesKind::None,
            _ => BytesKind::View,
        }
    }

    /// Lends the bytes of a typed array or buffer, none for anything else. `work` gets no scope, so no
    /// JS can run meanwhile.
    pub fn with_bytes<T>(self, work: impl FnOnce(&[u8]) -> T) -> T
    where
        T: 'static,
    {
        // SAFETY: the slice ends with the call; whoever captures a value in `work` and calls it breaks
        // the documented contract, as with every lent buffer of the engine.
        let bytes = unsafe { self.bytes_mut() };
        work(bytes.unwrap_or(&mut []))
    }

    /// The bytes of a typed array or buffer, `None` for anything else.
    ///
    /// # Safety
    /// No JS may run while the slice is alive: it could detach, resize or write the buffer.
    pub unsafe fn bytes_mut(self) -> Option<&'s mut [u8]> {
        let (context, raw) = (self.scope().context(), self.as_raw());
        let none = ptr::null_mut();
        // SAFETY: `bytes_kind` vouches for the kind each call needs; pointer, offset and length are
        // the engine's own.
        unsafe {
            let (start, length) = match self.bytes_kind() {
                BytesKind::None => return None,
                BytesKind::Buffer => (
                    (api().JSObjectGetArrayBufferBytesPtr)(context, raw, none),
                    (api().JSObjectGetArrayBufferByteLength)(context, raw, none),
                ),
                BytesKind::View => {
                    // The pointer is that of the whole buffer.
                    let buffer = (api().JSObjectGetTypedArrayBytesPtr)(context, raw, none);
                    let offset = (api().JSObjectGetTypedArrayByteOffset)(context, raw, none);
                    let length = (api().JSObjectGetTypedArrayByteLength)(context, raw, none);
                    let start = if buffer.is_null() {
                        buffer
                    } else {
                        buffer.byte_add(offset)
                    };
                    (start, length)
                }
            };
            if start.is_null() || length == 0 {
                return Some(&mut []);
            }
            Some(std::slice::from_raw_parts_mut(start.cast::<u8>(), length))
        }
    }
}

/// Frees a `Box<[u8]>` whose length is smuggled through the context pointer.
unsafe extern "C" fn free_boxed_bytes(bytes: *mut c_void, length: *mut c_void) {
    let slice = ptr::slice_from_raw_parts_mut(bytes.cast::<u8>(), length.addr());
    // SAFETY: made by `Box::into_raw` in `leak`, and called once by the engine.
    drop(unsafe { Box::from_raw(slice) });
}

/// Hands the bytes to the engine: start and length.
fn leak(bytes: Vec<u8>) -> (*mut c_void, usize) {
    let boxed = bytes.into_boxed_slice();
    let length = boxed.len();
    (Box::into_raw(boxed).cast::<c_void>(), length)
}

impl<'s> Scope<'s> {
    /// A `Uint8Array` over `bytes`, without a copy.
    ///
    /// # Errors
    /// Only what the engine throws when it runs out of memory.
    pub fn uint8_array(self, bytes: Vec<u8>) -> Result<Value<'s>, Exception<'s>> {
        if bytes.is_empty() {
            return self.attempt(|exception| {
                // SAFETY: the context is alive.
                self.wrap(unsafe {
                    (api().JSObjectMakeTypedArray)(
                        self.context(),
                        JS_TYPED_ARRAY_UINT8,
                        0,
                        exception,
                    )
                })
            });
        }
        let (start, length) = leak(bytes);
        self.attempt(|exception| {
            // SAFETY: `start` is valid for `length` until `free_boxed_bytes`.
            self.wrap(unsafe {
                (api().JSObjectMakeTypedArrayWithBytesNoCopy)(
                    self.context(),
                    JS_TYPED_ARRAY_UINT8,
                    start,
                    length,
                    free_boxed_bytes,
                    ptr::without_provenance_mut(length),
                    exception,
                )
            })
        })
    }

    /// An `ArrayBuffer` over `bytes`, without a copy.
    ///
    /// # Errors
    /// As [`Scope::uint8_array`].
    pub fn array_buffer(self, bytes: Vec<u8>) -> Result<Value<'s>, Exception<'s>> {
        let (start, length) = leak(bytes);
        self.attempt(|exception| {
            // SAFETY: as above.
            self.wrap(unsafe {
                (api().JSObjectMakeArrayBufferWithBytesNoCopy)(
                    self.context(),
                    start,
                    length,
                    free_boxed_bytes,
                    ptr::without_provenance_mut(length),
                    exception,
                )
            })
        })
    }
}

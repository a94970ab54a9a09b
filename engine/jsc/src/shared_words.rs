//! [`SharedWords`]: a block of 32-bit words that Rust writes and JS reads as a `Uint32Array`, so that
//! many numbers cross without a call. For one VM's thread only.

use crate::engine::api;
use crate::exception::Exception;
use crate::scope::Scope;
use crate::value::Value;
use jsc_sys::JS_TYPED_ARRAY_UINT32;
use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;
use std::rc::Rc;

/// The words. Cheap to clone; JS holds its share until its array is collected.
#[derive(Clone)]
pub struct SharedWords {
    words: Rc<[Cell<u32>]>,
}

impl SharedWords {
    /// Makes `length` zeroes and the array over them.
    ///
    /// # Errors
    /// Only what the engine throws when it runs out of memory.
    pub fn new(scope: Scope<'_>, length: usize) -> Result<(Self, Value<'_>), Exception<'_>> {
        let words: Rc<[Cell<u32>]> = (0..length).map(|_| Cell::new(0)).collect();
        let start = words.as_ptr().cast_mut().cast::<c_void>();
        // One share is never given back: the collector may free the array on another thread, where a
        // count of this one must not change. Blocks are few, one for each server.
        std::mem::forget(Rc::clone(&words));
        let array = scope.attempt(|exception| {
            // SAFETY: the words live for ever (see above) and are cells, so that both sides, on the
            // same thread, may write them.
            scope.wrap(unsafe {
                (api().JSObjectMakeTypedArrayWithBytesNoCopy)(
                    scope.context(),
                    JS_TYPED_ARRAY_UINT32,
                    start,
                    length * size_of::<u32>(),
                    keep,
                    ptr::null_mut(),
                    exception,
                )
            })
        })?;
        Ok((Self { words }, array))
    }

    /// Writes words from `index` on; those beyond the end are dropped.
    #[inline]
    pub fn write(&self, index: usize, values: &[u32]) {
        for (cell, value) in self.words.iter().skip(index).zip(values) {
            cell.set(*value);
        }
    }

    /// The word at `index`, 0 beyond the end.
    #[inline]
    pub fn get(&self, index: usize) -> u32 {
        self.words.get(index).map_or(0, Cell::get)
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

/// The memory stays.
unsafe extern "C" fn keep(_bytes: *mut c_void, _context: *mut c_void) {}

//! [`Latin1Buffer`]: the memory of an 8-bit engine string that any thread may fill before a VM takes it
//! as a string, so that what is read from a file is never copied. Knows no files.

use crate::accelerate::strings::{StringImpl, Strings};
use crate::engine::engine;
use crate::scope::Scope;
use crate::value::Value;
use std::mem::MaybeUninit;
use std::{ptr, slice};

/// Makes [`Latin1Buffer`]s, on any thread.
#[derive(Clone, Copy)]
pub struct Latin1Allocator {
    strings: Strings,
}

impl Latin1Allocator {
    /// Memory for a string of `length` characters; `None` for lengths the engine keeps special.
    pub fn allocate(self, length: usize) -> Option<Latin1Buffer> {
        let (text, start) = self.strings.allocate_uninitialized(length)?;
        Some(Latin1Buffer {
            strings: self.strings,
            text,
            start,
            length,
            filled: 0,
        })
    }
}

/// A string in the making.
pub struct Latin1Buffer {
    strings: Strings,
    /// Owned: one reference.
    text: *mut StringImpl,
    start: *mut u8,
    length: usize,
    filled: usize,
}

// SAFETY: the text object is referenced by nobody else, and the engine allocates and frees its memory
// on any thread.
unsafe impl Send for Latin1Buffer {}

impl Latin1Buffer {
    /// Lets `fill` write to the rest of the buffer. It answers what it has written, from the start of
    /// what it was given; nothing else counts.
    ///
    /// # Errors
    /// What `fill` fails with.
    pub fn fill<E>(
        &mut self,
        fill: impl for<'b> FnOnce(&'b mut [MaybeUninit<u8>]) -> Result<&'b mut [u8], E>,
    ) -> Result<usize, E> {
        // SAFETY: the rest lies within the allocation, which nobody else uses.
        let rest = unsafe {
            slice::from_raw_parts_mut(
                self.start.add(self.filled).cast::<MaybeUninit<u8>>(),
                self.length - self.filled,
            )
        };
        let (begin, room) = (rest.as_ptr().cast::<u8>(), rest.len());
        let written = fill(rest)?;
        // Initialized bytes at the place that was given: the type says the one, this the other.
        let count = if ptr::eq(written.as_ptr(), begin) {
            written.len().min(room)
        } else {
            0
        };
        self.filled += count;
        Ok(count)
    }

    /// What is written so far.
    pub fn filled(&self) -> &[u8] {
        // SAFETY: the first `filled` bytes are written.
        unsafe { slice::from_raw_parts(self.start, self.filled) }
    }

    /// Whether every byte is written.
    pub fn is_full(&self) -> bool {
        self.filled == self.length
    }
}

impl Drop for Latin1Buffer {
    fn drop(&mut self) {
        // SAFETY: the reference is ours.
        unsafe { self.strings.release(self.text) };
    }
}

impl<'s> Scope<'s> {
    /// The allocator, where the engine's strings are within reach.
    pub fn latin1_allocator(self) -> Option<Latin1Allocator> {
        let strings = engine().accelerators().strings()?;
        Some(Latin1Allocator { strings })
    }

    /// The string of a buffer, without a copy when it is full.
    pub fn string_from_buffer(self, buffer: Latin1Buffer) -> Value<'s> {
        if buffer.is_full() {
            let strings = buffer.strings;
            let text = buffer.text;
            std::mem::forget(buffer);
            // SAFETY: the context is alive, and the reference of the forgotten buffer is handed over.
            return match unsafe { strings.make_cell_of(self.context(), text) } {
                Some(cell) => self.wrap(cell),
                None => self.undefined(),
            };
        }
        self.string_latin1(buffer.filled())
    }
}

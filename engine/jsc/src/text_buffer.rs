//! [`TextBuffer`]: the memory of an engine string that any thread may fill before a VM takes it as a
//! string, so that what is read from a file is never copied again. Knows no files and no encodings.

use crate::accelerate::strings::{StringImpl, Strings, Width};
use crate::engine::engine;
use crate::scope::Scope;
use crate::value::Value;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::{ptr, slice};

mod sealed {
    /// A character of the engine's strings.
    pub trait Unit: Copy + Into<u16> + 'static {
        /// 16-bit rather than 8-bit.
        const WIDE: bool;
    }
    impl Unit for u8 {
        const WIDE: bool = false;
    }
    impl Unit for u16 {
        const WIDE: bool = true;
    }
}
use sealed::Unit;

/// Makes [`TextBuffer`]s, on any thread.
#[derive(Clone, Copy)]
pub struct TextAllocator {
    strings: Strings,
}

impl TextAllocator {
    /// Memory for a string of at most `length` characters: `u8` is Latin-1, `u16` UTF-16. `None` for
    /// lengths the engine keeps special.
    pub fn allocate<U: Unit>(self, length: usize) -> Option<TextBuffer<U>> {
        let width = if U::WIDE { Width::Bits16 } else { Width::Bits8 };
        let (text, start) = self.strings.allocate_uninitialized(width, length)?;
        Some(TextBuffer {
            strings: self.strings,
            text,
            start: start.cast(),
            length,
            filled: 0,
            _unit: PhantomData,
        })
    }
}

/// A string in the making.
pub struct TextBuffer<U: Unit> {
    strings: Strings,
    /// Owned: one reference.
    text: *mut StringImpl,
    start: *mut U,
    length: usize,
    filled: usize,
    _unit: PhantomData<U>,
}

// SAFETY: the text object is referenced by nobody else, and the engine allocates and frees its memory
// on any thread.
unsafe impl<U: Unit> Send for TextBuffer<U> {}

impl<U: Unit> TextBuffer<U> {
    /// What is not written yet.
    pub fn spare(&mut self) -> &mut [MaybeUninit<U>] {
        // SAFETY: the rest lies within the allocation, which nobody else uses.
        unsafe {
            slice::from_raw_parts_mut(
                self.start.add(self.filled).cast::<MaybeUninit<U>>(),
                self.length - self.filled,
            )
        }
    }

    /// Lets `fill` write to the rest of the buffer. It answers what it has written, from the start of
    /// what it was given; nothing else counts.
    ///
    /// # Errors
    /// What `fill` fails with.
    pub fn fill<E>(
        &mut self,
        fill: impl for<'b> FnOnce(&'b mut [MaybeUninit<U>]) -> Result<&'b mut [U], E>,
    ) -> Result<usize, E> {
        let rest = self.spare();
        let (begin, room) = (rest.as_ptr().cast::<U>(), rest.len());
        let written = fill(rest)?;
        // Initialized characters at the place that was given: the type says the one, this the other.
        let count = if ptr::eq(written.as_ptr(), begin) {
            written.len().min(room)
        } else {
            0
        };
        self.filled += count;
        Ok(count)
    }

    /// Adds characters; `false`, and nothing is added, when there is no room for all of them.
    pub fn push(&mut self, units: &[U]) -> bool {
        let Some(room) = self.spare().get_mut(..units.len()) else {
            return false;
        };
        room.write_copy_of_slice(units);
        self.filled += units.len();
        true
    }

    /// What is written so far.
    pub fn filled(&self) -> &[U] {
        // SAFETY: the first `filled` characters are written.
        unsafe { slice::from_raw_parts(self.start, self.filled) }
    }

    pub(crate) fn spare_len(&self) -> usize {
        self.length - self.filled
    }

    /// Whether every character is written.
    pub fn is_full(&self) -> bool {
        self.filled == self.length
    }

    /// The string of what is written, without a copy.
    pub fn into_value(self, scope: Scope<'_>) -> Value<'_> {
        if self.filled < 2 {
            let units: Vec<u16> = self.filled().iter().map(|unit| (*unit).into()).collect();
            return scope.string_utf16(&units);
        }
        let (strings, text, filled) = (self.strings, self.text, self.filled);
        std::mem::forget(self);
        // SAFETY: the reference of the forgotten buffer is handed over, the text is shortened to what is
        // written, and the context is alive.
        let cell = unsafe {
            strings.shorten(text, filled);
            strings.make_cell_of(scope.context(), text)
        };
        cell.map_or_else(|| scope.undefined(), |cell| scope.wrap(cell))
    }
}

impl<U: Unit> Drop for TextBuffer<U> {
    fn drop(&mut self) {
        // SAFETY: the reference is ours.
        unsafe { self.strings.release(self.text) };
    }
}

impl Scope<'_> {
    /// The allocator, where the engine's strings are within reach.
    pub fn text_allocator(self) -> Option<TextAllocator> {
        let strings = engine().accelerators().strings()?;
        Some(TextAllocator { strings })
    }
}

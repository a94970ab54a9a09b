//! Strings in place: reads the characters of a JS string without a copy of the engine's, and makes
//! 8-bit strings. Layouts (`WTF::StringImpl`, `JSC::JSString`, `OpaqueJSString`) are probed.

use super::memory;
use super::microtasks::locked;
use crate::engine::api;
use crate::scope::Scope;
use crate::string::JsString;
use jsc_sys::{JSContextGroupRef, JSContextRef, JSStringRef, JSValueRef, Library};
use std::ffi::c_void;
use std::mem::transmute;
use std::{ptr, slice};

/// `WTF::StringImpl`: reference count (in steps of two), length, characters, hash and flags.
#[repr(C)]
pub(crate) struct StringImpl {
    reference_count: u32,
    length: u32,
    characters: *const c_void,
    flags: u32,
}

/// Flag bit of [`StringImpl`]: characters are 8-bit (Latin-1).
const FLAG_8_BIT: u32 = 1 << 2;
const REFERENCE: u32 = 2;
/// What the probe writes to a text of 16-bit characters.
const SHORTENED: &[u16] = &[0x20ac, 0xd83d, 0xde00];

/// A C++ `std::span<T>`.
#[repr(C)]
struct Span {
    start: *mut c_void,
    length: usize,
}

/// Width of the characters of a text object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    /// Latin-1.
    Bits8,
    /// UTF-16.
    Bits16,
}

type CreateUninitialized = unsafe extern "C" fn(*mut *mut StringImpl, usize, *mut Span);
type MakeCell = unsafe extern "C" fn(JSContextGroupRef, *mut StringImpl) -> JSValueRef;
type MakeOpaque = unsafe extern "C" fn(*mut JSStringRef, *mut *mut StringImpl);
type Destroy = unsafe extern "C" fn(*mut StringImpl);

/// The found symbols.
#[derive(Clone, Copy)]
pub(crate) struct Strings {
    create: CreateUninitialized,
    create_wide: CreateUninitialized,
    make_cell: MakeCell,
    make_opaque: MakeOpaque,
    destroy: Destroy,
}

/// Values with any of these bits are not cells (`JSCJSValue.h`).
const NOT_CELL_MASK: usize = 0xfffe_0000_0000_0002;
const CELL_TYPE: usize = 5;
const STRING_TYPE: u8 = 2;
/// Offset of the fiber word in a string cell; its lowest bit marks a rope.
const FIBER: usize = 8;
const ROPE: usize = 1;
/// Offset of the `StringImpl*` in an `OpaqueJSString`.
const OPAQUE_IMPL: usize = 8;
/// `StringImpl::MaxLength`.
const MAX_LENGTH: usize = i32::MAX as usize;

impl Strings {
    pub(super) fn find(library: &Library) -> Option<Self> {
        let create = library.symbol(
            c"_ZN3WTF10StringImpl19createUninitializedEmRSt4spanIhLm18446744073709551615EE",
        )?;
        let wide = library.symbol(
            c"_ZN3WTF10StringImpl19createUninitializedEmRSt4spanIDsLm18446744073709551615EE",
        )?;
        let cell =
            library.symbol(c"_ZN3JSC25jsStringWithCacheSlowCaseERNS_2VMERN3WTF10StringImplE")?;
        let opaque = library.symbol(c"_ZN14OpaqueJSString9tryCreateEON3WTF6StringE")?;
        let destroy = library.symbol(c"_ZN3WTF10StringImpl7destroyEPS0_")?;
        // SAFETY: the mangled names give the types; results that are `Ref`s come by hidden pointer.
        unsafe {
            Some(Self {
                create: transmute::<*mut c_void, CreateUninitialized>(create),
                create_wide: transmute::<*mut c_void, CreateUninitialized>(wide),
                make_cell: transmute::<*mut c_void, MakeCell>(cell),
                make_opaque: transmute::<*mut c_void, MakeOpaque>(opaque),
                destroy: transmute::<*mut c_void, Destroy>(destroy),
            })
        }
    }

    /// Finds known text behind an API string and a string cell, then round-trips made ones.
    pub(super) fn probe(&self, scope: Scope<'_>) -> bool {
        const TEXT: &[u8; 11] = b"crust-probe";
        let units: Vec<u16> = TEXT.iter().map(|byte| u16::from(*byte)).collect();
        let ascii = JsString::from_utf16(&units);
        // SAFETY: context and string are alive.
        let cell = unsafe { (api().JSValueMakeString)(scope.context(), ascii.as_raw()) };
        if cell.addr() & NOT_CELL_MASK != 0 || !is_string_cell_safely(cell) {
            return false;
        }
        let Some(fiber) = memory::read_word(cell.cast::<u8>().wrapping_add(FIBER).cast()) else {
            return false;
        };
        let in_cell = holds(ptr::with_exposed_provenance(fiber), TEXT, &units);
        let opaque =
            memory::read_word(ascii.as_raw().cast::<u8>().wrapping_add(OPAQUE_IMPL).cast());
        let in_opaque =
            opaque.is_some_and(|word| holds(ptr::with_exposed_provenance(word), TEXT, &units));
        in_cell && in_opaque && self.round_trips(scope)
    }

    fn round_trips(&self, scope: Scope<'_>) -> bool {
        const TEXT: &[u8] = b"round \xe9 trip";
        let Some(raw) = self.make_latin1(scope.context(), TEXT) else {
            return false;
        };
        let cell = scope.wrap(raw);
        let Some(opaque) = self.make_js_string(b"round trip") else {
            return false;
        };
        let Some(wide) = self.make_shortened(scope.context()) else {
            return false;
        };
        // SAFETY: `make_js_string` hands over one reference.
        let opaque = unsafe { JsString::from_raw(opaque) };
        cell.is_string()
            && cell
                .to_js_string()
                .is_ok_and(|text| text.to_text() == "round \u{e9} trip")
            && self.read(raw).as_deref() == Some("round \u{e9} trip")
            && opaque.to_text() == "round trip"
            && scope
                .wrap(wide)
                .to_js_string()
                .is_ok_and(|text| text.units() == SHORTENED)
    }

    /// The text [`SHORTENED`] in an allocation that has room for more.
    fn make_shortened(&self, context: JSContextRef) -> Option<JSValueRef> {
        let room = SHORTENED.len() + 8;
        let (text, start) = self.allocate_uninitialized(Width::Bits16, room)?;
        // SAFETY: there is room, and nobody else knows the text.
        unsafe {
            ptr::copy_nonoverlapping(SHORTENED.as_ptr(), start.cast(), SHORTENED.len());
            self.shorten(text, SHORTENED.len());
            self.make_cell_of(context, text)
        }
    }

    /// A string cell whose code units are the bytes. `None` for lengths the engine keeps special.
    pub(crate) fn make_latin1(&self, context: JSContextRef, bytes: &[u8]) -> Option<JSValueRef> {
        let text = self.allocate(bytes)?;
        // SAFETY: `text` holds one reference, which is handed over.
        unsafe { self.make_cell_of(context, text) }
    }

    /// A string cell over a text object whose reference is handed over.
    ///
    /// # Safety
    /// The context is alive, the caller owns one reference, and every byte of the text is written.
    pub(crate) unsafe fn make_cell_of(
        &self,
        context: JSContextRef,
        text: *mut StringImpl,
    ) -> Option<JSValueRef> {
        // SAFETY: the reference is released after the cell took its own.
        unsafe {
            let group = (api().JSContextGetGroup)(context);
            let cell = locked(context, || (self.make_cell)(group, text));
            self.release(text);
            (!cell.is_null()).then_some(cell)
        }
    }

    /// An API string of ASCII or Latin-1 bytes; the caller owns one reference.
    pub(crate) fn make_js_string(&self, bytes: &[u8]) -> Option<JSStringRef> {
        let mut text = self.allocate(bytes)?;
        let mut opaque: JSStringRef = ptr::null_mut();
        // SAFETY: the callee moves the reference out of `text` (a `WTF::String` is one pointer).
        unsafe { (self.make_opaque)(&raw mut opaque, &raw mut text) };
        (!opaque.is_null()).then_some(opaque)
    }

    fn allocate(&self, bytes: &[u8]) -> Option<*mut StringImpl> {
        let (text, start) = self.allocate_uninitialized(Width::Bits8, bytes.len())?;
        // SAFETY: `start` has room for as many bytes as were asked for.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), start.cast(), bytes.len()) };
        Some(text)
    }

    /// A text object of `length` characters that are yet to be written, and where they are. The caller
    /// owns one reference.
    pub(crate) fn allocate_uninitialized(
        &self,
        width: Width,
        length: usize,
    ) -> Option<(*mut StringImpl, *mut c_void)> {
        // Zero and one character are shared static strings in the engine.
        if !(2..=MAX_LENGTH).contains(&length) {
            return None;
        }
        let mut text: *mut StringImpl = ptr::null_mut();
        let mut span = Span {
            start: ptr::null_mut(),
            length: 0,
        };
        let create = match width {
            Width::Bits8 => self.create,
            Width::Bits16 => self.create_wide,
        };
        // SAFETY: the callee allocates `length` characters and describes them in `span`.
        unsafe { create(&raw mut text, length, &raw mut span) };
        (!text.is_null() && span.length == length).then_some((text, span.start))
    }

    /// Makes a text object shorter, before anyone else knows it.
    ///
    /// # Safety
    /// `text` is alive, its only reference is the caller's, and `length` is at least two and not more
    /// than what it was made with.
    #[expect(
        clippy::unused_self,
        reason = "holding `Strings` proves that the layout was probed"
    )]
    pub(crate) unsafe fn shorten(&self, text: *mut StringImpl, length: usize) {
        // SAFETY: the allocation is found by its address, not by its length, when it is freed.
        unsafe { (*text).length = u32::try_from(length).unwrap_or((*text).length) };
    }

    /// # Safety
    /// `text` is alive and the caller owns one reference.
    pub(crate) unsafe fn release(&self, text: *mut StringImpl) {
        // SAFETY: the count is only shared between threads for static strings, which these are not.
        unsafe {
            (*text).reference_count -= REFERENCE;
            if (*text).reference_count == 0 {
                (self.destroy)(text);
            }
        }
    }

    /// The text of a string cell; `None` for other values and for ropes.
    #[inline]
    #[expect(
        clippy::unused_self,
        reason = "holding `Strings` proves that the layout was probed"
    )]
    pub(crate) fn read(&self, value: JSValueRef) -> Option<String> {
        let text = string_impl(value)?;
        // SAFETY: the cell keeps its characters alive, and no JS runs here.
        Some(unsafe { to_text(text) })
    }

    /// Appends the text of a flat string cell as UTF-8. `false`, and nothing appended, for others.
    #[inline]
    #[expect(
        clippy::unused_self,
        reason = "holding `Strings` proves that the layout was probed"
    )]
    pub(crate) fn append_utf8(&self, value: JSValueRef, out: &mut Vec<u8>) -> bool {
        let Some(text) = string_impl(value) else {
            return false;
        };
        // SAFETY: the cell keeps its characters alive, and no JS runs here.
        match unsafe { narrow(text) } {
            Some(bytes) if bytes.is_ascii() => out.extend_from_slice(bytes),
            // SAFETY: as above.
            _ => out.extend_from_slice(unsafe { to_text(text) }.as_bytes()),
        }
        true
    }

    /// Appends the characters of a flat 8-bit string cell. `false`, and nothing appended, for others.
    #[inline]
    #[expect(
        clippy::unused_self,
        reason = "holding `Strings` proves that the layout was probed"
    )]
    pub(crate) fn append_latin1(&self, value: JSValueRef, out: &mut Vec<u8>) -> bool {
        // SAFETY: as above.
        let bytes = string_impl(value).and_then(|text| unsafe { narrow(text) });
        out.extend_from_slice(bytes.unwrap_or_default());
        bytes.is_some()
    }

    /// The text of a `WTF::String` that a C++ function returned, which is released.
    ///
    /// # Safety
    /// `text` is null or an owned reference.
    pub(super) unsafe fn take(&self, text: *mut StringImpl) -> String {
        if text.is_null() {
            return String::new();
        }
        // SAFETY: owned and alive until released here.
        unsafe {
            let owned = to_text(text);
            if !is_static(text) {
                self.release(text);
            }
            owned
        }
    }
}

/// Static strings have an odd reference count.
unsafe fn is_static(text: *const StringImpl) -> bool {
    // SAFETY: the caller vouches for `text`.
    unsafe { (*text).reference_count & 1 == 1 }
}

/// Whether a property name (`UniquedStringImpl*`) is this ASCII word.
///
/// # Safety
/// `name` is null or a live string of the engine, whose layout was probed.
pub(super) unsafe fn name_is(name: *const StringImpl, word: &str) -> bool {
    if name.is_null() {
        return false;
    }
    // SAFETY: the caller vouches for `name`.
    unsafe {
        (*name).length as usize == word.len()
            && (*name).flags & FLAG_8_BIT != 0
            && slice::from_raw_parts((*name).characters.cast::<u8>(), word.len()) == word.as_bytes()
    }
}

/// The text object of a flat string cell.
#[inline]
fn string_impl(value: JSValueRef) -> Option<*const StringImpl> {
    if value.is_null() || value.addr() & NOT_CELL_MASK != 0 || value.addr() < 0x1000 {
        return None;
    }
    // SAFETY: a value without tag bits is a cell; headers and string bodies are at least 16 bytes.
    unsafe {
        if *value.cast::<u8>().add(CELL_TYPE) != STRING_TYPE {
            return None;
        }
        let fiber = *value.cast::<usize>().add(FIBER / size_of::<usize>());
        (fiber & ROPE == 0 && fiber != 0).then(|| ptr::with_exposed_provenance(fiber))
    }
}

/// The characters of an 8-bit text.
///
/// # Safety
/// `text` is alive for as long as the slice is used.
#[inline]
unsafe fn narrow<'a>(text: *const StringImpl) -> Option<&'a [u8]> {
    // SAFETY: the flag says which width the characters have; an empty text may have none.
    unsafe {
        let length = (*text).length as usize;
        if length == 0 {
            return Some(&[]);
        }
        ((*text).flags & FLAG_8_BIT != 0)
            .then(|| slice::from_raw_parts((*text).characters.cast::<u8>(), length))
    }
}

/// # Safety
/// `text` is alive for the call.
unsafe fn to_text(text: *const StringImpl) -> String {
    // SAFETY: the flag says which width the characters have.
    unsafe {
        let length = (*text).length as usize;
        if length == 0 {
            return String::new();
        }
        if (*text).flags & FLAG_8_BIT == 0 {
            let units = slice::from_raw_parts((*text).characters.cast::<u16>(), length);
            return String::from_utf16_lossy(units);
        }
        latin1_to_text(slice::from_raw_parts(
            (*text).characters.cast::<u8>(),
            length,
        ))
    }
}

fn latin1_to_text(bytes: &[u8]) -> String {
    if bytes.is_ascii() {
        // SAFETY: ASCII is UTF-8.
        return unsafe { String::from_utf8_unchecked(bytes.to_vec()) };
    }
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn is_string_cell_safely(cell: JSValueRef) -> bool {
    memory::read::<8>(cell.cast()).is_some_and(|header| header.get(CELL_TYPE) == Some(&STRING_TYPE))
}

/// Whether `address` is a readable `StringImpl` that holds the text in either width.
/// Whether there is a text with these eleven characters at an address, which may be any.
pub(super) fn is_text(address: usize, text: &str) -> bool {
    let units: Vec<u16> = text.encode_utf16().collect();
    text.as_bytes()
        .try_into()
        .is_ok_and(|bytes| holds(ptr::with_exposed_provenance(address), bytes, &units))
}

fn holds(address: *const c_void, bytes: &[u8; 11], units: &[u16]) -> bool {
    let Some(header) = memory::read::<24>(address) else {
        return false;
    };
    let word = |at: usize| -> [u8; 8] {
        header
            .get(at..at + 8)
            .and_then(|part| part.try_into().ok())
            .unwrap_or_default()
    };
    let [_, _, _, _, a, b, c, d] = word(0);
    let length = u32::from_ne_bytes([a, b, c, d]) as usize;
    let characters: *const c_void = ptr::with_exposed_provenance(usize::from_ne_bytes(word(8)));
    let [a, b, c, d, ..] = word(16);
    let flags = u32::from_ne_bytes([a, b, c, d]);
    if length != bytes.len() {
        return false;
    }
    if flags & FLAG_8_BIT != 0 {
        return memory::read::<11>(characters).is_some_and(|found| found == *bytes);
    }
    let wide: Vec<u8> = units.iter().flat_map(|unit| unit.to_ne_bytes()).collect();
    memory::read::<22>(characters).is_some_and(|found| found.as_slice() == wide)
}

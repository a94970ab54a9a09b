//! [`JsString`]: the engine's reference-counted string outside any heap. Never a JS value by itself.

use crate::engine::api;
use encoding_rs::mem::{convert_str_to_utf16, encode_latin1_lossy, is_str_latin1};
use jsc_sys::JSStringRef;

/// An owned engine string.
pub struct JsString {
    raw: JSStringRef,
}

impl JsString {
    /// # Safety
    /// `raw` is a non-null string whose reference is handed over.
    pub(crate) unsafe fn from_raw(raw: JSStringRef) -> Self {
        Self { raw }
    }

    /// Copies UTF-8 text, NULs included.
    #[expect(
        clippy::should_implement_trait,
        reason = "infallible, unlike `FromStr`"
    )]
    pub fn from_str(text: &str) -> Self {
        if let Some(fast) = crate::engine::engine().accelerators().strings()
            && is_str_latin1(text)
            && let Some(raw) = fast.make_js_string(&encode_latin1_lossy(text))
        {
            return Self { raw };
        }
        if text.len() <= 64 && text.is_ascii() {
            let mut units = [0_u16; 64];
            for (unit, byte) in units.iter_mut().zip(text.bytes()) {
                *unit = u16::from(byte);
            }
            return Self::from_utf16(units.get(..text.len()).unwrap_or(&units));
        }
        // One unit per byte is the most; the converter asks for one more.
        let mut units = vec![0_u16; text.len() + 1];
        let length = convert_str_to_utf16(text, &mut units);
        Self::from_utf16(units.get(..length).unwrap_or(&units))
    }

    /// Copies UTF-16 code units.
    pub fn from_utf16(units: &[u16]) -> Self {
        Self {
            // SAFETY: pointer and length describe `units`; the engine copies them.
            raw: unsafe { (api().JSStringCreateWithCharacters)(units.as_ptr(), units.len()) },
        }
    }

    pub(crate) fn as_raw(&self) -> JSStringRef {
        self.raw
    }

    /// Length in UTF-16 code units.
    pub fn len(&self) -> usize {
        // SAFETY: the string is alive.
        unsafe { (api().JSStringGetLength)(self.raw) }
    }

    /// Whether there are no code units.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The UTF-16 code units.
    pub fn units(&self) -> &[u16] {
        let length = self.len();
        if length == 0 {
            return &[];
        }
        // SAFETY: the engine keeps the characters as long as the string, which `self` owns.
        unsafe { std::slice::from_raw_parts((api().JSStringGetCharactersPtr)(self.raw), length) }
    }

    /// As UTF-8; lone surrogates become U+FFFD.
    pub fn to_text(&self) -> String {
        let units = self.units();
        let mut bytes = Vec::with_capacity(units.len());
        for (index, unit) in units.iter().enumerate() {
            match u8::try_from(*unit) {
                Ok(byte) if byte < 0x80 => bytes.push(byte),
                _ => {
                    let tail = String::from_utf16_lossy(units.get(index..).unwrap_or(&[]));
                    bytes.extend_from_slice(tail.as_bytes());
                    break;
                }
            }
        }
        // SAFETY: ASCII bytes followed by the bytes of a `String`.
        unsafe { String::from_utf8_unchecked(bytes) }
    }
}

impl Drop for JsString {
    fn drop(&mut self) {
        // SAFETY: `self` owns one reference.
        unsafe { (api().JSStringRelease)(self.raw) };
    }
}

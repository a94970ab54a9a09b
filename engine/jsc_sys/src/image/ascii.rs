//! What the engine asks ICU about ASCII letters, answered here: a look-behind or a named group in a regular
//! expression would otherwise bring in ICU, which takes 4 ms. Every other question goes to ICU.

use libc::c_int;
use std::ffi::CStr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// `UCHAR_ID_CONTINUE` and `UCHAR_ID_START` of ICU's `uchar.h`.
const ID_CONTINUE: c_int = 15;
const ID_START: c_int = 16;

/// A function of ICU that we answer for.
struct StandIn {
    /// ICU's name without its version.
    name: &'static [u8],
    ours: fn() -> usize,
    /// Where ICU's is reached.
    icu: &'static AtomicUsize,
}

static PROPERTY: AtomicUsize = AtomicUsize::new(0);
static CATEGORY: AtomicUsize = AtomicUsize::new(0);

const STAND_INS: &[StandIn] = &[
    StandIn {
        name: b"u_hasBinaryProperty_",
        ours: || has_binary_property as *const () as usize,
        icu: &PROPERTY,
    },
    StandIn {
        name: b"u_charType_",
        ours: || char_type as *const () as usize,
        icu: &CATEGORY,
    },
];

/// Our function for a name that we answer for, which asks the function at `icu` when it does not know.
pub(super) fn stand_in(name: &CStr, icu: usize) -> Option<usize> {
    let found = STAND_INS
        .iter()
        .find(|one| name.to_bytes().starts_with(one.name))?;
    found.icu.store(icu, Ordering::Relaxed);
    Some((found.ours)())
}

/// `UBool u_hasBinaryProperty(UChar32 c, UProperty which)`.
extern "C" fn has_binary_property(character: i32, property: c_int) -> i8 {
    if let Some(answer) = known_property(character, property) {
        return i8::from(answer);
    }
    // SAFETY: the address of the thunk that stands for ICU's function of this type, stored before the
    // engine's first instruction runs.
    let icu: extern "C" fn(i32, c_int) -> i8 =
        unsafe { std::mem::transmute(PROPERTY.load(Ordering::Relaxed)) };
    icu(character, property)
}

/// `int8_t u_charType(UChar32 c)`.
extern "C" fn char_type(character: i32) -> i8 {
    if let Some(answer) = known_category(character) {
        return answer;
    }
    // SAFETY: as above.
    let icu: extern "C" fn(i32) -> i8 =
        unsafe { std::mem::transmute(CATEGORY.load(Ordering::Relaxed)) };
    icu(character)
}

fn ascii(character: i32) -> Option<u8> {
    u8::try_from(character).ok().filter(u8::is_ascii)
}

/// Unicode's `ID_Start` and `ID_Continue` of a character of ASCII.
fn known_property(character: i32, property: c_int) -> Option<bool> {
    let character = ascii(character)?;
    match property {
        ID_START => Some(character.is_ascii_alphabetic()),
        ID_CONTINUE => Some(character.is_ascii_alphanumeric() || character == b'_'),
        _ => None,
    }
}

/// Unicode's general category of a character of ASCII, in the numbers of ICU's `UCharCategory`.
fn known_category(character: i32) -> Option<i8> {
    Some(match ascii(character)? {
        b'A'..=b'Z' => 1,
        b'a'..=b'z' => 2,
        b'0'..=b'9' => 9,
        b' ' => 12,
        0..=31 | 127 => 15,
        b'-' => 19,
        b'(' | b'[' | b'{' => 20,
        b')' | b']' | b'}' => 21,
        b'_' => 22,
        b'+' | b'<' | b'=' | b'>' | b'|' | b'~' => 24,
        b'$' => 25,
        b'^' | b'`' => 26,
        _ => 23,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn icu_says_the_same() {
        let library = (50..100)
            .map(|version| (version, format!("libicuuc.so.{version}")))
            .find_map(|(version, name)| {
                // SAFETY: ICU's initialisers may run on any thread.
                let library = unsafe { libloading::Library::new(name) };
                library.ok().map(|library| (version, library))
            });
        let (version, library) = library.unwrap();
        let named = |name: &str| format!("{name}_{version}").into_bytes();
        // SAFETY: the functions have these types in every version.
        let (property_of, category_of) = unsafe {
            (
                library
                    .get::<extern "C" fn(i32, c_int) -> i8>(&named("u_hasBinaryProperty"))
                    .unwrap(),
                library
                    .get::<extern "C" fn(i32) -> i8>(&named("u_charType"))
                    .unwrap(),
            )
        };
        for character in 0..128 {
            for property in [ID_START, ID_CONTINUE] {
                let wanted = property_of(character, property) != 0;
                assert_eq!(
                    known_property(character, property),
                    Some(wanted),
                    "{character}"
                );
            }
            assert_eq!(
                known_category(character),
                Some(category_of(character)),
                "{character}"
            );
        }
        for other in [128, -1, i32::MAX] {
            assert_eq!(known_property(other, ID_START), None);
            assert_eq!(known_category(other), None);
        }
        assert_eq!(known_property(65, 0), None);
    }
}

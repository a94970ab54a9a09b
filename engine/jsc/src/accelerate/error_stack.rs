//! The moment an error's stack is first read: the engine makes `stack` lazily, in the method table
//! entries of `JSC::ErrorInstance`. Two entries are replaced by ours, which let the engine make its
//! text and then give it to a formatter (source-mapped, in the format programs parse).
//!
//! The table lies behind the exported `ErrorInstance::s_info`. The probe compares it with that of
//! `JSObject`: exactly the five entries that errors override must differ. A library that was built
//! otherwise fails the comparison and keeps the engine's own format.

use super::strings::{StringImpl, name_is};
use crate::engine::{api, engine};
use crate::scope::{Scope, Script};
use crate::string::JsString;
use crate::value::Value;
use jsc_sys::{JS_PROPERTY_DONT_ENUM, JSContextRef, JSObjectRef, Library};
use std::cell::Cell;
use std::ffi::c_void;
use std::mem::transmute;
use std::panic::catch_unwind;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the engine recorded for one error.
pub struct RawStack<'a> {
    /// `name: message`, as `Error.prototype.toString` gives it without running user code.
    pub header: &'a str,
    /// The engine's frames, one a line: `function@url:line:column`.
    pub frames: &'a str,
}

/// Makes the value of `error.stack` for an error.
pub type StackFormatter = for<'s> fn(Value<'s>, &RawStack<'_>) -> Value<'s>;

type GetOwnPropertySlot =
    unsafe extern "C" fn(JSObjectRef, JSContextRef, *const StringImpl, *mut c_void) -> bool;
type GetSpecialNames = unsafe extern "C" fn(JSObjectRef, JSContextRef, *mut c_void, u32);
type ToSanitized = unsafe extern "C" fn(*mut *mut StringImpl, JSObjectRef, JSContextRef);

/// What was found in the library.
struct Hook {
    table: *mut usize,
    base_get: GetOwnPropertySlot,
    error_get: GetOwnPropertySlot,
    error_names: GetSpecialNames,
    name_of: ToSanitized,
    message_of: ToSanitized,
}

// SAFETY: addresses of code and of the library's own data.
unsafe impl Send for Hook {}
// SAFETY: as above.
unsafe impl Sync for Hook {}

static HOOK: OnceLock<Hook> = OnceLock::new();
static ACTIVE: AtomicBool = AtomicBool::new(false);

thread_local! {
    static FORMATTER: Cell<Option<StackFormatter>> = const { Cell::new(None) };
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Words of `ClassInfo` (`ClassInfo.h`): the parent, and in the method table behind it `put`,
/// `deleteProperty`, `getOwnPropertySlot`, `getOwnSpecialPropertyNames`, `defineOwnProperty`.
const PARENT: usize = 2;
const TABLE: std::ops::Range<usize> = 7..26;
const OVERRIDDEN: [usize; 5] = [9, 11, GET, NAMES, 18];
const GET: usize = 13;
const NAMES: usize = 16;

/// The properties that are made together with the stack.
const LAZY: [&str; 4] = ["stack", "line", "column", "sourceURL"];

/// Looks the tables up and compares them; patches nothing yet.
pub(super) fn find(library: &Library) {
    if let Some(hook) = locate(library) {
        // Another thread may have found the same.
        let _ = HOOK.set(hook);
    }
}

fn locate(library: &Library) -> Option<Hook> {
    let error = library
        .symbol(c"_ZN3JSC13ErrorInstance6s_infoE")?
        .cast::<usize>();
    let object = library.symbol(c"_ZN3JSC8JSObject6s_infoE")?.cast::<usize>();
    let name_of =
        library.symbol(c"_ZN3JSC13ErrorInstance19sanitizedNameStringEPNS_14JSGlobalObjectE")?;
    let message_of =
        library.symbol(c"_ZN3JSC13ErrorInstance22sanitizedMessageStringEPNS_14JSGlobalObjectE")?;
    // SAFETY: both symbols are `ClassInfo` objects of more than 26 words in the library's data.
    let word = |table: *mut usize, index: usize| unsafe { *table.add(index) };
    let differing: Vec<usize> = TABLE
        .filter(|index| word(error, *index) != word(object, *index))
        .collect();
    if word(error, PARENT) != object.addr() || differing != OVERRIDDEN {
        return None;
    }
    // SAFETY: the comparison above says which entries these are; C++ gives their types.
    unsafe {
        Some(Hook {
            table: error,
            base_get: transmute::<usize, GetOwnPropertySlot>(word(object, GET)),
            error_get: transmute::<usize, GetOwnPropertySlot>(word(error, GET)),
            error_names: transmute::<usize, GetSpecialNames>(word(error, NAMES)),
            name_of: transmute::<*mut c_void, ToSanitized>(name_of),
            message_of: transmute::<*mut c_void, ToSanitized>(message_of),
        })
    }
}

/// Whether stacks are formatted at the source.
pub(super) fn is_active() -> bool {
    ACTIVE.load(Ordering::Relaxed)
}

/// Formats the stacks of this thread's VM with `format`. `false`: not possible here.
pub(crate) fn install(scope: Scope<'_>, format: StackFormatter) -> bool {
    let accelerators = engine().accelerators();
    let Some(hook) = HOOK.get().filter(|_| accelerators.strings().is_some()) else {
        return false;
    };
    FORMATTER.set(Some(format));
    if !is_active() && !patch(hook) {
        return false;
    }
    ACTIVE.store(true, Ordering::Relaxed);
    works(scope)
}

/// Whether an error made now comes out formatted.
fn works(scope: Scope<'_>) -> bool {
    let program = Script {
        text: "new RangeError('probe').stack",
        url: "crust:probe",
    };
    scope
        .evaluate(program)
        .and_then(crate::value::Value::to_text)
        .is_ok_and(|stack| stack.starts_with("RangeError: probe"))
}

/// Writes our two functions into the table, which the dynamic loader left read-only.
fn patch(hook: &Hook) -> bool {
    const PAGE: usize = 4096;
    let first = hook.table.addr() & !(PAGE - 1);
    let end = (hook.table.addr() + (NAMES + 1) * size_of::<usize>()).next_multiple_of(PAGE);
    let start: *mut c_void = ptr::with_exposed_provenance_mut(first);
    // SAFETY: the pages hold the library's relocated data; the writes are aligned words that other
    // threads read whole.
    unsafe {
        if libc::mprotect(start, end - first, libc::PROT_READ | libc::PROT_WRITE) != 0 {
            return false;
        }
        hook.table
            .add(GET)
            .write_volatile(get_own_property_slot as *const () as usize);
        hook.table
            .add(NAMES)
            .write_volatile(get_own_special_names as *const () as usize);
        // Left writable if this fails, which changes nothing for the program.
        libc::mprotect(start, end - first, libc::PROT_READ);
    }
    true
}

unsafe extern "C" fn get_own_property_slot(
    object: JSObjectRef,
    global: JSContextRef,
    name: *const StringImpl,
    slot: *mut c_void,
) -> bool {
    // SAFETY: the table is patched only after `HOOK` was set.
    let hook = unsafe { HOOK.get().unwrap_unchecked() };
    // SAFETY: the arguments are the engine's own; `base_get` leaves `slot` alone when it finds
    // nothing.
    unsafe {
        if !INSIDE.get() && LAZY.iter().any(|word| name_is(name, word)) {
            if (hook.base_get)(object, global, name, slot) {
                return true;
            }
            format_stack(hook, object, global);
        }
        (hook.error_get)(object, global, name, slot)
    }
}

unsafe extern "C" fn get_own_special_names(
    object: JSObjectRef,
    global: JSContextRef,
    names: *mut c_void,
    mode: u32,
) {
    // SAFETY: as above.
    let hook = unsafe { HOOK.get().unwrap_unchecked() };
    // SAFETY: the arguments are the engine's own. An unread stack is the one of an error whose
    // names were never listed; reading it through the hook formats it once.
    unsafe {
        if !INSIDE.get() {
            let name = JsString::from_str("stack");
            (api().JSObjectGetProperty)(global, object, name.as_raw(), ptr::null_mut());
        }
        (hook.error_names)(object, global, names, mode);
    }
}

/// Lets the engine make its text, then replaces it.
unsafe fn format_stack(hook: &Hook, object: JSObjectRef, global: JSContextRef) {
    let Some(format) = FORMATTER.get() else {
        return;
    };
    INSIDE.set(true);
    // A panic must not unwind into C++; the engine's own text stays.
    let _ = catch_unwind(|| {
        // SAFETY: live context and object; the sanitized strings run no user code.
        unsafe {
            let scope = Scope::from_raw(global);
            let key = JsString::from_str("stack");
            let raw = (api().JSObjectGetProperty)(global, object, key.as_raw(), ptr::null_mut());
            let stack = scope.wrap(raw);
            if raw.is_null() || !stack.is_string() {
                return;
            }
            let header = header_of(hook, object, global);
            let Ok(frames) = stack.to_text() else { return };
            let text = format(
                scope.wrap(object),
                &RawStack {
                    header: &header,
                    frames: &frames,
                },
            );
            (api().JSObjectSetProperty)(
                global,
                object,
                key.as_raw(),
                text.as_raw(),
                JS_PROPERTY_DONT_ENUM,
                ptr::null_mut(),
            );
        }
    });
    INSIDE.set(false);
}

unsafe fn header_of(hook: &Hook, object: JSObjectRef, global: JSContextRef) -> String {
    let Some(strings) = engine().accelerators().strings() else {
        return String::new();
    };
    let read = |get: ToSanitized| {
        let mut text: *mut StringImpl = ptr::null_mut();
        // SAFETY: a member returning `WTF::String` by hidden pointer; the string is ours.
        unsafe {
            get(&raw mut text, object, global);
            strings.take(text)
        }
    };
    let (name, message) = (read(hook.name_of), read(hook.message_of));
    match (name.is_empty(), message.is_empty()) {
        (true, _) => message,
        (_, true) => name,
        _ => format!("{name}: {message}"),
    }
}

//! The libraries that the engine's depends on, opened by the system's linker when they are needed.
//! Never closes one.

use super::symbols::Wanted;
use libc::{RTLD_DEFAULT, RTLD_GLOBAL, RTLD_LAZY, RTLD_NOLOAD, c_void};
use std::ffi::CStr;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use std::thread::JoinHandle;

/// Recognises names by their form.
type Form = fn(&[u8]) -> bool;

/// Names without a version say by their form where to look first. Only the order depends on it:
/// a wrong guess opens a library too many.
const LIKELY: &[(Form, &[&[u8]])] = &[
    (
        |name| name.starts_with(b"g_"),
        &[b"libglib-2", b"libgobject-2", b"libgio-2"],
    ),
    (
        // ICU's names end in its version.
        |name| name.last().is_some_and(u8::is_ascii_digit),
        &[b"libicuuc", b"libicui18n"],
    ),
];

/// What the engine cannot start without, by the beginning of the name: the C++ library for its
/// variables, GLib for the run loop of the first VM.
const EARLY: &[&[u8]] = &[b"libstdc++", b"libglib-2"];

/// The names in `DT_NEEDED`, and what was opened of them.
pub(crate) struct Libraries {
    needed: Vec<Needed>,
}

struct Needed {
    name: &'static CStr,
    /// Null before it is opened.
    handle: AtomicPtr<c_void>,
    /// Asked whether the process has it, and it had not.
    is_absent: AtomicBool,
}

impl Libraries {
    pub(super) fn new(names: Vec<&'static CStr>) -> Self {
        let needed = names
            .into_iter()
            .map(|name| Needed {
                name,
                handle: AtomicPtr::new(ptr::null_mut()),
                is_absent: AtomicBool::new(false),
            })
            .collect();
        Self { needed }
    }

    /// Opens on a thread of its own what is needed in any case. Until it is over, every question to
    /// the linker waits for it.
    pub(super) fn open_early(&'static self) -> Early {
        let open = || {
            for needed in &self.needed {
                if is_early(needed.name) {
                    // What fails is asked for again, and reported there.
                    let _ = needed.open(0);
                }
            }
        };
        // Without a thread, they are opened when they are needed.
        Early(std::thread::Builder::new().spawn(open).ok())
    }

    /// The symbol, if its library is in the process. Names without a version are not looked for:
    /// those of the libraries that every program has carry one.
    pub(super) fn find_loaded(&self, wanted: Wanted) -> Option<*mut c_void> {
        let (library, version) = wanted.version?;
        let needed = self.named(library)?;
        let handle = needed.if_loaded()?;
        versioned(handle, wanted.name, version)
    }

    /// The symbol; opens its library when that is not in the process yet.
    pub(super) fn find_wanted(&self, wanted: Wanted) -> Option<*mut c_void> {
        match wanted.version {
            Some((library, version)) => {
                versioned(self.named(library)?.open(0)?, wanted.name, version)
            }
            None => self.find(wanted.name),
        }
    }

    /// The symbol without a version, wherever it is.
    pub(super) fn find(&self, name: &CStr) -> Option<*mut c_void> {
        let likely = LIKELY
            .iter()
            .find(|(is_like, _)| is_like(name.to_bytes()))
            .map_or(&[] as &[&[u8]], |(_, libraries)| libraries);
        likely
            .iter()
            .flat_map(|prefix| {
                self.needed
                    .iter()
                    .filter(|needed| needed.name.to_bytes().starts_with(prefix))
            })
            .chain(&self.needed)
            .find_map(|needed| {
                let handle = needed.open(0)?;
                // SAFETY: a handle that stays open, and a name that ends.
                non_null(unsafe { libc::dlsym(handle, name.as_ptr()) })
            })
    }

    fn named(&self, name: &CStr) -> Option<&Needed> {
        self.needed.iter().find(|needed| needed.name == name)
    }
}

/// Libraries that are being opened.
pub(super) struct Early(Option<JoinHandle<()>>);

impl Early {
    pub(super) fn wait(self) {
        // It has no result, and does not panic.
        let _ = self.0.map(JoinHandle::join);
    }
}

fn is_early(name: &CStr) -> bool {
    EARLY
        .iter()
        .any(|prefix| name.to_bytes().starts_with(prefix))
}

impl Needed {
    /// The library, if something loaded it by the time of the first question or through here.
    fn if_loaded(&self) -> Option<*mut c_void> {
        if self.is_absent.load(Ordering::Relaxed) {
            return non_null(self.handle.load(Ordering::Acquire));
        }
        let handle = self.open(RTLD_NOLOAD);
        self.is_absent.store(handle.is_none(), Ordering::Relaxed);
        handle
    }

    fn open(&self, extra: i32) -> Option<*mut c_void> {
        let known = self.handle.load(Ordering::Acquire);
        if !known.is_null() {
            return Some(known);
        }
        let flags = RTLD_LAZY | RTLD_GLOBAL | extra;
        // SAFETY: libraries that the engine names as its own dependencies; their initialisers are
        // meant to run on any thread.
        let handle = non_null(unsafe { libc::dlopen(self.name.as_ptr(), flags) })?;
        // Two threads that open it at once have the same handle.
        self.handle.store(handle, Ordering::Release);
        Some(handle)
    }
}

fn versioned(handle: *mut c_void, name: &CStr, version: &CStr) -> Option<*mut c_void> {
    // SAFETY: a handle that stays open, and names that end. What the program itself exports comes
    // first, as it does for the linker: its copy of a variable of libc's is the one in use.
    unsafe {
        non_null(libc::dlvsym(RTLD_DEFAULT, name.as_ptr(), version.as_ptr()))
            .or_else(|| non_null(libc::dlvsym(handle, name.as_ptr(), version.as_ptr())))
    }
}

fn non_null(address: *mut c_void) -> Option<*mut c_void> {
    (!address.is_null()).then_some(address)
}

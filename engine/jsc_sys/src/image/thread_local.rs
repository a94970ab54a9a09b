//! Thread-local storage for a library that the linker does not know: a variable of the program's
//! own takes its place. Never more than a few words.

use super::Refusal;
use libc::{c_int, c_void, dl_phdr_info, size_t};
use std::cell::UnsafeCell;

/// What `__tls_get_addr` takes: a module of the linker and a place in its block.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) module: usize,
    pub(super) offset: usize,
}

/// libjavascriptcoregtk has one word: the thread's allocator cache.
const WORDS: usize = 8;

thread_local! {
    /// Starts as zero in every thread, and nothing runs at its end.
    static STORAGE: UnsafeCell<[u64; WORDS]> = const { UnsafeCell::new([0; WORDS]) };
}

/// A place for the `size` bytes of the library's own storage.
pub(super) fn own(size: usize) -> Result<Place, Refusal> {
    if size > WORDS * 8 {
        return Err("more thread-local storage than there is room for");
    }
    let address = STORAGE.with(|storage| storage.get().addr());
    place_of(address).ok_or("no place for its thread-local storage")
}

/// Where the linker has the thread-local variable that is at `address` in this thread.
pub(super) fn place_of(address: usize) -> Option<Place> {
    let mut search = Search {
        address,
        found: None,
    };
    // SAFETY: the callback has the asked type, and `search` outlives the call.
    unsafe {
        libc::dl_iterate_phdr(
            Some(visit),
            std::ptr::from_mut(&mut search).cast::<c_void>(),
        );
    }
    search.found
}

struct Search {
    address: usize,
    found: Option<Place>,
}

/// # Safety
/// Called by `dl_iterate_phdr` with an object that stays loaded meanwhile and our `Search`.
unsafe extern "C" fn visit(info: *mut dl_phdr_info, size: size_t, data: *mut c_void) -> c_int {
    // SAFETY: see above.
    let (info, search) = unsafe { (&*info, &mut *data.cast::<Search>()) };
    if size < size_of::<dl_phdr_info>() || info.dlpi_tls_data.is_null() {
        return 0;
    }
    // SAFETY: the object's own program headers.
    let headers =
        unsafe { std::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum)) };
    let length = headers
        .iter()
        .find(|header| header.p_type == libc::PT_TLS)
        .and_then(|header| usize::try_from(header.p_memsz).ok())
        .unwrap_or(0);
    match search.address.checked_sub(info.dlpi_tls_data.addr()) {
        Some(offset) if offset < length => {
            search.found = Some(Place {
                module: info.dlpi_tls_modid,
                offset,
            });
            1
        }
        _ => 0,
    }
}

//! The objects that the dynamic loader has loaded, and their segments.
#![expect(
    unsafe_code,
    reason = "what is mapped of the program's own files is known to the loader only"
)]

use std::{ptr, slice};

use libc::{Elf64_Phdr, PF_R, PF_W, PT_DYNAMIC, PT_LOAD, c_int, c_void, dl_phdr_info, size_t};

/// A loaded object none of whose closed segments the loader has written to.
pub(crate) struct Object<'a> {
    info: &'a dl_phdr_info,
    headers: &'a [Elf64_Phdr],
}

/// A loaded segment.
pub(crate) struct Segment {
    flags: u32,
    offset: u64,
    start: usize,
    end: usize,
}

/// An entry of the dynamic section (`Elf64_Dyn`).
#[repr(C)]
struct Dynamic {
    tag: i64,
    value: u64,
}
const DT_NULL: i64 = 0;
const DT_TEXTREL: i64 = 22;
const DT_FLAGS: i64 = 30;
const DF_TEXTREL: u64 = 4;

/// Calls `visit` with each object.
pub(crate) fn each(mut visit: impl FnMut(&Object<'_>)) {
    let mut visit: &mut dyn FnMut(&Object<'_>) = &mut visit;
    let data: *mut c_void = ptr::from_mut(&mut visit).cast();
    // SAFETY: the callback has the type the function asks for, and takes the data as what it is.
    unsafe { libc::dl_iterate_phdr(Some(visit_one), data) };
}

/// # Safety
/// Called by `dl_iterate_phdr` in [`each`], with an object that stays loaded meanwhile.
unsafe extern "C" fn visit_one(info: *mut dl_phdr_info, _size: size_t, data: *mut c_void) -> c_int {
    // SAFETY: the loader's own description of a loaded object, its headers, and the data of `each`.
    unsafe {
        let visit = &mut *data.cast::<&mut dyn FnMut(&Object<'_>)>();
        let info = &*info;
        if !info.dlpi_phdr.is_null() {
            let headers = slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum));
            let object = Object { info, headers };
            if !object.has_text_relocations() {
                visit(&object);
            }
        }
    }
    0
}

impl Object<'_> {
    /// The program has no name.
    pub(crate) fn is_program(&self) -> bool {
        let name = self.info.dlpi_name;
        // SAFETY: a string of the loader's that ends with a null byte.
        name.is_null() || unsafe { *name } == 0
    }

    /// What is loaded of the file, in the order of addresses.
    pub(crate) fn segments(&self) -> impl Iterator<Item = Segment> {
        let headers = self.headers.iter();
        let loaded = headers.filter(|header| header.p_type == PT_LOAD);
        loaded.map(|header| Segment {
            flags: header.p_flags,
            offset: header.p_offset,
            start: self.place(header.p_vaddr),
            end: self.place(header.p_vaddr + header.p_memsz),
        })
    }

    fn place(&self, address: u64) -> usize {
        let base = usize::try_from(self.info.dlpi_addr).unwrap_or(0);
        base.wrapping_add(usize::try_from(address).unwrap_or(0))
    }

    /// Whether the loader wrote to segments that cannot be written.
    fn has_text_relocations(&self) -> bool {
        let headers = self.headers.iter();
        let mut dynamic = headers.filter(|header| header.p_type == PT_DYNAMIC);
        dynamic.any(|header| {
            let place = self.place(header.p_vaddr);
            let mut entry: *const Dynamic = ptr::with_exposed_provenance(place);
            // SAFETY: the dynamic section of a loaded object, which ends with a null entry.
            unsafe {
                while (*entry).tag != DT_NULL {
                    let (tag, value) = ((*entry).tag, (*entry).value);
                    if tag == DT_TEXTREL || (tag == DT_FLAGS && value & DF_TEXTREL != 0) {
                        return true;
                    }
                    entry = entry.add(1);
                }
            }
            false
        })
    }
}

impl Segment {
    /// It can only be read.
    pub(crate) fn is_constant(&self) -> bool {
        self.flags == PF_R
    }

    pub(crate) fn is_writable(&self) -> bool {
        self.flags & PF_W != 0
    }

    /// The file begins with it.
    pub(crate) fn is_start(&self) -> bool {
        self.offset == 0
    }

    /// Gives its pages back, unless it is smaller than is worth a system call. One that can be written stays.
    pub(crate) fn release(&self, smallest: usize) {
        // SAFETY: a question about the system.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
        let page = usize::try_from(page).unwrap_or(1 << 16);
        let (start, end) = (self.start.next_multiple_of(page), self.end / page * page);
        if self.is_writable() || end.saturating_sub(start) < smallest {
            return;
        }
        let address = ptr::with_exposed_provenance_mut(start);
        // SAFETY: whole pages of a loaded segment that nobody writes to: clean pages of a file, which come back as
        // they were.
        unsafe { libc::madvise(address, end - start, libc::MADV_DONTNEED) };
    }
}

#[cfg(test)]
mod tests {
    use crate::{release_link_tables, release_program};

    /// Kilobytes of this program's code that are mapped to pages.
    fn code() -> u64 {
        let program = std::env::current_exe().unwrap();
        let name = program.to_str().unwrap().to_owned();
        let text = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let mut is_code = false;
        let mut sum = 0;
        for line in text.lines() {
            if line.contains(" r-xp ")
                || line.contains("---p ")
                || line.contains(" rw-p ")
                || line.contains(" r--p ")
            {
                is_code = line.contains(" r-xp ") && line.ends_with(&name);
            } else if let Some(rest) = line.strip_prefix("Rss:").filter(|_| is_code) {
                sum += rest.trim_end_matches("kB").trim().parse::<u64>().unwrap();
            }
        }
        sum
    }

    #[test]
    fn code_that_is_not_needed_goes_and_comes_back() {
        let before = code();
        assert!(before > 0, "the program's code is not found");
        release_program();
        release_link_tables();
        let after = code();
        assert!(after < before, "{before} kB before, {after} kB after");
        // Constants and functions are as they were.
        assert_eq!(
            format!("{:?}", std::time::Duration::from_millis(1500)),
            "1.5s"
        );
        assert!(
            serde_json::from_str::<serde_json::Value>("{\"a\": [1.5]}").unwrap()["a"][0] == 1.5
        );
    }
}

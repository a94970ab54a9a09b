//! Gives back the memory that only the dynamic linker needed: symbol tables, their hashes, names and
//! relocations, 4 MB over the engine and the libraries it brings. They are clean pages of files, so a
//! later look-up reads them again. Never touches code, data or the program itself.

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
pub(crate) fn release() {
    tables::release();
}

#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
pub(crate) fn release() {}

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod tables {
    use libc::{PF_R, PT_DYNAMIC, PT_LOAD, c_int, c_void, dl_phdr_info, size_t};
    use std::{ptr, slice};

    /// Less is not worth a system call.
    const SMALLEST: usize = 128 * 1024;

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

    pub(super) fn release() {
        // SAFETY: the callback has the type the function asks for and takes no data.
        unsafe { libc::dl_iterate_phdr(Some(release_of), ptr::null_mut()) };
    }

    /// # Safety
    /// Called by `dl_iterate_phdr` with an object that stays loaded meanwhile.
    unsafe extern "C" fn release_of(
        info: *mut dl_phdr_info,
        _size: size_t,
        _data: *mut c_void,
    ) -> c_int {
        // SAFETY: the loader's own description of a loaded object.
        unsafe {
            let info = &*info;
            // The program, which has no name, keeps its constants there.
            if info.dlpi_name.is_null() || *info.dlpi_name == 0 || info.dlpi_phdr.is_null() {
                return 0;
            }
            let headers = slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum));
            let base = usize::try_from(info.dlpi_addr).unwrap_or(0);
            let place = |address: u64| base.wrapping_add(usize::try_from(address).unwrap_or(0));
            let is_relocated = headers
                .iter()
                .filter(|header| header.p_type == PT_DYNAMIC)
                .any(|header| has_text_relocations(place(header.p_vaddr)));
            // The first segment, when it can only be read, begins with the tables.
            let first = headers.iter().find(|header| header.p_type == PT_LOAD);
            if let Some(first) = first
                && first.p_flags == PF_R
                && first.p_offset == 0
                && !is_relocated
            {
                let page = usize::try_from(libc::sysconf(libc::_SC_PAGESIZE)).unwrap_or(1 << 16);
                let start = place(first.p_vaddr).next_multiple_of(page);
                let end = place(first.p_vaddr + first.p_memsz) / page * page;
                if end.saturating_sub(start) >= SMALLEST {
                    // Clean pages of a file: what is needed again is mapped again.
                    let address = ptr::with_exposed_provenance_mut(start);
                    libc::madvise(address, end - start, libc::MADV_DONTNEED);
                }
            }
        }
        0
    }

    /// Whether the loader wrote to segments that cannot be written.
    ///
    /// # Safety
    /// `address` is that of a loaded object's dynamic section.
    unsafe fn has_text_relocations(address: usize) -> bool {
        let mut entry: *const Dynamic = ptr::with_exposed_provenance(address);
        // SAFETY: the section ends with a null entry.
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
    }
}

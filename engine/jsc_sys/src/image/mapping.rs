//! The library's segments in memory, as its program headers ask. Never writes to them.

use super::Refusal;
use super::elf::{CLASS_64, LITTLE_ENDIAN, MACHINE_X86_64, MAGIC, SHARED_OBJECT};
use libc::{
    Elf64_Ehdr, Elf64_Phdr, MAP_ANONYMOUS, MAP_FAILED, MAP_FIXED, MAP_NORESERVE, MAP_POPULATE,
    MAP_PRIVATE, PF_R, PF_W, PF_X, PROT_EXEC, PROT_NONE, PROT_READ, PROT_WRITE, PT_DYNAMIC,
    PT_GNU_RELRO, PT_LOAD, PT_TLS, c_int, c_void,
};
use std::fs::File;
use std::ops::Range;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::ptr;

/// The page size of every x86-64 kernel.
pub(super) const PAGE: usize = 4096;

/// More than any engine needs: libjavascriptcoregtk spans 33 MB.
const LARGEST: usize = 1 << 30;

/// A mapped library. Dropping it unmaps it.
pub(crate) struct Mapping {
    base: usize,
    length: usize,
    segments: Vec<Segment>,
    /// The device, number, size and time of change of the file.
    pub(super) identity: [u64; 4],
    pub(super) dynamic: Range<usize>,
    /// What may be made read-only after linking.
    pub(super) relro: Range<usize>,
    /// Size of the thread-local storage; all of it starts as zero.
    pub(super) thread_local: usize,
    /// The read-only segment with the tables for linking, when there is one.
    tables: Option<Range<usize>>,
}

/// A range that is mapped, as offsets.
struct Segment {
    range: Range<usize>,
    flags: u32,
}

impl Segment {
    fn holds(&self, offset: usize, size: usize, flag: u32) -> bool {
        let end = offset.checked_add(size);
        self.flags & flag != 0
            && self.range.start <= offset
            && end.is_some_and(|end| end <= self.range.end)
    }
}

impl Mapping {
    pub(super) fn of(path: &Path) -> Result<Self, Refusal> {
        let file = File::open(path).map_err(|_| "cannot be read")?;
        let mut start = [0_u8; PAGE];
        let got = file.read_at(&mut start, 0).map_err(|_| "cannot be read")?;
        let headers = program_headers(start.get(..got).unwrap_or(&[]))?;
        let loads: Vec<&Elf64_Phdr> = headers.iter().filter(|h| h.p_type == PT_LOAD).collect();
        let length = span(&loads)?;
        let metadata = file.metadata().map_err(|_| "cannot be read")?;
        let file_length = metadata.len();
        if loads.iter().any(|load| {
            load.p_offset
                .checked_add(load.p_filesz)
                .is_none_or(|end| end > file_length)
        }) {
            return Err("shorter than its headers say");
        }
        let base = map(
            0,
            length,
            PROT_NONE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
            -1,
            0,
        )?;
        let mut mapping = Self {
            base,
            length,
            segments: Vec::with_capacity(loads.len()),
            identity: [
                metadata.dev(),
                metadata.ino(),
                file_length,
                metadata
                    .ctime()
                    .wrapping_mul(1_000_000_000)
                    .wrapping_add(metadata.ctime_nsec())
                    .cast_unsigned(),
            ],
            dynamic: 0..0,
            relro: 0..0,
            thread_local: 0,
            tables: None,
        };
        for load in &loads {
            mapping.segment(load, &file)?;
            let start = word(load.p_vaddr)?;
            mapping.segments.push(Segment {
                range: start..start + word(load.p_memsz)?,
                flags: load.p_flags,
            });
        }
        mapping.note(&headers)?;
        Ok(mapping)
    }

    fn segment(&self, load: &Elf64_Phdr, file: &File) -> Result<(), Refusal> {
        let address = word(load.p_vaddr)?;
        let lead = address % PAGE;
        let file_size = word(load.p_filesz)?;
        let memory_size = word(load.p_memsz)?;
        let grows = memory_size > file_size;
        let is_writable = load.p_flags & PF_W != 0;
        // What grows without being writable would stay reserved, and reading it would fault.
        if lead != word(load.p_offset)? % PAGE || file_size > memory_size || (grows && !is_writable)
        {
            return Err("segments that cannot be mapped");
        }
        let first = self.base + address - lead;
        let protection = protection(load.p_flags);
        // Relocations touch nearly every page of what can be written.
        let populate = if is_writable { MAP_POPULATE } else { 0 };
        let file_end = (lead + file_size).next_multiple_of(PAGE);
        if file_size > 0 {
            let offset =
                i64::try_from(load.p_offset).map_err(|_| "segments that cannot be mapped")?;
            map(
                first,
                file_end,
                protection,
                MAP_PRIVATE | MAP_FIXED | populate,
                file.as_raw_fd(),
                offset - i64::try_from(lead).unwrap_or(0),
            )?;
        }
        if grows {
            let used = lead + file_size;
            // SAFETY: the rest of the last page of a segment that was just mapped to be written.
            unsafe {
                ptr::write_bytes(
                    ptr::with_exposed_provenance_mut::<u8>(first + used),
                    0,
                    if file_size > 0 { file_end - used } else { 0 },
                );
            }
            let end = (lead + memory_size).next_multiple_of(PAGE);
            let begin = if file_size > 0 { file_end } else { 0 };
            if end > begin {
                map(
                    first + begin,
                    end - begin,
                    protection,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
                    -1,
                    0,
                )?;
            }
        }
        Ok(())
    }

    fn note(&mut self, headers: &[Elf64_Phdr]) -> Result<(), Refusal> {
        for header in headers {
            let start = word(header.p_vaddr)?;
            let end = start
                .checked_add(word(header.p_memsz)?)
                .filter(|end| *end <= self.length)
                .ok_or("headers that point outside")?;
            match header.p_type {
                PT_DYNAMIC => self.dynamic = start..end,
                PT_GNU_RELRO => self.relro = start..end,
                PT_TLS if header.p_filesz == 0 => self.thread_local = end - start,
                PT_TLS => return Err("thread-local storage with initial values"),
                PT_LOAD if header.p_offset == 0 && header.p_flags == PF_R => {
                    self.tables = Some(start..end);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The address of `size` bytes at `offset`, all of which can be read.
    pub(super) fn at(&self, offset: usize, size: usize) -> Result<usize, Refusal> {
        self.inside(offset, size, PF_R)
            .ok_or("tables that point outside")
    }

    /// The address of a word at `offset` that can be written.
    pub(super) fn slot(&self, offset: usize) -> Result<usize, Refusal> {
        self.inside(offset, size_of::<usize>(), PF_W)
            .ok_or("relocations of what cannot be written")
    }

    fn inside(&self, offset: usize, size: usize, flag: u32) -> Option<usize> {
        self.segments
            .iter()
            .rev()
            .any(|segment| segment.holds(offset, size, flag))
            .then(|| self.base + offset)
    }

    pub(super) fn base(&self) -> usize {
        self.base
    }

    pub(super) fn pointer(&self, offset: usize) -> *mut c_void {
        ptr::with_exposed_provenance_mut(self.base.wrapping_add(offset))
    }

    /// Makes what linking wrote read-only, up to the first of the slots that are filled later.
    pub(super) fn protect(&self, first_late_slot: usize) {
        let start = self.relro.start.next_multiple_of(PAGE);
        let end = self.relro.end.min(first_late_slot) / PAGE * PAGE;
        if end > start {
            // SAFETY: pages of our own mapping that nothing writes from here on.
            unsafe { libc::mprotect(self.pointer(start), end - start, PROT_READ) };
        }
    }

    /// Clean pages of a file: what is needed again is read again.
    pub(super) fn release_first_segment(&self) {
        if let Some(tables) = &self.tables {
            let start = tables.start.next_multiple_of(PAGE);
            let end = tables.end / PAGE * PAGE;
            if end > start {
                // SAFETY: pages of our own mapping that were never written.
                unsafe { libc::madvise(self.pointer(start), end - start, libc::MADV_DONTNEED) };
            }
        }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the range that `of` reserved; whoever drops it has no address of it left.
        unsafe { libc::munmap(self.pointer(0), self.length) };
    }
}

fn program_headers(start: &[u8]) -> Result<Vec<Elf64_Phdr>, Refusal> {
    if start.len() < size_of::<Elf64_Ehdr>() {
        return Err("not an ELF file");
    }
    // SAFETY: the bytes are there, and every pattern of them is a header.
    let header: Elf64_Ehdr = unsafe { ptr::read_unaligned(start.as_ptr().cast()) };
    let is_ours = header.e_ident.starts_with(&MAGIC)
        && header.e_ident.get(4) == Some(&CLASS_64)
        && header.e_ident.get(5) == Some(&LITTLE_ENDIAN)
        && header.e_type == SHARED_OBJECT
        && header.e_machine == MACHINE_X86_64
        && usize::from(header.e_phentsize) == size_of::<Elf64_Phdr>();
    if !is_ours {
        return Err("not a shared library of this machine");
    }
    let bytes = word(header.e_phoff)
        .ok()
        .and_then(|offset| start.get(offset..))
        .and_then(|rest| rest.get(..usize::from(header.e_phnum) * size_of::<Elf64_Phdr>()))
        .ok_or("program headers that are not at its start")?;
    Ok(bytes
        .chunks_exact(size_of::<Elf64_Phdr>())
        // SAFETY: as above, for a program header.
        .map(|chunk| unsafe { ptr::read_unaligned(chunk.as_ptr().cast()) })
        .collect())
}

/// The length of the address range that the segments need, which begins at 0.
fn span(loads: &[&Elf64_Phdr]) -> Result<usize, Refusal> {
    let mut end = 0;
    for load in loads {
        let start = word(load.p_vaddr)? / PAGE * PAGE;
        if start < end || load.p_align > PAGE as u64 {
            return Err("segments in an unusual order");
        }
        end = word(load.p_vaddr)?
            .checked_add(word(load.p_memsz)?)
            .filter(|end| *end <= LARGEST)
            .ok_or("too large")?
            .next_multiple_of(PAGE);
    }
    if end == 0 {
        return Err("no segments");
    }
    Ok(end)
}

fn map(
    address: usize,
    length: usize,
    protection: c_int,
    flags: c_int,
    file: c_int,
    offset: i64,
) -> Result<usize, Refusal> {
    let address = ptr::with_exposed_provenance_mut(address);
    // SAFETY: a fixed address lies in the range that was reserved for this library; any other is
    // the kernel's choice.
    let mapped = unsafe { libc::mmap(address, length, protection, flags, file, offset) };
    if mapped == MAP_FAILED {
        return Err("no memory for it");
    }
    Ok(mapped.expose_provenance())
}

fn protection(flags: u32) -> c_int {
    let bit = |flag, protection| if flags & flag == 0 { 0 } else { protection };
    bit(PF_R, PROT_READ) | bit(PF_W, PROT_WRITE) | bit(PF_X, PROT_EXEC)
}

fn word(value: u64) -> Result<usize, Refusal> {
    usize::try_from(value).map_err(|_| "numbers that are too large")
}

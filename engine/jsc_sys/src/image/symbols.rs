//! The library's symbol table: names, versions and the look-up by hash. Never looks elsewhere.

use super::Refusal;
use super::dynamic::Dynamic;
use super::elf::{VersionNeeded, VersionsNeeded, symbol};
use super::mapping::Mapping;
use libc::Elf64_Sym;
use std::ffi::CStr;
use std::ptr;

/// What a symbol of another library is called.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) name: &'static CStr,
    /// The library's name and the version, for a name with versions.
    pub(super) version: Option<(&'static CStr, &'static CStr)>,
}

/// Absolute addresses of the tables. They stay mapped as long as anything asks.
#[derive(Clone, Copy)]
pub(super) struct Symbols {
    table: usize,
    strings: usize,
    strings_size: usize,
    hash: usize,
    versions: usize,
    versions_needed: usize,
    versions_needed_count: usize,
}

impl Symbols {
    pub(super) fn new(mapping: &Mapping, dynamic: &Dynamic) -> Result<Self, Refusal> {
        let optional = |offset: usize| match offset {
            0 => Ok(0),
            offset => mapping.at(offset, 1),
        };
        let strings = mapping.at(dynamic.strings.offset, dynamic.strings.size)?;
        let last = dynamic.strings.size.checked_sub(1).ok_or("no names")?;
        // SAFETY: the last byte of the table that `at` found inside the mapping.
        if unsafe { *ptr::with_exposed_provenance::<u8>(strings + last) } != 0 {
            return Err("names without an end");
        }
        Ok(Self {
            table: mapping.at(dynamic.symbols, size_of::<Elf64_Sym>())?,
            strings,
            strings_size: dynamic.strings.size,
            hash: mapping.at(dynamic.hash, 16)?,
            versions: optional(dynamic.versions)?,
            versions_needed: optional(dynamic.versions_needed)?,
            versions_needed_count: dynamic.versions_needed_count,
        })
    }

    /// The symbol at an index that the library itself names.
    pub(super) fn get(&self, index: usize) -> Elf64_Sym {
        let table: *const Elf64_Sym = ptr::with_exposed_provenance(self.table);
        // SAFETY: the library's relocations and hash table name only entries of its own table.
        unsafe { ptr::read(table.add(index)) }
    }

    /// The text at an offset of the string table; empty when there is none.
    pub(super) fn text(&self, offset: usize) -> &'static CStr {
        if offset >= self.strings_size {
            return c"";
        }
        // SAFETY: inside the table, whose last byte is a NUL, and which stays mapped.
        unsafe { CStr::from_ptr(ptr::with_exposed_provenance(self.strings + offset)) }
    }

    pub(super) fn wanted(&self, index: usize) -> Wanted {
        let symbol = self.get(index);
        Wanted {
            name: self.text(usize::try_from(symbol.st_name).unwrap_or(0)),
            version: self.version(index),
        }
    }

    /// The offset of an exported symbol (GNU hash table; `DT_GNU_HASH`).
    pub(super) fn find(&self, name: &CStr) -> Option<usize> {
        let wanted = gnu_hash(name);
        let words: *const u32 = ptr::with_exposed_provenance(self.hash);
        // SAFETY: the table's own counts say where its parts are; chains end in an odd number.
        unsafe {
            let [buckets, first, bloom, shift] = [0, 1, 2, 3].map(|index| *words.add(index));
            let filter: *const u64 = words.add(4).cast();
            let filter_word = *filter.add(((wanted / 64) % bloom) as usize);
            let mask = (1_u64 << (wanted % 64)) | (1_u64 << ((wanted >> shift) % 64));
            if filter_word & mask != mask {
                return None;
            }
            let bucket_table: *const u32 = filter.add(bloom as usize).cast();
            let chains = bucket_table.add(buckets as usize);
            let mut index = *bucket_table.add((wanted % buckets) as usize);
            while index >= first {
                let chain = *chains.add((index - first) as usize);
                if chain | 1 == wanted | 1 {
                    let symbol = self.get(index as usize);
                    if symbol.st_shndx != symbol::UNDEFINED
                        && self.text(usize::try_from(symbol.st_name).ok()?) == name
                    {
                        return usize::try_from(symbol.st_value).ok();
                    }
                }
                if chain & 1 == 1 {
                    return None;
                }
                index += 1;
            }
        }
        None
    }

    fn version(&self, index: usize) -> Option<(&'static CStr, &'static CStr)> {
        /// The highest bit hides a version from look-ups by name.
        const NUMBER: u16 = 0x7fff;
        /// 0 is local, 1 is without version.
        const FIRST_NAMED: u16 = 2;
        if self.versions == 0 || self.versions_needed == 0 {
            return None;
        }
        let versions: *const u16 = ptr::with_exposed_provenance(self.versions);
        // SAFETY: one number per symbol.
        let number = unsafe { *versions.add(index) } & NUMBER;
        if number < FIRST_NAMED {
            return None;
        }
        let mut library = self.versions_needed;
        for _ in 0..self.versions_needed_count {
            // SAFETY: a list of as many entries as the dynamic section says, each with a list of
            // `count` versions, all linked by distances.
            let entry: VersionsNeeded = unsafe { ptr::read(ptr::with_exposed_provenance(library)) };
            let mut version = library + entry.first as usize;
            for _ in 0..entry.count {
                // SAFETY: as above.
                let named: VersionNeeded =
                    unsafe { ptr::read(ptr::with_exposed_provenance(version)) };
                if named.index & NUMBER == number {
                    return Some((
                        self.text(entry.file as usize),
                        self.text(named.name as usize),
                    ));
                }
                version += named.next as usize;
            }
            library += entry.next as usize;
        }
        None
    }
}

fn gnu_hash(name: &CStr) -> u32 {
    name.to_bytes().iter().fold(5381, |hash: u32, byte| {
        hash.wrapping_mul(33).wrapping_add(u32::from(*byte))
    })
}

/// The type in `st_info`.
pub(super) fn kind(symbol: &Elf64_Sym) -> u8 {
    symbol.st_info & 0xf
}

/// The binding in `st_info`.
pub(super) fn binding(symbol: &Elf64_Sym) -> u8 {
    symbol.st_info >> 4
}

//! The library's dynamic section: where its tables are. Never follows them.

use super::Refusal;
use super::elf::{DynamicEntry, FLAGS_REFUSED, tag};
use super::mapping::Mapping;
use super::symbols::Symbols;
use std::ffi::CStr;
use std::ptr;

/// A table: its offset in the mapping and its length in bytes.
#[derive(Clone, Copy, Default)]
pub(super) struct Table {
    pub(super) offset: usize,
    pub(super) size: usize,
}

/// What the dynamic section says, as offsets in the mapping.
#[derive(Default)]
pub(super) struct Dynamic {
    pub(super) strings: Table,
    pub(super) symbols: usize,
    pub(super) hash: usize,
    /// Versions of the symbols, one number each; 0 when there are none.
    pub(super) versions: usize,
    pub(super) versions_needed: usize,
    pub(super) versions_needed_count: usize,
    pub(super) relocations: Table,
    pub(super) relative: Table,
    pub(super) calls: Table,
    initialiser: usize,
    initialiser_array: Table,
    /// Offsets of names in the string table.
    needed: Vec<usize>,
}

impl Dynamic {
    pub(super) fn read(mapping: &Mapping) -> Result<Self, Refusal> {
        let mut dynamic = Self::default();
        let count = mapping.dynamic.len() / size_of::<DynamicEntry>();
        let first = mapping.at(mapping.dynamic.start, mapping.dynamic.len())?;
        let first: *const DynamicEntry = ptr::with_exposed_provenance(first);
        for index in 0..count {
            // SAFETY: `at` found all entries inside the mapping.
            let entry = unsafe { ptr::read_unaligned(first.add(index)) };
            if entry.tag == tag::NULL {
                break;
            }
            dynamic.note(entry)?;
        }
        if dynamic.strings.offset == 0 || dynamic.symbols == 0 || dynamic.hash == 0 {
            return Err("no symbol table with a GNU hash");
        }
        Ok(dynamic)
    }

    fn note(&mut self, entry: DynamicEntry) -> Result<(), Refusal> {
        let value = usize::try_from(entry.value).map_err(|_| "numbers that are too large")?;
        match entry.tag {
            tag::NEEDED => self.needed.push(value),
            tag::PLTRELSZ => self.calls.size = value,
            tag::JMPREL => self.calls.offset = value,
            tag::STRTAB => self.strings.offset = value,
            tag::STRSZ => self.strings.size = value,
            tag::SYMTAB => self.symbols = value,
            tag::RELA => self.relocations.offset = value,
            tag::RELASZ => self.relocations.size = value,
            tag::RELR => self.relative.offset = value,
            tag::RELRSZ => self.relative.size = value,
            tag::INIT => self.initialiser = value,
            tag::INIT_ARRAY => self.initialiser_array.offset = value,
            tag::INIT_ARRAYSZ => self.initialiser_array.size = value,
            tag::GNU_HASH => self.hash = value,
            tag::VERSYM => self.versions = value,
            tag::VERNEED => self.versions_needed = value,
            tag::VERNEEDNUM => self.versions_needed_count = value,
            tag::REL | tag::TEXTREL => return Err("relocations of an unusual form"),
            tag::FLAGS if entry.value & FLAGS_REFUSED != 0 => {
                return Err("relocations of code or fixed thread-local storage");
            }
            _ => {}
        }
        Ok(())
    }

    /// The names of the libraries it depends on.
    pub(super) fn needed(&self, symbols: &Symbols) -> Vec<&'static CStr> {
        self.needed
            .iter()
            .map(|offset| symbols.text(*offset))
            .collect()
    }

    /// The addresses of its initialisers, in order.
    pub(super) fn initialisers(&self, mapping: &Mapping) -> Vec<usize> {
        let mut addresses = Vec::new();
        if self.initialiser != 0 {
            addresses.push(mapping.base() + self.initialiser);
        }
        let array = self.initialiser_array;
        if let Ok(first) = mapping.at(array.offset, array.size) {
            let first: *const usize = ptr::with_exposed_provenance(first);
            // SAFETY: the array lies inside the mapping and is relocated by now.
            addresses.extend(
                (0..array.size / size_of::<usize>())
                    .map(|index| unsafe { ptr::read_unaligned(first.add(index)) })
                    .filter(|address| *address != 0 && *address != usize::MAX),
            );
        }
        addresses
    }
}

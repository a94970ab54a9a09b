//! Fills in the addresses that the library's relocations ask for. References to its own symbols
//! are bound to it, functions of libraries that are not loaded are left for later.

use super::Refusal;
use super::ascii;
use super::dynamic::{Dynamic, Table};
use super::elf::{Rela, kind, symbol};
use super::lazy::Thunks;
use super::libraries::Libraries;
use super::mapping::Mapping;
use super::symbols::{Symbols, binding, kind as symbol_kind};
use super::thread_local::{self, Place};
use libc::Elf64_Sym;
use std::collections::HashMap;
use std::ptr;

/// One library's relocation, from its tables to the protected pages.
pub(super) struct Relocation<'a> {
    mapping: &'a Mapping,
    dynamic: &'a Dynamic,
    symbols: Symbols,
    libraries: &'static Libraries,
    thunks: Thunks,
    /// Relocations that name other libraries' symbols; they wait for [`Libraries::early`].
    outward: Vec<Rela>,
    /// Symbols of other libraries, by index.
    external: HashMap<usize, External>,
    own_storage: Option<Place>,
}

#[derive(Clone, Copy)]
enum External {
    Address(usize),
    Thunk(usize),
}

impl<'a> Relocation<'a> {
    pub(super) fn new(
        mapping: &'a Mapping,
        dynamic: &'a Dynamic,
        symbols: Symbols,
        libraries: &'static Libraries,
    ) -> Result<Self, Refusal> {
        Ok(Self {
            mapping,
            dynamic,
            symbols,
            libraries,
            thunks: Thunks::new()?,
            outward: Vec::new(),
            external: HashMap::new(),
            own_storage: None,
        })
    }

    pub(super) fn run(mut self) -> Result<(), Refusal> {
        let early = self.libraries.open_early();
        self.relative()?;
        self.table(self.dynamic.relocations)?;
        self.table(self.dynamic.calls)?;
        early.wait();
        for rela in std::mem::take(&mut self.outward) {
            self.apply(rela)?;
        }
        let first_slot = self.thunks.first_slot().unwrap_or(usize::MAX);
        let base = self.mapping.base();
        self.thunks.arm(self.libraries)?;
        self.mapping.protect(first_slot.saturating_sub(base));
        Ok(())
    }

    /// `DT_RELR`: a word is an address to relocate, or 63 bits for the words after the last one.
    fn relative(&self) -> Result<(), Refusal> {
        let Table { offset, size } = self.dynamic.relative;
        let first: *const u64 = ptr::with_exposed_provenance(self.mapping.at(offset, size)?);
        let mut place = 0;
        for index in 0..size / size_of::<u64>() {
            // SAFETY: `at` found the whole table inside the mapping.
            let entry = unsafe { ptr::read_unaligned(first.add(index)) };
            if entry & 1 == 0 {
                place = usize::try_from(entry).map_err(|_| "numbers that are too large")?;
                self.add_base(place)?;
                place += 8;
            } else {
                for bit in 0..63 {
                    if entry >> (bit + 1) & 1 == 1 {
                        self.add_base(place + bit * 8)?;
                    }
                }
                place += 63 * 8;
            }
        }
        Ok(())
    }

    fn add_base(&self, place: usize) -> Result<(), Refusal> {
        let slot: *mut usize = ptr::with_exposed_provenance_mut(self.mapping.slot(place)?);
        // SAFETY: a word of the library that its relocations say is an address.
        unsafe { slot.write_unaligned(slot.read_unaligned().wrapping_add(self.mapping.base())) };
        Ok(())
    }

    fn table(&mut self, table: Table) -> Result<(), Refusal> {
        let Table { offset, size } = table;
        let first: *const Rela = ptr::with_exposed_provenance(self.mapping.at(offset, size)?);
        for index in 0..size / size_of::<Rela>() {
            // SAFETY: `at` found the whole table inside the mapping.
            let rela = unsafe { ptr::read(first.add(index)) };
            if self.is_outward(rela) {
                self.outward.push(rela);
            } else {
                self.apply(rela)?;
            }
        }
        Ok(())
    }

    fn is_outward(&self, rela: Rela) -> bool {
        rela.kind() != kind::RELATIVE
            && rela.symbol() != 0
            && self.symbols.get(rela.symbol()).st_shndx == symbol::UNDEFINED
    }

    fn apply(&mut self, rela: Rela) -> Result<(), Refusal> {
        let place = usize::try_from(rela.offset).map_err(|_| "numbers that are too large")?;
        let slot = self.mapping.slot(place)?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an addend is added modulo 2^64"
        )]
        let addend = rela.addend as usize;
        let base = self.mapping.base();
        let value = match rela.kind() {
            kind::RELATIVE => base.wrapping_add(addend),
            kind::ABSOLUTE => self.address(rela.symbol(), None)?.wrapping_add(addend),
            kind::GLOB_DAT | kind::JUMP_SLOT => self.address(rela.symbol(), Some(slot))?,
            kind::TLS_MODULE => self.thread_local_module(rela.symbol(), slot)?,
            kind::TLS_OFFSET => self
                .thread_local_offset(rela.symbol())?
                .wrapping_add(addend),
            _ => return Err("relocations of an unusual kind"),
        };
        write(slot, value);
        Ok(())
    }

    /// The address of a symbol; `slot` is told when a thunk stands in for it.
    fn address(&mut self, index: usize, slot: Option<usize>) -> Result<usize, Refusal> {
        let symbol = self.symbols.get(index);
        if symbol_kind(&symbol) == symbol::INDIRECT_FUNCTION {
            return Err("functions that are chosen while linking");
        }
        if symbol.st_shndx != symbol::UNDEFINED {
            let value = usize::try_from(symbol.st_value).map_err(|_| "a bad symbol")?;
            return Ok(self.mapping.base().wrapping_add(value));
        }
        let known = self.external.get(&index).copied();
        let external = match known {
            Some(known) => known,
            None => self.find(index, &symbol)?,
        };
        self.external.insert(index, external);
        Ok(match external {
            External::Address(address) => address,
            External::Thunk(thunk) => {
                if let Some(slot) = slot {
                    self.thunks.note_slot(thunk, slot);
                }
                thunk
            }
        })
    }

    fn find(&mut self, index: usize, symbol: &Elf64_Sym) -> Result<External, Refusal> {
        let wanted = self.symbols.wanted(index);
        let is_weak = binding(symbol) == symbol::WEAK;
        if let Some(address) = self.libraries.find_loaded(wanted) {
            return Ok(External::Address(address.expose_provenance()));
        }
        match symbol_kind(symbol) {
            symbol::NO_TYPE if is_weak => Ok(External::Address(0)),
            symbol::FUNCTION if !is_weak => {
                let thunk = self.thunks.add(wanted)?;
                let stand_in = ascii::stand_in(wanted.name, thunk);
                Ok(stand_in.map_or(External::Thunk(thunk), External::Address))
            }
            _ => match self.libraries.find_wanted(wanted) {
                Some(address) => Ok(External::Address(address.expose_provenance())),
                None if is_weak => Ok(External::Address(0)),
                None => Err("a variable that no library has"),
            },
        }
    }

    fn thread_local_module(&mut self, index: usize, slot: usize) -> Result<usize, Refusal> {
        let place = self.thread_local(index)?;
        if index == 0 {
            // The whole block: the next word is where it begins, and code adds to it.
            let begin: *mut usize = ptr::with_exposed_provenance_mut(slot + 8);
            // SAFETY: the second word of the pair that `__tls_get_addr` takes.
            unsafe { begin.write(begin.read().wrapping_add(place.offset)) };
        }
        Ok(place.module)
    }

    fn thread_local_offset(&mut self, index: usize) -> Result<usize, Refusal> {
        Ok(self.thread_local(index)?.offset)
    }

    fn thread_local(&mut self, index: usize) -> Result<Place, Refusal> {
        let symbol = self.symbols.get(index);
        if index != 0 && symbol_kind(&symbol) != symbol::THREAD_LOCAL {
            return Err("thread-local storage of an unusual kind");
        }
        if index != 0 && symbol.st_shndx == symbol::UNDEFINED {
            let address = self
                .libraries
                .find_wanted(self.symbols.wanted(index))
                .ok_or("a thread-local variable that no library has")?;
            return thread_local::place_of(address.addr())
                .ok_or("a thread-local variable without a place");
        }
        let own = match self.own_storage {
            Some(own) => own,
            None => thread_local::own(self.mapping.thread_local)?,
        };
        self.own_storage = Some(own);
        let value = if index == 0 { 0 } else { symbol.st_value };
        Ok(Place {
            module: own.module,
            offset: own.offset + usize::try_from(value).map_err(|_| "a bad symbol")?,
        })
    }
}

fn write(slot: usize, value: usize) {
    let slot: *mut usize = ptr::with_exposed_provenance_mut(slot);
    // SAFETY: a word of a segment of ours that can be written; nothing of it runs yet.
    unsafe { slot.write_unaligned(value) };
}

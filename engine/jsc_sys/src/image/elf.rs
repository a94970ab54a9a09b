//! The parts of the ELF format (System V ABI, AMD64 supplement) that linking reads and that the
//! `libc` crate does not declare. Never reads anything.

/// `Elf64_Dyn`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct DynamicEntry {
    pub(super) tag: i64,
    pub(super) value: u64,
}

/// `Elf64_Rela`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Rela {
    pub(super) offset: u64,
    pub(super) info: u64,
    pub(super) addend: i64,
}

impl Rela {
    /// The index in the symbol table.
    pub(super) fn symbol(self) -> usize {
        usize::try_from(self.info >> 32).unwrap_or(0)
    }

    pub(super) fn kind(self) -> u64 {
        self.info & 0xffff_ffff
    }
}

/// `Elf64_Verneed`: the versions needed of one library.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct VersionsNeeded {
    pub(super) version: u16,
    pub(super) count: u16,
    pub(super) file: u32,
    pub(super) first: u32,
    pub(super) next: u32,
}

/// `Elf64_Vernaux`: one needed version.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct VersionNeeded {
    pub(super) hash: u32,
    pub(super) flags: u16,
    pub(super) index: u16,
    pub(super) name: u32,
    pub(super) next: u32,
}

pub(super) const MAGIC: [u8; 4] = *b"\x7fELF";
pub(super) const CLASS_64: u8 = 2;
pub(super) const LITTLE_ENDIAN: u8 = 1;
pub(super) const SHARED_OBJECT: u16 = 3;
pub(super) const MACHINE_X86_64: u16 = 62;

pub(super) mod tag {
    pub(crate) const NULL: i64 = 0;
    pub(crate) const NEEDED: i64 = 1;
    pub(crate) const PLTRELSZ: i64 = 2;
    pub(crate) const STRTAB: i64 = 5;
    pub(crate) const SYMTAB: i64 = 6;
    pub(crate) const RELA: i64 = 7;
    pub(crate) const RELASZ: i64 = 8;
    pub(crate) const STRSZ: i64 = 10;
    pub(crate) const INIT: i64 = 12;
    pub(crate) const REL: i64 = 17;
    pub(crate) const TEXTREL: i64 = 22;
    pub(crate) const JMPREL: i64 = 23;
    pub(crate) const INIT_ARRAY: i64 = 25;
    pub(crate) const INIT_ARRAYSZ: i64 = 27;
    pub(crate) const FLAGS: i64 = 30;
    pub(crate) const RELRSZ: i64 = 35;
    pub(crate) const RELR: i64 = 36;
    pub(crate) const GNU_HASH: i64 = 0x6fff_fef5;
    pub(crate) const VERSYM: i64 = 0x6fff_fff0;
    pub(crate) const VERNEED: i64 = 0x6fff_fffe;
    pub(crate) const VERNEEDNUM: i64 = 0x6fff_ffff;
}

/// In `DT_FLAGS`: relocations of code, and thread-local storage at a fixed place.
pub(super) const FLAGS_REFUSED: u64 = 0x4 | 0x10;

pub(super) mod kind {
    pub(crate) const ABSOLUTE: u64 = 1;
    pub(crate) const GLOB_DAT: u64 = 6;
    pub(crate) const JUMP_SLOT: u64 = 7;
    pub(crate) const RELATIVE: u64 = 8;
    pub(crate) const TLS_MODULE: u64 = 16;
    pub(crate) const TLS_OFFSET: u64 = 17;
}

pub(super) mod symbol {
    pub(crate) const UNDEFINED: u16 = 0;
    pub(crate) const NO_TYPE: u8 = 0;
    pub(crate) const FUNCTION: u8 = 2;
    pub(crate) const THREAD_LOCAL: u8 = 6;
    pub(crate) const INDIRECT_FUNCTION: u8 = 10;
    pub(crate) const WEAK: u8 = 2;
}

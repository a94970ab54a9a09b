//! Functions of other libraries that are looked up when they are first called. Each has a thunk,
//! some bytes of code that push its number and jump to the resolver; the answer goes into the slots
//! through which the engine calls. Never used for what the process has loaded already.

use super::Refusal;
use super::libraries::Libraries;
use super::mapping::PAGE;
use super::symbols::Wanted;
use std::arch::naked_asm;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes per thunk, and of the head of the page, which jumps to [`enter`].
const THUNK: usize = 16;

/// More functions than any library of the engine's size takes from others.
const MOST: usize = 4096;

/// The functions without an address yet, by number.
pub(super) struct Thunks {
    code: usize,
    functions: Vec<Function>,
}

struct Function {
    wanted: Wanted,
    /// Addresses of words that hold the thunk's address until the function's is known.
    slots: Vec<usize>,
    resolved: AtomicUsize,
}

/// What the resolver works with; set before the engine's first instruction runs.
static RESOLVER: OnceLock<(Thunks, &'static Libraries)> = OnceLock::new();

impl Thunks {
    pub(super) fn new() -> Result<Self, Refusal> {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let writable = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: fresh memory wherever the kernel likes.
        let code = unsafe { libc::mmap(ptr::null_mut(), Self::size(MOST), writable, flags, -1, 0) };
        if code == libc::MAP_FAILED {
            return Err("no memory for its calls");
        }
        Ok(Self {
            code: code.expose_provenance(),
            functions: Vec::new(),
        })
    }

    fn size(functions: usize) -> usize {
        ((functions + 1) * THUNK).next_multiple_of(PAGE)
    }

    /// The thunk of a function that is not known yet.
    pub(super) fn add(&mut self, wanted: Wanted) -> Result<usize, Refusal> {
        let number = self.functions.len();
        if number == MOST {
            return Err("too many functions of other libraries");
        }
        self.functions.push(Function {
            wanted,
            slots: Vec::new(),
            resolved: AtomicUsize::new(0),
        });
        let thunk = self.thunk(number);
        // push number; jmp head
        let mut bytes = [0x68, 0, 0, 0, 0, 0xe9, 0, 0, 0, 0];
        let number = u32::try_from(number).map_err(|_| "too many functions")?;
        let distance = i32::try_from(thunk + bytes.len() - self.code).map_err(|_| "too large")?;
        bytes[1..5].copy_from_slice(&number.to_le_bytes());
        bytes[6..10].copy_from_slice(&(-distance).to_le_bytes());
        self.write(thunk, &bytes);
        Ok(thunk)
    }

    fn thunk(&self, number: usize) -> usize {
        self.code + (number + 1) * THUNK
    }

    /// Notes that the word at `slot` holds `thunk`. A slot that is read-only later is not noted.
    pub(super) fn note_slot(&mut self, thunk: usize, slot: usize) {
        let number = (thunk - self.code) / THUNK;
        if let Some(function) = number
            .checked_sub(1)
            .and_then(|number| self.functions.get_mut(number))
        {
            function.slots.push(slot);
        }
    }

    /// The lowest address that is written later.
    pub(super) fn first_slot(&self) -> Option<usize> {
        self.functions
            .iter()
            .flat_map(|function| function.slots.iter().copied())
            .min()
    }

    /// Makes the thunks code.
    pub(super) fn arm(self, libraries: &'static Libraries) -> Result<(), Refusal> {
        // movabs r11, enter; jmp r11
        let mut head = [0x49, 0xbb, 0, 0, 0, 0, 0, 0, 0, 0, 0x41, 0xff, 0xe3];
        head[2..10].copy_from_slice(&(enter as *const () as usize).to_le_bytes());
        self.write(self.code, &head);
        let code = ptr::with_exposed_provenance_mut(self.code);
        let executable = libc::PROT_READ | libc::PROT_EXEC;
        // SAFETY: our own pages, written for the last time above.
        if unsafe { libc::mprotect(code, Self::size(MOST), executable) } != 0 {
            return Err("no memory that may be executed");
        }
        RESOLVER
            .set((self, libraries))
            .map_err(|_| "a library is linked already")
    }

    fn write(&self, address: usize, bytes: &[u8]) {
        debug_assert!(address + bytes.len() <= self.code + Self::size(MOST));
        // SAFETY: inside our own pages, which nothing executes yet.
        unsafe {
            ptr::copy_nonoverlapping(
                bytes.as_ptr(),
                ptr::with_exposed_provenance_mut(address),
                bytes.len(),
            );
        }
    }
}

/// Entered from a thunk with the stack `[number, return address]` and the registers of a call: keeps
/// those that carry arguments (System V ABI 3.2.3), asks [`resolve`], and goes on there.
///
/// # Safety
/// Only thunks jump here.
#[unsafe(naked)]
unsafe extern "C" fn enter() {
    naked_asm!(
        "sub rsp, 192",
        "movups [rsp], xmm0",
        "movups [rsp + 16], xmm1",
        "movups [rsp + 32], xmm2",
        "movups [rsp + 48], xmm3",
        "movups [rsp + 64], xmm4",
        "movups [rsp + 80], xmm5",
        "movups [rsp + 96], xmm6",
        "movups [rsp + 112], xmm7",
        "mov [rsp + 128], rdi",
        "mov [rsp + 136], rsi",
        "mov [rsp + 144], rdx",
        "mov [rsp + 152], rcx",
        "mov [rsp + 160], r8",
        "mov [rsp + 168], r9",
        "mov [rsp + 176], rax",
        "mov rdi, [rsp + 192]",
        "call {resolve}",
        "mov r11, rax",
        "movups xmm0, [rsp]",
        "movups xmm1, [rsp + 16]",
        "movups xmm2, [rsp + 32]",
        "movups xmm3, [rsp + 48]",
        "movups xmm4, [rsp + 64]",
        "movups xmm5, [rsp + 80]",
        "movups xmm6, [rsp + 96]",
        "movups xmm7, [rsp + 112]",
        "mov rdi, [rsp + 128]",
        "mov rsi, [rsp + 136]",
        "mov rdx, [rsp + 144]",
        "mov rcx, [rsp + 152]",
        "mov r8, [rsp + 160]",
        "mov r9, [rsp + 168]",
        "mov rax, [rsp + 176]",
        "add rsp, 200",
        "jmp r11",
        resolve = sym resolve,
    )
}

/// The address of the function with this number, from now on also in its slots.
extern "C" fn resolve(number: usize) -> usize {
    let found = RESOLVER
        .get()
        .and_then(|(thunks, libraries)| Some((thunks.functions.get(number)?, libraries)));
    let Some((function, libraries)) = found else {
        missing("a function");
    };
    let known = function.resolved.load(Ordering::Relaxed);
    if known != 0 {
        return known;
    }
    let Some(address) = libraries.find_wanted(function.wanted) else {
        missing(&function.wanted.name.to_string_lossy());
    };
    let address = address.expose_provenance();
    for slot in &function.slots {
        // SAFETY: an aligned word of the library's writable segment, which other threads only read
        // as a whole.
        unsafe { AtomicUsize::from_ptr(ptr::with_exposed_provenance_mut(*slot)) }
            .store(address, Ordering::Relaxed);
    }
    function.resolved.store(address, Ordering::Relaxed);
    address
}

/// As the linker does when a function that it left for later is missing: the caller cannot go on.
fn missing(name: &str) -> ! {
    use std::io::Write;
    /// The linker's own exit code.
    const SYMBOL_LOOKUP_ERROR: i32 = 127;
    let _ = writeln!(
        std::io::stderr(),
        "error: JavaScriptCore calls {name}, which no library that it depends on has; \
         reinstall its package and those it depends on"
    );
    // SAFETY: ends the process at once; nothing of it can be relied on.
    unsafe { libc::_exit(SYMBOL_LOOKUP_ERROR) }
}

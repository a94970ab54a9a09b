//! Maps and links the engine's library ourselves, in a quarter of the dynamic linker's time.
//!
//! The linker looks each of the library's 14,000 symbolic references up by name in every library of
//! the process, and loads thirty libraries of which a program meets five. All but a few hundred of
//! these references are to the library itself: here they are bound to it directly, and a function of
//! another library is looked up, and its library loaded, when it is first called. Libraries that
//! the engine depends on are opened by the system's linker, so that the process has one of each.
//!
//! What differs for the program: references cannot be interposed (`LD_PRELOAD` and its like are
//! honoured by leaving the work to the linker), and nothing unwinds through the engine's frames,
//! which no C++ exception ever does. A library that asks for anything unusual is refused here and
//! opened by the linker. Knows nothing of JavaScriptCore.

mod ascii;
mod dynamic;
mod elf;
mod lazy;
mod libraries;
mod mapping;
mod relocate;
mod symbols;
mod thread_local;

use dynamic::Dynamic;
use libraries::Libraries;
use mapping::Mapping;
use relocate::Relocation;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use symbols::Symbols;

/// Why a library is left to the system's linker.
pub(crate) type Refusal = &'static str;

/// Where libraries are, in the order of the usual `ld.so.conf`.
const FOLDERS: &[&str] = &[
    "/usr/local/lib/x86_64-linux-gnu",
    "/usr/local/lib",
    "/lib/x86_64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu",
    "/lib64",
    "/usr/lib64",
    "/usr/lib",
];

/// Variables that change what the linker does. Who sets one gets the linker.
const LINKER_VARIABLES: &[&str] = &[
    "LD_AUDIT",
    "LD_BIND_NOT",
    "LD_DEBUG",
    "LD_PRELOAD",
    "LD_PROFILE",
];

/// A linked library. It stays for the life of the process.
pub(crate) struct Image {
    /// Never unmapped: code of it may run at any time.
    mapping: ManuallyDrop<Mapping>,
    symbols: Symbols,
    libraries: &'static Libraries,
}

impl Image {
    /// Maps, links and initialises the library of this name or path.
    ///
    /// # Errors
    /// What it has that is not handled here; nothing of it stays in memory.
    pub(crate) fn open(name: &str) -> Result<Self, Refusal> {
        if LINKER_VARIABLES
            .iter()
            .any(|variable| std::env::var_os(variable).is_some())
        {
            return Err("the environment configures the dynamic linker");
        }
        Self::link(&find(name).ok_or("not in the usual folders")?)
    }

    fn link(path: &Path) -> Result<Self, Refusal> {
        let mapping = Mapping::of(path)?;
        let dynamic = Dynamic::read(&mapping)?;
        let symbols = Symbols::new(&mapping, &dynamic)?;
        let libraries: &'static Libraries =
            Box::leak(Box::new(Libraries::new(dynamic.needed(&symbols))));
        Relocation::new(&mapping, &dynamic, symbols, libraries)?.run()?;
        initialise(&mapping, &dynamic);
        Ok(Self {
            mapping: ManuallyDrop::new(mapping),
            symbols,
            libraries,
        })
    }

    /// The address of a symbol that the library exports.
    pub(crate) fn symbol(&self, name: &CStr) -> Option<*mut c_void> {
        self.symbols
            .find(name)
            .map(|address| self.mapping.pointer(address))
    }

    /// The address of a symbol of a library that it depends on; opens that library.
    pub(crate) fn dependency(&self, name: &CStr) -> Option<*mut c_void> {
        self.libraries.find(name)
    }

    /// The device, number, size and time of change of its file.
    pub(crate) fn identity(&self) -> [u64; 4] {
        self.mapping.identity
    }

    /// Gives back the pages that only linking read.
    pub(crate) fn release_tables(&self) {
        self.mapping.release_first_segment();
    }
}

/// Runs the library's initialisers as the linker does.
fn initialise(mapping: &Mapping, dynamic: &Dynamic) {
    type Initialiser = unsafe extern "C" fn(c_int, *const *const c_char, *const *const c_char);
    unsafe extern "C" {
        static environ: *const *const c_char;
    }
    for address in dynamic.initialisers(mapping) {
        // SAFETY: addresses that the library's dynamic section names as initialisers, called once,
        // after everything is linked; `environ` is libc's.
        unsafe {
            let initialiser: Initialiser = std::mem::transmute(address);
            initialiser(0, std::ptr::null(), environ);
        }
    }
}

/// The file of a library, looked for as the linker does it.
fn find(name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(PathBuf::from(name));
    }
    let named = std::env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    std::env::split_paths(&named)
        .filter(|folder| !folder.as_os_str().is_empty())
        .chain(FOLDERS.iter().map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|path| path.exists())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{JSContextGroupRef, JSGlobalContextRef, JSStringRef, JSValueRef};
    use proptest::prelude::*;

    const LIBRARY: &str = "libjavascriptcoregtk-4.1.so.0";

    fn function<T: Copy>(image: &Image, name: &CStr) -> T {
        let address = image.symbol(name).unwrap();
        assert_eq!(size_of::<T>(), size_of_val(&address));
        // SAFETY: the callers name C functions with their types.
        unsafe { std::mem::transmute_copy(&address) }
    }

    /// What a script returns, as a number.
    fn evaluate(image: &Image, script: &CStr) -> f64 {
        type Evaluate = unsafe extern "C" fn(
            JSGlobalContextRef,
            JSStringRef,
            *mut c_void,
            *mut c_void,
            c_int,
            *mut JSValueRef,
        ) -> JSValueRef;
        let group: unsafe extern "C" fn() -> JSContextGroupRef =
            function(image, c"JSContextGroupCreate");
        let context: unsafe extern "C" fn(JSContextGroupRef, *mut c_void) -> JSGlobalContextRef =
            function(image, c"JSGlobalContextCreateInGroup");
        let string: unsafe extern "C" fn(*const c_char) -> JSStringRef =
            function(image, c"JSStringCreateWithUTF8CString");
        let run: Evaluate = function(image, c"JSEvaluateScript");
        let number: unsafe extern "C" fn(JSGlobalContextRef, JSValueRef, *mut JSValueRef) -> f64 =
            function(image, c"JSValueToNumber");
        let null = std::ptr::null_mut();
        // SAFETY: the C API used as its headers say, on one thread.
        unsafe {
            let context = context(group(), null);
            let mut exception: JSValueRef = null.cast();
            let result = run(
                context,
                string(script.as_ptr()),
                null,
                null,
                1,
                &raw mut exception,
            );
            assert!(exception.is_null());
            number(context, result, std::ptr::null_mut())
        }
    }

    #[test]
    fn a_linked_engine_runs_and_finds_other_libraries_late() {
        let image = Image::link(&find(LIBRARY).unwrap()).unwrap();
        image.release_tables();
        assert_eq!(evaluate(&image, c"40 + 2").to_bits(), 42.0_f64.to_bits());
        // ICU and the mathematical library are reached through thunks.
        let script =
            c"new Intl.NumberFormat('de').format(12345.5) === '12.345,5' ? Math.cosh(0) : 0";
        assert_eq!(evaluate(&image, script).to_bits(), 1.0_f64.to_bits());
        assert!(image.dependency(c"g_main_context_new").is_some());
        assert!(image.symbol(c"JSNoSuchFunction").is_none());
    }

    #[test]
    fn what_is_not_a_library_is_refused() {
        assert!(Image::link(Path::new("/dev/null")).is_err());
        assert!(Image::link(Path::new("/")).is_err());
        assert!(Image::link(Path::new("/no/such/file")).is_err());
        assert!(Image::link(&std::env::current_exe().unwrap()).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn damaged_headers_are_refused_or_mapped_inside(
            damage in prop::collection::vec((0_usize..700, any::<u8>()), 1..8),
            length in prop::option::of(0_usize..8192),
        ) {
            let library = std::fs::read(find("libatomic.so.1").unwrap()).unwrap();
            let mut bytes = library;
            for (place, byte) in damage {
                bytes[place] = byte;
            }
            bytes.truncate(length.unwrap_or(usize::MAX));
            let path = std::env::temp_dir().join(format!("crust-image-{}", std::process::id()));
            std::fs::write(&path, &bytes).unwrap();
            let mapped = Mapping::of(&path);
            std::fs::remove_file(&path).unwrap();
            // What can be mapped can be read; the mapping goes away with its drop.
            let _ = mapped.map(|mapping| Dynamic::read(&mapping).map(drop));
        }
    }
}

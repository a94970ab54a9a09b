//! The opened engine: function tables, options and accelerators, one per process. Never holds a
//! JS value.

use crate::accelerate::Accelerators;
use jsc_sys::{Api, Glib, Library, Linking, OpenError, Spi};
use std::ffi::CString;
use std::sync::OnceLock;

/// What to switch on before the first VM exists; the engine reads it only then.
#[derive(Debug, Clone, Default)]
pub struct EngineOptions {
    /// Use the public C API alone (level 0), as on a system whose library we know nothing about.
    pub portable: bool,
    /// Grow the heap slowly and collect more often.
    pub small_heap: bool,
}

impl EngineOptions {
    fn linking(&self) -> Linking {
        if self.portable {
            Linking::System
        } else {
            Linking::Own
        }
    }
}

/// Which parts of the engine beyond the public C API are in use.
#[derive(Debug, Clone)]
pub struct Level {
    /// One accelerator's name.
    pub name: &'static str,
    /// Whether its probe succeeded.
    pub active: bool,
}

/// The opened engine.
pub struct Engine {
    library: &'static Library,
    portable: bool,
    accelerators: Accelerators,
}

static ENGINE: OnceLock<Engine> = OnceLock::new();

/// Options of the engine that programs expect to be on (JavaScriptCore's `OptionsList.h`).
const OPTIONS: &[&str] = &[
    "useSharedArrayBuffer",
    "useTemporal",
    "useExplicitResourceManagement",
    "useIteratorHelpers",
    "useMathSumPreciseMethod",
    "useUint8ArrayBase64Methods",
    "useImportDefer",
];

impl Engine {
    /// Opens the library, sets the engine's options and probes the accelerators. Later calls return
    /// the engine of the first one and ignore `options`.
    ///
    /// # Errors
    /// [`OpenError`] names the package to install.
    pub fn open(options: &EngineOptions) -> Result<&'static Self, OpenError> {
        let library = Library::open(options.linking()).map_err(Clone::clone)?;
        Ok(ENGINE.get_or_init(|| {
            let engine = Self {
                library,
                portable: options.portable,
                accelerators: if options.portable {
                    Accelerators::none(library)
                } else {
                    Accelerators::find(library)
                },
            };
            engine.set_options(options);
            library.release_link_tables();
            engine
        }))
    }

    /// Opens the library ahead of [`Engine::open`], on any thread. Failures show there.
    pub fn preload(options: &EngineOptions) {
        // The outcome is kept by `Library`.
        let _ = Library::open(options.linking());
    }

    fn set_options(&self, options: &EngineOptions) {
        for name in OPTIONS {
            self.switch_on(name);
        }
        if options.small_heap {
            self.switch_on("forceMiniVMMode");
        }
        // SIGUSR1 belongs to the program: garbage collection suspends threads with SIGPWR instead.
        if let Some(configure) = self.spi().JSConfigureSignalForGC {
            const SIGPWR: i32 = 30;
            // SAFETY: called before the first VM, as the SPI demands.
            unsafe { configure(SIGPWR) };
        }
    }

    fn switch_on(&self, name: &str) {
        if let Some(options) = self.accelerators.options() {
            return options.switch_on(name);
        }
        let (Some(set), Ok(name)) = (self.spi().jsc_options_set_boolean, CString::new(name)) else {
            return;
        };
        // SAFETY: `name` is NUL-terminated; an unknown option is ignored with the answer FALSE.
        unsafe { set(name.as_ptr(), 1) };
    }

    /// The library file in use.
    pub fn library_path(&self) -> &str {
        self.library.path()
    }

    /// Whether only the public C API is in use.
    pub fn is_portable(&self) -> bool {
        self.portable
    }

    pub(crate) fn api(&self) -> &'static Api {
        self.library.api()
    }

    pub(crate) fn spi(&self) -> &'static Spi {
        self.library.spi()
    }

    pub(crate) fn glib(&self) -> &'static Glib {
        self.library.glib()
    }

    /// What tells this library file from every other, where that is known.
    pub fn library_identity(&self) -> Option<[u64; 4]> {
        self.library.identity()
    }

    pub(crate) fn library(&self) -> &'static Library {
        self.library
    }

    pub(crate) fn is_own_linking(&self) -> bool {
        self.library.is_own_linking()
    }

    pub(crate) fn accelerators(&self) -> &Accelerators {
        &self.accelerators
    }
}

/// The opened engine. Only code that holds a VM calls this, and a VM exists only after `open`.
#[inline]
pub(crate) fn engine() -> &'static Engine {
    // SAFETY: see above; every path to here starts from a `Vm`, which `Vm::new` makes from an
    // `&'static Engine`.
    unsafe { ENGINE.get().unwrap_unchecked() }
}

#[inline]
pub(crate) fn api() -> &'static Api {
    engine().api()
}

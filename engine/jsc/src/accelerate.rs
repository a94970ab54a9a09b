//! Level 2: exported C++ symbols and layout knowledge, each with a probe and a level-0 fallback.
//!
//! Distribution updates move these symbols, so nothing here may be needed: a symbol that is missing
//! or a probe that fails switches one accelerator off, and the public C API does its work. One file
//! per accelerator; `crust --revision --verbose` lists what is active.

pub(crate) mod bytecode;
pub(crate) mod error_stack;
mod free_memory;
mod host_functions;
mod main_thread;
mod memory;
mod microtasks;
mod numbers;
mod options;
mod promises;
pub(crate) mod strings;

use crate::engine::{Level, engine};
use crate::scope::Scope;
use free_memory::FreeMemory;
use host_functions::HostFunctions;
use jsc_sys::{JSContextGroupRef, Library};
use main_thread::MainThread;
use microtasks::Microtasks;
pub(crate) use microtasks::{let_go, locked};
use numbers::Numbers;
use options::Options;
use promises::Promises;
use std::sync::OnceLock;
use strings::Strings;

/// The accelerators of this process.
pub(crate) struct Accelerators {
    main_thread: Option<MainThread>,
    microtasks: Option<Microtasks>,
    free_memory: Option<FreeMemory>,
    options: Option<Options>,
    candidates: Candidates,
    verified: OnceLock<Verified>,
    /// Probed at the first question, which few programs ask.
    promises: OnceLock<Option<Promises>>,
}

/// Symbols found, layouts not yet checked.
#[derive(Default)]
struct Candidates {
    strings: Option<Strings>,
    host_functions: Option<HostFunctions>,
    promises: Option<Promises>,
}

/// What passed its probe on the first VM.
#[derive(Default)]
struct Verified {
    strings: Option<Strings>,
    host_functions: Option<HostFunctions>,
    numbers: Option<Numbers>,
}

impl Accelerators {
    /// Level 0: nothing but what keeps the engine from crashing. A full collection that a timer starts asks
    /// for the main run loop, which nothing else makes.
    pub(crate) fn none(library: &Library) -> Self {
        Self {
            main_thread: MainThread::find(library),
            microtasks: None,
            free_memory: None,
            options: None,
            candidates: Candidates::default(),
            verified: OnceLock::from(Verified::default()),
            promises: OnceLock::from(None),
        }
    }

    /// Looks the symbols up. Layouts are checked by [`Accelerators::verify`].
    pub(crate) fn find(library: &Library) -> Self {
        // The layouts are those of 64-bit little-endian builds with the Itanium C++ ABI.
        if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            return Self::none(library);
        }
        error_stack::find(library);
        Self {
            main_thread: MainThread::find(library),
            microtasks: Microtasks::find(library),
            free_memory: FreeMemory::find(library),
            options: Options::find(library),
            candidates: Candidates {
                strings: Strings::find(library),
                host_functions: HostFunctions::find(library),
                promises: Promises::find(library),
            },
            verified: OnceLock::new(),
            promises: OnceLock::new(),
        }
    }

    /// Checks the layouts on the first VM; later VMs use the same answer.
    pub(crate) fn verify(&self, scope: Scope<'_>) {
        if self.verified.get().is_some() {
            return;
        }
        let strings = self
            .candidates
            .strings
            .filter(|strings| strings.probe(scope));
        let host_functions = self
            .candidates
            .host_functions
            .filter(|host| strings.is_some() && host.probe(scope));
        // Another thread may have verified meanwhile, with the same result.
        let _ = self.verified.set(Verified {
            strings,
            host_functions,
            numbers: Numbers::probe(scope),
        });
    }

    /// Name and state of each, for people.
    pub(crate) fn levels(&self, scope: Scope<'_>) -> Vec<Level> {
        let level = |name, active| Level { name, active };
        vec![
            level("own linking", engine().is_own_linking()),
            level("strings in place", self.strings().is_some()),
            level("host functions", self.host_functions().is_some()),
            level("numbers in place", self.numbers().is_some()),
            level("promise state", self.promises(scope).is_some()),
            level("stack format", error_stack::is_active()),
            level("main thread", self.main_thread.is_some()),
            level("microtask drain", self.microtasks.is_some()),
            level("memory release", self.free_memory.is_some()),
            level("options by name", self.options.is_some()),
        ]
    }

    #[inline]
    pub(crate) fn strings(&self) -> Option<Strings> {
        self.verified.get()?.strings
    }

    #[inline]
    pub(crate) fn host_functions(&self) -> Option<HostFunctions> {
        self.verified.get()?.host_functions
    }

    #[inline]
    pub(crate) fn numbers(&self) -> Option<Numbers> {
        self.verified.get()?.numbers
    }

    pub(crate) fn promises(&self, scope: Scope<'_>) -> Option<Promises> {
        *self.promises.get_or_init(|| {
            self.candidates
                .promises
                .and_then(|found| found.probe(scope))
        })
    }

    pub(crate) fn initialize_main_thread(&self) -> bool {
        self.main_thread.is_some_and(MainThread::initialize)
    }

    pub(crate) fn options(&self) -> Option<&Options> {
        self.options.as_ref()
    }

    pub(crate) fn release_memory(&self) {
        if let Some(free_memory) = self.free_memory {
            free_memory.release();
        }
    }

    pub(crate) fn drains_microtasks(&self) -> bool {
        self.microtasks.is_some()
    }

    pub(crate) fn drain_microtasks(&self, group: JSContextGroupRef) {
        if let Some(microtasks) = self.microtasks {
            microtasks.drain(group);
        }
    }
}

//! Opens the system's JavaScriptCore once per process. Never closes it: the engine's threads live
//! as long as the process.

use crate::{Api, Glib, Spi};
use libloading::os::unix::{Library as Handle, RTLD_GLOBAL, RTLD_NOW};
use std::ffi::c_void;
use std::fmt;
use std::sync::OnceLock;

/// Sonames tried in this order; the first that opens wins.
#[cfg(target_os = "linux")]
const CANDIDATES: &[&str] = &[
    "libjavascriptcoregtk-4.1.so.0",
    "libjavascriptcoregtk-6.0.so.1",
    "libjavascriptcoregtk-4.0.so.18",
];
#[cfg(not(target_os = "linux"))]
const CANDIDATES: &[&str] = &[
    "/System/Library/Frameworks/JavaScriptCore.framework/JavaScriptCore",
    "libjavascriptcoregtk-4.1.dylib",
];

/// Names the library to open instead of the usual ones.
const LIBRARY_VARIABLE: &str = "CRUST_JSC_LIBRARY";

/// Why the engine could not be opened.
#[derive(Debug, Clone)]
pub enum OpenError {
    /// No candidate could be opened; the dynamic loader's words for each.
    NotFound(Vec<String>),
    /// A library was opened but lacks a function of the public C API.
    MissingSymbol(&'static str),
}

impl fmt::Display for OpenError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(attempts) => {
                writeln!(
                    out,
                    "JavaScriptCore, the JavaScript engine, is not installed"
                )?;
                for attempt in attempts {
                    writeln!(out, "  tried: {attempt}")?;
                }
                out.write_str(INSTALL_HINT)
            }
            Self::MissingSymbol(name) => write!(
                out,
                "the installed JavaScriptCore is too old: it lacks {name} (WebKitGTK 2.38 or newer is needed)\n{INSTALL_HINT}"
            ),
        }
    }
}

impl std::error::Error for OpenError {}

/// The package of each distribution.
const INSTALL_HINT: &str = "\
install it with your system's package manager:
  Debian, Ubuntu   apt-get install libjavascriptcoregtk-4.1-0
  Fedora           dnf install javascriptcoregtk4.1
  Arch             pacman -S webkit2gtk-4.1
  Alpine           apk add webkit2gtk-4.1
  openSUSE         zypper install libjavascriptcoregtk-4_1-0
or name the library file in CRUST_JSC_LIBRARY";

/// The opened engine library with its function tables.
pub struct Library {
    handle: Handle,
    path: String,
    tables: Option<(Api, Spi, Glib)>,
}

static LIBRARY: OnceLock<Result<Library, OpenError>> = OnceLock::new();

impl Library {
    /// Opens the library, once per process; later calls return the same answer. May be called on
    /// any thread, so that the 5 ms of dynamic linking can overlap with other work.
    ///
    /// # Errors
    /// [`OpenError`], which prints the package to install.
    pub fn open() -> Result<&'static Self, &'static OpenError> {
        LIBRARY.get_or_init(Self::load).as_ref()
    }

    fn load() -> Result<Self, OpenError> {
        let named = std::env::var(LIBRARY_VARIABLE).ok();
        let candidates = named
            .as_deref()
            .map_or_else(|| CANDIDATES.to_vec(), |name| vec![name]);
        let mut attempts = Vec::new();
        for candidate in candidates {
            // SAFETY: the initialisers of JavaScriptCore and its dependencies are meant to run on
            // load, from any thread.
            match unsafe { Handle::open(Some(candidate), RTLD_NOW | RTLD_GLOBAL) } {
                Ok(handle) => return Self::with_handle(handle, candidate.to_owned()),
                Err(error) => attempts.push(error.to_string()),
            }
        }
        Err(OpenError::NotFound(attempts))
    }

    fn with_handle(handle: Handle, path: String) -> Result<Self, OpenError> {
        let mut library = Self {
            handle,
            path,
            tables: None,
        };
        let api = Api::load(&library)?;
        let spi = Spi::load(&library);
        let glib = Glib::load(&library);
        library.tables = Some((api, spi, glib));
        Ok(library)
    }

    /// The address of an exported symbol of the library or of what it depends on. `name` ends in NUL.
    pub fn symbol(&self, name: &str) -> Option<*mut c_void> {
        // SAFETY: only the address is taken; whoever calls it vouches for its type.
        let symbol = unsafe { self.handle.get::<*mut c_void>(name.as_bytes()) };
        symbol
            .ok()
            .map(libloading::os::unix::Symbol::as_raw_ptr)
            .filter(|address| !address.is_null())
    }

    /// Gives back the memory that only linking and looking up symbols needed.
    pub fn release_link_tables(&self) {
        crate::link_tables::release();
    }

    /// What was opened, for `crust --revision --verbose`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The public C API.
    pub fn api(&self) -> &Api {
        &self.tables().0
    }

    /// Exported functions without a header.
    pub fn spi(&self) -> &Spi {
        &self.tables().1
    }

    /// GLib's main loop.
    pub fn glib(&self) -> &Glib {
        &self.tables().2
    }

    #[expect(
        clippy::expect_used,
        reason = "`with_handle` returns no library without its tables"
    )]
    fn tables(&self) -> &(Api, Spi, Glib) {
        self.tables
            .as_ref()
            .expect("tables are filled before the library is handed out")
    }
}

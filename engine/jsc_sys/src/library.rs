//! Opens the system's JavaScriptCore once per process. Never closes it: the engine's threads live
//! as long as the process.

#[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
use crate::image::Image;
use crate::{Api, Glib, Spi};
use libloading::os::unix::{Library as Handle, RTLD_GLOBAL, RTLD_NOW};
use std::ffi::{CStr, c_void};
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

/// Who puts the library into the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linking {
    /// This crate where it can, which is faster; otherwise the system.
    Own,
    /// The system's dynamic linker.
    System,
}

/// The opened engine library with its function tables.
pub struct Library {
    handle: Linked,
    path: String,
    tables: Option<(Api, Spi, Glib)>,
}

enum Linked {
    #[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
    Own(Image),
    System(Handle),
}

static LIBRARY: OnceLock<Result<Library, OpenError>> = OnceLock::new();

impl Library {
    /// Opens the library, once per process; later calls return the same answer. May be called on
    /// any thread, so that linking can overlap with other work. The first call says who links.
    ///
    /// # Errors
    /// [`OpenError`], which prints the package to install.
    pub fn open(linking: Linking) -> Result<&'static Self, &'static OpenError> {
        LIBRARY.get_or_init(|| Self::load(linking)).as_ref()
    }

    fn load(linking: Linking) -> Result<Self, OpenError> {
        let named = std::env::var(LIBRARY_VARIABLE).ok();
        let candidates = named
            .as_deref()
            .map_or_else(|| CANDIDATES.to_vec(), |name| vec![name]);
        let mut attempts = Vec::new();
        for candidate in candidates {
            #[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
            if linking == Linking::Own
                && let Ok(image) = Image::open(candidate)
            {
                return Self::with_handle(Linked::Own(image), candidate.to_owned());
            }
            // SAFETY: the initialisers of JavaScriptCore and its dependencies are meant to run on
            // load, from any thread.
            match unsafe { Handle::open(Some(candidate), RTLD_NOW | RTLD_GLOBAL) } {
                Ok(handle) => {
                    return Self::with_handle(Linked::System(handle), candidate.to_owned());
                }
                Err(error) => attempts.push(error.to_string()),
            }
        }
        Err(OpenError::NotFound(attempts))
    }

    fn with_handle(handle: Linked, path: String) -> Result<Self, OpenError> {
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

    /// The address of a symbol that the library exports.
    pub fn symbol(&self, name: &CStr) -> Option<*mut c_void> {
        let address = match &self.handle {
            #[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
            Linked::Own(image) => image.symbol(name)?,
            Linked::System(handle) => {
                let name = name.to_bytes_with_nul();
                // SAFETY: only the address is taken; whoever calls it vouches for its type.
                let symbol = unsafe { handle.get::<*mut c_void>(name) };
                symbol.ok()?.as_raw_ptr()
            }
        };
        (!address.is_null()).then_some(address)
    }

    /// The address of a symbol of a library that the engine depends on.
    pub fn dependency(&self, name: &CStr) -> Option<*mut c_void> {
        match &self.handle {
            #[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
            Linked::Own(image) => image.dependency(name),
            Linked::System(_) => self.symbol(name),
        }
    }

    /// The device, number, size and time of change of the library's file, where it was linked here.
    pub fn identity(&self) -> Option<[u64; 4]> {
        match &self.handle {
            #[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
            Linked::Own(image) => Some(image.identity()),
            Linked::System(_) => None,
        }
    }

    /// Whether this crate linked the library, not the system.
    pub fn is_own_linking(&self) -> bool {
        !matches!(self.handle, Linked::System(_))
    }

    /// Gives back the memory that only linking and looking up symbols needed.
    pub fn release_link_tables(&self) {
        #[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
        if let Linked::Own(image) = &self.handle {
            image.release_tables();
        }
        crust_pages::release_link_tables();
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

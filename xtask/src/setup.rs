//! `cargo xtask setup`: the system JavaScriptCore library, from the distribution's own packages.
//! Does nothing where the library can be opened; never downloads a library itself.

use std::path::Path;

use anyhow::{Result, bail};

use crate::shell;

/// The names the engine opens, best first; `engine/jsc_sys` holds the same list.
const LIBRARIES: &[&str] = &[
    "libjavascriptcoregtk-4.1.so.0",
    "libjavascriptcoregtk-6.0.so.1",
    "libjavascriptcoregtk-4.0.so.18",
];

/// How one package manager installs the library.
struct Manager {
    program: &'static str,
    /// Refreshes the list of packages, where that is a step of its own.
    refresh: Option<&'static [&'static str]>,
    install: &'static [&'static str],
    /// Packages that carry the library, best first.
    packages: &'static [&'static str],
}

const MANAGERS: &[Manager] = &[
    Manager {
        program: "apt-get",
        refresh: Some(&["update"]),
        install: &["install", "-y", "--no-install-recommends"],
        packages: &["libjavascriptcoregtk-4.1-0", "libjavascriptcoregtk-6.0-1"],
    },
    Manager {
        program: "dnf",
        refresh: None,
        install: &["install", "-y"],
        packages: &["javascriptcoregtk4.1", "javascriptcoregtk6.0"],
    },
    Manager {
        program: "pacman",
        refresh: None,
        install: &["-S", "--needed", "--noconfirm"],
        packages: &["webkit2gtk-4.1", "webkitgtk-6.0"],
    },
    Manager {
        program: "zypper",
        refresh: None,
        install: &["--non-interactive", "install"],
        packages: &["libjavascriptcoregtk-4_1-0", "libjavascriptcoregtk-6_0-1"],
    },
    Manager {
        program: "apk",
        refresh: None,
        install: &["add"],
        packages: &["webkit2gtk-4.1", "webkit2gtk-6.0"],
    },
    Manager {
        program: "brew",
        refresh: None,
        install: &["install"],
        packages: &["webkitgtk"],
    },
];

/// Installs the library unless it is there.
pub(crate) fn run() -> Result<()> {
    if let Some(name) = installed() {
        println!("setup: the system has {name}");
        return Ok(());
    }
    let Some(manager) = MANAGERS
        .iter()
        .find(|manager| shell::exists(manager.program))
    else {
        bail!("{}", advice());
    };
    if let Some(arguments) = manager.refresh {
        // A stale list may still install; the outcome of the installation decides.
        let _ = as_root(manager.program, arguments, &[]);
    }
    for package in manager.packages {
        let outcome = as_root(manager.program, manager.install, &[package]);
        if outcome.is_ok() && installed().is_some() {
            println!("setup: installed {package}");
            return Ok(());
        }
    }
    bail!("{}", advice())
}

/// The first library of the list that the dynamic loader opens.
fn installed() -> Option<&'static str> {
    LIBRARIES.iter().copied().find(|name| opens(name))
}

#[expect(
    unsafe_code,
    reason = "only the dynamic loader itself can say whether it finds a library"
)]
fn opens(name: &str) -> bool {
    // SAFETY: the initialisers of JavaScriptCore and of the libraries below it register types and
    // read the environment; nothing else runs in this single-threaded process meanwhile.
    unsafe { libloading::Library::new(name) }.is_ok()
}

fn as_root(program: &str, arguments: &[&str], packages: &[&str]) -> Result<()> {
    let mut words = [arguments, packages].concat();
    let needs_sudo = program != "brew" && !nix::unistd::geteuid().is_root();
    let here = Path::new(".");
    if needs_sudo {
        words.insert(0, program);
        shell::run(here, "sudo", &words)
    } else {
        shell::run(here, program, &words)
    }
}

/// What to type on each system that this command cannot serve.
fn advice() -> String {
    let lines = MANAGERS
        .iter()
        .map(|manager| format!("  {:<8} {}", manager.program, manager.packages.join(" or ")));
    let lines: Vec<String> = lines.collect();
    format!(
        "JavaScriptCore is not installed. Install one of these packages:\n{}",
        lines.join("\n")
    )
}

//! Where executables go, and what they run on.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells executables apart that one process writes at the same time.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Writes an executable file beside its place and moves it there: the old one may be running.
///
/// # Errors
/// What the system says. Nothing is left of the new file then.
pub fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    name.push(format!(".{}-{number}.part", std::process::id()));
    let temporary = path.with_file_name(name);
    let written = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o755)
        .open(&temporary)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Whether a name of Bun's, such as `bun-linux-x64`, is the system that this binary is for.
pub fn is_this_system(name: &str) -> bool {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let own = format!("bun-{system}-{architecture}");
    let rest = name.strip_prefix(&own);
    rest.is_some_and(|rest| matches!(rest, "" | "-baseline" | "-modern"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_systems() {
        assert!(!is_this_system("bun"));
        assert!(!is_this_system("bun-windows-x64"));
        assert!(!is_this_system("bun-linux-x64-other"));
    }
}

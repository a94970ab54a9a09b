//! What the figures were taken on: processor, cores, memory, kernel, engine.

use std::path::Path;

use crate::shell;

/// One line for the page.
pub(super) fn describe(root: &Path) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!(
        "{}, {cores} cores, {} of memory, Linux {}; engine {}; commit {}",
        field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned()),
        memory().unwrap_or_else(|| "unknown amount".to_owned()),
        first_line("/proc/sys/kernel/osrelease"),
        engine(root),
        commit(root),
    )
}

fn field(path: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn memory() -> Option<String> {
    let kibibytes: u64 = field("/proc/meminfo", "MemTotal")?
        .split(' ')
        .next()?
        .parse()
        .ok()?;
    Some(format!("{} GiB", kibibytes.div_ceil(1024 * 1024)))
}

fn first_line(path: &str) -> String {
    std::fs::read_to_string(path)
        .unwrap_or_default()
        .lines()
        .next()
        .unwrap_or("?")
        .to_owned()
}

/// The version of the distribution's package, where dpkg or rpm knows it.
fn engine(root: &Path) -> String {
    for package in ["libjavascriptcoregtk-4.1-0", "libjavascriptcoregtk-6.0-1"] {
        if let Ok(version) = shell::read(root, "dpkg-query", &["-W", "-f", "${Version}", package]) {
            return format!("{package} {version}");
        }
    }
    let fedora = shell::read(root, "rpm", &["-q", "javascriptcoregtk4.1"]);
    fedora.map_or_else(
        |_| "system JavaScriptCore".to_owned(),
        |line| line.trim().to_owned(),
    )
}

fn commit(root: &Path) -> String {
    let hash = shell::read(root, "git", &["rev-parse", "--short", "HEAD"]);
    hash.map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned())
}

//! What a build tells people, in the form of Bun's.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use crust_bundler::Build;

/// Below this, sizes are given in bytes.
const BYTES_UP_TO: usize = 512;

// Writing to a string does not fail, so results are dropped.

/// The modules, the time and a line for each file.
pub(super) fn summary(build: &Build, took: Duration) -> String {
    let modules = build.modules;
    let plural = if modules == 1 { "" } else { "s" };
    let mut text = format!("Bundled {modules} module{plural} in {}\n\n", time(took));
    let sizes: Vec<String> = build
        .artifacts
        .iter()
        .map(|artifact| size(artifact.bytes.len()))
        .collect();
    let width = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
    let names = width(&mut build.artifacts.iter().map(|it| it.path.chars().count()));
    let digits = width(&mut sizes.iter().map(String::len));
    for (artifact, size) in build.artifacts.iter().zip(&sizes) {
        let _ = writeln!(
            text,
            "  {:<names$}  {size:<digits$}  ({})",
            artifact.path,
            artifact.kind.words()
        );
    }
    text.push('\n');
    text
}

/// The two steps of a single executable.
pub(super) fn compiled(
    build: &Build,
    path: &Path,
    bundled: Duration,
    compiled: Duration,
) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let modules = build.modules;
    let plural = if modules == 1 { "" } else { "s" };
    format!(
        "{:>9}  bundle  {modules} module{plural}\n{:>9}  compile  {name}\n",
        format!("[{}]", time(bundled)),
        format!("[{}]", time(compiled)),
    )
}

fn time(took: Duration) -> String {
    let milliseconds = took.as_millis();
    if milliseconds < 1000 {
        format!("{milliseconds}ms")
    } else {
        format!("{:.2}s", took.as_secs_f64())
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "two digits behind the point are shown"
)]
fn size(bytes: usize) -> String {
    let kilobytes = bytes as f64 / 1024.0;
    if bytes < BYTES_UP_TO {
        format!("{bytes} bytes")
    } else if kilobytes < 1024.0 {
        format!("{kilobytes:.2} KB")
    } else {
        format!("{:.2} MB", kilobytes / 1024.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_as_bun_gives_them() {
        assert_eq!(size(7), "7 bytes");
        assert_eq!(size(377), "377 bytes");
        assert_eq!(size(690), "0.67 KB");
        assert_eq!(size(1823), "1.78 KB");
        assert_eq!(size(3 << 20), "3.00 MB");
    }

    #[test]
    fn times_are_short() {
        assert_eq!(time(Duration::from_micros(3500)), "3ms");
        assert_eq!(time(Duration::from_millis(1234)), "1.23s");
    }
}

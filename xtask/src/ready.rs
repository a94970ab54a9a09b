//! `cargo xtask ready`: everything continuous integration asks, cheapest first.

use std::path::Path;

use anyhow::Result;

use crate::{shell, tidy, tree};

/// Runs formatting, tidy, lints and tests; stops at the first that fails.
pub(crate) fn run() -> Result<()> {
    let root = tree::root();
    shell::run(&root, "cargo", &["fmt", "--all", "--check"])?;
    tidy::run()?;
    let lints = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ];
    shell::run(&root, "cargo", &lints)?;
    tests(&root)
}

/// nextest where it is installed, because it runs test binaries side by side.
fn tests(root: &Path) -> Result<()> {
    if shell::exists("cargo-nextest") {
        let args = [
            "nextest",
            "run",
            "--workspace",
            "--locked",
            "--no-fail-fast",
        ];
        shell::run(root, "cargo", &args)
    } else {
        shell::run(
            root,
            "cargo",
            &["test", "--workspace", "--locked", "--no-fail-fast"],
        )
    }
}

//! The optimised binary, for commands that measure or compare. Never a debug build.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::shell;

/// Builds it and says where it stands.
pub(crate) fn build(root: &Path) -> Result<PathBuf> {
    shell::run(
        root,
        "cargo",
        &["build", "--release", "--locked", "--package", "crust"],
    )?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join("release").join("crust"))
}

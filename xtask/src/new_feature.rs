//! `cargo xtask new-feature NAME`: a feature folder that compiles, and its lines in the workspace
//! and the host. Never overwrites anything.

use anyhow::{Result, bail};

pub(crate) fn run(args: &[String]) -> Result<()> {
    let [_name] = args else {
        bail!("new-feature NAME")
    };
    bail!("the host has no list of features to add a line to")
}

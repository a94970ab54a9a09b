//! `spec_runner [FILTER]`: the cases of `spec/` against the binary that `CRUST_BIN` names. The test
//! suite itself is `apps/crust/tests/spec.rs`, which knows the binary of its own profile.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let binary = std::env::var_os("CRUST_BIN").map_or_else(beside_this_program, PathBuf::from);
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec");
    spec_runner::main(&binary, &spec)
}

fn beside_this_program() -> PathBuf {
    let here = std::env::current_exe().unwrap_or_default();
    here.with_file_name("crust")
}

//! The end-to-end cases of `spec/` against this profile's binary. What a case is: `spec/README.md`.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec");
    spec_runner::main(Path::new(env!("CARGO_BIN_EXE_crust")), &spec)
}

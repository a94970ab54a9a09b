//! Runs the end-to-end cases of `spec/`: a folder with inputs, a `test.toml` and the output a user
//! sees. Never looks inside the binary under test; what the fields mean is in `spec/README.md`.

mod case;
mod expect;
mod oracle;
mod process;
mod sandbox;
mod suite;

pub use suite::main;

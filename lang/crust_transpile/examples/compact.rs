//! Prints how each given builtin module (TypeScript) is stored in release binaries, NUL-separated.
use crust_transpile::{EmitPlan, FormatHint, Options, Syntax, compact, transpile};

fn main() {
    for path in std::env::args().skip(1) {
        let Ok(source) = std::fs::read_to_string(&path) else {
            eprintln!("cannot read {path}");
            continue;
        };
        let options = Options {
            syntax: Syntax::Ts,
            format: FormatHint::Esm,
            builtin: true,
            ..Options::default()
        };
        match transpile(source, &options) {
            Ok(module) => print!("{}\0", compact(&module.emit(&EmitPlan::default()).text)),
            Err(problems) => eprintln!("{path}: {problems:?}"),
        }
    }
}

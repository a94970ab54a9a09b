//! Times the transpiler on a file: `cargo run --release -p crust_transpile --example time -- FILE`.
//! For looking at by hand; it is no part of the product.

use std::time::Instant;

use crust_transpile::{EmitPlan, Options, Syntax, transpile};

fn main() -> std::io::Result<()> {
    let file = std::env::args().nth(1).unwrap_or_default();
    let source = std::fs::read_to_string(&file)?;
    let syntax = if file.ends_with("ts") {
        Syntax::Ts
    } else {
        Syntax::Js
    };
    let options = Options {
        syntax,
        ..Options::default()
    };
    for _ in 0..5 {
        let source = source.clone();
        let start = Instant::now();
        let module = transpile(source, &options);
        let parsed = start.elapsed();
        if let Ok(module) = module {
            let emitted = module.emit(&EmitPlan::default());
            let total = start.elapsed();
            println!("{parsed:?} {total:?} {}", emitted.text.len());
        }
    }
    Ok(())
}

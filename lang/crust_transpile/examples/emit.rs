//! Prints what a file is emitted as: `cargo run -p crust_transpile --example emit -- FILE [cyclic]`.
//! For looking at by hand; it is no part of the product.

use crust_transpile::{EmitPlan, ImportMode, Options, Shape, Syntax, transpile};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().unwrap_or_default();
    let cyclic = arguments.next().is_some();
    let source = std::fs::read_to_string(&file)?;
    let syntax = match file.rsplit('.').next() {
        Some("ts" | "mts" | "cts") => Syntax::Ts,
        Some("tsx") => Syntax::Tsx,
        Some("jsx") => Syntax::Jsx,
        _ => Syntax::Js,
    };
    let options = Options {
        syntax,
        file_name: file,
        experimental_decorators: std::env::var_os("LEGACY_DECORATORS").is_some(),
        use_define_for_class_fields: std::env::var_os("ASSIGN_FIELDS").is_none(),
        emit_decorator_metadata: std::env::var_os("DECORATOR_METADATA").is_some(),
        ..Options::default()
    };
    match transpile(source, &options) {
        Ok(module) => {
            let plan = if cyclic {
                let import_modes = vec![ImportMode::Live; module.imports.len()];
                EmitPlan {
                    shape: Shape::Cyclic,
                    import_modes,
                    ..EmitPlan::default()
                }
            } else {
                EmitPlan::default()
            };
            println!("{}", module.emit(&plan).text);
        }
        Err(found) => {
            eprint!(
                "{}",
                crust_diag::render_all(&found, crust_diag::Style::Plain)
            );
        }
    }
    Ok(())
}

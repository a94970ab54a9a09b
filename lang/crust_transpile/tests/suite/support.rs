//! What the tests share.

use crust_transpile::{EmitPlan, ImportMode, Module, Options, Shape, Syntax, transpile};

/// Options for TypeScript.
pub(crate) fn typescript() -> Options {
    Options {
        syntax: Syntax::Ts,
        ..Options::default()
    }
}

/// Transpiles, or shows the errors.
pub(crate) fn module(source: &str, options: &Options) -> Module {
    match transpile(source.to_owned(), options) {
        Ok(module) => module,
        Err(found) => panic!(
            "{}",
            crust_diag::render_all(&found, crust_diag::Style::Plain)
        ),
    }
}

/// The whole text of the fast shape with copied imports.
pub(crate) fn fast(source: &str, options: &Options) -> String {
    module(source, options).emit(&EmitPlan::default()).text
}

/// The whole text of the cyclic shape with live imports.
pub(crate) fn cyclic(source: &str, options: &Options) -> String {
    let module = module(source, options);
    let import_modes = vec![ImportMode::Live; module.imports.len()];
    module
        .emit(&EmitPlan {
            shape: Shape::Cyclic,
            import_modes,
            ..EmitPlan::default()
        })
        .text
}

/// The text between the wrapper's prefix and suffix, with the fast shape.
pub(crate) fn body(source: &str, options: &Options) -> String {
    strip(&fast(source, options))
}

/// Takes the wrapper off.
pub(crate) fn strip(text: &str) -> String {
    let start = ["{\"use strict\";", "){"]
        .iter()
        .find_map(|mark| text.find(mark).map(|at| at + mark.len()))
        .unwrap_or(0);
    let end = text.rfind('\n').unwrap_or(text.len());
    text.get(start..end).unwrap_or_default().to_owned()
}

/// The messages of all errors, with their places.
pub(crate) fn errors(source: &str, options: &Options) -> Vec<String> {
    match transpile(source.to_owned(), options) {
        Ok(_) => Vec::new(),
        Err(found) => found
            .iter()
            .map(|it| format!("{}:{}: {}", it.line, it.column, it.message))
            .collect(),
    }
}

/// Takes out white space that means nothing to a reader of an expectation: runs of spaces become
/// one, and lines have none at their ends. Property tests hold the exact columns.
pub(crate) fn squeeze(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let words: Vec<_> = line.split(' ').filter(|word| !word.is_empty()).collect();
        words.join(" ").replace(" ;", ";").replace("; ", ";")
    });
    lines.collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

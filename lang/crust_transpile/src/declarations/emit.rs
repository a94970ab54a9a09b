//! Declarations from TypeScript, by oxc's isolated declarations, printed as text.

use std::collections::BTreeMap;

use crust_diag::{Diagnostic, LineIndex};
use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions, IndentChar};
use oxc_isolated_declarations::{IsolatedDeclarations, IsolatedDeclarationsOptions};
use oxc_parser::Parser;

use super::directives::directives;
use super::model::Directive;
use super::places;
use crate::diagnose;
use crate::options::Syntax;
use crate::parse::module_source;

/// What is made of a script.
pub(super) struct Script {
    pub(super) text: String,
    pub(super) directives: Vec<Directive>,
    pub(super) places: BTreeMap<(String, String), (u32, u32)>,
}

pub(super) fn emit(
    allocator: &Allocator,
    source: &str,
    syntax: Syntax,
) -> Result<Script, Vec<Diagnostic>> {
    let lines = LineIndex::new(source);
    let parsed = Parser::new(allocator, source, module_source(syntax)).parse();
    if parsed.panicked || parsed.diagnostics.has_errors() {
        return Err(diagnose::from_parser(
            source,
            &lines,
            parsed.diagnostics.errors(),
        ));
    }
    let options = IsolatedDeclarationsOptions {
        strip_internal: false,
    };
    let made = IsolatedDeclarations::new(allocator, options).build(&parsed.program);
    if made.diagnostics.has_errors() {
        let found = diagnose::from_parser(source, &lines, made.diagnostics.errors());
        return Err(found.into_iter().map(explained).collect());
    }
    let printed = Codegen::new()
        .with_options(CodegenOptions {
            comments: CommentOptions {
                jsdoc: true,
                ..CommentOptions::disabled()
            },
            indent_char: IndentChar::Space,
            indent_width: 4,
            ..CodegenOptions::default()
        })
        .build(&made.program);
    Ok(Script {
        text: printed.code,
        directives: directives(source, &parsed.program),
        places: places::places(&parsed.program),
    })
}

/// TypeScript's number of an error is its code; the name of the compiler option says nothing here.
fn explained(mut problem: Diagnostic) -> Diagnostic {
    if let Some((code, message)) = problem.message.split_once(": ")
        && code.starts_with("TS")
    {
        let message = message.replace(" with --isolatedDeclarations", " in declarations");
        problem.code = Some(code.to_owned());
        problem.message = message;
    }
    problem
}

//! Declarations from TypeScript, by oxc's isolated declarations, printed as text.

use std::collections::BTreeMap;

use crust_diag::{Diagnostic, LineIndex};
use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions, IndentChar};
use oxc_isolated_declarations::{IsolatedDeclarations, IsolatedDeclarationsOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;

use super::directives::directives;
use super::model::Directive;
use super::places;
use crate::diagnose;
use crate::options::Syntax;
use crate::parse::module_source;

/// What is made of a script.
pub(super) struct Script {
    pub(super) text: String,
    /// What has no type.
    pub(super) problems: Vec<Diagnostic>,
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
    let found = diagnose::from_parser(source, &lines, made.diagnostics.errors());
    let problems = found.into_iter().map(explained).collect();
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
        text: aligned(&printed.code),
        problems,
        directives: directives(source, &parsed.program),
        places: places::places(&parsed.program),
    })
}

/// Puts the stars of documentation below each other, where the printer has them one column too far to the left.
fn aligned(text: &str) -> String {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, SourceType::d_ts()).parse();
    let comments = parsed.program.comments.iter();
    let mut stars = Vec::new();
    for comment in comments.filter(|comment| comment.is_jsdoc()) {
        let start = comment.span.start as usize;
        let written = text
            .get(start..comment.span.end as usize)
            .unwrap_or_default();
        let line = text.get(..start).and_then(|before| before.rfind('\n'));
        let column = start - line.map_or(0, |at| at + 1);
        for (at, _) in written.match_indices('\n') {
            let rest = written.get(at + 1..).unwrap_or_default();
            let indent = rest.len() - rest.trim_start_matches(' ').len();
            if indent == column && rest.get(indent..).is_some_and(|rest| rest.starts_with('*')) {
                stars.push(start + at + 1 + indent);
            }
        }
    }
    let mut out = String::with_capacity(text.len() + stars.len());
    let mut from = 0;
    for star in stars {
        out.push_str(text.get(from..star).unwrap_or_default());
        out.push(' ');
        from = star;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
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

//! The parser's call: source types, and errors as diagnostics.

use oxc_allocator::Allocator;
use oxc_ast::ast::{ArrowFunctionExpression, Function, IdentifierReference, Program};
use oxc_ast_visit::Visit;
use oxc_diagnostics::Diagnostics;
use oxc_parser::{ParseOptions, Parser, ParserReturn};
use oxc_span::{SourceType, Span};
use oxc_syntax::scope::ScopeFlags;

use crate::options::{FormatHint, Options, Syntax};

/// A parsed source.
pub(crate) struct Parsed<'a> {
    pub(crate) program: Program<'a>,
    /// It only parses as a module, or holds syntax that only modules have.
    pub(crate) needs_module: bool,
    /// Every `import.meta`.
    pub(crate) import_metas: Vec<Span>,
    /// Every `import(…)`, with its specifier.
    pub(crate) dynamic_imports: Vec<(Span, Span)>,
}

/// How the parser is told that a source is a module.
pub fn module_source(syntax: Syntax) -> SourceType {
    base(syntax).with_module(true)
}

fn base(syntax: Syntax) -> SourceType {
    match syntax {
        Syntax::Js => SourceType::mjs(),
        Syntax::Jsx => SourceType::jsx(),
        Syntax::Ts => SourceType::ts(),
        Syntax::Tsx => SourceType::tsx(),
    }
}

/// Parses a source. A file that may be a script is parsed as either first, and once more as a
/// module if that fails, because only then `await` can stand at top level.
pub(crate) fn parse<'a>(
    allocator: &'a Allocator,
    source: &'a str,
    options: &Options,
) -> Result<Parsed<'a>, Diagnostics> {
    let base = base(options.syntax);
    if options.builtin {
        return finish(run(allocator, source, base.with_module(true)), true);
    }
    let either = run(allocator, source, base.with_unambiguous(true));
    if !failed(&either) {
        // `await (…)` is a call in a script; nobody means that.
        if options.format != FormatHint::CommonJs && calls_await(source, &either) {
            let module = run(allocator, source, base.with_module(true));
            if !failed(&module) {
                return finish(module, true);
            }
        }
        return finish(either, false);
    }
    let module = run(allocator, source, base.with_module(true));
    if !failed(&module) {
        return finish(module, true);
    }
    if options.format == FormatHint::CommonJs {
        let script = run(allocator, source, base.with_script(true));
        if !failed(&script) {
            return finish(script, false);
        }
    }
    // The reading with fewer complaints is likelier the one that was meant.
    let errors = |parsed: &ParserReturn<'_>| parsed.diagnostics.errors().count();
    if errors(&module) < errors(&either) {
        finish(module, true)
    } else {
        finish(either, false)
    }
}

/// Whether a script uses the name `await` outside functions.
fn calls_await(source: &str, parsed: &ParserReturn<'_>) -> bool {
    if parsed.program.source_type.is_module()
        || memchr::memmem::find(source.as_bytes(), b"await").is_none()
    {
        return false;
    }
    let mut uses = AwaitNames { found: false };
    uses.visit_program(&parsed.program);
    uses.found
}

struct AwaitNames {
    found: bool,
}

impl<'a> Visit<'a> for AwaitNames {
    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        self.found |= it.name == "await";
    }

    fn visit_function(&mut self, _: &Function<'a>, _: ScopeFlags) {}

    fn visit_arrow_function_expression(&mut self, _: &ArrowFunctionExpression<'a>) {}
}

fn run<'a>(allocator: &'a Allocator, source: &'a str, kind: SourceType) -> ParserReturn<'a> {
    // A return at top level is fine in CommonJS; modules refuse it while lowering.
    let options = ParseOptions {
        allow_return_outside_function: true,
        ..ParseOptions::default()
    };
    Parser::new(allocator, source, kind)
        .with_options(options)
        .parse()
}

fn failed(parsed: &ParserReturn<'_>) -> bool {
    parsed.panicked || parsed.diagnostics.has_errors()
}

fn finish(parsed: ParserReturn<'_>, needs_module: bool) -> Result<Parsed<'_>, Diagnostics> {
    if failed(&parsed) {
        return Err(parsed.diagnostics);
    }
    Ok(Parsed {
        import_metas: parsed.module_record.import_metas.iter().copied().collect(),
        dynamic_imports: parsed
            .module_record
            .dynamic_imports
            .iter()
            .map(|import| (import.span, import.module_request))
            .collect(),
        needs_module: needs_module || parsed.program.source_type.is_module(),
        program: parsed.program,
    })
}

//! Imports that lead where only the running program knows: `import(name)` and `require(name)`.

use oxc_allocator::Allocator;
use oxc_ast::ast::{CallExpression, Expression, ImportExpression};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_semantic::{Scoping, SemanticBuilder};
use oxc_span::{GetSpan as _, SourceType, Span};

use crate::options::Syntax;

/// The place of an import's argument, in bytes, and what imports: `import()` or `require()`.
pub type OpaqueImport = (u32, u32, &'static str);

/// Finds the imports of a source whose argument is no string literal; none where it does not parse.
pub fn opaque_imports(source: &str, syntax: Syntax) -> Vec<OpaqueImport> {
    if !source.contains("import") && !source.contains("require") {
        return Vec::new();
    }
    crate::nesting::with_stack(source, |_| Ok(find(source, syntax))).unwrap_or_default()
}

fn find(source: &str, syntax: Syntax) -> Vec<OpaqueImport> {
    let kind = match syntax {
        Syntax::Js => SourceType::mjs(),
        Syntax::Jsx => SourceType::jsx(),
        Syntax::Ts => SourceType::ts(),
        Syntax::Tsx => SourceType::tsx(),
    };
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, kind.with_unambiguous(true)).parse();
    if parsed.panicked || parsed.diagnostics.has_errors() {
        return Vec::new();
    }
    let built = SemanticBuilder::new_compiler().build(&parsed.program);
    let scoping = built.semantic.into_scoping();
    let mut opaque = Opaque {
        scoping: &scoping,
        found: Vec::new(),
    };
    opaque.visit_program(&parsed.program);
    opaque.found
}

struct Opaque<'a> {
    scoping: &'a Scoping,
    found: Vec<OpaqueImport>,
}

impl Opaque<'_> {
    fn add(&mut self, span: Span, what: &'static str) {
        self.found.push((span.start, span.end, what));
    }
}

fn is_literal(argument: &Expression<'_>) -> bool {
    match argument {
        Expression::StringLiteral(_) => true,
        Expression::TemplateLiteral(text) => text.expressions.is_empty(),
        _ => false,
    }
}

impl<'a> Visit<'a> for Opaque<'_> {
    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        if !is_literal(&import.source) {
            self.add(import.source.span(), "import()");
        }
        walk::walk_import_expression(self, import);
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        if let Expression::Identifier(callee) = &call.callee
            && callee.name == "require"
            && let Some(reference) = callee.reference_id.get()
            && self.scoping.get_reference(reference).symbol_id().is_none()
            && let [argument] = call.arguments.as_slice()
            && argument
                .as_expression()
                .is_none_or(|argument| !is_literal(argument))
        {
            self.add(argument.span(), "require()");
        }
        walk::walk_call_expression(self, call);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_no_literal_is_found() {
        let check = |source: &str, expect: &[(&str, &str)]| {
            let found = opaque_imports(source, Syntax::Ts);
            let found: Vec<(&str, &str)> = found
                .iter()
                .map(|(start, end, what)| (&source[*start as usize..*end as usize], *what))
                .collect();
            assert_eq!(found, expect, "{source}");
        };
        check(
            "import('./a'); require('b'); import(`c`); import x from 'd'",
            &[],
        );
        check(
            "import('./' + a); f(() => require(b)); import(`./${c}`)",
            &[
                ("'./' + a", "import()"),
                ("b", "require()"),
                ("`./${c}`", "import()"),
            ],
        );
        check(
            "function f(require: any) { require(a) } other.require(b); require()",
            &[],
        );
        check("require(...a)", &[("...a", "require()")]);
        check("import(a", &[]);
    }
}

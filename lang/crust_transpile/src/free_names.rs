//! Which names a source takes from its environment, and where they could be declared.

use oxc_allocator::Allocator;
use oxc_ast::ast::Statement;
use oxc_parser::Parser;
use oxc_semantic::SemanticBuilder;
use oxc_span::{GetSpan as _, SourceType};

use crate::options::Syntax;

/// Those of `wanted` that the source has as values without declaring them, and the offset of its first statement that is
/// no import; nothing where it does not parse.
pub fn free_names<'w>(
    source: &str,
    syntax: Syntax,
    wanted: &[&'w str],
) -> Option<(Vec<&'w str>, u32)> {
    if !wanted.iter().any(|name| source.contains(name)) {
        return None;
    }
    crate::nesting::with_stack(source, |_| Ok(find(source, syntax, wanted))).ok()?
}

fn find<'w>(source: &str, syntax: Syntax, wanted: &[&'w str]) -> Option<(Vec<&'w str>, u32)> {
    let kind = match syntax {
        Syntax::Js => SourceType::mjs(),
        Syntax::Jsx => SourceType::jsx(),
        Syntax::Ts => SourceType::ts(),
        Syntax::Tsx => SourceType::tsx(),
    };
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, kind.with_unambiguous(true)).parse();
    if parsed.panicked || parsed.diagnostics.has_errors() {
        return None;
    }
    let mut statements = parsed.program.body.iter();
    let first = statements.find(|it| !matches!(it, Statement::ImportDeclaration(_)))?;
    let start = first.span().start;
    let built = SemanticBuilder::new_compiler().build(&parsed.program);
    let scoping = built.semantic.into_scoping();
    let free = scoping.root_unresolved_references();
    let is_free = |name: &&'w str| {
        let mut found = free.iter().filter(|(free, _)| *free.as_str() == **name);
        found.any(|(_, references)| {
            let mut references = references.iter();
            references.any(|id| scoping.get_reference(*id).flags().is_value())
        })
    };
    let names: Vec<&str> = wanted.iter().copied().filter(is_free).collect();
    (!names.is_empty()).then_some((names, start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_environment_are_found() {
        let check = |source: &str, syntax: Syntax, expect: &[&str]| {
            let found = free_names(source, syntax, &["__dirname", "__filename"]);
            let (names, _) = found.unwrap_or_default();
            assert_eq!(names, expect, "{source}");
        };
        check("console.log(__dirname)", Syntax::Js, &["__dirname"]);
        check(
            "f({ __filename }, typeof __dirname)",
            Syntax::Ts,
            &["__dirname", "__filename"],
        );
        check(
            "const __dirname = 1; f(__dirname, __filename)",
            Syntax::Js,
            &["__filename"],
        );
        check(
            "function f(__dirname) { return __dirname }",
            Syntax::Js,
            &[],
        );
        check(
            "f('__dirname', x.__dirname, { __dirname: 1 })",
            Syntax::Js,
            &[],
        );
        check("__filename = 3; f(__filename)", Syntax::Js, &["__filename"]);
        check(
            "import { a as __dirname } from 'a'; f(__dirname)",
            Syntax::Js,
            &[],
        );
        check(
            "with (a) f(__dirname); module.exports = 1",
            Syntax::Jsx,
            &["__dirname"],
        );
        check("let a: typeof __dirname; f(a)", Syntax::Ts, &[]);
        check(
            "declare const __dirname: string; f(__dirname)",
            Syntax::Ts,
            &[],
        );
        check("f(__dirname", Syntax::Js, &[]);
    }

    #[test]
    fn declarations_go_before_what_runs() {
        let check = |source: &str, expect: &str| {
            let (_, at) = free_names(source, Syntax::Js, &["x"]).unwrap();
            assert!(source[at as usize..].starts_with(expect), "{source}: {at}");
        };
        check("f(x)", "f(x)");
        check("#!/bin/x\n'use strict'\n/* a */ f(x)", "f(x)");
        check(
            "import 'a'; import b from 'b';\nexport const c = x; import 'd';",
            "export",
        );
        assert!(free_names("import 'x';", Syntax::Js, &["x"]).is_none());
    }
}

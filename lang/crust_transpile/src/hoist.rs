//! Hoists mock calls of a test file above its imports, as Jest and Vitest do: a text-to-text step before the
//! transpiler's. Lines stay; the first line grows.
//!
//! A hoisted statement becomes a function declaration where it stands, which exists before anything runs,
//! and the first line calls it. Imports become `await import(…)` behind these calls.

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    Argument, AwaitExpression, CallExpression, Expression, IdentifierReference, ImportDeclaration,
    ImportDeclarationSpecifier, ModuleExportName, Statement, TSInterfaceDeclaration, TSType,
    TSTypeAliasDeclaration, TSTypeAnnotation, TSTypeParameterInstantiation, VariableDeclaration,
};
use oxc_ast_visit::Visit;
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType, Span};
use rustc_hash::FxHashSet;
use std::fmt::Write as _;

/// Modules that are loaded before the hoisted calls, because these call them.
const TEST_MODULES: &[&str] = &["bun:test", "vitest", "@jest/globals", "node:test"];
/// Objects with hoisted methods.
const OBJECTS: &[&str] = &["vi", "vitest", "jest", "mock"];
const METHODS: &[&str] = &[
    "mock",
    "unmock",
    "deepUnmock",
    "enableAutomock",
    "disableAutomock",
    "module",
    "hoisted",
];

/// The source with its mock calls first; `None` where it has none.
pub fn hoist_mocks(source: &str) -> Option<String> {
    let is_candidate = METHODS.iter().any(|method| {
        source.contains(&format!(".{method}(")) || source.contains(&format!(".{method}<"))
    });
    if !is_candidate {
        return None;
    }
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, SourceType::tsx()).parse();
    // What does not parse as TSX may do so as TypeScript, with `<T>x` casts.
    let parsed = if parsed.diagnostics.is_empty() {
        parsed
    } else {
        Parser::new(&allocator, source, SourceType::ts()).parse()
    };
    if !parsed.diagnostics.is_empty() {
        return None;
    }
    let mut values = Values::default();
    values.visit_program(&parsed.program);
    let mut hoist = Hoist {
        source,
        values: values.names,
        calls: String::new(),
        imports: String::new(),
        edits: Vec::new(),
        count: 0,
    };
    for statement in &parsed.program.body {
        hoist.statement(statement);
    }
    (hoist.count > 0).then(|| hoist.finish())
}

/// Names that are read as values, so that imports of types alone can be told.
#[derive(Default)]
struct Values {
    names: FxHashSet<String>,
}

impl<'a> Visit<'a> for Values {
    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        self.names.insert(it.name.to_string());
    }
    fn visit_ts_type(&mut self, _: &TSType<'a>) {}
    fn visit_ts_type_annotation(&mut self, _: &TSTypeAnnotation<'a>) {}
    fn visit_ts_type_parameter_instantiation(&mut self, _: &TSTypeParameterInstantiation<'a>) {}
    fn visit_ts_interface_declaration(&mut self, _: &TSInterfaceDeclaration<'a>) {}
    fn visit_ts_type_alias_declaration(&mut self, _: &TSTypeAliasDeclaration<'a>) {}
}

struct Hoist<'s> {
    source: &'s str,
    values: FxHashSet<String>,
    calls: String,
    imports: String,
    edits: Vec<(Span, String)>,
    count: usize,
}

impl Hoist<'_> {
    fn text(&self, span: Span) -> &str {
        self.source
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    /// The text with everything but its line breaks blank.
    fn blank(&self, span: Span) -> String {
        let is_break = |letter: char| matches!(letter, '\n' | '\r' | '\u{2028}' | '\u{2029}');
        self.text(span)
            .chars()
            .map(|letter| if is_break(letter) { letter } else { ' ' })
            .collect()
    }

    fn statement(&mut self, statement: &Statement<'_>) {
        match statement {
            Statement::ImportDeclaration(import) => self.import(import),
            Statement::ExpressionStatement(it) => {
                let (awaits, expression) = unwrapped(&it.expression);
                if is_hoisted(expression, METHODS) {
                    let text = self.text(it.expression.span()).to_owned();
                    self.hoisted(it.span, awaits, &text, "");
                }
            }
            Statement::VariableDeclaration(it) => self.variable(it),
            _ => {}
        }
    }

    /// `const x = vi.hoisted(…)`.
    fn variable(&mut self, it: &VariableDeclaration<'_>) {
        let [declarator] = it.declarations.as_slice() else {
            return;
        };
        let Some(init) = &declarator.init else {
            return;
        };
        let (awaits, expression) = unwrapped(init);
        if !is_hoisted(expression, &["hoisted"]) {
            return;
        }
        let head = Span::new(it.span.start, init.span().start);
        let declaration = self.text(head).replace(['\n', '\r'], " ");
        let text = format!("{}{}", self.blank(head), self.text(init.span()));
        self.hoisted(it.span, awaits, &text, &declaration);
    }

    fn hoisted(&mut self, span: Span, awaits: bool, text: &str, declaration: &str) {
        let name = format!("$hoisted{}", self.count);
        self.count += 1;
        let (asynchronous, wait) = if awaits {
            ("async ", "await ")
        } else {
            ("", "")
        };
        // The braces stand on the statement's own lines; `return` must not be followed by a line break.
        let function = format!("{asynchronous}function {name}(){{return ({text})}}");
        self.edits.push((span, function));
        // Writing to a string does not fail.
        let _ = write!(self.calls, "{declaration}{wait}{name}();");
    }

    fn import(&mut self, it: &ImportDeclaration<'_>) {
        if it.import_kind.is_type() || TEST_MODULES.contains(&it.source.value.as_str()) {
            return;
        }
        let (mut names, mut namespace) = (Vec::new(), None);
        let specifiers = it.specifiers.as_ref();
        for specifier in specifiers.into_iter().flatten() {
            let local = specifier.local().name.to_string();
            if !self.values.contains(&local) {
                continue;
            }
            match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(it) if it.import_kind.is_type() => {}
                ImportDeclarationSpecifier::ImportSpecifier(it) => {
                    names.push(format!("{}:{local}", exported(&it.imported)));
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => {
                    names.push(format!("default:{local}"));
                }
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => namespace = Some(local),
            }
        }
        if specifiers.is_some_and(|list| !list.is_empty())
            && names.is_empty()
            && namespace.is_none()
        {
            // Types alone: the transpiler drops the import.
            return;
        }
        let attributes = it.with_clause.as_ref().map_or(String::new(), |clause| {
            let pairs: Vec<&str> = clause
                .with_entries
                .iter()
                .map(|entry| self.text(entry.span))
                .collect();
            format!(",{{with:{{{}}}}}", pairs.join(","))
        });
        let loaded = format!("await import({}{attributes})", self.text(it.source.span));
        // Writing to a string does not fail.
        let _ = match (namespace, names.is_empty()) {
            (None, true) => write!(self.imports, "{loaded};"),
            (None, false) => write!(self.imports, "const{{{}}}={loaded};", names.join(",")),
            (Some(name), true) => write!(self.imports, "const {name}={loaded};"),
            (Some(name), false) => {
                write!(
                    self.imports,
                    "const {name}={loaded},{{{}}}={name};",
                    names.join(",")
                )
            }
        };
        self.edits.push((it.span, self.blank(it.span)));
    }

    fn finish(mut self) -> String {
        self.edits.sort_by_key(|(span, _)| span.start);
        let mut out = format!("{}{}", self.calls, self.imports);
        let mut at = 0;
        for (span, text) in &self.edits {
            out.push_str(self.source.get(at..span.start as usize).unwrap_or_default());
            out.push_str(text);
            at = span.end as usize;
        }
        out.push_str(self.source.get(at..).unwrap_or_default());
        out
    }
}

fn exported(name: &ModuleExportName<'_>) -> String {
    match name {
        ModuleExportName::StringLiteral(it) => format!("{:?}", it.value.as_str()),
        name => name.name().to_string(),
    }
}

fn unwrapped<'a, 'b>(expression: &'b Expression<'a>) -> (bool, &'b Expression<'a>) {
    match expression {
        Expression::AwaitExpression(it) => {
            let AwaitExpression { argument, .. } = &**it;
            (true, argument)
        }
        expression => (false, expression),
    }
}

/// A call of `object.method(…)`, or of a method of what such a call gives.
fn is_hoisted(expression: &Expression<'_>, methods: &[&str]) -> bool {
    let Expression::CallExpression(call) = expression else {
        return false;
    };
    let CallExpression {
        callee, arguments, ..
    } = &**call;
    let Expression::StaticMemberExpression(member) = callee else {
        return false;
    };
    let method = member.property.name.as_str();
    if !methods.contains(&method) {
        return false;
    }
    match &member.object {
        Expression::Identifier(object) => {
            let is_known = OBJECTS.contains(&object.name.as_str());
            // `mock.mock` and `vi.module` are nobody's.
            let fits = (object.name == "mock") == (method == "module");
            let spreads = arguments
                .iter()
                .any(|it| matches!(it, Argument::SpreadElement(_)));
            is_known && fits && !spreads
        }
        object => is_hoisted(object, methods),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expect: Option<&str>) {
        assert_eq!(hoist_mocks(source).as_deref(), expect);
    }

    #[test]
    fn a_file_without_mocks_stays() {
        check("import { a } from './a';\nfoo.mock();\n", None);
        check(
            "import { vi } from 'vitest'; it(() => { vi.mock('x') })",
            None,
        );
    }

    #[test]
    fn calls_come_before_imports() {
        check(
            "import { vi } from 'vitest';\nimport a, { b as c } from './a';\nvi.mock('./a', () => ({\n  b: 1,\n}));\na(c);",
            Some(
                "$hoisted0();const{default:a,b:c}=await import('./a');import { vi } from 'vitest';\n                                \nfunction $hoisted0(){return (vi.mock('./a', () => ({\n  b: 1,\n})))}\na(c);",
            ),
        );
    }

    #[test]
    fn hoisted_values_are_declared_first() {
        check(
            "const { f } = vi.hoisted(() => ({ f: 1 }));\nimport * as n from 'n';\nn(f);",
            Some(
                "const { f } = $hoisted0();const n=await import('n');function $hoisted0(){return (              vi.hoisted(() => ({ f: 1 })))}\n                       \nn(f);",
            ),
        );
    }

    #[test]
    fn types_are_left_to_the_transpiler() {
        check(
            "import { T } from './t';\njest.mock('x');\nlet a: T;",
            Some(
                "$hoisted0();import { T } from './t';\nfunction $hoisted0(){return (jest.mock('x'))}\nlet a: T;",
            ),
        );
    }

    #[test]
    fn lines_do_not_move() {
        let source = "import {\n  a,\n} from './a';\nmock.module('x', () => {\n\n});\na();\n";
        let hoisted = hoist_mocks(source).unwrap();
        assert_eq!(hoisted.lines().count(), source.lines().count());
        assert_eq!(hoisted.lines().last(), source.lines().last());
    }
}

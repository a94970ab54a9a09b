//! Counts for coverage: a text-to-text step before the transpiler's, which inserts a counter before each
//! statement, at the start of each function and in each branch. Lines stay, so that counts belong to the
//! lines of the source; columns move. Never removes text.

use crate::options::Syntax;
use oxc_allocator::{Allocator, Vec as ArenaVec};
use oxc_ast::ast::{
    ArrowFunctionBody, ArrowFunctionExpression, AssignmentPattern, ConditionalExpression,
    Declaration, Decorator, DoWhileStatement, Expression, ForInStatement, ForOfStatement,
    ForStatement, FormalParameter, Function, FunctionBody, IfStatement, LogicalExpression,
    MethodDefinition, Program, Statement, SwitchCase, TSEnumDeclaration,
    TSExternalModuleDeclaration, TSInterfaceDeclaration, TSNamespaceDeclaration, TSType,
    TSTypeAliasDeclaration, TSTypeAnnotation, TSTypeParameterInstantiation, VariableDeclarator,
    WhileStatement,
};
use oxc_ast_visit::Visit;
use oxc_ast_visit::walk::walk_ts_namespace_declaration;
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType, Span};
use oxc_syntax::scope::ScopeFlags;
use std::fmt::Write as _;

/// What is counted in a source, in the order of its counters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CoverageMap {
    /// Each with its counter.
    pub statements: Vec<Counted>,
    /// Each with its name and counter.
    pub functions: Vec<CountedFunction>,
    /// Each with its ways.
    pub branches: Vec<CountedBranch>,
    /// How many counters there are.
    pub counters: u32,
}

/// A place with a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Its counter.
    pub counter: u32,
    /// Line of its start, from 1.
    pub line: u32,
    /// Column of its start, from 0, in bytes.
    pub column: u32,
    /// Line of its end.
    pub end_line: u32,
    /// Column of its end.
    pub end_column: u32,
}

/// A function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedFunction {
    /// Its name, or `(anonymous_N)`.
    pub name: String,
    /// Where it is.
    pub place: Counted,
}

/// A place where a program goes one of several ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedBranch {
    /// `if`, `cond-expr`, `binary-expr`, `switch` or `default-arg`.
    pub kind: &'static str,
    /// Line of the whole, from 1.
    pub line: u32,
    /// The ways.
    pub ways: Vec<Counted>,
}

/// A source with counters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instrumented {
    /// The text.
    pub text: String,
    /// What its counters are.
    pub map: CoverageMap,
}

/// Instruments a source; `None` where it does not parse, which the transpiler will say. `path` is what the
/// counters are kept under.
pub fn instrument(source: &str, syntax: Syntax, path: &str) -> Option<Instrumented> {
    let base = match syntax {
        Syntax::Js => SourceType::mjs(),
        Syntax::Jsx => SourceType::jsx(),
        Syntax::Ts => SourceType::ts(),
        Syntax::Tsx => SourceType::tsx(),
    };
    let allocator = Allocator::default();
    let mut parsed = Parser::new(&allocator, source, base.with_unambiguous(true)).parse();
    if !parsed.diagnostics.is_empty() {
        parsed = Parser::new(&allocator, source, base.with_module(true)).parse();
    }
    if !parsed.diagnostics.is_empty() {
        parsed = Parser::new(&allocator, source, base.with_script(true)).parse();
    }
    if !parsed.diagnostics.is_empty() {
        return None;
    }
    let mut counters = Counters::new(source);
    counters.program(&parsed.program);
    let start = start_of(&parsed.program);
    Some(counters.finish(start, path))
}

/// Behind the hashbang and the directives.
fn start_of(program: &Program<'_>) -> u32 {
    let directives = program.directives.last().map(|it| it.span.end);
    let hashbang = program.hashbang.as_ref().map(|it| it.span.end);
    directives.or(hashbang).unwrap_or(0)
}

/// Text that is inserted. What closes stands before what opens at the same place.
struct Insert {
    at: u32,
    opens: bool,
    text: String,
}

struct Counters<'s> {
    source: &'s str,
    /// Offsets of the lines' starts.
    lines: Vec<u32>,
    inserts: Vec<Insert>,
    map: CoverageMap,
    /// The name that the next function gets.
    name: Option<String>,
}

const HIT: &str = "__coverage_hit";

impl<'s> Counters<'s> {
    fn new(source: &'s str) -> Self {
        let breaks = source
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n');
        let after = breaks.map(|(index, _)| u32::try_from(index + 1).unwrap_or(u32::MAX));
        Self {
            source,
            lines: std::iter::once(0).chain(after).collect(),
            inserts: Vec::new(),
            map: CoverageMap::default(),
            name: None,
        }
    }

    fn finish(mut self, start: u32, path: &str) -> Instrumented {
        let mut prelude = String::new();
        let separator = if start > 0 { "\n;" } else { "" };
        // A hashbang ends with its line; behind a directive the line may go on.
        let separator = if self.source.starts_with("#!") && separator == "\n;" {
            ""
        } else {
            separator
        };
        let separator = separator.trim_start_matches('\n');
        // Writing to a string does not fail.
        let _ = write!(
            prelude,
            "{separator}function {HIT}(n){{({HIT}.counts??=globalThis.__crust_coverage__({path:?},{}))[n]++}}",
            self.map.counters
        );
        self.inserts.sort_by_key(|insert| (insert.at, insert.opens));
        let mut text = String::with_capacity(self.source.len() + self.inserts.len() * 24);
        let (mut at, mut started) = (0_usize, false);
        let is_hashbang = self.source.starts_with("#!");
        let start = if is_hashbang {
            self.line_after(start)
        } else {
            start
        } as usize;
        for insert in &self.inserts {
            let offset = insert.at as usize;
            if !started && offset >= start {
                text.push_str(self.source.get(at..start).unwrap_or_default());
                text.push_str(&prelude);
                (at, started) = (start, true);
            }
            text.push_str(self.source.get(at..offset).unwrap_or_default());
            text.push_str(&insert.text);
            at = offset;
        }
        if !started {
            text.push_str(self.source.get(at..start).unwrap_or_default());
            text.push_str(&prelude);
            at = start;
        }
        text.push_str(self.source.get(at..).unwrap_or_default());
        Instrumented {
            text,
            map: self.map,
        }
    }

    fn line_after(&self, offset: u32) -> u32 {
        let end = u32::try_from(self.source.len()).unwrap_or(u32::MAX);
        self.lines
            .iter()
            .copied()
            .find(|line| *line > offset)
            .unwrap_or(end)
    }

    fn place(&self, offset: u32) -> (u32, u32) {
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        (u32::try_from(line).unwrap_or(u32::MAX), offset - start)
    }

    fn counted(&mut self, span: Span) -> Counted {
        let counter = self.map.counters;
        self.map.counters += 1;
        let ((line, column), (end_line, end_column)) =
            (self.place(span.start), self.place(span.end));
        Counted {
            counter,
            line,
            column,
            end_line,
            end_column,
        }
    }

    fn open(&mut self, at: u32, text: String) {
        self.inserts.push(Insert {
            at,
            opens: true,
            text,
        });
    }

    fn close(&mut self, at: u32, text: &str) {
        let text = text.to_owned();
        self.inserts.push(Insert {
            at,
            opens: false,
            text,
        });
    }

    fn statement_counter(&mut self, span: Span) -> u32 {
        let counted = self.counted(span);
        self.map.statements.push(counted);
        counted.counter
    }

    fn program(&mut self, program: &Program<'_>) {
        self.visit_statements(&program.body);
    }

    /// Counts a way of a branch in front of an expression.
    fn way(&mut self, expression: &Expression<'_>) -> Counted {
        let counted = self.counted(expression.span());
        self.open(
            expression.span().start,
            format!("({HIT}({}),", counted.counter),
        );
        self.visit_expression(expression);
        self.close(expression.span().end, ")");
        counted
    }

    fn branch(&mut self, kind: &'static str, span: Span, ways: Vec<Counted>) {
        let (line, _) = self.place(span.start);
        self.map.branches.push(CountedBranch { kind, line, ways });
    }

    /// A statement that stands alone where a block could: `extra` counts the way that leads there.
    fn body(&mut self, statement: &Statement<'_>, extra: Option<u32>) {
        let extra = extra.map_or(String::new(), |counter| format!("{HIT}({counter});"));
        match statement {
            Statement::BlockStatement(block) => {
                if !extra.is_empty() {
                    self.open(block.span.start + 1, extra);
                }
                self.visit_statements(&block.body);
            }
            Statement::FunctionDeclaration(_) => self.visit_statement(statement),
            statement => {
                let mut text = format!("{{{extra}");
                if is_counted(statement) {
                    let counter = self.statement_counter(statement.span());
                    // Writing to a string does not fail.
                    let _ = write!(text, "{HIT}({counter});");
                }
                self.open(statement.span().start, text);
                self.visit_statement(statement);
                self.close(statement.span().end, "}");
            }
        }
    }

    fn function_counter(&mut self, span: Span) -> u32 {
        let number = self.map.functions.len();
        let name = self
            .name
            .take()
            .unwrap_or_else(|| format!("(anonymous_{number})"));
        let place = self.counted(span);
        self.map.functions.push(CountedFunction { name, place });
        place.counter
    }

    fn function_body(&mut self, span: Span, body: &FunctionBody<'_>) {
        let counter = self.function_counter(span);
        match body.directives.last() {
            Some(directive) => self.open(directive.span.end, format!(";{HIT}({counter});")),
            None => self.open(body.span.start + 1, format!("{HIT}({counter});")),
        }
        self.visit_statements(&body.statements);
    }

    fn default_value(&mut self, value: &Expression<'_>) {
        // A function takes its name from the parameter only where nothing stands around it.
        if matches!(
            value,
            Expression::FunctionExpression(_)
                | Expression::ArrowFunctionExpression(_)
                | Expression::ClassExpression(_)
        ) {
            return self.visit_expression(value);
        }
        let way = self.way(value);
        self.branch("default-arg", value.span(), vec![way]);
    }

    fn operands(&mut self, it: &LogicalExpression<'_>, ways: &mut Vec<Counted>) {
        for side in [&it.left, &it.right] {
            match side {
                Expression::LogicalExpression(inner) => self.operands(inner, ways),
                operand => ways.push(self.way(operand)),
            }
        }
    }
}

/// Statements that run; declarations of functions, classes and types do not.
fn is_counted(statement: &Statement<'_>) -> bool {
    match statement {
        Statement::VariableDeclaration(it) => !it.declare,
        Statement::TSEnumDeclaration(it) => !it.declare,
        Statement::ExportDeclaration(it) => match &it.declaration {
            Declaration::VariableDeclaration(inner) => !inner.declare,
            Declaration::TSEnumDeclaration(inner) => !inner.declare,
            _ => false,
        },
        Statement::ExportDefaultDeclaration(it) => it.declaration.is_expression(),
        Statement::FunctionDeclaration(_)
        | Statement::ClassDeclaration(_)
        | Statement::EmptyStatement(_)
        | Statement::BlockStatement(_)
        | Statement::ImportDeclaration(_)
        | Statement::ExportAllDeclaration(_)
        | Statement::ExportNamedDeclaration(_)
        | Statement::ExportFromDeclaration(_) => false,
        other => !other.is_typescript_syntax(),
    }
}

impl<'a> Visit<'a> for Counters<'_> {
    fn visit_statements(&mut self, it: &ArenaVec<'a, Statement<'a>>) {
        for statement in it {
            if is_counted(statement) {
                let counter = self.statement_counter(statement.span());
                self.open(statement.span().start, format!("{HIT}({counter});"));
            }
            self.visit_statement(statement);
        }
    }

    fn visit_if_statement(&mut self, it: &IfStatement<'a>) {
        self.visit_expression(&it.test);
        let first = self.counted(it.consequent.span());
        self.body(&it.consequent, Some(first.counter));
        let other = it.alternate.as_ref().map_or(it.span, GetSpan::span);
        let second = self.counted(other);
        match &it.alternate {
            Some(alternate) => self.body(alternate, Some(second.counter)),
            None => self.close(
                it.consequent.span().end,
                &format!(" else{{{HIT}({})}}", second.counter),
            ),
        }
        self.branch("if", it.span, vec![first, second]);
    }

    fn visit_for_statement(&mut self, it: &ForStatement<'a>) {
        if let Some(init) = &it.init {
            self.visit_for_statement_init(init);
        }
        if let Some(test) = &it.test {
            self.visit_expression(test);
        }
        if let Some(update) = &it.update {
            self.visit_expression(update);
        }
        self.body(&it.body, None);
    }

    fn visit_for_in_statement(&mut self, it: &ForInStatement<'a>) {
        self.visit_for_statement_left(&it.left);
        self.visit_expression(&it.right);
        self.body(&it.body, None);
    }

    fn visit_for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        self.visit_for_statement_left(&it.left);
        self.visit_expression(&it.right);
        self.body(&it.body, None);
    }

    fn visit_while_statement(&mut self, it: &WhileStatement<'a>) {
        self.visit_expression(&it.test);
        self.body(&it.body, None);
    }

    fn visit_do_while_statement(&mut self, it: &DoWhileStatement<'a>) {
        self.body(&it.body, None);
        self.visit_expression(&it.test);
    }

    fn visit_switch_statement(&mut self, it: &oxc_ast::ast::SwitchStatement<'a>) {
        self.visit_expression(&it.discriminant);
        let mut ways = Vec::new();
        for case in &it.cases {
            let counted = self.counted(case.span);
            ways.push(counted);
            let text = format!("{HIT}({});", counted.counter);
            match case.consequent.first() {
                Some(first) => self.open(first.span().start, text),
                None => self.close(case.span.end, &text),
            }
            self.visit_switch_case(case);
        }
        self.branch("switch", it.span, ways);
    }

    fn visit_switch_case(&mut self, it: &SwitchCase<'a>) {
        if let Some(test) = &it.test {
            self.visit_expression(test);
        }
        self.visit_statements(&it.consequent);
    }

    fn visit_conditional_expression(&mut self, it: &ConditionalExpression<'a>) {
        self.visit_expression(&it.test);
        let ways = vec![self.way(&it.consequent), self.way(&it.alternate)];
        self.branch("cond-expr", it.span, ways);
    }

    fn visit_logical_expression(&mut self, it: &LogicalExpression<'a>) {
        let mut ways = Vec::new();
        self.operands(it, &mut ways);
        self.branch("binary-expr", it.span, ways);
    }

    fn visit_assignment_pattern(&mut self, it: &AssignmentPattern<'a>) {
        self.visit_binding_pattern(&it.left);
        self.default_value(&it.right);
    }

    fn visit_formal_parameter(&mut self, it: &FormalParameter<'a>) {
        self.visit_binding_pattern(&it.pattern);
        if let Some(initializer) = &it.initializer {
            self.default_value(initializer);
        }
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        self.visit_binding_pattern(&it.id);
        if let Some(init) = &it.init {
            self.name = it.id.get_identifier_name().map(|name| name.to_string());
            let is_function = matches!(
                init,
                Expression::FunctionExpression(_) | Expression::ArrowFunctionExpression(_)
            );
            if !is_function {
                self.name = None;
            }
            self.visit_expression(init);
        }
    }

    fn visit_method_definition(&mut self, it: &MethodDefinition<'a>) {
        self.visit_property_key(&it.key);
        self.name = it.key.static_name().map(|name| name.to_string());
        self.visit_function(&it.value, ScopeFlags::Function);
        self.name = None;
    }

    fn visit_function(&mut self, it: &Function<'a>, _: ScopeFlags) {
        let Some(body) = it.body.as_ref().filter(|_| !it.declare) else {
            return;
        };
        let given = self.name.take();
        self.visit_formal_parameters(&it.params);
        self.name = it.id.as_ref().map(|id| id.name.to_string()).or(given);
        self.function_body(it.span, body);
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        let given = self.name.take();
        self.visit_formal_parameters(&it.params);
        self.name = given;
        let expression = match &it.body {
            ArrowFunctionBody::FunctionBody(body) => return self.function_body(it.span, body),
            body => match body.as_expression() {
                Some(expression) => expression,
                None => return,
            },
        };
        let span = expression.span();
        let (function, statement_counter) =
            (self.function_counter(it.span), self.statement_counter(span));
        self.open(
            span.start,
            format!("({HIT}({function}),{HIT}({statement_counter}),"),
        );
        self.visit_expression(expression);
        self.close(span.end, ")");
    }

    // A namespace becomes a function, and its statements those of the function.
    fn visit_ts_namespace_declaration(&mut self, it: &TSNamespaceDeclaration<'a>) {
        if !it.declare {
            walk_ts_namespace_declaration(self, it);
        }
    }
    fn visit_ts_external_module_declaration(&mut self, _: &TSExternalModuleDeclaration<'a>) {}
    fn visit_decorator(&mut self, _: &Decorator<'a>) {}
    // The values of members are constants that the transpiler computes: an enum is one statement.
    fn visit_ts_enum_declaration(&mut self, _: &TSEnumDeclaration<'a>) {}
    fn visit_ts_type(&mut self, _: &TSType<'a>) {}
    fn visit_ts_type_annotation(&mut self, _: &TSTypeAnnotation<'a>) {}
    fn visit_ts_type_parameter_instantiation(&mut self, _: &TSTypeParameterInstantiation<'a>) {}
    fn visit_ts_interface_declaration(&mut self, _: &TSInterfaceDeclaration<'a>) {}
    fn visit_ts_type_alias_declaration(&mut self, _: &TSTypeAliasDeclaration<'a>) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text without the prelude, with `n;` for a counter.
    fn check(source: &str, expect: &str) {
        let text = instrument(source, Syntax::Tsx, "/a.ts").unwrap().text;
        let end = text.find("[n]++}").unwrap() + 6;
        let start = text.find("function __coverage_hit").unwrap();
        let shown = format!("{}{}", &text[..start], &text[end..]);
        assert_eq!(shown.replace("__coverage_hit", "$"), expect);
    }

    #[test]
    fn statements_and_functions_are_counted() {
        check(
            "a();\nfunction f() { return 1 }",
            "$(0);a();\nfunction f() {$(1); $(2);return 1 }",
        );
        check(
            "const f = (x: number) => x;",
            "$(0);const f = (x: number) => ($(1),$(2),x);",
        );
        check(
            "const f = () => ({a: 1});",
            "$(0);const f = () => ($(1),$(2),({a: 1}));",
        );
        check(
            "class A { m() { 'use strict'; b() } }",
            "class A { m() { 'use strict';;$(0); $(1);b() } }",
        );
    }

    #[test]
    fn branches_are_counted() {
        check(
            "if (a) b(); else if (c) { d() }",
            "$(0);if (a) {$(1);$(2);b();} else {$(3);$(4);if (c) {$(5); $(6);d() } else{$(7)}}",
        );
        check("x = a ? b : c;", "$(0);x = a ? ($(1),b) : ($(2),c);");
        check(
            "x = a && b || c;",
            "$(0);x = ($(1),a) && ($(2),b) || ($(3),c);",
        );
        check(
            "switch (a) { case 1: case 2: b(); default: }",
            "$(0);switch (a) { case 1:$(1); case 2: $(2);$(3);b(); default:$(4); }",
        );
        check("function f(a = 1) {}", "function f(a = ($(0),1)) {$(1);}");
        check(
            "if (a) if (b) c(); else d();",
            "$(0);if (a) {$(1);$(2);if (b) {$(3);$(4);c();} else {$(5);$(6);d();}} else{$(7)}",
        );
    }

    #[test]
    fn types_are_left_alone() {
        check(
            "type A = { a: 1 };\ninterface B {}\ndeclare const c: number;\nenum E { A = 1 || 2 }",
            "type A = { a: 1 };\ninterface B {}\ndeclare const c: number;\n$(0);enum E { A = 1 || 2 }",
        );
        check(
            "declare enum E { A }\ndeclare namespace N { const a: number }\nnamespace T { type A = 1 }",
            "declare enum E { A }\ndeclare namespace N { const a: number }\nnamespace T { type A = 1 }",
        );
        check(
            "import a from 'a';\nexport { a };\nexport const b = 1;",
            "import a from 'a';\nexport { a };\n$(0);export const b = 1;",
        );
    }

    #[test]
    fn namespaces_and_enums_are_counted() {
        check(
            "namespace N { export const a = 1; export function f() { return a } export enum E { A } }",
            "namespace N { $(0);export const a = 1; export function f() {$(1); $(2);return a } $(3);export enum E { A } }",
        );
        check(
            "namespace A.B { a && b() }",
            "namespace A.B { $(0);($(1),a) && ($(2),b()) }",
        );
    }

    #[test]
    fn directives_stay_first() {
        check("'use strict'\na()", "'use strict';\n$(0);a()");
        check(
            "#!/usr/bin/env crust\na()",
            "#!/usr/bin/env crust\n$(0);a()",
        );
    }

    #[test]
    fn lines_do_not_move() {
        let source = "if (a)\n  b()\nelse\n  c()\nfor (;;)\n  d()\n";
        let text = instrument(source, Syntax::Ts, "/a.ts").unwrap().text;
        assert_eq!(text.lines().count(), source.lines().count());
    }
}

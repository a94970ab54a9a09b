//! Macros: `import { f } from "./f.ts" with { type: "macro" }`. Finds their calls, with arguments that are known without
//! running the program, and puts results in their places: text in, text out, before any parser sees it. Calls nothing.

mod arguments;
#[cfg(test)]
mod tests;

use crust_diag::{Diagnostic, LineIndex};
use oxc_allocator::{Allocator, Vec as ArenaVec};
use oxc_ast::ast::{
    CallExpression, ChainElement, ExportAllDeclaration, ExportFromDeclaration,
    ExportNamedDeclaration, Expression, IdentifierReference, ImportDeclaration,
    ImportDeclarationSpecifier, ImportExpression, ObjectPropertyKind, Program, Statement,
    TSTypeQuery, TaggedTemplateExpression, WithClause,
};
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::{Scoping, SemanticBuilder};
use oxc_span::Span;
use oxc_syntax::symbol::SymbolId;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnose::from_problems;
use crate::lower::Problem;
use crate::options::Options;
use crate::{nesting, parse};

/// What an import of a macro becomes: the file is a module still.
const NO_IMPORT: &str = "export {};";

/// A call of a macro.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MacroCall {
    /// The specifier of the macro's module.
    pub specifier: String,
    /// The export that is called.
    pub export: String,
    /// JavaScript of the array of arguments. `$[n]` stands for the result of the call of that number, which comes
    /// before this one.
    pub arguments: String,
    /// The members of the result that are read where it is called: `f().a.b`.
    pub members: Vec<String>,
    /// Where each of these ends.
    ends: Vec<u32>,
    span: Span,
    import: Span,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MacroResult {
    /// There is a value.
    Value {
        /// Its JavaScript, without line breaks.
        text: String,
        /// How many of the members that are read have been read already.
        members: usize,
    },
    /// There is none.
    Failed {
        /// What is wrong.
        message: String,
        /// Where the macro was when it threw.
        hint: Option<String>,
        /// It is the import that is wrong.
        import: bool,
    },
}

/// The calls of macros in a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Macros {
    calls: Vec<MacroCall>,
    imports: Vec<Span>,
    /// Starts of expressions that are statements of a list.
    statements: FxHashSet<u32>,
}

/// Finds the macros of a source. `None` where there are none, or where the source does not parse, which is its parser's
/// to complain about.
///
/// # Errors
/// Every wrong use of a macro.
pub fn find_macros(source: &str, options: &Options) -> Result<Option<Macros>, Vec<Diagnostic>> {
    if memchr::memmem::find(source.as_bytes(), b"macro").is_none() {
        return Ok(None);
    }
    let found = nesting::with_stack(source, |_| find(source, options));
    found.map_err(|mut problems| {
        for problem in &mut problems {
            problem.file = Some(options.file_name.clone());
        }
        problems
    })
}

fn find(source: &str, options: &Options) -> Result<Option<Macros>, Vec<Diagnostic>> {
    let allocator = Allocator::default();
    let Ok(parsed) = parse::parse(&allocator, source, options) else {
        return Ok(None);
    };
    if !may_have(&parsed.program) {
        return Ok(None);
    }
    let built = SemanticBuilder::new_compiler().build(&parsed.program);
    let scoping = built.semantic.into_scoping();
    let mut finder = Finder {
        source,
        scoping: &scoping,
        bindings: FxHashMap::default(),
        found: Macros::default(),
        problems: Vec::new(),
    };
    finder.declare(&parsed.program);
    finder.visit_program(&parsed.program);
    if !finder.problems.is_empty() {
        let lines = LineIndex::new(source);
        return Err(from_problems(source, &lines, &finder.problems));
    }
    let found = finder.found;
    Ok((!found.imports.is_empty()).then_some(found))
}

/// Whether anything of the program says that it is a macro.
fn may_have(program: &Program<'_>) -> bool {
    struct Any(bool);
    impl<'a> Visit<'a> for Any {
        fn visit_with_clause(&mut self, it: &WithClause<'a>) {
            self.0 |= is_macro(Some(it));
        }
        fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
            self.0 |= it.options.is_some();
            walk::walk_import_expression(self, it);
        }
    }
    let mut any = Any(false);
    any.visit_program(program);
    any.0
}

fn is_macro(clause: Option<&WithClause<'_>>) -> bool {
    let entries = clause.iter().flat_map(|clause| clause.with_entries.iter());
    entries
        .into_iter()
        .any(|entry| entry.key.as_arena_str() == "type" && entry.value.value == "macro")
}

/// What a local name of a macro stands for.
#[derive(Debug, Clone)]
struct Binding {
    specifier: String,
    /// `None` for the namespace.
    export: Option<String>,
    import: Span,
}

struct Finder<'a> {
    source: &'a str,
    scoping: &'a Scoping,
    bindings: FxHashMap<SymbolId, Binding>,
    found: Macros,
    problems: Vec<Problem>,
}

impl<'a> Finder<'a> {
    fn problem(&mut self, span: Span, message: impl Into<String>, hint: Option<&'static str>) {
        self.problems.push(Problem {
            message: message.into(),
            span,
            hint,
        });
    }

    /// Notes the imports. They may stand behind the calls.
    fn declare(&mut self, program: &Program<'a>) {
        for statement in &program.body {
            if let Statement::ImportDeclaration(it) = statement
                && !it.import_kind.is_type()
                && is_macro(it.with_clause.as_deref())
            {
                self.found.imports.push(it.span);
                self.bind(it);
            }
        }
    }

    fn bind(&mut self, it: &ImportDeclaration<'a>) {
        for specifier in it.specifiers.iter().flatten() {
            let export = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(it) if it.import_kind.is_type() => {
                    continue;
                }
                ImportDeclarationSpecifier::ImportSpecifier(it) => {
                    Some(it.imported.name().to_string())
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => Some("default".to_owned()),
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => None,
            };
            let Some(symbol) = specifier.local().symbol_id.get() else {
                continue;
            };
            let binding = Binding {
                specifier: it.source.value.to_string(),
                export,
                import: it.source.span,
            };
            self.bindings.insert(symbol, binding);
        }
    }

    fn binding(&self, it: &IdentifierReference<'_>) -> Option<&Binding> {
        let reference = self.scoping.get_reference(it.reference_id.get()?);
        self.bindings.get(&reference.symbol_id()?)
    }

    /// Whether a name is none that the source declares.
    fn is_global(&self, it: &IdentifierReference<'_>) -> bool {
        let reference = it.reference_id.get();
        reference.is_some_and(|id| self.scoping.get_reference(id).symbol_id().is_none())
    }

    /// The macro that a callee names.
    fn callee(&self, callee: &Expression<'a>) -> Option<Binding> {
        match callee.get_inner_expression() {
            Expression::Identifier(it) => {
                let binding = self.binding(it)?;
                binding.export.is_some().then(|| binding.clone())
            }
            Expression::StaticMemberExpression(it) => {
                self.member(&it.object, it.property.name.as_str())
            }
            Expression::ComputedMemberExpression(it) => match &it.expression {
                Expression::StringLiteral(name) => self.member(&it.object, name.value.as_str()),
                _ => None,
            },
            _ => None,
        }
    }

    fn member(&self, object: &Expression<'a>, name: &str) -> Option<Binding> {
        let Expression::Identifier(object) = object.get_inner_expression() else {
            return None;
        };
        let binding = self.binding(object)?;
        binding.export.is_none().then(|| Binding {
            export: Some(name.to_owned()),
            ..binding.clone()
        })
    }

    /// Notes a call; its number. Arguments that are not known have been complained about.
    fn note(&mut self, binding: Binding, span: Span, arguments: Option<String>) -> usize {
        self.found.calls.push(MacroCall {
            specifier: binding.specifier,
            export: binding.export.unwrap_or_default(),
            arguments: arguments.unwrap_or_default(),
            members: Vec::new(),
            ends: Vec::new(),
            span,
            import: binding.import,
        });
        self.found.calls.len() - 1
    }

    /// Notes an expression if it is a call of a macro: its number.
    fn call(&mut self, it: &CallExpression<'a>) -> Option<usize> {
        let binding = self.callee(&it.callee)?;
        let arguments = arguments::of_call(self, it);
        Some(self.note(binding, it.span, arguments))
    }

    /// Notes a call of which members are read; whether it is one of a macro.
    fn read_call(&mut self, it: &Expression<'a>) -> bool {
        let (mut object, mut members) = (it, Vec::new());
        while let Expression::StaticMemberExpression(it) = object
            && !it.optional
        {
            members.push((it.property.name.to_string(), it.span.end));
            object = &it.object;
        }
        let Expression::CallExpression(call) = object else {
            return false;
        };
        let Some(number) = self.call(call) else {
            return false;
        };
        if let Some(call) = self.found.calls.get_mut(number) {
            (call.members, call.ends) = members.into_iter().rev().unzip();
        }
        true
    }

    fn tagged(&mut self, it: &TaggedTemplateExpression<'a>) -> Option<usize> {
        let binding = self.callee(&it.tag)?;
        let arguments = arguments::of_template(self, &it.quasi);
        Some(self.note(binding, it.span, arguments))
    }
}

impl<'a> Visit<'a> for Finder<'a> {
    fn visit_statements(&mut self, it: &ArenaVec<'a, Statement<'a>>) {
        for statement in it {
            if let Statement::ExpressionStatement(it) = statement {
                self.found.statements.insert(it.span.start);
            }
            self.visit_statement(statement);
        }
    }

    fn visit_expression(&mut self, it: &Expression<'a>) {
        if !self.read_call(it) {
            walk::walk_expression(self, it);
        }
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        if self.call(it).is_none() {
            walk::walk_call_expression(self, it);
        }
    }

    fn visit_tagged_template_expression(&mut self, it: &TaggedTemplateExpression<'a>) {
        if self.tagged(it).is_none() {
            walk::walk_tagged_template_expression(self, it);
        }
    }

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        let is_value = it
            .reference_id
            .get()
            .is_some_and(|id| self.scoping.get_reference(id).flags().is_value());
        if is_value && self.binding(it).is_some() {
            self.problem(
                it.span,
                format!("The macro \"{}\" can only be called", it.name),
                Some("it exists while the file is read, not when the program runs"),
            );
        }
    }

    /// A type is no use.
    fn visit_ts_type_query(&mut self, _it: &TSTypeQuery<'a>) {}

    fn visit_import_declaration(&mut self, _it: &ImportDeclaration<'a>) {}

    fn visit_export_named_declaration(&mut self, it: &ExportNamedDeclaration<'a>) {
        if !it.export_kind.is_type() {
            walk::walk_export_named_declaration(self, it);
        }
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        if is_macro(it.with_clause.as_deref()) {
            self.export_from(it.span);
        }
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        if is_macro(it.with_clause.as_deref()) {
            self.export_from(it.span);
        }
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        if it.options.as_ref().is_some_and(asks_for_macro) {
            self.problem(
                it.span,
                "import() cannot be used with \"type\": \"macro\"",
                Some("macros run before the program does, so they are imported by a declaration"),
            );
        }
        walk::walk_import_expression(self, it);
    }
}

impl Finder<'_> {
    fn export_from(&mut self, span: Span) {
        self.problem(
            span,
            "export from cannot be used with \"type\": \"macro\"",
            Some("macros can only be called, in the file that imports them"),
        );
    }
}

/// `{ with: { type: "macro" } }`
fn asks_for_macro(options: &Expression<'_>) -> bool {
    let value = |object: &Expression<'_>, name: &str, check: &dyn Fn(&Expression<'_>) -> bool| {
        let Expression::ObjectExpression(object) = object else {
            return false;
        };
        object.properties.iter().any(|property| match property {
            ObjectPropertyKind::ObjectProperty(it) => {
                it.key.is_specific_static_name(name) && check(&it.value)
            }
            ObjectPropertyKind::SpreadProperty(_) => false,
        })
    };
    let is_macro = |it: &Expression<'_>| matches!(it, Expression::StringLiteral(text) if text.value == "macro");
    let of_type = |it: &Expression<'_>| value(it, "type", &is_macro);
    value(options, "with", &of_type) || value(options, "assert", &of_type)
}

/// The call in an expression, through a chain.
fn chained<'e, 'a>(it: &'e Expression<'a>) -> Option<&'e CallExpression<'a>> {
    match it {
        Expression::CallExpression(call) => Some(call),
        Expression::ChainExpression(chain) => match &chain.expression {
            ChainElement::CallExpression(call) => Some(call),
            _ => None,
        },
        _ => None,
    }
}

impl MacroResult {
    /// A value of which no member has been read.
    pub fn value(text: impl Into<String>) -> Self {
        Self::Value {
            text: text.into(),
            members: 0,
        }
    }
}

impl Macros {
    /// The calls, each after those in its arguments.
    pub fn calls(&self) -> &[MacroCall] {
        &self.calls
    }

    /// The source with results in place of calls, and without the imports. Lines stay.
    ///
    /// # Errors
    /// Every call that has no result.
    pub fn answer(
        &self,
        source: &str,
        file_name: &str,
        results: &[MacroResult],
    ) -> Result<String, Vec<Diagnostic>> {
        let problems = self.problems(source, file_name, results);
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut edits: Vec<(Span, String)> = Vec::new();
        for span in &self.imports {
            edits.push((*span, NO_IMPORT.to_owned()));
        }
        for (call, result) in self.calls.iter().zip(results) {
            if let MacroResult::Value {
                text: value,
                members,
            } = result
            {
                let starts = self.statements.contains(&call.span.start);
                // What is before it may lack its semicolon.
                let text = format!("{}({value})", if starts { ";" } else { "" });
                let read = members.checked_sub(1).and_then(|last| call.ends.get(last));
                let end = read.copied().unwrap_or(call.span.end);
                edits.push((Span::new(call.span.start, end), text));
            }
        }
        // Of calls in arguments nothing is left but the outermost.
        edits.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
        let mut text = String::with_capacity(source.len());
        let mut at = 0;
        for (span, by) in edits {
            let (start, end) = (span.start as usize, span.end as usize);
            if start < at {
                continue;
            }
            text.push_str(source.get(at..start).unwrap_or_default());
            text.push_str(&by);
            pad(
                &mut text,
                source.get(start..end).unwrap_or_default(),
                by.len(),
            );
            at = end;
        }
        text.push_str(source.get(at..).unwrap_or_default());
        Ok(text)
    }

    fn problems(&self, source: &str, file_name: &str, results: &[MacroResult]) -> Vec<Diagnostic> {
        let lines = LineIndex::new(source);
        let lost = MacroResult::Failed {
            message: "The macro was not called".to_owned(),
            hint: None,
            import: false,
        };
        let results = results.iter().chain(std::iter::repeat(&lost));
        let mut problems: Vec<Diagnostic> = Vec::new();
        for (call, result) in self.calls.iter().zip(results) {
            let MacroResult::Failed {
                message,
                hint,
                import,
            } = result
            else {
                continue;
            };
            let span = if *import { call.import } else { call.span };
            let mut problem = Diagnostic::error(message.clone())
                .file(file_name)
                .at(source, &lines, span.start, span.end)
                .code("MACRO_ERROR");
            if let Some(hint) = hint {
                problem = problem.hint(hint.clone());
            }
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        problems
    }
}

/// Fills up what a replacement does not cover, so that what follows stays where it is.
fn pad(text: &mut String, covered: &str, length: usize) {
    let lines = covered.matches('\n').count();
    if lines == 0 {
        let rest = covered.chars().count().saturating_sub(length);
        text.extend(std::iter::repeat_n(' ', rest));
        return;
    }
    text.extend(std::iter::repeat_n('\n', lines));
    let last = covered.rsplit('\n').next().unwrap_or_default();
    text.extend(std::iter::repeat_n(' ', last.chars().count()));
}

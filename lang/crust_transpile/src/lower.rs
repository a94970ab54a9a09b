//! The lowering pass: one walk over the syntax tree that collects text edits and the module record.
//! Each construct has its file under `lower/`; this one only dispatches. It never builds text.

mod async_context;
mod class_fields;
mod classes;
mod completion;
mod const_enums;
mod decorators;
mod defines;
mod enums;
mod feature;
mod functions;
mod imports;
mod jsx;
mod modules;
mod namespaces;
mod parameter_properties;
mod references;
mod types;
mod using;

use oxc_allocator::Vec as ArenaVec;
use oxc_ast::ast::{
    AccessorProperty, ArrowFunctionExpression, AssignmentTargetPropertyIdentifier, AwaitExpression,
    BinaryExpression, BindingPattern, CallExpression, Class, ConditionalExpression, Expression,
    ExpressionStatement, ForOfStatement, ForStatement, FormalParameter, Function,
    IdentifierReference, IfStatement, ImportExpression, ImportMeta, JSXElement, JSXFragment,
    LabeledStatement, MethodDefinition, ObjectProperty, Program, PropertyDefinition,
    ReturnStatement, Statement, StaticBlock, TSAsExpression, TSEnumDeclaration,
    TSImportEqualsDeclaration, TSIndexSignature, TSInstantiationExpression, TSNamespaceDeclaration,
    TSNonNullExpression, TSSatisfiesExpression, TSThisParameter, TSTypeAnnotation, TSTypeAssertion,
    TSTypeParameterDeclaration, TSTypeParameterInstantiation, TaggedTemplateExpression,
    TryStatement, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::Scoping;
use oxc_span::{GetSpan, Span};
use oxc_syntax::{scope::ScopeFlags, symbol::SymbolId};
use rustc_hash::FxHashMap;

use crate::edits::Edits;
use crate::module::{Format, Import, IndirectExport, LocalExport, Request, Uses};
use crate::names::Names;
use crate::options::Options;

pub use async_context::stores_async_context;

/// JavaScript source of an expression whose value is the object of run-time helpers. The runtime
/// evaluates it once, when a module that uses helpers first reads them.
pub const HELPERS: &str = concat!("({__proto__:null,", include_str!("lower/helpers.js"), "})");

/// A problem found while lowering.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) message: String,
    pub(crate) span: Span,
    pub(crate) hint: Option<&'static str>,
}

/// What the walk finds out about the module.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) requests: Vec<Request>,
    pub(crate) imports: Vec<Import>,
    pub(crate) local_exports: Vec<LocalExport>,
    pub(crate) indirect_exports: Vec<IndirectExport>,
    pub(crate) star_exports: Vec<usize>,
    pub(crate) has_top_level_await: bool,
    pub(crate) uses: Uses,
    pub(crate) dynamic_specifiers: Vec<String>,
    pub(crate) unnamed_default_function: bool,
    /// Text around the whole body of an ECMAScript module, with its `done`.
    pub(crate) enclosure: Option<(String, String)>,
    /// Statements that the emitted text runs before the body, on its first line.
    pub(crate) prelude: Vec<String>,
}

/// The state of the walk. Files under `lower/` read and write it directly.
pub(crate) struct Lowering<'a> {
    pub(crate) source: &'a str,
    pub(crate) options: &'a Options,
    pub(crate) names: &'a Names,
    pub(crate) format: Format,
    /// Present for every TypeScript file and every module with imports or exports.
    pub(crate) scoping: Option<&'a Scoping>,
    pub(crate) edits: Edits,
    pub(crate) record: Record,
    pub(crate) problems: Vec<Problem>,
    pub(crate) imports_by_symbol: FxHashMap<SymbolId, usize>,
    /// Functions and class bodies around the node being visited; 0 is the module's own code.
    pub(crate) function_depth: u32,
    /// Start of the innermost expression statement in a list; an opening parenthesis put there
    /// needs a semicolon before it.
    pub(crate) statement_start: u32,
    /// Start of the identifier that is being called or tags a template.
    callee_start: u32,
    /// Private fields added so far.
    fields: u32,
    jsx: jsx::JsxState,
    containers: namespaces::containers::Containers,
    classes: decorators::Classes,
    deferred_fields: Option<parameter_properties::Deferred>,
    resources: using::Resources,
    defines: defines::Defines,
    feature_calls: feature::FeatureCalls,
    frame: async_context::Frame,
    /// Start of a `for await` whose label has been wrapped with it.
    labeled_for_await: Option<u32>,
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(
        source: &'a str,
        options: &'a Options,
        names: &'a Names,
        format: Format,
        scoping: Option<&'a Scoping>,
    ) -> Self {
        Self {
            source,
            options,
            names,
            format,
            scoping,
            edits: Edits::default(),
            record: Record::default(),
            problems: Vec::new(),
            imports_by_symbol: FxHashMap::default(),
            function_depth: 0,
            statement_start: u32::MAX,
            callee_start: u32::MAX,
            fields: 0,
            jsx: jsx::JsxState::default(),
            containers: namespaces::containers::Containers::default(),
            classes: decorators::Classes::default(),
            deferred_fields: None,
            resources: using::Resources::default(),
            defines: defines::Defines::new(&options.defines, source),
            feature_calls: feature::FeatureCalls::default(),
            frame: async_context::Frame::default(),
            labeled_for_await: None,
        }
    }

    /// Walks the program.
    pub(crate) fn run(&mut self, program: &Program<'a>) {
        self.hashbang(program);
        jsx::begin(self, program);
        decorators::metadata::named_symbols(self, program);
        completion::begin(self, program);
        modules::declare(self, program);
        namespaces::containers::collect(self, program);
        using::begin(self, program);
        async_context::begin(self);
        self.visit_program(program);
    }

    /// `#!` is a comment on the first line only, and the emitted text starts before it.
    pub(crate) fn hashbang(&mut self, program: &Program<'a>) {
        if let Some(hashbang) = &program.hashbang {
            let span = Span::sized(hashbang.span.start, 2);
            self.edits.replace(span, crate::edits::text("//"));
        }
    }

    /// Edits an `import.meta`.
    pub(crate) fn import_meta(&mut self, span: Span) {
        imports::import_meta(self, span);
    }

    /// Edits the callee of an `import(…)`, of which the specifier's place is known.
    pub(crate) fn dynamic_import(&mut self, import: Span, specifier: Span) {
        imports::dynamic_import(self, import, specifier);
    }

    /// Reports a problem of the source.
    pub(crate) fn problem(
        &mut self,
        span: Span,
        message: impl Into<String>,
        hint: Option<&'static str>,
    ) {
        self.problems.push(Problem {
            message: message.into(),
            span,
            hint,
        });
    }

    /// Whether the file may hold types.
    pub(crate) fn is_typescript(&self) -> bool {
        self.options.syntax.is_typescript()
    }

    /// What `feature("NAME")` answers, and the imports that go away with an empty text.
    pub(crate) fn into_feature_answers(self) -> Vec<(Span, &'static str)> {
        self.feature_calls.into_answers()
    }

    /// Visits what is inside a function.
    pub(crate) fn in_function(&mut self, visit: impl FnOnce(&mut Self)) {
        self.function_depth += 1;
        visit(self);
        self.function_depth -= 1;
    }
}

impl<'a> Visit<'a> for Lowering<'a> {
    fn visit_statements(&mut self, it: &ArenaVec<'a, Statement<'a>>) {
        if using::lower_list(self, it) {
            return;
        }
        for statement in it {
            if let Statement::ExpressionStatement(expression) = statement {
                self.statement_start = expression.span.start;
            }
            completion::statement(self, statement);
            self.visit_statement(statement);
        }
    }

    fn visit_expression_statement(&mut self, it: &ExpressionStatement<'a>) {
        if !completion::expression(self, it) {
            walk::walk_expression_statement(self, it);
        }
    }

    fn visit_statement(&mut self, it: &Statement<'a>) {
        if types::is_type_only(it) {
            types::erase_statement(self, it.span());
        } else if !modules::visit(self, it) {
            walk::walk_statement(self, it);
        }
    }

    fn visit_return_statement(&mut self, it: &ReturnStatement<'a>) {
        if self.function_depth == 0 && self.format == Format::Esm {
            self.problem(
                it.span,
                "A return statement is only allowed inside a function",
                Some("ECMAScript modules run to their end; use an if statement, or throw"),
            );
        }
        walk::walk_return_statement(self, it);
    }

    fn visit_await_expression(&mut self, it: &AwaitExpression<'a>) {
        self.record.has_top_level_await |= self.function_depth == 0;
        async_context::await_expression(self, it);
        walk::walk_await_expression(self, it);
    }

    fn visit_for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        self.record.has_top_level_await |= it.r#await && self.function_depth == 0;
        if !using::lower_for_of(self, it) {
            if it.r#await {
                async_context::for_await(self, it);
            }
            walk::walk_for_of_statement(self, it);
        }
    }

    fn visit_try_statement(&mut self, it: &TryStatement<'a>) {
        async_context::try_statement(self, it);
        walk::walk_try_statement(self, it);
    }

    fn visit_for_statement(&mut self, it: &ForStatement<'a>) {
        using::for_statement(self, it);
    }

    fn visit_labeled_statement(&mut self, it: &LabeledStatement<'a>) {
        async_context::labeled_statement(self, it);
        using::labeled_statement(self, it);
    }

    fn visit_expression(&mut self, it: &Expression<'a>) {
        let replaced = defines::replace(self, it)
            || feature::replace(self, it)
            || const_enums::inline(self, it);
        if !replaced {
            walk::walk_expression(self, it);
        }
    }

    fn visit_if_statement(&mut self, it: &IfStatement<'a>) {
        feature::condition(self, &it.test);
        walk::walk_if_statement(self, it);
    }

    fn visit_conditional_expression(&mut self, it: &ConditionalExpression<'a>) {
        feature::condition(self, &it.test);
        walk::walk_conditional_expression(self, it);
    }

    fn visit_function(&mut self, it: &Function<'a>, _flags: ScopeFlags) {
        functions::function(self, it);
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        functions::arrow(self, it);
    }

    fn visit_formal_parameter(&mut self, it: &FormalParameter<'a>) {
        functions::parameter(self, it);
    }

    fn visit_ts_this_parameter(&mut self, it: &TSThisParameter<'a>) {
        functions::this_parameter(self, it);
    }

    fn visit_class(&mut self, it: &Class<'a>) {
        classes::class(self, it);
    }

    fn visit_method_definition(&mut self, it: &MethodDefinition<'a>) {
        classes::method(self, it);
    }

    fn visit_property_definition(&mut self, it: &PropertyDefinition<'a>) {
        classes::property(self, it);
    }

    fn visit_accessor_property(&mut self, it: &AccessorProperty<'a>) {
        classes::accessor(self, it);
    }

    fn visit_static_block(&mut self, it: &StaticBlock<'a>) {
        self.in_function(|lowering| walk::walk_static_block(lowering, it));
    }

    fn visit_ts_index_signature(&mut self, it: &TSIndexSignature<'a>) {
        types::erase_statement(self, it.span);
    }

    fn visit_ts_enum_declaration(&mut self, it: &TSEnumDeclaration<'a>) {
        enums::lower(self, it);
    }

    fn visit_ts_namespace_declaration(&mut self, it: &TSNamespaceDeclaration<'a>) {
        namespaces::lower(self, it);
    }

    fn visit_ts_import_equals_declaration(&mut self, it: &TSImportEqualsDeclaration<'a>) {
        imports::import_equals(self, it);
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        if it.definite {
            types::erase_mark(self, it.id.span().end, "!");
        }
        if let (BindingPattern::BindingIdentifier(id), Some(Expression::ClassExpression(class))) =
            (&it.id, &it.init)
        {
            decorators::name_class(self, class.span.start, id.name.as_str());
        }
        walk::walk_variable_declarator(self, it);
    }

    fn visit_ts_type_annotation(&mut self, it: &TSTypeAnnotation<'a>) {
        self.edits.blank(it.span);
    }

    fn visit_ts_type_parameter_declaration(&mut self, it: &TSTypeParameterDeclaration<'a>) {
        self.edits.blank(it.span);
    }

    fn visit_ts_type_parameter_instantiation(&mut self, it: &TSTypeParameterInstantiation<'a>) {
        self.edits.blank(it.span);
    }

    fn visit_ts_as_expression(&mut self, it: &TSAsExpression<'a>) {
        types::erase_after(self, it.expression.span(), it.span);
        self.visit_expression(&it.expression);
    }

    fn visit_ts_satisfies_expression(&mut self, it: &TSSatisfiesExpression<'a>) {
        types::erase_after(self, it.expression.span(), it.span);
        self.visit_expression(&it.expression);
    }

    fn visit_ts_type_assertion(&mut self, it: &TSTypeAssertion<'a>) {
        types::type_assertion(self, it);
        self.visit_expression(&it.expression);
    }

    fn visit_ts_non_null_expression(&mut self, it: &TSNonNullExpression<'a>) {
        self.edits
            .blank(Span::new(it.span.end.saturating_sub(1), it.span.end));
        self.visit_expression(&it.expression);
    }

    fn visit_ts_instantiation_expression(&mut self, it: &TSInstantiationExpression<'a>) {
        self.edits.blank(it.type_arguments.span);
        self.visit_expression(&it.expression);
    }

    fn visit_binary_expression(&mut self, it: &BinaryExpression<'a>) {
        types::parenthesize_left(self, it);
        walk::walk_binary_expression(self, it);
    }

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        references::identifier(self, it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        references::callee(self, &it.callee);
        references::literal_require(self, it);
        walk::walk_call_expression(self, it);
    }

    fn visit_tagged_template_expression(&mut self, it: &TaggedTemplateExpression<'a>) {
        references::callee(self, &it.tag);
        walk::walk_tagged_template_expression(self, it);
    }

    fn visit_object_property(&mut self, it: &ObjectProperty<'a>) {
        if !references::shorthand(self, it) {
            walk::walk_object_property(self, it);
        }
    }

    fn visit_assignment_target_property_identifier(
        &mut self,
        it: &AssignmentTargetPropertyIdentifier<'a>,
    ) {
        references::shorthand_target(self, it);
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        imports::import_expression(self, it);
    }

    fn visit_import_meta(&mut self, it: &ImportMeta) {
        imports::import_meta(self, it.span);
    }

    fn visit_jsx_element(&mut self, it: &JSXElement<'a>) {
        jsx::element(self, it);
    }

    fn visit_jsx_fragment(&mut self, it: &JSXFragment<'a>) {
        jsx::fragment(self, it);
    }
}

//! Module declarations: the record of imports and exports, and the edits that take their syntax out
//! of the body.

use oxc_ast::ast::{
    BindingIdentifier, Class, Declaration, ExportDeclaration, ExportDefaultDeclaration,
    ExportDefaultDeclarationKind, ExportNamedDeclaration, ExportSpecifier, Expression, Function,
    ModuleExportName, Program, Statement, TSExportAssignment,
};
use oxc_ast_visit::Visit;
use oxc_span::{GetSpan, Span};

use super::{Lowering, completion, const_enums, decorators, feature, imports, types};
use crate::edits::text;
use crate::module::{Format, ImportName, IndirectExport, LocalExport, Phase};
use crate::scan;

/// Records all imports and exports of the program. Imports come first: a module may export a
/// binding that it imports further down.
pub(super) fn declare(lowering: &mut Lowering<'_>, program: &Program<'_>) {
    for statement in &program.body {
        match statement {
            Statement::ImportDeclaration(it) => imports::declare(lowering, it),
            Statement::ExportFromDeclaration(it) if !it.export_kind.is_type() => {
                let kept = it.specifiers.iter().any(|it| !it.export_kind.is_type());
                if kept || it.specifiers.is_empty() {
                    let clause = it.with_clause.as_deref();
                    imports::request(lowering, &it.source, clause, Phase::Evaluation);
                }
            }
            Statement::ExportAllDeclaration(it) if !it.export_kind.is_type() => {
                let clause = it.with_clause.as_deref();
                imports::request(lowering, &it.source, clause, Phase::Evaluation);
            }
            _ => {}
        }
    }
    for statement in &program.body {
        declare_exports(lowering, statement);
    }
}

fn declare_exports(lowering: &mut Lowering<'_>, statement: &Statement<'_>) {
    match statement {
        Statement::ExportFromDeclaration(it) if !it.export_kind.is_type() => {
            let kept: Vec<_> = it
                .specifiers
                .iter()
                .filter(|it| !it.export_kind.is_type())
                .collect();
            if kept.is_empty() {
                return;
            }
            let clause = it.with_clause.as_deref();
            let request = imports::request(lowering, &it.source, clause, Phase::Evaluation);
            for specifier in kept {
                let imported = imports::import_name(&specifier.local);
                indirect(lowering, &specifier.exported, request, imported, false);
            }
        }
        Statement::ExportAllDeclaration(it) if !it.export_kind.is_type() => {
            let clause = it.with_clause.as_deref();
            let request = imports::request(lowering, &it.source, clause, Phase::Evaluation);
            match &it.exported {
                Some(name) => indirect(lowering, name, request, ImportName::Namespace, false),
                None if !lowering.record.star_exports.contains(&request) => {
                    lowering.record.star_exports.push(request);
                }
                None => {}
            }
        }
        Statement::ExportNamedDeclaration(it) if !it.export_kind.is_type() => {
            for specifier in it.specifiers.iter().filter(|it| !it.export_kind.is_type()) {
                export_specifier(lowering, specifier);
            }
        }
        Statement::ExportDeclaration(it) if !types::is_type_only_declaration(&it.declaration) => {
            export_declaration(lowering, &it.declaration);
        }
        Statement::ExportDefaultDeclaration(it) if !types::is_type_only(statement) => {
            export_default(lowering, it);
        }
        _ => {}
    }
}

fn indirect(
    lowering: &mut Lowering<'_>,
    exported: &ModuleExportName<'_>,
    request: usize,
    imported: ImportName,
    maybe_type: bool,
) {
    lowering.record.indirect_exports.push(IndirectExport {
        exported: exported.name().to_string(),
        request,
        imported,
        maybe_type,
        offset: exported.span().start,
    });
}

/// `export { local as exported }`.
fn export_specifier(lowering: &mut Lowering<'_>, it: &ExportSpecifier<'_>) {
    let local = it.local.name();
    let reference = match &it.local {
        ModuleExportName::IdentifierReference(reference) => reference.reference_id.get(),
        _ => None,
    };
    let symbol = lowering
        .scoping
        .zip(reference)
        .and_then(|(scoping, id)| scoping.get_reference(id).symbol_id());
    let Some((scoping, symbol)) = lowering.scoping.zip(symbol) else {
        let message = format!("\"{local}\" is not declared in this file");
        lowering.problem(
            it.local.span(),
            message,
            Some("declare it, or remove the export"),
        );
        return;
    };
    if feature::is_binding(lowering, symbol) {
        let hint = "it exists while the file is read, not when the program runs";
        lowering.problem(it.local.span(), "feature() cannot be exported", Some(hint));
        return;
    }
    if let Some(&import) = lowering.imports_by_symbol.get(&symbol) {
        let import = &lowering.record.imports[import];
        let (request, imported) = (import.request, import.imported.clone());
        let maybe_type = lowering.is_typescript() && !lowering.options.verbatim_module_syntax;
        indirect(lowering, &it.exported, request, imported, maybe_type);
        return;
    }
    let flags = scoping.symbol_flags(symbol);
    // An import that is not recorded was one of types, so its flags say "import" and "value".
    if flags.is_import() || !flags.can_be_referenced_by_value() || flags.is_ambient() {
        return;
    }
    lowering.record.local_exports.push(LocalExport {
        exported: it.exported.name().to_string(),
        local: local.to_string(),
        mutable: scoping.symbol_is_mutated(symbol),
        hoisted_function: flags.is_function(),
        offset: it.exported.span().start,
        constants: const_enums::constants(scoping, symbol),
    });
}

/// `export const a = 1`, `export function f() {}` and so on.
fn export_declaration(lowering: &mut Lowering<'_>, it: &Declaration<'_>) {
    match it {
        Declaration::VariableDeclaration(variables) => {
            for declarator in &variables.declarations {
                for identifier in declarator.id.get_binding_identifiers() {
                    export_binding(lowering, identifier, false);
                }
            }
        }
        Declaration::FunctionDeclaration(function) => {
            if let Some(id) = &function.id {
                export_binding(lowering, id, true);
            }
        }
        Declaration::ClassDeclaration(class) => {
            if let Some(id) = &class.id {
                export_binding(lowering, id, false);
            }
        }
        Declaration::TSEnumDeclaration(it) => export_merged(lowering, &it.id),
        Declaration::TSNamespaceDeclaration(it) => export_merged(lowering, &it.id),
        Declaration::TSImportEqualsDeclaration(it) => export_binding(lowering, &it.id, false),
        Declaration::TSTypeAliasDeclaration(_)
        | Declaration::TSInterfaceDeclaration(_)
        | Declaration::TSExternalModuleDeclaration(_)
        | Declaration::TSGlobalDeclaration(_) => {}
    }
}

/// Enums and namespaces may be declared several times under one exported name.
fn export_merged(lowering: &mut Lowering<'_>, id: &BindingIdentifier<'_>) {
    if !lowering
        .record
        .local_exports
        .iter()
        .any(|known| known.exported == id.name.as_str())
    {
        export_binding(lowering, id, false);
    }
}

fn export_binding(lowering: &mut Lowering<'_>, id: &BindingIdentifier<'_>, function: bool) {
    let mutable = is_mutable(lowering, id);
    let symbol = lowering.scoping.zip(id.symbol_id.get());
    lowering.record.local_exports.push(LocalExport {
        exported: id.name.to_string(),
        local: id.name.to_string(),
        mutable,
        hoisted_function: function,
        offset: id.span.start,
        constants: symbol.map_or_else(Vec::new, |(scoping, symbol)| {
            const_enums::constants(scoping, symbol)
        }),
    });
}

fn is_mutable(lowering: &Lowering<'_>, id: &BindingIdentifier<'_>) -> bool {
    lowering
        .scoping
        .zip(id.symbol_id.get())
        .is_some_and(|(scoping, symbol)| scoping.symbol_is_mutated(symbol))
}

fn export_default(lowering: &mut Lowering<'_>, it: &ExportDefaultDeclaration<'_>) {
    let (id, function) = match &it.declaration {
        ExportDefaultDeclarationKind::FunctionDeclaration(it) => (it.id.as_ref(), true),
        ExportDefaultDeclarationKind::ClassDeclaration(it) => (it.id.as_ref(), false),
        _ => (None, false),
    };
    lowering.record.unnamed_default_function |= function && id.is_none();
    let local = id.map_or_else(|| lowering.names.default_export(), |id| id.name.to_string());
    let mutable = id.is_some_and(|id| is_mutable(lowering, id));
    lowering.record.local_exports.push(LocalExport {
        exported: "default".to_owned(),
        local,
        mutable,
        hoisted_function: function,
        offset: it.span.start,
        constants: Vec::new(),
    });
}

/// Edits and visits a statement that only modules have; false if it is another.
pub(super) fn visit<'a>(lowering: &mut Lowering<'a>, statement: &Statement<'a>) -> bool {
    match statement {
        Statement::ImportDeclaration(_)
        | Statement::ExportAllDeclaration(_)
        | Statement::ExportFromDeclaration(_) => {
            types::erase_statement(lowering, statement.span());
        }
        Statement::ExportNamedDeclaration(it) => named(lowering, it),
        Statement::ExportDeclaration(it) => declaration(lowering, it),
        Statement::ExportDefaultDeclaration(it) => default(lowering, it),
        Statement::TSExportAssignment(it) => export_assignment(lowering, it),
        _ => return false,
    }
    true
}

fn named(lowering: &mut Lowering<'_>, it: &ExportNamedDeclaration<'_>) {
    types::erase_statement(lowering, it.span);
}

fn declaration<'a>(lowering: &mut Lowering<'a>, it: &ExportDeclaration<'a>) {
    let decorators = match &it.declaration {
        Declaration::ClassDeclaration(class) => class.decorators.last(),
        _ => None,
    };
    erase_keyword(lowering, it.span.start, "export");
    if let Some(last) = decorators {
        erase_keyword(lowering, last.span.end, "export");
    }
    match &it.declaration {
        Declaration::TSImportEqualsDeclaration(import) => {
            imports::lower_import_equals(lowering, import, true);
        }
        declaration => lowering.visit_declaration(declaration),
    }
}

/// Erases a keyword that follows `offset`, past decorators written before it.
fn erase_keyword(lowering: &mut Lowering<'_>, offset: u32, keyword: &str) {
    if let Some(span) = scan::expect(lowering.source, offset, keyword) {
        lowering.edits.blank(span);
    }
}

fn default<'a>(lowering: &mut Lowering<'a>, it: &ExportDefaultDeclaration<'a>) {
    completion::export_default(lowering, it);
    let keywords = default_keywords(lowering.source, it);
    match &it.declaration {
        ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
            lowering.edits.blank(keywords);
            name_default_function(lowering, function);
            lowering.visit_function(function, oxc_syntax::scope::ScopeFlags::Function);
        }
        ExportDefaultDeclarationKind::ClassDeclaration(class) => {
            default_class(lowering, keywords, class);
            lowering.visit_class(class);
        }
        ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => {
            types::erase_statement(lowering, it.span);
        }
        kind => {
            if let Some(expression) = kind.as_expression() {
                default_expression(lowering, keywords, expression);
                lowering.visit_expression(expression);
            }
        }
    }
}

/// The range of `export default`.
fn default_keywords(source: &str, it: &ExportDefaultDeclaration<'_>) -> Span {
    let start = it.span.start;
    // Decorators may come first.
    let start = match &it.declaration {
        ExportDefaultDeclarationKind::ClassDeclaration(class) => class
            .decorators
            .last()
            .filter(|_| scan::expect(source, start, "export").is_none())
            .map_or(start, |decorator| decorator.span.end),
        _ => start,
    };
    let export = scan::find(source, start, it.span.end, "export");
    let export = export.unwrap_or_else(|| Span::empty(start));
    let default = scan::expect(source, export.end, "default");
    Span::new(export.start, default.map_or(export.end, |span| span.end))
}

/// The function is hoisted, so it stays a declaration; the emitter names it "default".
fn name_default_function(lowering: &mut Lowering<'_>, it: &Function<'_>) {
    if it.id.is_none() {
        let at = it
            .type_parameters
            .as_ref()
            .map_or(it.params.span.start, |it| it.span.start);
        let name = format!(" {}", lowering.names.default_export());
        lowering.edits.insert_before(at, text(name));
    }
}

fn default_class(lowering: &mut Lowering<'_>, keywords: Span, it: &Class<'_>) {
    if it.id.is_some() {
        lowering.edits.blank(keywords);
        return;
    }
    decorators::name_class(lowering, it.span.start, "default");
    match it.decorators.first() {
        Some(first) if first.span.start < keywords.start => {
            lowering.edits.blank(keywords);
            named_value(lowering, Span::empty(first.span.start), it.span.end);
        }
        _ => named_value(lowering, keywords, it.span.end),
    }
}

fn default_expression(lowering: &mut Lowering<'_>, keywords: Span, it: &Expression<'_>) {
    let anonymous = match it.get_inner_expression() {
        Expression::ArrowFunctionExpression(_) => true,
        Expression::FunctionExpression(function) => function.id.is_none(),
        Expression::ClassExpression(class) => class.id.is_none(),
        _ => false,
    };
    if anonymous {
        named_value(lowering, keywords, it.span().end);
    } else {
        let name = lowering.names.default_export();
        lowering
            .edits
            .replace(keywords, text(format!("const {name}=")));
    }
}

/// A property of that name gives an anonymous function or class the name "default".
fn named_value(lowering: &mut Lowering<'_>, keywords: Span, end: u32) {
    let name = lowering.names.default_export();
    lowering
        .edits
        .replace(keywords, text(format!("const {name}=({{default:")));
    lowering.edits.insert_after(end, text("}).default;"));
}

/// `export = value`.
fn export_assignment<'a>(lowering: &mut Lowering<'a>, it: &TSExportAssignment<'a>) {
    let value = it.expression.span().start;
    if lowering.format == Format::Esm {
        lowering.problem(
            it.span,
            "export = is not allowed in an ECMAScript module",
            Some("use export default, or remove the other import and export declarations"),
        );
    }
    if let Some(equals) = scan::find(lowering.source, it.span.start, value, "=") {
        let keywords = Span::new(it.span.start, equals.end);
        lowering.edits.replace(keywords, text("module.exports ="));
    }
    lowering.visit_expression(&it.expression);
}

//! Imports: declarations, `import x = …`, `import(…)` and `import.meta`.

use oxc_ast::ast::{
    Expression, ImportAttributeKey, ImportDeclaration, ImportDeclarationSpecifier,
    ImportExpression, ImportPhase, ModuleExportName, StringLiteral, TSImportEqualsDeclaration,
    TSModuleReference, WithClause,
};
use oxc_ast_visit::Visit;
use oxc_span::{GetSpan, Span};
use oxc_syntax::symbol::SymbolId;

use super::{Lowering, decorators, feature, jsx, types};
use crate::edits::text;
use crate::module::{Import, ImportName, Phase, Request};
use crate::scan;

/// Records an import declaration and its bindings.
pub(super) fn declare(lowering: &mut Lowering<'_>, it: &ImportDeclaration<'_>) {
    if it.import_kind.is_type() || feature::declare(lowering, it) {
        return;
    }
    let phase = match it.phase {
        None => Phase::Evaluation,
        Some(ImportPhase::Defer) => Phase::Defer,
        Some(ImportPhase::Source) => {
            lowering.problem(it.span, "import source is not supported", None);
            return;
        }
    };
    let Some(specifiers) = &it.specifiers else {
        request(lowering, &it.source, it.with_clause.as_deref(), phase);
        return;
    };
    let kept: Vec<_> = specifiers
        .iter()
        .filter(|it| is_kept(lowering, it))
        .collect();
    let verbatim = !lowering.is_typescript() || lowering.options.verbatim_module_syntax;
    if kept.is_empty() && !specifiers.is_empty() && !verbatim {
        return;
    }
    let request = request(lowering, &it.source, it.with_clause.as_deref(), phase);
    for specifier in kept {
        bind(lowering, request, specifier);
    }
}

fn bind(lowering: &mut Lowering<'_>, request: usize, it: &ImportDeclarationSpecifier<'_>) {
    let (imported, local, span) = match it {
        ImportDeclarationSpecifier::ImportSpecifier(it) => {
            (import_name(&it.imported), &it.local, it.imported.span())
        }
        ImportDeclarationSpecifier::ImportDefaultSpecifier(it) => {
            (ImportName::Default, &it.local, it.span)
        }
        ImportDeclarationSpecifier::ImportNamespaceSpecifier(it) => {
            (ImportName::Namespace, &it.local, it.span)
        }
    };
    let index = lowering.record.imports.len();
    lowering.record.imports.push(Import {
        request,
        imported,
        local: local.name.to_string(),
        offset: span.start,
    });
    if let Some(symbol) = local.symbol_id.get() {
        lowering.imports_by_symbol.insert(symbol, index);
    }
}

/// Whether a specifier binds something that exists at run time.
fn is_kept(lowering: &Lowering<'_>, it: &ImportDeclarationSpecifier<'_>) -> bool {
    let local = match it {
        ImportDeclarationSpecifier::ImportSpecifier(it) => {
            if it.import_kind.is_type() {
                return false;
            }
            &it.local
        }
        ImportDeclarationSpecifier::ImportDefaultSpecifier(it) => &it.local,
        ImportDeclarationSpecifier::ImportNamespaceSpecifier(it) => &it.local,
    };
    if !lowering.is_typescript() || lowering.options.verbatim_module_syntax {
        return true;
    }
    let Some(symbol) = local.symbol_id.get() else {
        return true;
    };
    is_used_as_value(lowering, symbol)
        || decorators::metadata::keeps(lowering, symbol)
        || jsx::needs_binding(lowering, &local.name)
}

/// Whether a binding is read, written or exported as a value.
pub(super) fn is_used_as_value(lowering: &Lowering<'_>, symbol: SymbolId) -> bool {
    lowering.scoping.is_none_or(|scoping| {
        scoping
            .get_resolved_references(symbol)
            .any(oxc_syntax::reference::Reference::is_value)
    })
}

/// The name of a module's export, in an import or an export.
pub(super) fn import_name(name: &ModuleExportName<'_>) -> ImportName {
    match name.name().as_str() {
        "default" => ImportName::Default,
        name => ImportName::Named(name.to_owned()),
    }
}

/// The index of a request, which is added if there is none like it.
pub(super) fn request(
    lowering: &mut Lowering<'_>,
    specifier: &StringLiteral<'_>,
    attributes: Option<&WithClause<'_>>,
    phase: Phase,
) -> usize {
    let attributes: Vec<(String, String)> = attributes
        .map(|clause| {
            let entries = clause.with_entries.iter();
            entries
                .map(|entry| (attribute_key(&entry.key), entry.value.value.to_string()))
                .collect()
        })
        .unwrap_or_default();
    add_request(
        lowering,
        Request {
            specifier: specifier.value.to_string(),
            attributes,
            phase,
            offset: specifier.span.start,
        },
    )
}

/// The index of a request, which is added if there is none like it.
pub(super) fn add_request(lowering: &mut Lowering<'_>, request: Request) -> usize {
    let requests = &mut lowering.record.requests;
    let known = requests.iter().position(|known| {
        known.specifier == request.specifier
            && known.phase == request.phase
            && known.attributes == request.attributes
    });
    known.unwrap_or_else(|| {
        requests.push(request);
        requests.len() - 1
    })
}

fn attribute_key(key: &ImportAttributeKey<'_>) -> String {
    match key {
        ImportAttributeKey::Identifier(name) => name.name.to_string(),
        ImportAttributeKey::StringLiteral(name) => name.value.to_string(),
    }
}

/// `import x = require("y")` and `import x = N.y`.
pub(super) fn import_equals<'a>(lowering: &mut Lowering<'a>, it: &TSImportEqualsDeclaration<'a>) {
    lower_import_equals(lowering, it, false);
}

/// The same, of which `export` may keep a binding that the file itself does not use.
pub(super) fn lower_import_equals<'a>(
    lowering: &mut Lowering<'a>,
    it: &TSImportEqualsDeclaration<'a>,
    exported: bool,
) {
    let used = exported
        || lowering.options.verbatim_module_syntax
        || it
            .id
            .symbol_id
            .get()
            .is_none_or(|symbol| is_used_as_value(lowering, symbol));
    if it.import_kind.is_type() || !used {
        types::erase_statement(lowering, it.span);
        return;
    }
    if let Some(keyword) = scan::find(lowering.source, it.span.start, it.id.span.start, "import") {
        lowering.edits.replace(keyword, text("const "));
    }
    match &it.module_reference {
        TSModuleReference::ExternalModuleReference(reference) => {
            lowering.record.uses.require = true;
            let specifier = reference.expression.value.to_string();
            lowering.record.dynamic_specifiers.push(specifier);
        }
        TSModuleReference::IdentifierReference(name) => lowering.visit_identifier_reference(name),
        TSModuleReference::QualifiedName(name) => lowering.visit_ts_qualified_name(name),
    }
}

/// `import(specifier, options)`.
pub(super) fn import_expression<'a>(lowering: &mut Lowering<'a>, it: &ImportExpression<'a>) {
    if let Expression::StringLiteral(specifier) = &it.source {
        lowering
            .record
            .dynamic_specifiers
            .push(specifier.value.to_string());
    }
    dynamic_import(lowering, it.span, it.source.span());
    lowering.visit_expression(&it.source);
    if let Some(options) = &it.options {
        lowering.visit_expression(options);
    }
}

/// The callee of an import expression; the text tells its phase.
pub(super) fn dynamic_import(lowering: &mut Lowering<'_>, import: Span, specifier: Span) {
    lowering.record.uses.dynamic_import = true;
    let Some(open) = scan::find(lowering.source, import.start, specifier.start, "(") else {
        return;
    };
    let callee = Span::new(import.start, open.start);
    let method = if scan::find(lowering.source, import.start, open.start, "defer").is_some() {
        "importDefer"
    } else if scan::find(lowering.source, import.start, open.start, "source").is_some() {
        lowering.problem(import, "import.source() is not supported", None);
        return;
    } else {
        "import"
    };
    let method = format!("{}.{method}", lowering.names.environment);
    lowering.edits.replace(callee, text(method));
}

/// `import.meta`.
pub(super) fn import_meta(lowering: &mut Lowering<'_>, span: Span) {
    lowering.record.uses.import_meta = true;
    let meta = format!("{}.meta", lowering.names.environment);
    lowering.edits.replace(span, text(meta));
}

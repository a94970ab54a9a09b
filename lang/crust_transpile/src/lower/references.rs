//! References to imports, kept so that a module can be emitted with live bindings after its tree is
//! gone.

use oxc_ast::ast::{
    Argument, AssignmentTargetPropertyIdentifier, CallExpression, Expression, IdentifierReference,
    ObjectProperty,
};
use oxc_ast_visit::Visit;

use super::{Lowering, feature, namespaces::containers};
use crate::edits::{ReferenceKind, ReferenceSite, text};

/// An identifier that is not in a type.
pub(super) fn identifier(lowering: &mut Lowering<'_>, it: &IdentifierReference<'_>) {
    if let Some(member) = containers::member(lowering, it) {
        lowering.edits.replace(it.span, text(member));
        return;
    }
    if feature::refuse(lowering, it) {
        return;
    }
    let Some(import) = import_of(lowering, it) else {
        return;
    };
    let kind = if it.span.start == lowering.callee_start {
        let starts_statement = it.span.start == lowering.statement_start;
        ReferenceKind::Callee { starts_statement }
    } else {
        ReferenceKind::Plain
    };
    lowering
        .edits
        .reference(it.span, ReferenceSite { import, kind });
}

/// The import an identifier refers to.
pub(super) fn import_of(lowering: &Lowering<'_>, it: &IdentifierReference<'_>) -> Option<usize> {
    if lowering.imports_by_symbol.is_empty() {
        return None;
    }
    let reference = it.reference_id.get()?;
    let symbol = lowering.scoping?.get_reference(reference).symbol_id()?;
    lowering.imports_by_symbol.get(&symbol).copied()
}

/// Remembers that the next identifier is called, through parentheses and types.
pub(super) fn callee(lowering: &mut Lowering<'_>, callee: &Expression<'_>) {
    if let Expression::Identifier(identifier) = callee.get_inner_expression() {
        lowering.callee_start = identifier.span.start;
    }
}

/// `require("literal")`, for prefetching.
pub(super) fn literal_require(lowering: &mut Lowering<'_>, it: &CallExpression<'_>) {
    let Expression::Identifier(callee) = &it.callee else {
        return;
    };
    if let [Argument::StringLiteral(specifier)] = it.arguments.as_slice()
        && callee.name == "require"
    {
        lowering
            .record
            .dynamic_specifiers
            .push(specifier.value.to_string());
    }
}

/// `{ name }` in an object literal.
pub(super) fn shorthand<'a>(lowering: &mut Lowering<'a>, it: &ObjectProperty<'a>) -> bool {
    if !it.shorthand {
        return false;
    }
    if let Expression::Identifier(identifier) = &it.value {
        return shorthand_reference(lowering, identifier);
    }
    false
}

/// `{ name = value }` in an assignment pattern.
pub(super) fn shorthand_target<'a>(
    lowering: &mut Lowering<'a>,
    it: &AssignmentTargetPropertyIdentifier<'a>,
) {
    shorthand_reference(lowering, &it.binding);
    if let Some(init) = &it.init {
        lowering.visit_expression(init);
    }
}

fn shorthand_reference(lowering: &mut Lowering<'_>, it: &IdentifierReference<'_>) -> bool {
    if let Some(member) = containers::member(lowering, it) {
        let property = format!("{}:{member}", it.name);
        lowering.edits.replace(it.span, text(property));
        return true;
    }
    if feature::refuse(lowering, it) {
        return true;
    }
    let Some(import) = import_of(lowering, it) else {
        return false;
    };
    let site = ReferenceSite {
        import,
        kind: ReferenceKind::Shorthand,
    };
    lowering.edits.reference(it.span, site);
    true
}

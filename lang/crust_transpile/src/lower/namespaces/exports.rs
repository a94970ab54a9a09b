//! `export` inside a namespace: declarations that put what they declare on the namespace object.

use oxc_ast::ast::{
    BindingIdentifier, BindingPattern, BindingProperty, Declaration, ExportDeclaration,
    TSImportEqualsDeclaration, TSModuleReference, VariableDeclaration,
};
use oxc_ast_visit::Visit;
use oxc_span::{GetSpan, Span};

use crate::edits::text;
use crate::lower::Lowering;
use crate::scan;

/// Edits and visits one exported declaration.
pub(super) fn export<'a>(lowering: &mut Lowering<'a>, it: &ExportDeclaration<'a>, object: &str) {
    let declaration = &it.declaration;
    match declaration {
        Declaration::VariableDeclaration(variables) => {
            variable_declaration(lowering, it.span, variables, object);
            return;
        }
        Declaration::TSImportEqualsDeclaration(import) => {
            import_equals(lowering, it.span, import, object);
            return;
        }
        Declaration::FunctionDeclaration(function) => {
            assign(lowering, it.span, function.id.as_ref(), object);
        }
        Declaration::ClassDeclaration(class) => {
            assign(lowering, it.span, class.id.as_ref(), object);
        }
        _ => {}
    }
    if let Some(keyword) = scan::expect(lowering.source, it.span.start, "export") {
        lowering.edits.blank(keyword);
    }
    super::member(lowering, declaration, object);
}

fn assign(
    lowering: &mut Lowering<'_>,
    statement: Span,
    id: Option<&BindingIdentifier<'_>>,
    object: &str,
) {
    if let Some(id) = id {
        let assignment = format!(";{object}.{0}={0};", id.name);
        lowering.edits.insert_after(statement.end, text(assignment));
    }
}

/// `export import x = N.y`.
fn import_equals<'a>(
    lowering: &mut Lowering<'a>,
    statement: Span,
    it: &TSImportEqualsDeclaration<'a>,
    object: &str,
) {
    let head = Span::new(statement.start, it.module_reference.span().start);
    let open = format!("{object}.{}=", it.id.name);
    lowering.edits.replace(head, text(open));
    lowering.edits.insert_after(statement.end, text(";"));
    match &it.module_reference {
        TSModuleReference::ExternalModuleReference(_) => lowering.record.uses.require = true,
        TSModuleReference::IdentifierReference(name) => lowering.visit_identifier_reference(name),
        TSModuleReference::QualifiedName(name) => lowering.visit_ts_qualified_name(name),
    }
}

/// `export const a = 1, {b} = c` becomes assignments to members.
fn variable_declaration<'a>(
    lowering: &mut Lowering<'a>,
    statement: Span,
    it: &VariableDeclaration<'a>,
    object: &str,
) {
    let plain = it
        .declarations
        .iter()
        .all(|declarator| matches!(declarator.id, BindingPattern::BindingIdentifier(_)));
    let (Some(first), Some(last)) = (it.declarations.first(), it.declarations.last()) else {
        return;
    };
    let head = Span::new(statement.start, first.span.start);
    if plain {
        lowering.edits.blank(head);
    } else {
        // A pattern that starts a statement would be a block.
        lowering.edits.replace(head, text(";("));
        lowering.edits.insert_after(last.span.end, text(")"));
    }
    for declarator in &it.declarations {
        if declarator.definite {
            super::types::erase_mark(lowering, declarator.id.span().end, "!");
        }
        match (&declarator.id, &declarator.init) {
            (BindingPattern::BindingIdentifier(id), None) => {
                lowering.edits.replace(id.span, text("0"));
            }
            (id, _) => pattern(lowering, id, object),
        }
        if let Some(annotation) = &declarator.type_annotation {
            lowering.visit_ts_type_annotation(annotation);
        }
        if let Some(init) = &declarator.init {
            lowering.visit_expression(init);
        }
    }
}

/// A declared pattern as a target of assignment.
fn pattern<'a>(lowering: &mut Lowering<'a>, it: &BindingPattern<'a>, object: &str) {
    match it {
        BindingPattern::BindingIdentifier(id) => {
            let member = format!("{object}.{}", id.name);
            lowering.edits.replace(id.span, text(member));
        }
        BindingPattern::ObjectPattern(it) => {
            for it in &it.properties {
                property(lowering, it, object);
            }
            if let Some(rest) = &it.rest {
                pattern(lowering, &rest.argument, object);
            }
        }
        BindingPattern::ArrayPattern(it) => {
            for element in it.elements.iter().flatten() {
                pattern(lowering, element, object);
            }
            if let Some(rest) = &it.rest {
                pattern(lowering, &rest.argument, object);
            }
        }
        BindingPattern::AssignmentPattern(it) => {
            pattern(lowering, &it.left, object);
            lowering.visit_expression(&it.right);
        }
    }
}

fn property<'a>(lowering: &mut Lowering<'a>, it: &BindingProperty<'a>, object: &str) {
    if !it.shorthand {
        lowering.visit_property_key(&it.key);
        pattern(lowering, &it.value, object);
        return;
    }
    let name = scan::text(lowering.source, it.key.span()).to_owned();
    lowering
        .edits
        .replace(it.key.span(), text(format!("{name}:{object}.{name}")));
    if let BindingPattern::AssignmentPattern(value) = &it.value {
        lowering.visit_expression(&value.right);
    }
}

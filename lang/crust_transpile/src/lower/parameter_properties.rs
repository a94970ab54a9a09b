//! Parameter properties: `constructor(private x = 1)`.

use oxc_ast::ast::FormalParameter;
use oxc_span::{GetSpan, Span};

use super::{Lowering, classes};

/// Erases the modifiers of a parameter.
pub(super) fn erase_modifiers(lowering: &mut Lowering<'_>, it: &FormalParameter<'_>) {
    if it.accessibility.is_none() && !it.readonly && !it.r#override {
        return;
    }
    let start = it
        .decorators
        .last()
        .map_or(it.span.start, |decorator| decorator.span.end);
    classes::erase_modifiers(lowering, Span::new(start, it.pattern.span().start), false);
    lowering.problem(
        it.span,
        "Parameter properties are not supported",
        Some("declare the field and assign it in the constructor"),
    );
}

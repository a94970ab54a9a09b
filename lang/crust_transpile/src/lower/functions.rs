//! Functions, arrow functions and parameters: erasure of their types, with parentheses kept on
//! lines where they may stand. It never looks at statements of a body.

use oxc_ast::ast::{
    ArrowFunctionBody, ArrowFunctionExpression, FormalParameter, Function, TSThisParameter,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};
use oxc_syntax::scope::ScopeFlags;

use super::{Lowering, async_context, parameter_properties, types};
use crate::edits::text;
use crate::scan;

/// A function of any kind but an arrow.
pub(super) fn function<'a>(lowering: &mut Lowering<'a>, it: &Function<'a>) {
    lowering.in_function(|lowering| {
        async_context::function(lowering, it, |lowering| {
            walk::walk_function(lowering, it, ScopeFlags::Function);
        });
    });
}

/// An arrow function.
pub(super) fn arrow<'a>(lowering: &mut Lowering<'a>, it: &ArrowFunctionExpression<'a>) {
    lowering.in_function(|lowering| {
        type_parameters(lowering, it);
        async_context::arrow(lowering, it, |lowering| {
            lowering.visit_formal_parameters(&it.params);
            return_type(lowering, it);
            match &it.body {
                ArrowFunctionBody::FunctionBody(body) => lowering.visit_function_body(body),
                body => lowering.visit_arrow_function_body(body),
            }
        });
    });
}

/// No line may end between `async` or `return` and the parameters, so type parameters over several
/// lines become the opening parenthesis.
fn type_parameters(lowering: &mut Lowering<'_>, it: &ArrowFunctionExpression<'_>) {
    let Some(parameters) = &it.type_parameters else {
        return;
    };
    let open = it.params.span.start;
    let types = Span::new(parameters.span.start, open + 1);
    if scan::has_newline(lowering.source, types) {
        lowering
            .edits
            .replace(Span::sized(types.start, 1), text("("));
        lowering.edits.blank(Span::new(types.start + 1, types.end));
    } else {
        lowering.edits.blank(parameters.span);
    }
}

/// No line may end between the parameters and `=>`, so a return type over several lines becomes the
/// closing parenthesis.
fn return_type(lowering: &mut Lowering<'_>, it: &ArrowFunctionExpression<'_>) {
    let Some(return_type) = &it.return_type else {
        return;
    };
    let close = it.params.span.end.saturating_sub(1);
    let types = Span::new(close, return_type.span.end);
    if scan::has_newline(lowering.source, types) {
        types::erase_with_end(lowering, types, ")");
    } else {
        lowering.edits.blank(return_type.span);
    }
}

/// One parameter.
pub(super) fn parameter<'a>(lowering: &mut Lowering<'a>, it: &FormalParameter<'a>) {
    if it.optional {
        types::erase_mark(lowering, it.pattern.span().end, "?");
    }
    parameter_properties::erase_modifiers(lowering, it);
    // Decorators of parameters belong to the class's decorators, which visit them.
    lowering.visit_binding_pattern(&it.pattern);
    if let Some(annotation) = &it.type_annotation {
        lowering.visit_ts_type_annotation(annotation);
    }
    if let Some(initializer) = &it.initializer {
        lowering.visit_expression(initializer);
    }
}

/// `this: T` and the comma after it.
pub(super) fn this_parameter(lowering: &mut Lowering<'_>, it: &TSThisParameter<'_>) {
    let end = scan::expect(lowering.source, it.span.end, ",").map_or(it.span.end, |span| span.end);
    lowering.edits.blank(Span::new(it.span.start, end));
}

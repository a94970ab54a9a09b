//! Enum declarations: an object that a function fills, member by member. Initializers stay where
//! they are; earlier members that they name become members of the object.

use oxc_ast::ast::{Expression, TSEnumDeclaration, TSEnumMember, TSEnumMemberName};
use oxc_ast_visit::Visit;
use oxc_span::{GetSpan, Span};
use oxc_syntax::constant_value::ConstantValue;
use oxc_syntax::operator::BinaryOperator;

use super::{Lowering, namespaces, namespaces::containers};
use crate::edits::text;
use crate::emit::quote;
use crate::scan;

/// `enum E { … }`.
pub(super) fn lower<'a>(lowering: &mut Lowering<'a>, it: &TSEnumDeclaration<'a>) {
    lower_in(lowering, it, None);
}

/// The same, of which `parent` is the namespace object that exports it.
pub(super) fn lower_in<'a>(
    lowering: &mut Lowering<'a>,
    it: &TSEnumDeclaration<'a>,
    parent: Option<&str>,
) {
    let scope = it.body.scope_id.get();
    let object = containers::object_name(lowering, it.id.name.as_str(), scope);
    let head = Span::new(it.span.start, it.body.span.start + 1);
    let tail = Span::new(it.body.span.end.saturating_sub(1), it.body.span.end);
    let wrapper = namespaces::wrapper(lowering, &it.id, &object, parent);
    lowering.edits.replace(head, text(wrapper.open));
    lowering.edits.replace(tail, text(wrapper.close));
    containers::inside(
        lowering,
        &object,
        scope,
        it.id.symbol_id.get(),
        |lowering| {
            members(lowering, it, &object);
        },
    );
}

fn members<'a>(lowering: &mut Lowering<'a>, it: &TSEnumDeclaration<'a>, object: &str) {
    let mut next = Some(0.0);
    let close = it.body.span.end.saturating_sub(1);
    for (index, member) in it.body.members.iter().enumerate() {
        let end = it
            .body
            .members
            .get(index + 1)
            .map_or(close, |following| following.span.start);
        if let Some(comma) = scan::expect(lowering.source, member.span.end, ",") {
            debug_assert!(comma.end <= end, "the comma precedes the next member");
            lowering.edits.blank(comma);
        }
        let name = member_name(member);
        if let Some(initializer) = &member.initializer {
            let value = constant(lowering, it, &name);
            let is_string = match &value {
                Some(value) => matches!(value, ConstantValue::String(_)),
                None => is_text(initializer),
            };
            next = match value {
                Some(ConstantValue::Number(value)) => Some(value + 1.0),
                _ => None,
            };
            initialized(lowering, member, initializer, object, is_string);
        } else {
            let value = next.map_or_else(|| "void 0".to_owned(), number);
            next = next.map(|value| value + 1.0);
            let name = quote(&name);
            let whole = format!("{object}[{object}[{name}]={value}]={name};");
            lowering.edits.replace(member.span, text(whole));
        }
    }
}

fn initialized<'a>(
    lowering: &mut Lowering<'a>,
    member: &TSEnumMember<'a>,
    initializer: &Expression<'a>,
    object: &str,
    is_string: bool,
) {
    let head = Span::new(member.span.start, initializer.span().start);
    let name = quote(&member_name(member));
    let (open, close) = if is_string {
        (format!("{object}[{name}]="), ";".to_owned())
    } else {
        (format!("{object}[{object}[{name}]="), format!("]={name};"))
    };
    lowering.edits.replace(head, text(open));
    lowering
        .edits
        .insert_after(initializer.span().end, text(close));
    lowering.visit_expression(initializer);
}

fn member_name(member: &TSEnumMember<'_>) -> String {
    match &member.id {
        TSEnumMemberName::Identifier(name) => name.name.to_string(),
        TSEnumMemberName::String(name) | TSEnumMemberName::ComputedString(name) => {
            name.value.to_string()
        }
        TSEnumMemberName::ComputedTemplateString(name) => name
            .quasis
            .first()
            .and_then(|part| part.value.cooked.as_ref())
            .map(ToString::to_string)
            .unwrap_or_default(),
    }
}

/// The value of a member, if it can be told without running the program.
fn constant(
    lowering: &Lowering<'_>,
    it: &TSEnumDeclaration<'_>,
    name: &str,
) -> Option<ConstantValue> {
    let scoping = lowering.scoping?;
    let symbol = scoping.get_binding(it.body.scope_id.get()?, name.into())?;
    scoping.get_enum_member_value(symbol).cloned()
}

/// Whether an expression is text by its syntax.
fn is_text(it: &Expression<'_>) -> bool {
    match it.get_inner_expression() {
        Expression::StringLiteral(_) | Expression::TemplateLiteral(_) => true,
        Expression::BinaryExpression(it) if it.operator == BinaryOperator::Addition => {
            is_text(&it.left) || is_text(&it.right)
        }
        _ => false,
    }
}

fn number(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else {
        value.to_string().replace("inf", "Infinity")
    }
}

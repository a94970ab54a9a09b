//! Members of const enums, read in the file that declares them, become their values. The enum is
//! still emitted, unless it is only declared, because other files may import it.

use oxc_ast::ast::{Expression, TemplateLiteral};
use oxc_span::GetSpan;
use oxc_syntax::constant_value::ConstantValue;

use super::Lowering;
use crate::edits::text;

/// Replaces `E.A` or `E["A"]` by its value; false if it is no such thing.
pub(super) fn inline(lowering: &mut Lowering<'_>, it: &Expression<'_>) -> bool {
    let Some(value) = value(lowering, it) else {
        return false;
    };
    let span = it.span();
    let literal = match value {
        ConstantValue::String(value) => crate::emit::quote(value),
        ConstantValue::Number(value) if value.is_nan() => "NaN".to_owned(),
        ConstantValue::Number(value) if value.is_infinite() || value.is_sign_negative() => {
            let semicolon = if span.start == lowering.statement_start {
                ";"
            } else {
                ""
            };
            let value = value.to_string().replace("inf", "Infinity");
            format!("{semicolon}({value})")
        }
        ConstantValue::Number(value) => value.to_string(),
    };
    // A space keeps `1 .toFixed()` apart; the whole length keeps the columns.
    let width = span.size() as usize;
    lowering
        .edits
        .replace(span, text(format!("{literal:width$}")));
    true
}

fn value<'s>(lowering: &Lowering<'s>, it: &Expression<'_>) -> Option<&'s ConstantValue> {
    if !lowering.is_typescript() {
        return None;
    }
    let (object, name) = match it {
        Expression::StaticMemberExpression(it) if !it.optional => {
            (&it.object, it.property.name.as_str())
        }
        Expression::ComputedMemberExpression(it) if !it.optional => {
            (&it.object, literal(&it.expression)?)
        }
        _ => return None,
    };
    let Expression::Identifier(identifier) = object else {
        return None;
    };
    let scoping = lowering.scoping?;
    let symbol = scoping
        .get_reference(identifier.reference_id.get()?)
        .symbol_id()?;
    if !scoping.is_const_enum(symbol) {
        return None;
    }
    let scopes = scoping.get_enum_body_scopes(symbol)?;
    let member = scopes.iter().find_map(|&scope| {
        let bindings = scoping.get_bindings(scope).iter();
        bindings
            .filter(|(known, _)| known.as_str() == name)
            .map(|(_, symbol)| *symbol)
            .next()
    })?;
    scoping.get_enum_member_value(member)
}

fn literal<'e>(it: &'e Expression<'_>) -> Option<&'e str> {
    match it {
        Expression::StringLiteral(it) => Some(it.value.as_str()),
        Expression::TemplateLiteral(it) => template(it),
        _ => None,
    }
}

fn template<'e>(it: &'e TemplateLiteral<'_>) -> Option<&'e str> {
    match it.quasis.as_slice() {
        [only] => only.value.cooked.as_ref().map(oxc_ast::ast::Str::as_str),
        _ => None,
    }
}

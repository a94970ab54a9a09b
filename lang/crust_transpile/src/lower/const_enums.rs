//! Members of const enums become their values: those of the file itself at once, those of its
//! imports when the linker knows what they are. The enum is still emitted, unless it is only
//! declared, because scripts may import it.

use oxc_ast::ast::{Expression, IdentifierReference, TemplateLiteral};
use oxc_semantic::Scoping;
use oxc_span::{GetSpan, Span};
use oxc_syntax::constant_value::ConstantValue;
use oxc_syntax::symbol::SymbolId;

use super::Lowering;
use crate::edits::{MemberSite, constant_text, text};
use crate::module::Constants;

/// A read of `object.name`.
struct Member<'e, 'a> {
    object: &'e Expression<'a>,
    name: &'e str,
    /// Where the name is.
    span: Span,
}

/// Replaces `E.A` or `E["A"]` by its value; false if it is no such thing.
pub(super) fn inline(lowering: &mut Lowering<'_>, it: &Expression<'_>) -> bool {
    if !lowering.is_typescript() {
        return false;
    }
    let Some(member) = member(it) else {
        return false;
    };
    let span = it.span();
    let starts_statement = span.start == lowering.statement_start;
    let Some(value) = value(lowering, &member) else {
        if let Some(site) = site(lowering, &member) {
            let site = MemberSite {
                starts_statement,
                ..site
            };
            lowering.edits.member(span, site);
        }
        return false;
    };
    let literal = constant_text(&expression(value), starts_statement, span.size() as usize);
    lowering.edits.replace(span, text(literal));
    true
}

/// The members of a const enum whose values are known.
pub(super) fn constants(scoping: &Scoping, symbol: SymbolId) -> Constants {
    if !scoping.is_const_enum(symbol) || scoping.symbol_flags(symbol).is_ambient() {
        return Vec::new();
    }
    let scopes = scoping.get_enum_body_scopes(symbol).unwrap_or_default();
    let members = scopes.iter().flat_map(|&scope| scoping.get_bindings(scope));
    members
        .filter_map(|(name, &member)| {
            let value = scoping.get_enum_member_value(member)?;
            Some((name.to_string(), expression(value)))
        })
        .collect()
}

fn expression(value: &ConstantValue) -> String {
    match value {
        ConstantValue::String(value) => crate::emit::quote(value),
        ConstantValue::Number(value) if value.is_nan() => "NaN".to_owned(),
        ConstantValue::Number(value) if value.is_infinite() || value.is_sign_negative() => {
            format!("({})", value.to_string().replace("inf", "Infinity"))
        }
        ConstantValue::Number(value) => value.to_string(),
    }
}

fn member<'e, 'a>(it: &'e Expression<'a>) -> Option<Member<'e, 'a>> {
    match it {
        Expression::StaticMemberExpression(it) if !it.optional => Some(Member {
            object: &it.object,
            name: it.property.name.as_str(),
            span: it.property.span,
        }),
        Expression::ComputedMemberExpression(it) if !it.optional => {
            let span = it.expression.span();
            Some(Member {
                object: &it.object,
                name: literal(&it.expression)?,
                span: Span::new(span.start + 1, span.end.saturating_sub(1)),
            })
        }
        _ => None,
    }
}

fn value<'s>(lowering: &Lowering<'s>, it: &Member<'_, '_>) -> Option<&'s ConstantValue> {
    let Expression::Identifier(identifier) = it.object else {
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
            .filter(|(known, _)| known.as_str() == it.name)
            .map(|(_, symbol)| *symbol)
            .next()
    })?;
    scoping.get_enum_member_value(member)
}

/// `import.name` or `import.outer.name`.
fn site(lowering: &Lowering<'_>, it: &Member<'_, '_>) -> Option<MemberSite> {
    let (identifier, outer): (&IdentifierReference<'_>, _) = match it.object {
        Expression::Identifier(identifier) => (identifier, None),
        object => {
            let outer = member(object)?;
            let Expression::Identifier(identifier) = outer.object else {
                return None;
            };
            (identifier, Some(outer.span))
        }
    };
    let import = super::references::import_of(lowering, identifier)?;
    Some(MemberSite {
        import: u32::try_from(import).ok()?,
        outer,
        name: it.span,
        starts_statement: false,
    })
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

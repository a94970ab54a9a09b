//! Classes and their members: erasure of modifiers, overloads and abstract members. Decorators and
//! `accessor` have their own files.

use oxc_ast::ast::{
    AccessorProperty, Class, MethodDefinition, MethodDefinitionType, PropertyDefinition,
    PropertyDefinitionType, PropertyKey,
};
use oxc_ast_visit::Visit;
use oxc_span::{GetSpan, Span};
use oxc_syntax::scope::ScopeFlags;

use super::{Lowering, class_fields, decorators, parameter_properties, types};
use crate::edits::text;
use crate::scan;

/// Words that say something about a member to the type checker alone.
const MODIFIERS: [&str; 7] = [
    "public",
    "private",
    "protected",
    "readonly",
    "override",
    "abstract",
    "declare",
];

/// A class declaration or expression.
pub(super) fn class<'a>(lowering: &mut Lowering<'a>, it: &Class<'a>) {
    let outer = decorators::enter(lowering, it);
    let start = it
        .decorators
        .last()
        .map_or(it.span.start, |decorator| decorator.span.end);
    if it.r#abstract
        && let Some(span) = scan::find(lowering.source, start, it.body.span.start, "abstract")
    {
        lowering.edits.blank(span);
    }
    if let Some(parameters) = &it.type_parameters {
        lowering.edits.blank(parameters.span);
    }
    if let Some(heritage) = &it.heritage {
        lowering.visit_expression(&heritage.expression);
        if let Some(arguments) = &heritage.type_arguments {
            lowering.edits.blank(arguments.span);
        }
    }
    implements(lowering, it);
    parameter_properties::class_body(lowering, it);
    decorators::leave(lowering, outer);
}

/// `implements A, B` goes up to the body.
fn implements(lowering: &mut Lowering<'_>, it: &Class<'_>) {
    let Some(first) = it.implements.first() else {
        return;
    };
    let before = it
        .heritage
        .as_ref()
        .map(|heritage| {
            let arguments = heritage
                .type_arguments
                .as_ref()
                .map(|arguments| arguments.span.end);
            arguments.unwrap_or(heritage.expression.span().end)
        })
        .or(it
            .type_parameters
            .as_ref()
            .map(|parameters| parameters.span.end))
        .or(it.id.as_ref().map(|id| id.span.end))
        .unwrap_or(
            it.decorators
                .last()
                .map_or(it.span.start, |decorator| decorator.span.end),
        );
    let keyword = scan::find(lowering.source, before, first.span.start, "implements");
    if let Some(keyword) = keyword {
        lowering
            .edits
            .blank(Span::new(keyword.start, it.body.span.start));
    }
}

/// A method, getter, setter or constructor.
pub(super) fn method<'a>(lowering: &mut Lowering<'a>, it: &MethodDefinition<'a>) {
    if it.value.body.is_none() || it.r#type == MethodDefinitionType::TSAbstractMethodDefinition {
        types::erase_statement(lowering, it.span);
        return;
    }
    decorators::method(lowering, it);
    member_modifiers(
        lowering,
        it.span,
        it.decorators.last().map(|it| it.span.end),
        &it.key,
    );
    if it.optional {
        types::erase_mark(lowering, key_end(lowering, &it.key, it.computed), "?");
    }
    lowering.visit_property_key(&it.key);
    lowering.visit_function(&it.value, ScopeFlags::Function);
}

/// A field.
pub(super) fn property<'a>(lowering: &mut Lowering<'a>, it: &PropertyDefinition<'a>) {
    if it.declare || it.r#type == PropertyDefinitionType::TSAbstractPropertyDefinition {
        let mut start = it.span.start;
        if decorators::assigns(lowering, it) {
            decorators::property(lowering, it);
            let end = it.decorators.last().map_or(start, |it| it.span.end);
            start = scan::skip_trivia(lowering.source, end);
        }
        types::erase_statement(lowering, Span::new(start, it.span.end));
        return;
    }
    decorators::property(lowering, it);
    if class_fields::lower(lowering, it) {
        return;
    }
    member_modifiers(
        lowering,
        it.span,
        it.decorators.last().map(|it| it.span.end),
        &it.key,
    );
    let key_end = key_end(lowering, &it.key, it.computed);
    if it.definite {
        types::erase_mark(lowering, key_end, "!");
    }
    lowering.visit_property_key(&it.key);
    let mark = if it.optional {
        scan::expect(lowering.source, key_end, "?")
    } else {
        None
    };
    let erased = match (mark, &it.type_annotation) {
        (Some(mark), Some(annotation)) => Some(mark.merge(annotation.span)),
        (Some(mark), None) => Some(mark),
        (None, annotation) => annotation.as_ref().map(|annotation| annotation.span),
    };
    if let Some(span) = erased {
        if it.value.is_none() && reads_as_modifier(&it.key) {
            types::erase_with_end(lowering, span, ";");
        } else {
            lowering.edits.blank(span);
        }
    }
    if let Some(value) = &it.value {
        lowering.in_function(|lowering| lowering.visit_expression(value));
    }
}

/// `accessor name = value`.
pub(super) fn accessor<'a>(lowering: &mut Lowering<'a>, it: &AccessorProperty<'a>) {
    if it.r#type == oxc_ast::ast::AccessorPropertyType::TSAbstractAccessorProperty {
        types::erase_statement(lowering, it.span);
        return;
    }
    member_modifiers(
        lowering,
        it.span,
        it.decorators.last().map(|it| it.span.end),
        &it.key,
    );
    if it.definite {
        types::erase_mark(lowering, key_end(lowering, &it.key, it.computed), "!");
    }
    decorators::accessor(lowering, it);
    lowering.visit_property_key(&it.key);
    if let Some(annotation) = &it.type_annotation {
        lowering.visit_ts_type_annotation(annotation);
    }
    if let Some(value) = &it.value {
        lowering.in_function(|lowering| lowering.visit_expression(value));
    }
}

/// A field of that name without its type would be the modifier of the next member.
fn reads_as_modifier(key: &PropertyKey<'_>) -> bool {
    matches!(key, PropertyKey::StaticIdentifier(name)
        if matches!(name.name.as_str(), "get" | "set" | "static" | "async" | "accessor"))
}

/// The offset after a key and its closing bracket.
fn key_end(lowering: &Lowering<'_>, key: &PropertyKey<'_>, computed: bool) -> u32 {
    let end = key.span().end;
    if computed {
        scan::expect(lowering.source, end, "]").map_or(end, |span| span.end)
    } else {
        end
    }
}

fn member_modifiers(
    lowering: &mut Lowering<'_>,
    member: Span,
    decorators_end: Option<u32>,
    key: &PropertyKey<'_>,
) {
    if lowering.is_typescript() {
        let start = decorators_end.unwrap_or(member.start);
        let first = decorators_end.is_none();
        erase_modifiers(lowering, Span::new(start, key.span().start), first);
    }
}

/// Erases modifiers in a range of words. Where the first starts a member, a semicolon takes its
/// place: the member may start with a bracket now, which the line before could continue with.
pub(super) fn erase_modifiers(lowering: &mut Lowering<'_>, range: Span, starts_member: bool) {
    let mut at = range.start;
    while at < range.end {
        let token = scan::next_token(lowering.source, at);
        if token.is_empty() || token.end > range.end {
            return;
        }
        if MODIFIERS.contains(&scan::text(lowering.source, token)) {
            if starts_member && at == range.start {
                lowering
                    .edits
                    .replace(Span::sized(token.start, 1), text(";"));
                lowering.edits.blank(Span::new(token.start + 1, token.end));
            } else {
                lowering.edits.blank(token);
            }
        }
        at = token.end;
    }
}

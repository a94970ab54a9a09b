//! Fields under `useDefineForClassFields: false`: they are assigned, not defined, and a field
//! without a value does not exist. A private field next to nothing runs the assignment, so that it
//! keeps its place and its order.

use oxc_ast::ast::{PropertyDefinition, PropertyKey};
use oxc_span::{GetSpan, Span};

use super::{Lowering, decorators, parameter_properties, types};
use crate::edits::text;
use crate::scan;

/// Edits around the parts of a field that stay; they are visited after. True if nothing of the
/// field stays.
pub(super) fn lower(lowering: &mut Lowering<'_>, it: &PropertyDefinition<'_>) -> bool {
    let private = matches!(it.key, PropertyKey::PrivateIdentifier(_));
    let defined =
        lowering.options.use_define_for_class_fields && !decorators::assigns(lowering, it);
    if defined || !lowering.is_typescript() {
        return false;
    }
    let standard = !lowering.options.experimental_decorators && !it.decorators.is_empty();
    if standard {
        return false;
    }
    if private {
        defer_private(lowering, it);
        return false;
    }
    let start = it
        .decorators
        .last()
        .map_or(it.span.start, |decorator| decorator.span.end);
    let Some(value) = &it.value else {
        let start = scan::skip_trivia(lowering.source, start);
        types::erase_statement(lowering, Span::new(start, it.span.end));
        return true;
    };
    let literal = matches!(
        it.key,
        PropertyKey::StringLiteral(_) | PropertyKey::NumericLiteral(_)
    );
    if it.computed && !literal {
        // The key is evaluated once, with the class; only a definition can do that in its place.
        return false;
    }
    let key = key_span(lowering, it, start);
    let (open, close) = if it.r#static {
        ("{".to_owned(), ";}")
    } else if let Some(method) = parameter_properties::next_deferred(lowering) {
        (format!("{method}(){{"), ";}")
    } else {
        lowering.fields += 1;
        let name = lowering.names.derived("field");
        (format!("#{name}{}=(", lowering.fields), ",void 0)")
    };
    let access = match (literal, it.computed) {
        (true, false) => "this[",
        (true, true) => "this",
        _ => "this.",
    };
    lowering
        .edits
        .insert_before(key.start, text(format!("{open}{access}")));
    if literal && !it.computed {
        lowering.edits.insert_after(key.end, text("]"));
    }
    lowering.edits.insert_after(value.span().end, text(close));
    false
}

/// A private field is always defined, but its value may read what the constructor assigns first.
fn defer_private(lowering: &mut Lowering<'_>, it: &PropertyDefinition<'_>) {
    let (Some(value), false) = (&it.value, it.r#static) else {
        return;
    };
    if let Some(method) = parameter_properties::next_deferred(lowering) {
        let key = scan::text(lowering.source, it.key.span());
        let open = format!("{key};{method}(){{this.");
        lowering.edits.wrap(
            Span::new(it.key.span().start, value.span().end),
            text(open),
            text(";}"),
        );
    }
}

/// The key with its brackets.
fn key_span(lowering: &Lowering<'_>, it: &PropertyDefinition<'_>, start: u32) -> Span {
    let key = it.key.span();
    if !it.computed {
        return key;
    }
    let open = scan::find(lowering.source, start, key.start, "[");
    Span::new(open.map_or(key.start, |open| open.start), key.end)
}

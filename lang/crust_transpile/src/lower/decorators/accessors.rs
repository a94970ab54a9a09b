//! `accessor` members: a private field with a getter and a setter of the member's name.

use oxc_ast::ast::{AccessorProperty, PropertyKey};
use oxc_span::GetSpan;

use super::{fresh, key_end};
use crate::edits::text;
use crate::lower::Lowering;
use crate::scan;

/// How a decorated private accessor gets and sets.
pub(super) struct Hidden {
    pub(super) get: String,
    pub(super) set: String,
}

/// Edits an accessor's keyword and key; the key becomes the getter's, the value the field's.
pub(super) fn lower(
    lowering: &mut Lowering<'_>,
    it: &AccessorProperty<'_>,
    hidden: Option<Hidden>,
) {
    let field = fresh(lowering, "accessor");
    lower_as(lowering, it, &field, hidden);
}

/// The same with a given name of the field.
pub(super) fn lower_as(
    lowering: &mut Lowering<'_>,
    it: &AccessorProperty<'_>,
    field: &str,
    hidden: Option<Hidden>,
) {
    let start = it
        .decorators
        .last()
        .map_or(it.span.start, |decorator| decorator.span.end);
    let key = it.key.span();
    if let Some(keyword) = scan::find(lowering.source, start, key.start, "accessor") {
        lowering.edits.replace(keyword, text("get"));
    }
    let prefix = if it.r#static { "static " } else { "" };
    let value = lowering.names.derived("value");
    let setter_key = if is_literal(&it.key) || !it.computed {
        let name = scan::text(lowering.source, key);
        if it.computed {
            format!("[{name}]")
        } else {
            name.to_owned()
        }
    } else {
        format!("[{}]", computed(lowering, it))
    };
    let hidden = hidden.unwrap_or_else(|| Hidden {
        get: format!("return this.#{field}"),
        set: format!("this.#{field}={value}"),
    });
    let after = format!(
        "(){{{}}}{prefix}set {setter_key}({value}){{{}}}{prefix}#{field}",
        hidden.get, hidden.set
    );
    let end = key_end(lowering, &it.key, it.computed);
    lowering.edits.insert_after(end, text(after));
}

fn is_literal(key: &PropertyKey<'_>) -> bool {
    matches!(
        key,
        PropertyKey::StringLiteral(_) | PropertyKey::NumericLiteral(_)
    )
}

/// A computed key is evaluated once: the setter reads what the getter's key was.
fn computed(lowering: &mut Lowering<'_>, it: &AccessorProperty<'_>) -> String {
    let variable = lowering.names.derived("key");
    let declaration = format!("let {variable};");
    if !lowering.record.prelude.contains(&declaration) {
        lowering.record.prelude.push(declaration);
    }
    lowering.record.uses.helpers = true;
    let function = format!("{variable}={}", lowering.names.helper("key"));
    super::computed_key(lowering, &it.key, &function);
    variable
}

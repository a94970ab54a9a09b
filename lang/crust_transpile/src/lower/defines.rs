//! Defines: free identifiers and member chains replaced by expressions of the command line.

use oxc_ast::ast::{Expression, IdentifierReference};
use oxc_span::GetSpan;

use super::Lowering;
use crate::edits::text;

/// The defines that may occur in a source.
#[derive(Debug, Default)]
pub(super) struct Defines {
    /// Dotted parts of the name, and the replacement.
    list: Vec<(Vec<String>, String)>,
}

impl Defines {
    /// Keeps the defines whose root name occurs in `source`.
    pub(super) fn new(defines: &[(String, String)], source: &str) -> Self {
        let list = defines
            .iter()
            .map(|(name, value)| (name.split('.').map(str::to_owned).collect(), value.clone()))
            .filter(|(parts, _): &(Vec<String>, String)| {
                parts
                    .first()
                    .is_some_and(|root| source.contains(root.as_str()))
            })
            .collect();
        Self { list }
    }

    /// Whether no define can occur.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn find(&self, parts: &[&str]) -> Option<&str> {
        let (_, value) = self.list.iter().find(|(name, _)| name == parts)?;
        Some(value)
    }
}

/// Replaces an expression that a define names; false if none does.
pub(super) fn replace(lowering: &mut Lowering<'_>, it: &Expression<'_>) -> bool {
    if lowering.defines.is_empty() {
        return false;
    }
    let mut parts = Vec::new();
    if !chain(lowering, it, &mut parts) {
        return false;
    }
    let Some(value) = lowering.defines.find(&parts) else {
        return false;
    };
    let value = value.replace(crate::edits::is_terminator, " ");
    let simple = value
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '"'));
    let value = if simple { value } else { format!("({value})") };
    lowering.edits.replace(it.span(), text(value));
    true
}

/// Whether nothing in the file gives the name a value: it is not declared, or only `declare`d.
fn is_free(lowering: &Lowering<'_>, identifier: &IdentifierReference<'_>) -> bool {
    let symbol = lowering
        .scoping
        .zip(identifier.reference_id.get())
        .and_then(|(scoping, id)| Some((scoping, scoping.get_reference(id).symbol_id()?)));
    symbol.is_none_or(|(scoping, symbol)| scoping.symbol_flags(symbol).is_ambient())
}

/// Collects `a.b.c` if `a` is free.
fn chain<'e>(
    lowering: &Lowering<'_>,
    expression: &'e Expression<'_>,
    parts: &mut Vec<&'e str>,
) -> bool {
    match expression {
        Expression::Identifier(identifier) => {
            parts.push(identifier.name.as_str());
            is_free(lowering, identifier)
        }
        Expression::StaticMemberExpression(member) if !member.optional => {
            let free = chain(lowering, &member.object, parts);
            parts.push(member.property.name.as_str());
            free
        }
        _ => false,
    }
}

//! `feature("NAME")` of `bun:bundle`: its calls become `true` or `false`, and its import goes away. It
//! may stand only where the answer decides which code runs, so that a bundler can leave out the rest.

use oxc_ast::ast::{
    Argument, CallExpression, ChainElement, Expression, IdentifierReference, ImportDeclaration,
    ImportDeclarationSpecifier, TemplateLiteral,
};
use oxc_span::{GetSpan, Span};
use oxc_syntax::symbol::SymbolId;
use rustc_hash::FxHashSet;

use super::Lowering;
use super::imports::import_name;
use crate::edits::text;
use crate::module::ImportName;

/// The module that has `feature`; it exists only in sources.
const MODULE: &str = "bun:bundle";

/// The bindings of `feature` in a file, and where calls of them may stand.
#[derive(Debug, Default)]
pub(super) struct FeatureCalls {
    bindings: FxHashSet<SymbolId>,
    /// Starts of calls that a condition consists of.
    conditions: FxHashSet<u32>,
    /// What stands for which part of the source, for those who want nothing else changed.
    answers: Vec<(Span, &'static str)>,
}

impl FeatureCalls {
    /// The answers in the order of the source; an import's is empty.
    pub(super) fn into_answers(mut self) -> Vec<(Span, &'static str)> {
        self.answers.sort_by_key(|(span, _)| span.start);
        self.answers
    }
}

/// Takes an import from `bun:bundle` out of the record; false if it is another module's.
pub(super) fn declare(lowering: &mut Lowering<'_>, it: &ImportDeclaration<'_>) -> bool {
    if it.source.value != MODULE {
        return false;
    }
    lowering.feature_calls.answers.push((it.span, ""));
    for specifier in it.specifiers.iter().flatten() {
        let imported = match specifier {
            ImportDeclarationSpecifier::ImportSpecifier(it) if it.import_kind.is_type() => continue,
            ImportDeclarationSpecifier::ImportSpecifier(it) => import_name(&it.imported),
            ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => ImportName::Default,
            ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => ImportName::Namespace,
        };
        if imported != ImportName::Named("feature".to_owned()) {
            let message = "\"bun:bundle\" exports feature() and nothing else";
            let hint =
                "its calls are replaced while the file is read, so it must be imported by name";
            lowering.problem(specifier.span(), message, Some(hint));
        } else if let Some(symbol) = specifier.local().symbol_id.get() {
            lowering.feature_calls.bindings.insert(symbol);
        }
    }
    true
}

/// Notes the calls that the condition of a statement or expression consists of.
pub(super) fn condition(lowering: &mut Lowering<'_>, test: &Expression<'_>) {
    if lowering.feature_calls.bindings.is_empty() {
        return;
    }
    match test.get_inner_expression() {
        Expression::UnaryExpression(it) => condition(lowering, &it.argument),
        Expression::LogicalExpression(it) => {
            condition(lowering, &it.left);
            condition(lowering, &it.right);
        }
        Expression::BinaryExpression(it) => {
            condition(lowering, &it.left);
            condition(lowering, &it.right);
        }
        other => {
            if let Some(call) = call(lowering, other) {
                lowering.feature_calls.conditions.insert(call.span.start);
            }
        }
    }
}

/// Replaces a call of `feature`; false if it is no such thing.
pub(super) fn replace(lowering: &mut Lowering<'_>, it: &Expression<'_>) -> bool {
    if lowering.feature_calls.bindings.is_empty() {
        return false;
    }
    let Some(call) = call(lowering, it) else {
        return false;
    };
    let Some(name) = name(call) else {
        lowering.problem(
            call.span,
            "feature() takes one string literal",
            Some("the name must be known before the program runs, as in feature(\"DEBUG\")"),
        );
        return true;
    };
    if !lowering.feature_calls.conditions.contains(&call.span.start) {
        lowering.problem(
            call.span,
            "feature() may stand only in the condition of an if statement or a conditional expression",
            Some("as in if (feature(\"DEBUG\")) … or feature(\"DEBUG\") ? … : …"),
        );
        return true;
    }
    let on = lowering.options.features.iter().any(|known| known == name);
    let answer = if on { "true" } else { "false" };
    lowering.feature_calls.answers.push((it.span(), answer));
    lowering.edits.replace(it.span(), text(answer));
    true
}

/// Refuses a mention of `feature` that is not a call; false if it is another name.
pub(super) fn refuse(lowering: &mut Lowering<'_>, it: &IdentifierReference<'_>) -> bool {
    let found = is_feature(lowering, it);
    if found {
        lowering.problem(
            it.span,
            "feature() can only be called",
            Some("it exists while the file is read, not when the program runs"),
        );
    }
    found
}

/// Whether a symbol is a binding of `feature`.
pub(super) fn is_binding(lowering: &Lowering<'_>, symbol: SymbolId) -> bool {
    lowering.feature_calls.bindings.contains(&symbol)
}

fn is_feature(lowering: &Lowering<'_>, it: &IdentifierReference<'_>) -> bool {
    if lowering.feature_calls.bindings.is_empty() {
        return false;
    }
    let symbol = lowering
        .scoping
        .zip(it.reference_id.get())
        .and_then(|(scoping, id)| scoping.get_reference(id).symbol_id());
    symbol.is_some_and(|symbol| is_binding(lowering, symbol))
}

fn call<'e, 'a>(lowering: &Lowering<'_>, it: &'e Expression<'a>) -> Option<&'e CallExpression<'a>> {
    let call = match it {
        Expression::CallExpression(call) => call,
        Expression::ChainExpression(chain) => match &chain.expression {
            ChainElement::CallExpression(call) => call,
            _ => return None,
        },
        _ => return None,
    };
    match call.callee.get_inner_expression() {
        Expression::Identifier(callee) if is_feature(lowering, callee) => Some(call),
        _ => None,
    }
}

fn name<'e>(call: &'e CallExpression<'_>) -> Option<&'e str> {
    match call.arguments.as_slice() {
        [Argument::StringLiteral(name)] => Some(name.value.as_str()),
        [Argument::TemplateLiteral(name)] => plain(name),
        _ => None,
    }
}

/// A template without parts to fill in.
fn plain<'e>(it: &'e TemplateLiteral<'_>) -> Option<&'e str> {
    match it.quasis.as_slice() {
        [only] => only.value.cooked.as_ref().map(oxc_ast::ast::Str::as_str),
        _ => None,
    }
}

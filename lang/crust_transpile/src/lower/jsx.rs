//! JSX.

use oxc_ast::ast::{JSXElement, JSXFragment, Program};

use super::Lowering;

/// What the walk keeps about JSX.
#[derive(Debug, Default)]
pub(super) struct JsxState;

/// Reads the pragmas.
pub(super) fn begin(_lowering: &mut Lowering<'_>, _program: &Program<'_>) {}

/// Adds the runtime's import.
pub(super) fn end(_lowering: &mut Lowering<'_>) {}

/// `<name …>…</name>`.
pub(super) fn element<'a>(lowering: &mut Lowering<'a>, it: &JSXElement<'a>) {
    lowering.problem(it.span, "JSX is not supported", None);
}

/// `<>…</>`.
pub(super) fn fragment<'a>(lowering: &mut Lowering<'a>, it: &JSXFragment<'a>) {
    lowering.problem(it.span, "JSX is not supported", None);
}

/// Whether JSX of the file refers to a binding by its name.
pub(super) fn needs_binding(_lowering: &Lowering<'_>, _name: &str) -> bool {
    false
}

//! Enum declarations.

use oxc_ast::ast::TSEnumDeclaration;

use super::Lowering;

/// `enum E { … }`.
pub(super) fn lower(lowering: &mut Lowering<'_>, it: &TSEnumDeclaration<'_>) {
    lowering.problem(it.span, "Enums are not supported", None);
}

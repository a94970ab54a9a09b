//! Namespace declarations with values.

use oxc_ast::ast::TSNamespaceDeclaration;

use super::Lowering;

/// `namespace N { … }`; namespaces without values are erased before.
pub(super) fn lower(lowering: &mut Lowering<'_>, it: &TSNamespaceDeclaration<'_>) {
    lowering.problem(it.span, "Namespaces with values are not supported", None);
}

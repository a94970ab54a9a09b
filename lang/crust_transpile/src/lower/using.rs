//! `using` and `await using` declarations.

use oxc_allocator::Vec as ArenaVec;
use oxc_ast::ast::{ForOfStatement, ForStatementLeft, Statement, VariableDeclarationKind};

use super::Lowering;

/// Lowers and visits a statement list that declares resources; false if it declares none.
pub(super) fn lower_list<'a>(
    lowering: &mut Lowering<'a>,
    it: &ArenaVec<'a, Statement<'a>>,
) -> bool {
    for statement in it {
        if let Statement::VariableDeclaration(declaration) = statement
            && is_using(declaration.kind)
        {
            lowering.problem(
                declaration.span,
                "using declarations are not supported",
                None,
            );
        }
    }
    false
}

/// Visits a statement list that is not a block of its own.
pub(super) fn wrap_list<'a>(
    lowering: &mut Lowering<'a>,
    it: &ArenaVec<'a, Statement<'a>>,
    mut visit: impl FnMut(&mut Lowering<'a>, &Statement<'a>),
) {
    for statement in it {
        if let Statement::ExpressionStatement(expression) = statement {
            lowering.statement_start = expression.span.start;
        }
        visit(lowering, statement);
    }
}

/// Lowers and visits `for (using x of xs)`; false if it is another loop.
pub(super) fn lower_for_of<'a>(lowering: &mut Lowering<'a>, it: &ForOfStatement<'a>) -> bool {
    if let ForStatementLeft::VariableDeclaration(declaration) = &it.left
        && is_using(declaration.kind)
    {
        lowering.problem(
            declaration.span,
            "using declarations are not supported",
            None,
        );
    }
    false
}

fn is_using(kind: VariableDeclarationKind) -> bool {
    matches!(
        kind,
        VariableDeclarationKind::Using | VariableDeclarationKind::AwaitUsing
    )
}

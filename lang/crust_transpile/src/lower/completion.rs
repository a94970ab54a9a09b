//! `--print`: the completion value of the program (ECMA-262 §8.4.3) goes into a variable, which is
//! printed at the end. Functions keep their own values; loops and branches give what they ran last.

use oxc_ast::ast::{ExportDefaultDeclaration, ExpressionStatement, Program, Statement};
use oxc_ast_visit::walk;
use oxc_span::GetSpan;

use super::Lowering;
use crate::edits::text;
use crate::options::Print;

fn is_wanted(lowering: &Lowering<'_>) -> bool {
    lowering.options.print != Print::Nothing && lowering.function_depth == 0
}

fn variable(lowering: &Lowering<'_>) -> String {
    lowering.names.derived("last")
}

/// Declares the variable and prints it after the last statement.
pub(super) fn begin(lowering: &mut Lowering<'_>, program: &Program<'_>) {
    if lowering.options.print == Print::Nothing {
        return;
    }
    let last = variable(lowering);
    let directive = program
        .directives
        .last()
        .map_or_else(String::new, |directive| {
            let value = directive.expression.span.source_text(lowering.source);
            format!("={value}")
        });
    let print = match lowering.options.print {
        Print::Settled => format!(
            ";{last} instanceof globalThis.Promise?{last}.then((value)=>globalThis.console.log(value)):globalThis.console.log({last});"
        ),
        _ => format!(";globalThis.console.log({last});"),
    };
    let mut prelude = format!("let {last}{directive};");
    match program.body.last() {
        Some(statement) => lowering
            .edits
            .insert_after(statement.span().end, text(print)),
        None => prelude.push_str(&print),
    }
    lowering.record.prelude.push(prelude);
}

/// Whether a statement that ends without a value has the value `undefined`, whatever came before.
fn resets(statement: &Statement<'_>) -> bool {
    matches!(
        statement,
        Statement::IfStatement(_)
            | Statement::ForStatement(_)
            | Statement::ForInStatement(_)
            | Statement::ForOfStatement(_)
            | Statement::WhileStatement(_)
            | Statement::DoWhileStatement(_)
            | Statement::SwitchStatement(_)
            | Statement::TryStatement(_)
            | Statement::WithStatement(_)
    )
}

/// Edits a statement of a list.
pub(super) fn statement(lowering: &mut Lowering<'_>, it: &Statement<'_>) {
    if is_wanted(lowering) && resets(it) {
        let reset = format!("{}=void 0;", variable(lowering));
        lowering.edits.insert_before(it.span().start, text(reset));
    }
}

/// Keeps the value of an expression statement; false if it is not wanted.
pub(super) fn expression<'a>(lowering: &mut Lowering<'a>, it: &ExpressionStatement<'a>) -> bool {
    if !is_wanted(lowering) {
        return false;
    }
    let open = format!("{}=(", variable(lowering));
    lowering
        .edits
        .wrap(it.expression.span(), text(open), text(")"));
    lowering.statement_start = u32::MAX;
    walk::walk_expression_statement(lowering, it);
    true
}

/// `export default value` has that value.
pub(super) fn export_default(lowering: &mut Lowering<'_>, it: &ExportDefaultDeclaration<'_>) {
    if is_wanted(lowering) && it.declaration.is_expression() {
        let keep = format!(
            ";{}={};",
            variable(lowering),
            lowering.names.default_export()
        );
        lowering.edits.insert_after(it.span.end, text(keep));
    }
}

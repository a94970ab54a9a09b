//! Erasure of types. What is erased becomes spaces, with a semicolon or parenthesis where spaces
//! alone would join two lines or change precedence. It never looks inside a type.

use oxc_ast::ast::{
    BinaryExpression, Declaration, ExportDefaultDeclarationKind, Expression, Statement,
    TSModuleBlock, TSNamespaceDeclaration, TSNamespaceDeclarationBody, TSTypeAssertion,
};
use oxc_span::{GetSpan, Span};
use oxc_syntax::precedence::{GetPrecedence, Precedence};

use super::Lowering;
use crate::edits::text;
use crate::scan;

/// Whether a statement exists for the type checker alone.
pub(crate) fn is_type_only(statement: &Statement<'_>) -> bool {
    match statement {
        Statement::ExportDeclaration(export) => is_type_only_declaration(&export.declaration),
        Statement::ExportDefaultDeclaration(export) => match &export.declaration {
            ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => true,
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => function.body.is_none(),
            _ => false,
        },
        Statement::ExportNamedDeclaration(export) => export.export_kind.is_type(),
        Statement::TSNamespaceExportDeclaration(_) => true,
        _ => statement
            .as_declaration()
            .is_some_and(is_type_only_declaration),
    }
}

/// Whether a declaration exists for the type checker alone.
pub(crate) fn is_type_only_declaration(declaration: &Declaration<'_>) -> bool {
    match declaration {
        Declaration::VariableDeclaration(variables) => variables.declare,
        Declaration::FunctionDeclaration(function) => function.declare || function.body.is_none(),
        Declaration::ClassDeclaration(class) => class.declare,
        Declaration::TSTypeAliasDeclaration(_)
        | Declaration::TSInterfaceDeclaration(_)
        | Declaration::TSExternalModuleDeclaration(_)
        | Declaration::TSGlobalDeclaration(_) => true,
        Declaration::TSEnumDeclaration(declaration) => declaration.declare,
        Declaration::TSNamespaceDeclaration(namespace) => {
            namespace.declare || !is_instantiated(namespace)
        }
        Declaration::TSImportEqualsDeclaration(import) => import.import_kind.is_type(),
    }
}

/// Whether a namespace has a value at run time.
pub(crate) fn is_instantiated(namespace: &TSNamespaceDeclaration<'_>) -> bool {
    match &namespace.body {
        TSNamespaceDeclarationBody::TSNamespaceDeclaration(inner) => is_instantiated(inner),
        TSNamespaceDeclarationBody::TSModuleBlock(block) => is_instantiated_block(block),
    }
}

fn is_instantiated_block(block: &TSModuleBlock<'_>) -> bool {
    block.body.iter().any(|statement| match statement {
        // A declared value makes the namespace exist, although it emits nothing itself.
        Statement::TSInterfaceDeclaration(_)
        | Statement::TSTypeAliasDeclaration(_)
        | Statement::TSImportEqualsDeclaration(_) => false,
        Statement::TSNamespaceDeclaration(inner) => is_instantiated(inner),
        Statement::ExportDeclaration(export) => match &export.declaration {
            Declaration::TSInterfaceDeclaration(_) | Declaration::TSTypeAliasDeclaration(_) => {
                false
            }
            Declaration::TSNamespaceDeclaration(inner) => is_instantiated(inner),
            _ => true,
        },
        _ => true,
    })
}

/// Erases a statement or class member. The semicolon keeps the lines around it apart.
pub(crate) fn erase_statement(lowering: &mut Lowering<'_>, span: Span) {
    let first = Span::sized(span.start, 1);
    lowering.edits.replace(first, text(";"));
    lowering.edits.blank(Span::new(first.end, span.end));
}

/// Erases the one-character token `mark` after `offset`, if it is there.
pub(crate) fn erase_mark(lowering: &mut Lowering<'_>, offset: u32, mark: &str) {
    if let Some(span) = scan::expect(lowering.source, offset, mark) {
        lowering.edits.blank(span);
    }
}

/// Erases what follows an expression inside `whole`: `as T` and `satisfies T`.
pub(crate) fn erase_after(lowering: &mut Lowering<'_>, expression: Span, whole: Span) {
    lowering.edits.blank(Span::new(expression.end, whole.end));
    if continues_after(lowering.source, whole.end) {
        // Behind whatever parents put at the end of the expression.
        lowering.edits.insert_before(whole.end, text(";"));
    }
}

/// Erases a range but for its last character, which becomes `end`.
pub(crate) fn erase_with_end(lowering: &mut Lowering<'_>, span: Span, end: &'static str) {
    // Types end in ASCII, but for identifiers; the last character is then wider than a byte.
    let last = scan::text(lowering.source, span)
        .chars()
        .next_back()
        .map_or(0, char::len_utf8);
    let at = span.end - u32::try_from(last).unwrap_or(0);
    lowering.edits.blank(Span::new(span.start, at));
    lowering.edits.replace(Span::new(at, span.end), text(end));
}

/// Whether the next line starts with a token that a type cannot continue with, but an expression
/// can.
fn continues_after(source: &str, offset: u32) -> bool {
    let next = scan::skip_trivia(source, offset);
    let starts = source
        .as_bytes()
        .get(next as usize)
        .is_some_and(|byte| matches!(byte, b'(' | b'[' | b'`'));
    starts && scan::has_newline(source, Span::new(offset, next))
}

/// `<T>value`: spaces, or a parenthesis when the value would be read differently without one.
pub(crate) fn type_assertion(lowering: &mut Lowering<'_>, it: &TSTypeAssertion<'_>) {
    let value = it.expression.span();
    let types = Span::new(it.span.start, value.start);
    let starts_block = matches!(
        scan::text(
            lowering.source,
            scan::next_token(lowering.source, value.start)
        ),
        "{" | "function" | "class" | "async" | "let"
    );
    if starts_block || scan::has_newline(lowering.source, types) {
        lowering
            .edits
            .replace(Span::sized(types.start, 1), text("("));
        lowering.edits.blank(Span::new(types.start + 1, types.end));
        lowering.edits.insert_after(it.span.end, text(")"));
    } else {
        lowering.edits.blank(types);
    }
}

/// `a + b as T * c` multiplies the sum; without the type the product would come first.
pub(crate) fn parenthesize_left(lowering: &mut Lowering<'_>, it: &BinaryExpression<'_>) {
    let inner = match &it.left {
        Expression::TSAsExpression(left) => &left.expression,
        Expression::TSSatisfiesExpression(left) => &left.expression,
        _ => return,
    };
    let binds_tighter = it.operator.precedence() > Precedence::Compare;
    let compound = matches!(
        inner.get_inner_expression(),
        Expression::BinaryExpression(_)
            | Expression::UnaryExpression(_)
            | Expression::AwaitExpression(_)
            | Expression::UpdateExpression(_)
    ) && !matches!(inner, Expression::ParenthesizedExpression(_));
    if binds_tighter && compound {
        lowering.edits.wrap(inner.span(), text("("), text(")"));
    }
}

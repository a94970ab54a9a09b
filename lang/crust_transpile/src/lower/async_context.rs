//! The async context across `await`: the engine carries none, so the places where a function stops
//! and goes on tell the runtime (`crust:core/async_context`). All of it is text that is written only
//! when a program has a use for it ([`crate::EmitPlan::async_context`]). Knows no storage.

use memchr::memmem;
use oxc_ast::ast::{
    ArrowFunctionBody, ArrowFunctionExpression, AwaitExpression, ForOfStatement, Function,
    FunctionBody, LabeledStatement, Statement, TryStatement,
};
use oxc_span::{GetSpan, Span};

use super::Lowering;
use crate::edits::{Piece, Pieces};
use crate::module::Format;

/// Where the code being visited keeps its context while it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Frame {
    /// Nothing here waits.
    #[default]
    None,
    /// The module's own code.
    Module,
    /// An async function, which has a variable for it.
    Function,
}

/// Whether a source names what stores something in the async context. One that only passes it on,
/// or finds it in another file, need not know.
#[must_use]
pub fn stores_async_context(source: &str) -> bool {
    memmem::find(source.as_bytes(), b"AsyncLocalStorage").is_some()
}

/// Begins with the module's own code.
pub(super) fn begin(lowering: &mut Lowering<'_>) {
    if lowering.format == Format::Esm && is_wanted(lowering) {
        lowering.frame = Frame::Module;
    }
}

fn is_wanted(lowering: &Lowering<'_>) -> bool {
    match lowering.format {
        Format::Esm => !lowering.options.builtin,
        Format::CommonJs => lowering.options.async_context,
    }
}

/// Visits a function with its own frame.
pub(super) fn function<'a>(
    lowering: &mut Lowering<'a>,
    it: &Function<'a>,
    visit: impl FnOnce(&mut Lowering<'a>),
) {
    let outer = std::mem::take(&mut lowering.frame);
    if let Some(body) = it.body.as_ref().filter(|_| it.r#async) {
        declare(lowering, body);
    }
    visit(lowering);
    lowering.frame = outer;
}

/// The same for an arrow function. An expression becomes a body that returns it.
pub(super) fn arrow<'a>(
    lowering: &mut Lowering<'a>,
    it: &ArrowFunctionExpression<'a>,
    visit: impl FnOnce(&mut Lowering<'a>),
) {
    let outer = std::mem::take(&mut lowering.frame);
    match &it.body {
        _ if !it.r#async => {}
        ArrowFunctionBody::FunctionBody(body) => declare(lowering, body),
        body => {
            let span = body.span();
            if waits(lowering, span) {
                lowering.frame = Frame::Function;
                let open = format!("{{{}return ", declaration(lowering));
                lowering.edits.wrap(span, context(open), context("}"));
            }
        }
    }
    visit(lowering);
    lowering.frame = outer;
}

/// Declares the variable of a function that waits.
fn declare(lowering: &mut Lowering<'_>, body: &FunctionBody<'_>) {
    if !waits(lowering, body.span) {
        return;
    }
    lowering.frame = Frame::Function;
    let declaration = declaration(lowering);
    // Directives come first in a body.
    match body.directives.last() {
        Some(last) => {
            let text = context(format!(";{declaration}"));
            lowering.edits.insert_after(last.span.end, text);
        }
        None => lowering
            .edits
            .insert_after(body.span.start + 1, context(declaration)),
    }
}

/// Whether a function may wait, by its text.
fn waits(lowering: &mut Lowering<'_>, span: Span) -> bool {
    let text = lowering
        .source
        .get(span.start as usize..span.end as usize)
        .unwrap_or_default();
    let waits = is_wanted(lowering) && memmem::find(text.as_bytes(), b"await").is_some();
    lowering.record.uses.async_context |= waits;
    waits
}

/// `await x`.
pub(super) fn await_expression(lowering: &mut Lowering<'_>, it: &AwaitExpression<'_>) {
    let Some(frame) = frame(lowering) else {
        return;
    };
    let edits = &mut lowering.edits;
    edits.insert_before(it.span.start, context(format!("{frame}.back(")));
    edits.insert_before(it.argument.span().start, context(format!("{frame}.wait(")));
    edits.insert_after(it.span.end, context("))"));
}

/// `for await`: each turn of the loop, and what follows it, comes after a wait.
pub(super) fn for_await(lowering: &mut Lowering<'_>, it: &ForOfStatement<'_>) {
    let Some(frame) = frame(lowering) else {
        return;
    };
    if lowering.labeled_for_await != Some(it.span.start) {
        around_loop(lowering, it.span, &frame);
    }
    let right = it.right.span();
    let iterate = context(format!("{frame}.iterate("));
    lowering.edits.wrap(right, iterate, context(")"));
    let back = format!("{frame}.back();");
    if let Statement::BlockStatement(body) = &it.body {
        lowering
            .edits
            .insert_after(body.span.start + 1, context(back));
    } else {
        let open = context(format!("{{{back}"));
        lowering.edits.wrap(it.body.span(), open, context("}"));
    }
}

/// A label stays on its loop.
pub(super) fn labeled_statement(lowering: &mut Lowering<'_>, it: &LabeledStatement<'_>) {
    let mut body = &it.body;
    while let Statement::LabeledStatement(inner) = body {
        body = &inner.body;
    }
    let Statement::ForOfStatement(inner) = body else {
        return;
    };
    if !inner.r#await || lowering.labeled_for_await == Some(inner.span.start) {
        return;
    }
    if let Some(frame) = frame(lowering) {
        lowering.labeled_for_await = Some(inner.span.start);
        around_loop(lowering, it.span, &frame);
    }
}

fn around_loop(lowering: &mut Lowering<'_>, span: Span, frame: &str) {
    let close = context(format!(";{frame}.back()}}"));
    lowering.edits.wrap(span, context("{"), close);
}

/// A rejection leaves its `await` for the next `catch` or `finally`.
pub(super) fn try_statement(lowering: &mut Lowering<'_>, it: &TryStatement<'_>) {
    let Some(frame) = frame(lowering) else {
        return;
    };
    let caught = format!("{frame}.caught();");
    let handler = it.handler.as_ref().map(|handler| &handler.body);
    for block in handler.into_iter().chain(it.finalizer.as_ref()) {
        lowering
            .edits
            .insert_after(block.span.start + 1, context(caught.clone()));
    }
}

/// The expression of the frame.
fn frame(lowering: &Lowering<'_>) -> Option<String> {
    match lowering.frame {
        Frame::None => None,
        Frame::Module => Some(format!("{}.frame", lowering.names.environment)),
        Frame::Function => Some(variable(lowering)),
    }
}

fn variable(lowering: &Lowering<'_>) -> String {
    lowering.names.derived("frame")
}

fn declaration(lowering: &Lowering<'_>) -> String {
    let environment = &lowering.names.environment;
    format!("let {}={environment}.newFrame();", variable(lowering))
}

fn context(text: impl Into<std::borrow::Cow<'static, str>>) -> Pieces {
    vec![Piece::Context(text.into())]
}

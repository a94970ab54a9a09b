//! `using` and `await using` declarations. A declaration stays where it is, as a constant whose
//! value is noted on a stack; the list around it becomes a `try` that disposes of the stack.

use oxc_allocator::Vec as ArenaVec;
use oxc_ast::ast::{
    Declaration, ExportDefaultDeclarationKind, ForOfStatement, ForStatement, ForStatementInit,
    ForStatementLeft, LabeledStatement, Program, Statement, VariableDeclaration,
    VariableDeclarationKind,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};

use super::Lowering;
use crate::edits::text;
use crate::module::Format;
use crate::scan;

/// What the walk knows about resources.
#[derive(Debug, Default)]
pub(crate) struct Resources {
    /// Stacks named so far.
    count: u32,
    /// Start of the program's first statement, whose list has its `try` around the whole module.
    program_start: Option<u32>,
    /// Start of the loop whose `try` is around its label.
    labeled_loop: Option<u32>,
}

/// One disposal stack.
struct Stack {
    name: String,
    asynchronous: bool,
}

/// Remembers which list is the module's own.
pub(super) fn begin(lowering: &mut Lowering<'_>, program: &Program<'_>) {
    if lowering.format == Format::Esm {
        lowering.resources.program_start = program.body.first().map(|it| it.span().start);
    }
}

impl Stack {
    fn new(lowering: &mut Lowering<'_>, asynchronous: bool) -> Self {
        lowering.record.uses.helpers = true;
        lowering.record.has_top_level_await |= asynchronous && lowering.function_depth == 0;
        lowering.resources.count += 1;
        let count = lowering.resources.count;
        let name = format!("{}{count}", lowering.names.derived("using"));
        Self { name, asynchronous }
    }

    fn open(&self, lowering: &Lowering<'_>) -> String {
        let helper = lowering.names.helper("using");
        format!("const {}={helper}();try{{", self.name)
    }

    fn close(&self, lowering: &Lowering<'_>) -> String {
        let name = &self.name;
        let error = lowering.names.derived("error");
        let dispose = if self.asynchronous {
            let promise = lowering.names.derived("promise");
            format!("const {promise}={name}.dispose();{promise}&&await {promise}")
        } else {
            format!("{name}.dispose()")
        };
        format!("}}catch({error}){{{name}.fail({error})}}finally{{{dispose}}}")
    }
}

/// Lowers and visits a statement list that declares resources; false if it declares none.
pub(super) fn lower_list<'a>(
    lowering: &mut Lowering<'a>,
    it: &ArenaVec<'a, Statement<'a>>,
) -> bool {
    let Some(stack) = list_stack(lowering, it) else {
        return false;
    };
    let (open, close) = (stack.open(lowering), stack.close(lowering));
    let start = it.first().map(|it| it.span().start);
    if lowering.resources.program_start == start {
        lowering.record.enclosure = Some((open, close));
    } else {
        wrap(lowering, it, open, close);
    }
    visit_list(lowering, it, Some(&stack), |lowering, statement| {
        lowering.visit_statement(statement);
    });
    true
}

/// Lowers and visits the statements of a namespace.
pub(super) fn wrap_list<'a>(
    lowering: &mut Lowering<'a>,
    it: &ArenaVec<'a, Statement<'a>>,
    visit: impl FnMut(&mut Lowering<'a>, &Statement<'a>),
) {
    let stack = list_stack(lowering, it);
    if let Some(stack) = &stack {
        let (open, close) = (stack.open(lowering), stack.close(lowering));
        wrap(lowering, it, open, close);
    }
    visit_list(lowering, it, stack.as_ref(), visit);
}

fn wrap(lowering: &mut Lowering<'_>, it: &[Statement<'_>], open: String, close: String) {
    if let (Some(first), Some(last)) = (it.first(), it.last()) {
        let list = Span::new(start_of(first), last.span().end);
        lowering.edits.wrap(list, text(open), text(close));
    }
}

/// Where a statement starts; decorators may come before `export`.
fn start_of(it: &Statement<'_>) -> u32 {
    let start = it.span().start;
    let class = match it {
        Statement::ExportDeclaration(it) => match &it.declaration {
            Declaration::ClassDeclaration(class) => Some(class),
            _ => None,
        },
        Statement::ExportDefaultDeclaration(it) => match &it.declaration {
            ExportDefaultDeclarationKind::ClassDeclaration(class) => Some(class),
            _ => None,
        },
        _ => None,
    };
    let decorator = class.and_then(|class| class.decorators.first());
    decorator.map_or(start, |it| it.span.start.min(start))
}

fn list_stack(lowering: &mut Lowering<'_>, it: &[Statement<'_>]) -> Option<Stack> {
    let kinds = it.iter().filter_map(|statement| match statement {
        Statement::VariableDeclaration(declaration) => Some(declaration.kind),
        _ => None,
    });
    stack_of(lowering, kinds)
}

fn stack_of(
    lowering: &mut Lowering<'_>,
    kinds: impl Iterator<Item = VariableDeclarationKind>,
) -> Option<Stack> {
    let mut found = None;
    for kind in kinds.filter(|&kind| is_using(kind)) {
        found = Some(found == Some(true) || kind == VariableDeclarationKind::AwaitUsing);
    }
    found.map(|asynchronous| Stack::new(lowering, asynchronous))
}

fn visit_list<'a>(
    lowering: &mut Lowering<'a>,
    it: &ArenaVec<'a, Statement<'a>>,
    stack: Option<&Stack>,
    mut visit: impl FnMut(&mut Lowering<'a>, &Statement<'a>),
) {
    for statement in it {
        if let Statement::ExpressionStatement(expression) = statement {
            lowering.statement_start = expression.span.start;
        }
        if let (Statement::VariableDeclaration(declaration), Some(stack)) = (statement, stack) {
            declare(lowering, declaration, stack);
        }
        visit(lowering, statement);
    }
}

/// Edits around a declaration's values.
fn declare(lowering: &mut Lowering<'_>, it: &VariableDeclaration<'_>, stack: &Stack) {
    if !is_using(it.kind) {
        return;
    }
    keyword(lowering, it);
    let method = method(it.kind);
    for declarator in &it.declarations {
        if let Some(init) = &declarator.init {
            let open = format!("{}.{method}(", stack.name);
            lowering.edits.wrap(init.span(), text(open), text(")"));
        }
    }
}

fn method(kind: VariableDeclarationKind) -> &'static str {
    if kind == VariableDeclarationKind::AwaitUsing {
        "useAsync"
    } else {
        "use"
    }
}

/// `using` and `await using` become `const`, of the same width.
fn keyword(lowering: &mut Lowering<'_>, it: &VariableDeclaration<'_>) {
    let first = scan::next_token(lowering.source, it.span.start);
    lowering.edits.replace(first, text("const"));
    if it.kind == VariableDeclarationKind::AwaitUsing
        && let Some(second) = scan::expect(lowering.source, first.end, "using")
    {
        lowering.edits.blank(second);
    }
}

/// Lowers and visits `for (using x of xs)`; false if it is another loop.
pub(super) fn lower_for_of<'a>(lowering: &mut Lowering<'a>, it: &ForOfStatement<'a>) -> bool {
    let ForStatementLeft::VariableDeclaration(declaration) = &it.left else {
        return false;
    };
    let Some(stack) = stack_of(lowering, std::iter::once(declaration.kind)) else {
        return false;
    };
    let Some(id) = declaration.declarations.first().map(|it| it.id.span()) else {
        return false;
    };
    let value = lowering.names.derived("value");
    let name = scan::text(lowering.source, id).to_owned();
    let use_value = format!(
        "const {name}={}.{}({value});",
        stack.name,
        method(declaration.kind)
    );
    let open = format!("{{{}{use_value}", stack.open(lowering));
    let close = format!("{}}}", stack.close(lowering));
    keyword(lowering, declaration);
    lowering.edits.replace(id, text(value));
    lowering.edits.wrap(it.body.span(), text(open), text(close));
    lowering.visit_expression(&it.right);
    lowering.visit_statement(&it.body);
    true
}

/// Lowers and visits `for (using x = a; …)` and every other loop of that kind.
pub(super) fn for_statement<'a>(lowering: &mut Lowering<'a>, it: &ForStatement<'a>) {
    if lowering.resources.labeled_loop != Some(it.span.start) {
        wrap_loop(lowering, it, it.span);
    }
    walk::walk_for_statement(lowering, it);
}

fn wrap_loop(lowering: &mut Lowering<'_>, it: &ForStatement<'_>, whole: Span) {
    let Some(ForStatementInit::VariableDeclaration(declaration)) = &it.init else {
        return;
    };
    let Some(stack) = stack_of(lowering, std::iter::once(declaration.kind)) else {
        return;
    };
    enclose(lowering, whole, &stack);
    declare(lowering, declaration, &stack);
}

/// A block around a whole statement.
fn enclose(lowering: &mut Lowering<'_>, whole: Span, stack: &Stack) {
    let open = format!("{{{}", stack.open(lowering));
    let close = format!("{}}}", stack.close(lowering));
    lowering.edits.wrap(whole, text(open), text(close));
}

/// A label stays on its loop.
pub(super) fn labeled_statement<'a>(lowering: &mut Lowering<'a>, it: &LabeledStatement<'a>) {
    let mut body = &it.body;
    while let Statement::LabeledStatement(inner) = body {
        body = &inner.body;
    }
    if let Statement::ForStatement(inner) = body
        && lowering.resources.labeled_loop != Some(inner.span.start)
    {
        lowering.resources.labeled_loop = Some(inner.span.start);
        wrap_loop(lowering, inner, it.span);
    }
    walk::walk_labeled_statement(lowering, it);
}

fn is_using(kind: VariableDeclarationKind) -> bool {
    matches!(
        kind,
        VariableDeclarationKind::Using | VariableDeclarationKind::AwaitUsing
    )
}

//! Parameter properties: `constructor(private x = 1)`. The assignments follow the call of the
//! super constructor, or start the body. It never edits fields that are declared as such.

use oxc_allocator::Vec as ArenaVec;
use oxc_ast::ast::{
    BindingPattern, CallExpression, Class, ClassElement, Expression, FormalParameter, Function,
    MethodDefinitionKind, Statement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};
use oxc_syntax::scope::ScopeFlags;

use super::{Lowering, classes};
use crate::edits::text;

/// Fields of a class whose values the constructor assigns after its parameter properties.
#[derive(Debug, Default)]
pub(crate) struct Deferred {
    next: usize,
}

/// Erases the modifiers of a parameter.
pub(super) fn erase_modifiers(lowering: &mut Lowering<'_>, it: &FormalParameter<'_>) {
    if !is_property(it) {
        return;
    }
    let start = it
        .decorators
        .last()
        .map_or(it.span.start, |decorator| decorator.span.end);
    classes::erase_modifiers(lowering, Span::new(start, it.pattern.span().start), false);
}

fn is_property(it: &FormalParameter<'_>) -> bool {
    it.accessibility.is_some() || it.readonly || it.r#override
}

/// Edits and visits the body of a class.
pub(super) fn class_body<'a>(lowering: &mut Lowering<'a>, it: &Class<'a>) {
    let constructor = constructor(it);
    let names = constructor.map(property_names).unwrap_or_default();
    let deferred = if names.is_empty() {
        None
    } else {
        constructor.and_then(|constructor| properties(lowering, it, constructor, &names))
    };
    let outer = std::mem::replace(&mut lowering.deferred_fields, deferred);
    lowering.visit_class_body(&it.body);
    lowering.deferred_fields = outer;
}

fn constructor<'n, 'a>(it: &'n Class<'a>) -> Option<&'n Function<'a>> {
    it.body.body.iter().find_map(|element| match element {
        ClassElement::MethodDefinition(method)
            if method.kind == MethodDefinitionKind::Constructor && method.value.body.is_some() =>
        {
            Some(&*method.value)
        }
        _ => None,
    })
}

fn property_names<'n>(it: &'n Function<'_>) -> Vec<&'n str> {
    let properties = it.params.items.iter().filter(|it| is_property(it));
    properties
        .filter_map(|it| match &it.pattern {
            BindingPattern::BindingIdentifier(id) => Some(id.name.as_str()),
            _ => None,
        })
        .collect()
}

fn properties(
    lowering: &mut Lowering<'_>,
    it: &Class<'_>,
    constructor: &Function<'_>,
    names: &[&str],
) -> Option<Deferred> {
    let mut assignments: Vec<_> = names
        .iter()
        .map(|name| format!("this.{name}={name}"))
        .collect();
    let deferred = if lowering.options.use_define_for_class_fields {
        let fields = format!("{};", names.join(";"));
        lowering
            .edits
            .insert_after(it.body.span.start + 1, text(fields));
        None
    } else {
        let fields = it
            .body
            .body
            .iter()
            .filter(|it| is_deferred(lowering, it))
            .count();
        let name = lowering.names.derived("field");
        assignments.extend((0..fields).map(|index| format!("this.#{name}_{index}()")));
        Some(Deferred::default())
    };
    assign(lowering, it, constructor, &assignments);
    deferred
}

/// Whether a class element is a field whose value may read a parameter property, and that can be
/// assigned later.
fn is_deferred(lowering: &Lowering<'_>, it: &ClassElement<'_>) -> bool {
    let ClassElement::PropertyDefinition(it) = it else {
        return false;
    };
    let literal = matches!(
        it.key,
        oxc_ast::ast::PropertyKey::StringLiteral(_) | oxc_ast::ast::PropertyKey::NumericLiteral(_)
    );
    let stays = !lowering.options.experimental_decorators && !it.decorators.is_empty();
    !stays && !it.r#static && !it.declare && it.value.is_some() && (!it.computed || literal)
}

/// The name of the method that assigns the next field, if the constructor calls one.
pub(super) fn next_deferred(lowering: &mut Lowering<'_>) -> Option<String> {
    let name = lowering.names.derived("field");
    let deferred = lowering.deferred_fields.as_mut()?;
    deferred.next += 1;
    Some(format!("#{name}_{}", deferred.next - 1))
}

fn assign(
    lowering: &mut Lowering<'_>,
    it: &Class<'_>,
    constructor: &Function<'_>,
    assignments: &[String],
) {
    let Some(body) = &constructor.body else {
        return;
    };
    let joined = assignments.join(";");
    if it.heritage.is_none() {
        let directives = body.directives.last().map(|directive| directive.span.end);
        let at = directives.unwrap_or(body.span.start + 1);
        let open = if directives.is_some() { ";" } else { "" };
        lowering
            .edits
            .insert_after(at, text(format!("{open}{joined};")));
        return;
    }
    let call = body.statements.iter().find(|it| is_super_call(it));
    if let Some(statement) = call {
        lowering
            .edits
            .insert_after(statement.span().end, text(format!(";{joined};")));
        return;
    }
    let mut calls = SuperCalls::default();
    calls.visit_function_body(body);
    for call in calls.found {
        let open = if calls.starts.contains(&call.start) {
            ";("
        } else {
            "("
        };
        let close = format!(",{},this)", assignments.join(","));
        lowering.edits.wrap(call, text(open), text(close));
    }
}

fn is_super_call(statement: &Statement<'_>) -> bool {
    matches!(statement, Statement::ExpressionStatement(it)
        if matches!(&it.expression, Expression::CallExpression(call)
            if matches!(call.callee, Expression::Super(_))))
}

/// Calls of the super constructor that are parts of other statements.
#[derive(Default)]
struct SuperCalls {
    found: Vec<Span>,
    /// Starts of expression statements in lists.
    starts: Vec<u32>,
}

impl<'a> Visit<'a> for SuperCalls {
    fn visit_statements(&mut self, it: &ArenaVec<'a, Statement<'a>>) {
        for statement in it {
            if let Statement::ExpressionStatement(statement) = statement {
                self.starts.push(statement.span.start);
            }
        }
        walk::walk_statements(self, it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        if matches!(it.callee, Expression::Super(_)) {
            self.found.push(it.span);
        }
        walk::walk_call_expression(self, it);
    }

    fn visit_function(&mut self, _: &Function<'a>, _: ScopeFlags) {}

    fn visit_class(&mut self, _: &Class<'a>) {}
}

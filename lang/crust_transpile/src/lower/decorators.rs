//! Decorators and `accessor` members: which kind a file has, and what both kinds share.

pub(super) mod accessors;
pub(super) mod legacy;
pub(super) mod metadata;
pub(super) mod standard;

use oxc_ast::ast::{
    AccessorProperty, ArrowFunctionExpression, AwaitExpression, Class, ClassElement, Decorator,
    Function, MethodDefinition, PropertyDefinition, PropertyKey, YieldExpression,
};
use oxc_ast_visit::Visit;
use oxc_span::{GetSpan, Span};
use oxc_syntax::{scope::ScopeFlags, symbol::SymbolId};
use rustc_hash::FxHashSet;

use super::Lowering;
use crate::edits::text;
use crate::scan;

/// The class whose members are being visited.
#[derive(Debug, Default)]
pub(crate) enum Decorated {
    /// Nothing of it is decorated.
    #[default]
    No,
    /// Decorators of the language.
    Standard(standard::Members),
    /// Decorators of TypeScript's `experimentalDecorators`.
    Legacy(legacy::Members),
}

/// What the walk knows about decorated classes.
#[derive(Debug, Default)]
pub(crate) struct Classes {
    /// Classes and accessors named so far.
    count: u32,
    /// Start of an anonymous class, and the name that its place gives it.
    name: Option<(u32, String)>,
    current: Decorated,
    /// Names in types that metadata has the values of.
    named_in_metadata: FxHashSet<SymbolId>,
}

/// Called before the parts of a class are visited; [`leave`] takes what it returns.
pub(super) fn enter<'a>(lowering: &mut Lowering<'a>, it: &Class<'a>) -> Decorated {
    let current = if lowering.options.experimental_decorators && lowering.is_typescript() {
        legacy::class(lowering, it)
    } else {
        standard::class(lowering, it)
    };
    std::mem::replace(&mut lowering.classes.current, current)
}

/// Called after the parts of a class were visited.
pub(super) fn leave(lowering: &mut Lowering<'_>, outer: Decorated) {
    lowering.classes.current = outer;
}

/// Gives an anonymous class that starts there the name of what it is assigned to.
pub(super) fn name_class(lowering: &mut Lowering<'_>, start: u32, name: &str) {
    lowering.classes.name = Some((start, name.to_owned()));
}

/// Called before the parts of a method are visited.
pub(super) fn method<'a>(lowering: &mut Lowering<'a>, it: &MethodDefinition<'a>) {
    match lowering.classes.current {
        Decorated::Legacy(_) => return legacy::method(lowering, it),
        Decorated::Standard(_) => standard::method(lowering, it),
        Decorated::No => {}
    }
    if let Some((_, decorator)) = legacy::parameter_decorators(&it.value.params).next() {
        lowering.problem(
            decorator.span,
            "Parameters cannot be decorated",
            Some("set experimentalDecorators in tsconfig.json"),
        );
    }
}

/// Called before the parts of a field are visited.
pub(super) fn property<'a>(lowering: &mut Lowering<'a>, it: &PropertyDefinition<'a>) {
    match lowering.classes.current {
        Decorated::Standard(_) => standard::property(lowering, it),
        Decorated::Legacy(_) => legacy::property(lowering, it),
        Decorated::No => {}
    }
}

/// Called before the parts of an accessor are visited.
pub(super) fn accessor<'a>(lowering: &mut Lowering<'a>, it: &AccessorProperty<'a>) {
    match lowering.classes.current {
        Decorated::Standard(_) => standard::accessor(lowering, it),
        Decorated::Legacy(_) => legacy::accessor(lowering, it),
        Decorated::No => accessors::lower(lowering, it, None),
    }
}

/// Whether a field is assigned rather than defined although the options say otherwise: what a
/// decorator of TypeScript puts on the prototype would be hidden by a definition.
pub(super) fn assigns(lowering: &Lowering<'_>, it: &PropertyDefinition<'_>) -> bool {
    lowering.options.experimental_decorators
        && lowering.is_typescript()
        && !it.decorators.is_empty()
}

/// The name that a class has or that its place gives it.
fn class_name(lowering: &mut Lowering<'_>, it: &Class<'_>) -> Option<String> {
    if let Some(id) = &it.id {
        return Some(id.name.to_string());
    }
    let given = lowering.classes.name.take();
    given
        .filter(|(start, _)| *start == it.span.start)
        .map(|(_, name)| name)
}

/// What calls the function that a decorated class expression stands in: `await` inside needs an
/// asynchronous one, and `yield` cannot be there.
fn function_around<'a>(
    lowering: &mut Lowering<'a>,
    it: &Class<'a>,
) -> (&'static str, &'static str) {
    let mut awaits = Awaits::default();
    awaits.visit_class(it);
    if let Some(span) = awaits.yields {
        lowering.problem(
            span,
            "yield cannot be used in a decorated class expression",
            Some("yield to a variable before the class"),
        );
    }
    if awaits.awaits {
        ("(await(async", ")")
    } else {
        ("(", "")
    }
}

/// Looks for `await` and `yield` outside functions.
#[derive(Default)]
struct Awaits {
    awaits: bool,
    yields: Option<Span>,
}

impl<'a> Visit<'a> for Awaits {
    fn visit_await_expression(&mut self, _: &AwaitExpression<'a>) {
        self.awaits = true;
    }

    fn visit_yield_expression(&mut self, it: &YieldExpression<'a>) {
        self.yields = Some(it.span);
    }

    fn visit_function(&mut self, _: &Function<'a>, _: ScopeFlags) {}

    fn visit_arrow_function_expression(&mut self, _: &ArrowFunctionExpression<'a>) {}
}

/// A name with a number of its own.
fn fresh(lowering: &mut Lowering<'_>, word: &str) -> String {
    lowering.classes.count += 1;
    let count = lowering.classes.count;
    format!("{}{count}", lowering.names.derived(word))
}

/// The decorators of a class element that exists at run time.
fn of_element<'n, 'a>(it: &'n ClassElement<'a>) -> &'n [Decorator<'a>] {
    match it {
        ClassElement::MethodDefinition(it) if it.value.body.is_none() => &[],
        ClassElement::MethodDefinition(it) => &it.decorators,
        ClassElement::PropertyDefinition(it) if it.declare || it.r#type.is_abstract() => &[],
        ClassElement::PropertyDefinition(it) => &it.decorators,
        ClassElement::AccessorProperty(it) if it.r#type.is_abstract() => &[],
        ClassElement::AccessorProperty(it) => &it.decorators,
        ClassElement::StaticBlock(_) | ClassElement::TSIndexSignature(_) => &[],
    }
}

/// Edits and visits a list of decorators: `open a, b close`.
fn list<'a>(lowering: &mut Lowering<'a>, it: &[Decorator<'a>], open: &str, close: &str) {
    let Some(last) = it.last() else {
        return;
    };
    lowering
        .edits
        .insert_after(last.span.end, text(close.to_owned()));
    for (index, decorator) in it.iter().enumerate() {
        let at = Span::sized(decorator.span.start, 1);
        let separator = if index == 0 { open } else { "," };
        lowering.edits.replace(at, text(separator.to_owned()));
        lowering.visit_expression(&decorator.expression);
    }
}

/// Where the `class` keyword stands.
fn class_keyword(lowering: &Lowering<'_>, it: &Class<'_>) -> u32 {
    let start = it
        .decorators
        .last()
        .map_or(it.span.start, |decorator| decorator.span.end);
    scan::find(lowering.source, start, it.body.span.start, "class")
        .map_or(it.span.start, |span| span.start)
}

/// The key of a member as an expression; `None` if it is computed.
fn key_text(lowering: &Lowering<'_>, it: &PropertyKey<'_>, computed: bool) -> Option<String> {
    let name = match it {
        PropertyKey::StaticIdentifier(name) => name.name.to_string(),
        PropertyKey::PrivateIdentifier(name) => format!("#{}", name.name),
        PropertyKey::StringLiteral(name) => name.value.to_string(),
        PropertyKey::NumericLiteral(_) | PropertyKey::BigIntLiteral(_) if !computed => {
            return Some(scan::text(lowering.source, it.span()).to_owned());
        }
        _ => return None,
    };
    Some(crate::emit::quote(&name))
}

/// Edits around a computed key, so that `function` gets its value.
fn computed_key(lowering: &mut Lowering<'_>, it: &PropertyKey<'_>, function: &str) {
    lowering
        .edits
        .wrap(it.span(), text(format!("{function}(")), text(")"));
}

/// The offset after a key and its closing bracket.
fn key_end(lowering: &Lowering<'_>, it: &PropertyKey<'_>, computed: bool) -> u32 {
    let end = it.span().end;
    if computed {
        scan::expect(lowering.source, end, "]").map_or(end, |span| span.end)
    } else {
        end
    }
}

//! Arguments of macros: expressions whose value is known without running the program, as JavaScript of their own. Never
//! evaluates them.

use oxc_ast::ast::{
    Argument, ArrayExpressionElement, BinaryOperator, CallExpression, Expression, ObjectExpression,
    ObjectPropertyKind, PropertyKey, PropertyKind, TemplateLiteral, UnaryOperator,
};
use oxc_span::{GetSpan, Span};

use super::{Finder, chained};

const HINT: &str = "its arguments must be known before the program runs: literals, arrays and objects of them, and results of other macros";

/// The arguments of a call.
pub(super) fn of_call<'a>(finder: &mut Finder<'a>, it: &CallExpression<'a>) -> Option<String> {
    let mut texts = Vec::with_capacity(it.arguments.len());
    for argument in &it.arguments {
        texts.push(match argument {
            Argument::SpreadElement(spread) => refuse(finder, spread.span),
            _ => argument
                .as_expression()
                .and_then(|argument| known(finder, argument)),
        });
    }
    // All that is wrong is told.
    let texts: Option<Vec<String>> = texts.into_iter().collect();
    Some(format!("[{}]", texts?.join(",")))
}

/// What a tag is called with.
pub(super) fn of_template<'a>(finder: &mut Finder<'a>, it: &TemplateLiteral<'a>) -> Option<String> {
    let template = template(finder, it)?;
    Some(format!("((...$)=>$){template}"))
}

fn refuse(finder: &mut Finder<'_>, span: Span) -> Option<String> {
    finder.problem(
        span,
        "This argument of a macro is not known before the program runs",
        Some(HINT),
    );
    None
}

fn source(finder: &Finder<'_>, span: Span) -> Option<String> {
    let text = finder.source.get(span.start as usize..span.end as usize);
    text.map(ToOwned::to_owned)
}

/// JavaScript of the value of an expression, in parentheses where they matter.
fn known<'a>(finder: &mut Finder<'a>, it: &Expression<'a>) -> Option<String> {
    let it = it.get_inner_expression();
    if let Some(call) = chained(it)
        && let Some(number) = finder.call(call)
    {
        return Some(format!("$[{number}]"));
    }
    match it {
        Expression::NullLiteral(_)
        | Expression::BooleanLiteral(_)
        | Expression::NumericLiteral(_)
        | Expression::StringLiteral(_) => source(finder, it.span()),
        Expression::Identifier(name)
            if is_constant(name.name.as_str()) && finder.is_global(name) =>
        {
            Some(name.name.to_string())
        }
        Expression::TemplateLiteral(it) => template(finder, it),
        Expression::TaggedTemplateExpression(tagged) => match finder.tagged(tagged) {
            Some(number) => Some(format!("$[{number}]")),
            None => refuse(finder, tagged.span),
        },
        Expression::ArrayExpression(it) => {
            let elements = it.elements.iter();
            let elements: Option<Vec<String>> = elements
                .map(|element| match element {
                    ArrayExpressionElement::SpreadElement(_)
                    | ArrayExpressionElement::Elision(_) => refuse(finder, element.span()),
                    _ => known(finder, element.as_expression()?),
                })
                .collect();
            Some(format!("[{}]", elements?.join(",")))
        }
        Expression::ObjectExpression(it) => object(finder, it),
        Expression::UnaryExpression(it) if it.operator != UnaryOperator::Delete => {
            let argument = known(finder, &it.argument)?;
            Some(format!("({} {argument})", it.operator.as_str()))
        }
        Expression::BinaryExpression(it) if is_harmless(it.operator) => {
            let (left, right) = (known(finder, &it.left), known(finder, &it.right));
            Some(format!("({} {} {})", left?, it.operator.as_str(), right?))
        }
        Expression::LogicalExpression(it) => {
            let (left, right) = (known(finder, &it.left), known(finder, &it.right));
            Some(format!("({} {} {})", left?, it.operator.as_str(), right?))
        }
        Expression::ConditionalExpression(it) => {
            let test = known(finder, &it.test);
            let (yes, no) = (known(finder, &it.consequent), known(finder, &it.alternate));
            Some(format!("({} ? {} : {})", test?, yes?, no?))
        }
        Expression::StaticMemberExpression(it) if !it.optional => {
            let object = known(finder, &it.object)?;
            Some(format!("({object}).{}", it.property.name))
        }
        Expression::ComputedMemberExpression(it) if !it.optional => {
            let (object, name) = (known(finder, &it.object), known(finder, &it.expression));
            Some(format!("({})[{}]", object?, name?))
        }
        _ => refuse(finder, it.span()),
    }
}

fn is_constant(name: &str) -> bool {
    matches!(name, "undefined" | "NaN" | "Infinity")
}

/// Whether an operator takes no more time than its operands have letters, and calls nothing.
fn is_harmless(operator: BinaryOperator) -> bool {
    operator.is_arithmetic() && operator != BinaryOperator::Exponential
        || operator.is_bitwise()
        || operator.is_equality()
        || operator.is_compare()
}

fn object<'a>(finder: &mut Finder<'a>, it: &ObjectExpression<'a>) -> Option<String> {
    let mut properties = Vec::with_capacity(it.properties.len());
    for property in &it.properties {
        properties.push(match property {
            ObjectPropertyKind::ObjectProperty(it)
                if it.kind == PropertyKind::Init && !it.method =>
            {
                let key = key(finder, &it.key);
                let value = known(finder, &it.value);
                key.zip(value).map(|(key, value)| format!("{key}:{value}"))
            }
            _ => refuse(finder, property.span()),
        });
    }
    let properties: Option<Vec<String>> = properties.into_iter().collect();
    Some(format!("({{{}}})", properties?.join(",")))
}

fn key<'a>(finder: &mut Finder<'a>, it: &PropertyKey<'a>) -> Option<String> {
    // In brackets `__proto__` is a property as any other.
    if let PropertyKey::StaticIdentifier(name) = it {
        return Some(format!("[\"{}\"]", name.name));
    }
    let key = known(finder, it.as_expression()?)?;
    Some(format!("[{key}]"))
}

fn template<'a>(finder: &mut Finder<'a>, it: &TemplateLiteral<'a>) -> Option<String> {
    let mut text = "`".to_owned();
    let mut values = it.expressions.iter();
    let mut is_known = true;
    for quasi in &it.quasis {
        text.push_str(quasi.value.raw.as_str());
        if let Some(value) = values.next() {
            match known(finder, value) {
                Some(value) => {
                    text.push_str("${");
                    text.push_str(&value);
                    text.push('}');
                }
                None => is_known = false,
            }
        }
    }
    text.push('`');
    is_known.then_some(text)
}

//! JSX elements and fragments become calls. Only their own tokens are edited; the expressions in
//! them stay where they are, so that every error keeps its place.

mod runtime;
mod whitespace;

use oxc_ast::ast::{
    Expression, JSXAttribute, JSXAttributeItem, JSXAttributeName, JSXAttributeValue, JSXChild,
    JSXElement, JSXElementName, JSXExpression, JSXExpressionContainer, JSXFragment,
    JSXMemberExpression, JSXMemberExpressionObject, StringLiteral,
};
use oxc_ast_visit::Visit;
use oxc_span::{GetSpan, Span};

pub(super) use runtime::{JsxState, begin, needs_binding};

use self::runtime::Function;
use super::Lowering;
use crate::edits::{Piece, Pieces};
use crate::options::JsxRuntime;
use crate::scan;

/// How an element's call is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    /// `jsx(type, {…props, children}, key)`.
    Automatic { key: Key, many: bool },
    /// `createElement(type, {…props}, …children)`.
    Classic,
}

/// Where the key stands among the attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    None,
    First,
    Later,
}

/// The call that is being written.
struct Writer {
    call: Call,
    /// Something stands in the open object, so that a comma comes next.
    comma: bool,
    /// `createElement` gets an object.
    has_props: bool,
    /// The key has been written.
    has_key: bool,
}

impl Writer {
    fn new(call: Call, has_props: bool) -> Self {
        Self {
            call,
            comma: false,
            has_props,
            has_key: false,
        }
    }
}

/// `<name …>…</name>`.
pub(super) fn element<'a>(lowering: &mut Lowering<'a>, it: &JSXElement<'a>) {
    let opening = &it.opening_element;
    let call = call_of(lowering, &opening.attributes, &it.children);
    let open = open(lowering, call);
    lowering
        .edits
        .replace(Span::sized(opening.span.start, 1), open);
    if let Some(arguments) = &opening.type_arguments {
        lowering.edits.blank(arguments.span);
    }
    let name_end = opening
        .type_arguments
        .as_ref()
        .map_or(opening.name.span().end, |it| it.span.end);
    let mut writer = Writer::new(call, !opening.attributes.is_empty());
    lowering.edits.insert_after(
        name_end,
        vec![text(match call {
            Call::Automatic {
                key: Key::First, ..
            } => ",",
            Call::Classic if !writer.has_props => ",null",
            _ => ",{",
        })],
    );
    name(lowering, &opening.name);
    for attribute in &opening.attributes {
        writer.attribute(lowering, attribute);
    }
    let last = opening
        .attributes
        .last()
        .map_or(name_end, |it| it.span().end);
    let end = Span::new(scan::skip_trivia(lowering.source, last), opening.span.end);
    let closing = it.closing_element.as_ref().map(|closing| closing.span);
    writer.children(lowering, end, &it.children, closing, it.span);
}

/// `<>…</>`.
pub(super) fn fragment<'a>(lowering: &mut Lowering<'a>, it: &JSXFragment<'a>) {
    let call = call_of(lowering, &[], &it.children);
    let mut open = open(lowering, call);
    if call == Call::Classic {
        let path = lowering.jsx.options.fragment.clone();
        open.extend(runtime::classic(lowering, &path));
        open.push(text(",null"));
    } else {
        open.push(runtime::function(lowering, Function::Fragment));
        open.push(text(",{"));
    }
    let opening = it.opening_fragment.span;
    let end = Span::new(opening.end.saturating_sub(1), opening.end);
    lowering
        .edits
        .replace(Span::new(opening.start, end.start), open);
    let writer = Writer::new(call, false);
    writer.children(
        lowering,
        end,
        &it.children,
        Some(it.closing_fragment.span),
        it.span,
    );
}

/// Decides the call of an element.
fn call_of(
    lowering: &Lowering<'_>,
    attributes: &[JSXAttributeItem<'_>],
    children: &[JSXChild<'_>],
) -> Call {
    if lowering.jsx.options.runtime == JsxRuntime::Classic {
        return Call::Classic;
    }
    let is_spread = |it: &JSXAttributeItem<'_>| matches!(it, JSXAttributeItem::SpreadAttribute(_));
    let key = attributes.iter().position(is_key);
    let spread = attributes.iter().position(is_spread);
    if key.zip(spread).is_some_and(|(key, spread)| spread < key) {
        // Only createElement knows that a later key wins over one in the spread object.
        return Call::Classic;
    }
    let key = match key {
        None => Key::None,
        Some(0) => Key::First,
        Some(_) => Key::Later,
    };
    let spreads = children
        .iter()
        .any(|child| matches!(child, JSXChild::Spread(_)));
    let count = children
        .iter()
        .filter(|child| is_child(lowering.source, child))
        .count();
    Call::Automatic {
        key,
        many: spreads || count > 1,
    }
}

/// A `key` with a value; without one it says nothing.
fn is_key(it: &JSXAttributeItem<'_>) -> bool {
    matches!(it, JSXAttributeItem::Attribute(it) if is_key_attribute(it) && it.value.is_some())
}

fn is_key_attribute(it: &JSXAttribute<'_>) -> bool {
    matches!(&it.name, JSXAttributeName::Identifier(name) if name.name == "key")
}

fn is_child(source: &str, child: &JSXChild<'_>) -> bool {
    match child {
        JSXChild::Text(it) => whitespace::child(scan::text(source, it.span)).is_some(),
        JSXChild::ExpressionContainer(it) => {
            !matches!(it.expression, JSXExpression::EmptyExpression(_))
        }
        JSXChild::Element(_) | JSXChild::Fragment(_) | JSXChild::Spread(_) => true,
    }
}

/// The text up to the type: the callee, or for keyed elements the helper that is given it.
fn open(lowering: &mut Lowering<'_>, call: Call) -> Pieces {
    let Call::Automatic { key, many } = call else {
        if lowering.jsx.options.runtime == JsxRuntime::Automatic {
            return vec![
                runtime::function(lowering, Function::CreateElement),
                text("("),
            ];
        }
        let path = lowering.jsx.options.factory.clone();
        let mut factory = runtime::classic(lowering, &path);
        factory.push(text("("));
        return factory;
    };
    let function = match (lowering.jsx.options.development, many) {
        (true, _) => Function::JsxDev,
        (false, false) => Function::Jsx,
        (false, true) => Function::Jsxs,
    };
    let callee = runtime::function(lowering, function);
    match key {
        Key::None => vec![callee, text("(")],
        Key::First => {
            let name = lowering.names.derived("keyed");
            if !std::mem::replace(&mut lowering.jsx.has_keyed, true) {
                let helper = format!("const {name}=(f,t,k,p,...r)=>f(t,p,k,...r);");
                lowering.record.prelude.push(helper);
            }
            vec![Piece::Text(format!("{name}(").into()), callee, text(",")]
        }
        Key::Later => {
            let name = lowering.names.derived("split");
            if !std::mem::replace(&mut lowering.jsx.has_split, true) {
                let helper = format!("const {name}=(f,t,p,k,q,...r)=>f(t,{{...p,...q}},k,...r);");
                lowering.record.prelude.push(helper);
            }
            vec![Piece::Text(format!("{name}(").into()), callee, text(",")]
        }
    }
}

/// The element's type. Intrinsic names are strings.
fn name<'a>(lowering: &mut Lowering<'a>, it: &JSXElementName<'a>) {
    match it {
        JSXElementName::Identifier(it) => {
            lowering
                .edits
                .wrap(it.span, vec![text("\"")], vec![text("\"")]);
        }
        JSXElementName::NamespacedName(it) => {
            let name = format!("\"{}:{}\"", it.namespace.name, it.name.name);
            lowering
                .edits
                .replace(it.span, vec![Piece::Text(name.into())]);
        }
        JSXElementName::IdentifierReference(it) => lowering.visit_identifier_reference(it),
        JSXElementName::MemberExpression(it) => member(lowering, it),
        JSXElementName::ThisExpression(_) => {}
    }
}

fn member<'a>(lowering: &mut Lowering<'a>, it: &JSXMemberExpression<'a>) {
    if it.property.name.contains('-') {
        let span = Span::new(it.object.span().end, it.span.end);
        let name = format!("[\"{}\"]", it.property.name);
        lowering.edits.replace(span, vec![Piece::Text(name.into())]);
    }
    match &it.object {
        JSXMemberExpressionObject::IdentifierReference(it) => {
            lowering.visit_identifier_reference(it);
        }
        JSXMemberExpressionObject::MemberExpression(it) => member(lowering, it),
        JSXMemberExpressionObject::ThisExpression(_) => {}
    }
}

impl Writer {
    fn attribute<'a>(&mut self, lowering: &mut Lowering<'a>, it: &JSXAttributeItem<'a>) {
        match it {
            JSXAttributeItem::Attribute(it) => match self.call {
                Call::Automatic { key, .. } if is_key_attribute(it) && !self.has_key => {
                    self.key(lowering, it, key);
                }
                _ => self.property(lowering, it),
            },
            JSXAttributeItem::SpreadAttribute(it) => {
                self.separate(lowering, it.span.start);
                braces(lowering, it.span, " ");
                lowering.visit_expression(&it.argument);
            }
        }
    }

    fn separate(&mut self, lowering: &mut Lowering<'_>, offset: u32) {
        if self.comma {
            lowering.edits.insert_before(offset, vec![text(",")]);
        }
        self.comma = true;
    }

    /// The key is an argument between two objects, or the first one.
    fn key<'a>(&mut self, lowering: &mut Lowering<'a>, it: &JSXAttribute<'a>, key: Key) {
        let Some(value) = &it.value else {
            lowering.edits.blank(it.span);
            return;
        };
        let before = Span::new(it.span.start, value.span().start);
        let close = if key == Key::Later { "}," } else { "" };
        lowering.edits.replace(before, vec![text(close)]);
        lowering.edits.insert_after(it.span.end, vec![text(",{")]);
        attribute_value(lowering, value);
        self.comma = false;
        self.has_key = true;
    }

    fn property<'a>(&mut self, lowering: &mut Lowering<'a>, it: &JSXAttribute<'a>) {
        self.separate(lowering, it.span.start);
        let span = it.name.span();
        let colon = if it.value.is_some() { "" } else { ":true" };
        match &it.name {
            JSXAttributeName::NamespacedName(name) => {
                let key = format!("\"{}:{}\"{colon}", name.namespace.name, name.name.name);
                lowering.edits.replace(span, vec![Piece::Text(key.into())]);
            }
            JSXAttributeName::Identifier(name) if name.name == "__proto__" => {
                let key = format!("[\"__proto__\"]{colon}");
                lowering.edits.replace(span, vec![Piece::Text(key.into())]);
            }
            JSXAttributeName::Identifier(name) if name.name.contains('-') => {
                let close = format!("\"{colon}");
                lowering
                    .edits
                    .wrap(span, vec![text("\"")], vec![Piece::Text(close.into())]);
            }
            JSXAttributeName::Identifier(_) => {
                lowering.edits.insert_after(span.end, vec![text(colon)]);
            }
        }
        if let Some(value) = &it.value {
            if let Some(equals) = scan::expect(lowering.source, span.end, "=") {
                lowering.edits.replace(equals, vec![text(":")]);
            }
            attribute_value(lowering, value);
        }
    }

    /// The end of the opening tag, the children and the closing tag.
    fn children<'a>(
        &self,
        lowering: &mut Lowering<'a>,
        opening_end: Span,
        children: &[JSXChild<'a>],
        closing: Option<Span>,
        whole: Span,
    ) {
        let any = children.iter().any(|it| is_child(lowering.source, it));
        let (start, end) = match self.call {
            Call::Classic => (if self.has_props { "}" } else { "" }, ")".to_owned()),
            Call::Automatic { many, .. } => {
                let start = match (any, many, self.comma) {
                    (false, ..) => "",
                    (true, false, false) => "children:",
                    (true, false, true) => ",children:",
                    (true, true, false) => "children:[",
                    (true, true, true) => ",children:[",
                };
                let end = if many { "]}" } else { "}" };
                (
                    start,
                    format!("{end}{})", self.development(lowering, many, whole)),
                )
            }
        };
        if let Some(closing) = closing {
            lowering.edits.replace(opening_end, vec![text(start)]);
            lowering
                .edits
                .replace(closing, vec![Piece::Text(end.into())]);
        } else {
            let text = format!("{start}{end}");
            lowering
                .edits
                .replace(opening_end, vec![Piece::Text(text.into())]);
        }
        let mut comma = self.call == Call::Classic;
        for it in children {
            child(lowering, it, &mut comma);
        }
    }

    /// The further arguments of `jsxDEV`.
    fn development(&self, lowering: &mut Lowering<'_>, many: bool, whole: Span) -> String {
        if !lowering.jsx.options.development {
            return String::new();
        }
        let source = lowering.source;
        let lines = lowering
            .jsx
            .lines
            .get_or_insert_with(|| crust_diag::LineIndex::new(source));
        let place = lines.position(source, whole.start);
        let file = crate::emit::quote(&lowering.options.file_name);
        let (line, column) = (place.line + 1, place.column + 1);
        let key = if self.has_key { "" } else { ",void 0" };
        format!("{key},{many},{{fileName:{file},lineNumber:{line},columnNumber:{column}}},this")
    }
}

/// One child, with a comma before it unless it is the first.
fn child<'a>(lowering: &mut Lowering<'a>, it: &JSXChild<'a>, comma: &mut bool) {
    let span = it.span();
    if !is_child(lowering.source, it) {
        lowering.edits.blank(span);
        return;
    }
    let separator = if std::mem::replace(comma, true) {
        ","
    } else {
        ""
    };
    match it {
        JSXChild::Text(_) => {
            let value = whitespace::child(scan::text(lowering.source, span)).unwrap_or_default();
            let value = format!("{separator}{}", crate::emit::quote(&value));
            lowering
                .edits
                .replace(span, vec![Piece::Text(value.into())]);
        }
        JSXChild::ExpressionContainer(it) => {
            braces(lowering, span, if separator.is_empty() { " " } else { "," });
            container(lowering, it);
        }
        JSXChild::Spread(it) => {
            braces(lowering, span, if separator.is_empty() { " " } else { "," });
            lowering.visit_expression(&it.expression);
        }
        JSXChild::Element(it) => {
            lowering
                .edits
                .insert_before(span.start, vec![text(separator)]);
            element(lowering, it);
        }
        JSXChild::Fragment(it) => {
            lowering
                .edits
                .insert_before(span.start, vec![text(separator)]);
            fragment(lowering, it);
        }
    }
}

/// Overwrites the braces of a container.
fn braces(lowering: &mut Lowering<'_>, span: Span, open: &'static str) {
    lowering
        .edits
        .replace(Span::sized(span.start, 1), vec![text(open)]);
    lowering
        .edits
        .blank(Span::new(span.end.saturating_sub(1), span.end));
}

/// The expression of a container; a sequence needs parentheses among arguments.
fn container<'a>(lowering: &mut Lowering<'a>, it: &JSXExpressionContainer<'a>) {
    if let Some(expression) = it.expression.as_expression() {
        if matches!(expression, Expression::SequenceExpression(_)) {
            lowering
                .edits
                .wrap(expression.span(), vec![text("(")], vec![text(")")]);
        }
        lowering.visit_expression(expression);
    }
}

fn attribute_value<'a>(lowering: &mut Lowering<'a>, it: &JSXAttributeValue<'a>) {
    match it {
        JSXAttributeValue::StringLiteral(it) => string(lowering, it),
        JSXAttributeValue::ExpressionContainer(it) => {
            if let JSXExpression::EmptyExpression(empty) = &it.expression {
                let message = "An attribute's braces must hold an expression";
                lowering.problem(
                    empty.span,
                    message,
                    Some("write a value, or leave out the attribute"),
                );
            }
            braces(lowering, it.span, " ");
            container(lowering, it);
        }
        JSXAttributeValue::Element(it) => element(lowering, it),
        JSXAttributeValue::Fragment(it) => fragment(lowering, it),
    }
}

/// JSX strings have entities and line breaks, and no escapes.
fn string(lowering: &mut Lowering<'_>, it: &StringLiteral<'_>) {
    let raw = scan::text(lowering.source, it.span);
    let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    if inner.contains(|c| c == '&' || c == '\\' || crate::edits::is_terminator(c)) {
        let value = crate::emit::quote(&whitespace::decode(inner));
        lowering
            .edits
            .replace(it.span, vec![Piece::Text(value.into())]);
    }
}

fn text(text: &'static str) -> Piece {
    Piece::Text(text.into())
}

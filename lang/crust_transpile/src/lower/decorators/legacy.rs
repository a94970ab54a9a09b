//! Decorators of TypeScript's `experimentalDecorators`. They run after the class is made, so a
//! list of them becomes a function that returns it, as the key of a static method in their place.
//! Decorators of parameters are copied to that list.

use oxc_ast::ast::{
    AccessorProperty, Class, ClassElement, Decorator, FormalParameters, Function, MethodDefinition,
    MethodDefinitionKind, PropertyDefinition, PropertyKey,
};
use oxc_ast_visit::Visit;
use oxc_span::{GetSpan, Span};
use rustc_hash::FxHashMap;

use super::{
    Decorated, accessors, class_keyword, computed_key, fresh, function_around, key_text, metadata,
    of_element,
};
use crate::edits::{Edits, Piece, Pieces, text};
use crate::emit::quote;
use crate::lower::Lowering;

/// The decorated members of a class.
#[derive(Debug, Default)]
pub(crate) struct Members {
    /// The object that keeps track of the decorators.
    state: String,
    /// Metadata of decorated members, by their starts.
    metadata: FxHashMap<u32, Pieces>,
}

/// The constructor that has a body.
pub(super) fn constructor<'n, 'a>(it: &'n Class<'a>) -> Option<&'n Function<'a>> {
    it.body.body.iter().find_map(|element| match element {
        ClassElement::MethodDefinition(method)
            if method.kind == MethodDefinitionKind::Constructor && method.value.body.is_some() =>
        {
            Some(&*method.value)
        }
        _ => None,
    })
}

/// Whether a class or its constructor's parameters are decorated.
pub(super) fn decorates_class(it: &Class<'_>) -> bool {
    !it.decorators.is_empty() || constructor(it).is_some_and(|it| decorates_parameters(&it.params))
}

/// Whether a member or its parameters are decorated.
pub(super) fn decorates_element(it: &ClassElement<'_>) -> bool {
    let parameters = match it {
        ClassElement::MethodDefinition(it) => {
            it.kind != MethodDefinitionKind::Constructor
                && it.value.body.is_some()
                && decorates_parameters(&it.value.params)
        }
        ClassElement::PropertyDefinition(it) => return !it.decorators.is_empty(),
        _ => false,
    };
    parameters || !of_element(it).is_empty()
}

fn decorates_parameters(it: &FormalParameters<'_>) -> bool {
    parameter_decorators(it).next().is_some()
}

/// Decorators of parameters with the parameter's number.
pub(super) fn parameter_decorators<'n, 'a>(
    it: &'n FormalParameters<'a>,
) -> impl Iterator<Item = (usize, &'n Decorator<'a>)> {
    let items = it.items.iter().enumerate();
    let items = items.flat_map(|(index, it)| it.decorators.iter().map(move |it| (index, it)));
    let last = it.items.len();
    let rest = it.rest.iter().flat_map(|it| it.decorators.iter());
    items.chain(rest.map(move |it| (last, it)))
}

/// Edits around a class; visits the decorators of the class and its constructor's parameters.
pub(super) fn class<'a>(lowering: &mut Lowering<'a>, it: &Class<'a>) -> Decorated {
    let name = super::class_name(lowering, it);
    let own = decorates_class(it);
    if !own && !it.body.body.iter().any(decorates_element) {
        return Decorated::No;
    }
    lowering.record.uses.helpers = true;
    let state = fresh(lowering, "decorators");
    let elements = it.body.body.iter().filter(|it| decorates_element(it));
    let metadata = elements
        .map(|element| {
            let pieces = metadata::of_member(lowering, &state, it, element);
            (element.span().start, pieces)
        })
        .collect();
    if it.is_declaration() && it.id.is_some() {
        declaration(lowering, it, &state, own);
    } else {
        expression(lowering, it, &state, own, name.as_deref());
    }
    Decorated::Legacy(Members { state, metadata })
}

fn declaration<'a>(lowering: &mut Lowering<'a>, it: &Class<'a>, state: &str, own: bool) {
    let Some(id) = &it.id else { return };
    let helper = lowering.names.helper("legacyDecorators");
    if !own {
        let open = format!("const {state}={helper}();");
        lowering.edits.insert_before(it.span.start, text(open));
        let close = format!("{state}.apply({});", id.name);
        lowering.edits.insert_after(it.span.end, text(close));
        return;
    }
    let keyword = class_keyword(lowering, it);
    let key = format!("({{{}:", quote(id.name.as_str()));
    let close = format!("}});{0}={state}.apply({0});", id.name);
    lowering.edits.insert_after(it.span.end, text(close));
    lowering.edits.blank(id.span);
    let block = format!("static{{{}=this}}", id.name);
    lowering
        .edits
        .insert_after(it.body.span.start + 1, text(block));
    let open = format!(
        "let {};const {state}={helper}();{state}.class(()=>[",
        id.name
    );
    class_list(lowering, it, state, &open, "]);");
    lowering.edits.insert_before(keyword, text(key));
}

fn expression<'a>(
    lowering: &mut Lowering<'a>,
    it: &Class<'a>,
    state: &str,
    own: bool,
    name: Option<&str>,
) {
    let helper = lowering.names.helper("legacyDecorators");
    let (key, end) = match name.filter(|_| it.id.is_none()) {
        Some(name) => {
            let name = quote(name);
            (format!("({{{name}:"), format!("}})[{name}]"))
        }
        None => (String::new(), String::new()),
    };
    let (call, after) = function_around(lowering, it);
    let open = format!("{state}.apply({key}");
    let parenthesis = if own { ")" } else { "" };
    let close = format!("{end}){parenthesis})({helper}()){after}");
    lowering.edits.insert_after(it.span.end, text(close));
    if own {
        let keyword = class_keyword(lowering, it);
        let before = format!("{call}({state})=>({state}.class(()=>[");
        class_list(lowering, it, state, &before, "]),");
        lowering.edits.insert_before(keyword, text(open));
    } else {
        let open = format!("{call}({state})=>{open}");
        lowering.edits.insert_before(it.span.start, text(open));
    }
}

/// The decorators of a class, of its constructor's parameters, and its metadata.
fn class_list<'a>(
    lowering: &mut Lowering<'a>,
    it: &Class<'a>,
    state: &str,
    open: &str,
    close: &'static str,
) {
    let mut more = match constructor(it) {
        Some(constructor) => parameters(lowering, &constructor.params, state),
        None => Vec::new(),
    };
    more.extend(metadata::of_constructor(lowering, state, it));
    more.push(Piece::Text(close.into()));
    let start = it.span.start;
    list(lowering, &it.decorators, start, open, more);
}

/// `,$d.parameter(0,decorator)` for each decorator of a parameter, which is taken out.
fn parameters<'a>(lowering: &mut Lowering<'a>, it: &FormalParameters<'a>, state: &str) -> Pieces {
    let mut out = Vec::new();
    for (index, decorator) in parameter_decorators(it) {
        lowering.edits.blank(decorator.span);
        let open = format!(",{state}.parameter({index},");
        out.push(Piece::Text(open.into()));
        let outer = std::mem::take(&mut lowering.edits);
        lowering.in_function(|lowering| lowering.visit_expression(&decorator.expression));
        let inner: Edits = std::mem::replace(&mut lowering.edits, outer);
        out.extend(inner.into_pieces(lowering.source, decorator.expression.span()));
        out.push(Piece::Text(")".into()));
    }
    out
}

/// Edits and visits a list of decorators, or puts one where there is none.
fn list<'a>(
    lowering: &mut Lowering<'a>,
    it: &[Decorator<'a>],
    start: u32,
    open: &str,
    mut more: Pieces,
) {
    let Some(last) = it.last() else {
        // Nothing is before the first separator.
        if let Some(Piece::Text(first)) = more.first_mut()
            && let Some(rest) = first.strip_prefix(',')
        {
            *first = rest.to_owned().into();
        }
        more.insert(0, Piece::Text(open.to_owned().into()));
        lowering.edits.insert_before(start, more);
        return;
    };
    lowering.edits.insert_after(last.span.end, more);
    for (index, decorator) in it.iter().enumerate() {
        let at = Span::sized(decorator.span.start, 1);
        let separator = if index == 0 { open } else { "," };
        lowering.edits.replace(at, text(separator.to_owned()));
        lowering.in_function(|lowering| lowering.visit_expression(&decorator.expression));
    }
}

/// The decorators of a member.
fn member<'a>(
    lowering: &mut Lowering<'a>,
    span: Span,
    decorators: &[Decorator<'a>],
    (key, computed): (&PropertyKey<'a>, bool),
    (is_field, is_static): (bool, bool),
    params: Option<&FormalParameters<'a>>,
) {
    let Decorated::Legacy(members) = &mut lowering.classes.current else {
        return;
    };
    let Some(metadata) = members.metadata.remove(&span.start) else {
        return;
    };
    let state = members.state.clone();
    if let PropertyKey::PrivateIdentifier(name) = key {
        lowering.problem(
            name.span,
            "Private members cannot have experimental decorators",
            Some("make the member public, or turn experimentalDecorators off"),
        );
    }
    let name = key_text(lowering, key, computed);
    if name.is_none() {
        computed_key(lowering, key, &format!("{state}.key"));
    }
    let name = name.unwrap_or_else(|| "void 0".to_owned());
    let open = format!(";static[{state}.add({is_field},{is_static},{name},()=>[");
    let mut more = match params {
        Some(params) => parameters(lowering, params, &state),
        None => Vec::new(),
    };
    more.extend(metadata);
    more.push(Piece::Text("])](){}".into()));
    list(lowering, decorators, span.start, &open, more);
}

/// A method, getter or setter; the constructor's parameters belong to the class.
pub(super) fn method<'a>(lowering: &mut Lowering<'a>, it: &MethodDefinition<'a>) {
    let key = (&it.key, it.computed);
    let params = Some(&*it.value.params);
    let kind = (false, it.r#static);
    member(lowering, it.span, &it.decorators, key, kind, params);
}

/// A field.
pub(super) fn property<'a>(lowering: &mut Lowering<'a>, it: &PropertyDefinition<'a>) {
    let key = (&it.key, it.computed);
    let kind = (true, it.r#static);
    member(lowering, it.span, &it.decorators, key, kind, None);
}

/// An accessor.
pub(super) fn accessor<'a>(lowering: &mut Lowering<'a>, it: &AccessorProperty<'a>) {
    accessors::lower(lowering, it, None);
    let key = (&it.key, it.computed);
    let kind = (false, it.r#static);
    member(lowering, it.span, &it.decorators, key, kind, None);
}

//! Decorators of the language. Lists of decorators become keys of static methods, which are
//! evaluated where the decorators would be; a static block at the start of the class applies them.
//! The object that keeps track of them is a helper's.

use std::fmt::Write as _;

use oxc_ast::ast::{
    AccessorProperty, Class, ClassElement, Decorator, Expression, MethodDefinition,
    MethodDefinitionKind, PropertyDefinition, PropertyKey,
};
use oxc_span::{GetSpan, Span};
use rustc_hash::FxHashMap;

use super::{
    Decorated,
    accessors::{self, Hidden},
    class_keyword, class_name, computed_key, fresh, function_around, key_end, key_text, list,
    of_element,
};
use crate::edits::text;
use crate::emit::quote;
use crate::lower::Lowering;
use crate::scan;

/// Kinds as the helper counts them.
const METHOD: u32 = 0;
const GETTER: u32 = 1;
const SETTER: u32 = 2;
const FIELD: u32 = 3;
const ACCESSOR: u32 = 4;
const STATIC: u32 = 8;
const PRIVATE: u32 = 16;

/// The decorated members of a class.
#[derive(Debug, Default)]
pub(crate) struct Members {
    /// The object that keeps track of the decorators.
    state: String,
    /// Numbers of decorated members, by their starts.
    numbers: FxHashMap<u32, usize>,
    /// Fields of decorated accessors, by number.
    fields: FxHashMap<usize, String>,
}

/// Edits around a class and its static block; visits the decorators of the class.
pub(super) fn class<'a>(lowering: &mut Lowering<'a>, it: &Class<'a>) -> Decorated {
    let name = class_name(lowering, it);
    let elements = &it.body.body;
    if it.decorators.is_empty() && elements.iter().all(|it| of_element(it).is_empty()) {
        return Decorated::No;
    }
    lowering.record.uses.helpers = true;
    let members = number(lowering, elements);
    let target = around(lowering, it, &members.state, name.as_deref());
    let block = static_block(lowering, elements, &members, &target);
    lowering
        .edits
        .insert_after(it.body.span.start + 1, text(block));
    if !it.decorators.is_empty() {
        let end = format!(";static{{{}.end()}}", members.state);
        lowering
            .edits
            .insert_before(it.body.span.end.saturating_sub(1), text(end));
    }
    Decorated::Standard(members)
}

fn number(lowering: &mut Lowering<'_>, elements: &[ClassElement<'_>]) -> Members {
    let mut members = Members {
        state: fresh(lowering, "decorators"),
        ..Members::default()
    };
    let decorated = elements.iter().filter(|it| !of_element(it).is_empty());
    for (number, element) in decorated.enumerate() {
        members.numbers.insert(element.span().start, number);
        if let ClassElement::AccessorProperty(_) = element {
            let field = fresh(lowering, "accessor");
            members.fields.insert(number, field);
        }
    }
    members
}

/// Edits outside the body. Returns what the static block assigns the class to, with its `=`.
fn around<'a>(
    lowering: &mut Lowering<'a>,
    it: &Class<'a>,
    state: &str,
    name: Option<&str>,
) -> String {
    let helper = lowering.names.helper("decorators");
    let keyword = class_keyword(lowering, it);
    let named = |class: &str| {
        name.map_or(class.to_owned(), |name| {
            format!("{class}({{{}:", quote(name))
        })
    };
    match (&it.id, it.decorators.is_empty()) {
        (Some(_), true) if it.is_declaration() => {
            let open = format!("const {state}={helper}();");
            lowering.edits.insert_before(it.span.start, text(open));
            String::new()
        }
        (Some(id), false) if it.is_declaration() => {
            lowering.edits.insert_before(keyword, text(named("")));
            lowering.edits.insert_after(it.span.end, text("});"));
            lowering.edits.blank(id.span);
            let open = format!("let {};const {state}={helper}(", id.name);
            list(lowering, &it.decorators, &open, ");");
            format!("{}=", id.name)
        }
        (id, true) => {
            let (call, end) = function_around(lowering, it);
            let (open, close) = match (id, name) {
                (None, Some(name)) => (
                    named(&format!("{call}({state})=>")),
                    format!("}})[{}])({helper}()){end}", quote(name)),
                ),
                _ => (format!("{call}({state})=>"), format!(")({helper}()){end}")),
            };
            lowering.edits.insert_before(it.span.start, text(open));
            lowering.edits.insert_after(it.span.end, text(close));
            String::new()
        }
        (id, false) => {
            let variable = match id {
                Some(id) => {
                    lowering.edits.blank(id.span);
                    id.name.to_string()
                }
                None => lowering.names.derived("class"),
            };
            let key = format!("({{{}:", quote(name.unwrap_or_default()));
            lowering.edits.insert_before(keyword, text(key));
            let (call, end) = function_around(lowering, it);
            let close = format!("}}),{variable}))({helper}()){end}");
            lowering.edits.insert_after(it.span.end, text(close));
            let open = format!("{call}({state},{variable})=>({state}.class(");
            list(lowering, &it.decorators, &open, "),");
            format!("{variable}=")
        }
    }
}

/// `static{A=$d.apply(this,{0:[…]})}` and the initializers that instances start with.
fn static_block(
    lowering: &Lowering<'_>,
    elements: &[ClassElement<'_>],
    members: &Members,
    target: &str,
) -> String {
    let state = &members.state;
    let mut access = String::new();
    let mut starts = false;
    for element in elements {
        let Some(number) = members.numbers.get(&element.span().start) else {
            continue;
        };
        let (kind, key) = match element {
            ClassElement::MethodDefinition(it) => (kind_of_method(it), &it.key),
            ClassElement::PropertyDefinition(it) => (FIELD, &it.key),
            ClassElement::AccessorProperty(it) => (ACCESSOR, &it.key),
            _ => continue,
        };
        starts |= kind < FIELD && !element.r#static();
        if let PropertyKey::PrivateIdentifier(name) = key {
            let field = members.fields.get(number).map(String::as_str);
            let closures = private_access(lowering, kind, name.name.as_str(), field);
            let _ = write!(access, "{number}:[{closures}],");
        }
    }
    let mut block = format!("static{{{target}{state}.apply(this,{{{access}}})}}");
    if starts {
        let field = lowering.names.derived("start");
        let _ = write!(block, "#{field}={state}.start(this);");
    }
    block
}

/// Functions that reach a private member: has, get, set, and for an accessor its own get and set.
fn private_access(lowering: &Lowering<'_>, kind: u32, name: &str, field: Option<&str>) -> String {
    let object = lowering.names.derived("object");
    let value = lowering.names.derived("value");
    let mut out = format!("({object})=>#{name} in {object},");
    if kind != SETTER {
        let _ = write!(out, "({object})=>{object}.#{name}");
    }
    out.push(',');
    if matches!(kind, SETTER | FIELD | ACCESSOR) {
        let _ = write!(out, "({object},{value})=>{{{object}.#{name}={value}}}");
    }
    if let Some(field) = field {
        let _ = write!(
            out,
            ",function(){{return this.#{field}}},function({value}){{this.#{field}={value}}}"
        );
    }
    out
}

/// What is known of the member being visited.
struct Member {
    state: String,
    number: usize,
}

fn member(lowering: &Lowering<'_>, start: u32) -> Option<Member> {
    let Decorated::Standard(members) = &lowering.classes.current else {
        return None;
    };
    Some(Member {
        state: members.state.clone(),
        number: *members.numbers.get(&start)?,
    })
}

/// Edits and visits the decorators of a member; `more` is put after them.
fn decorators<'a>(
    lowering: &mut Lowering<'a>,
    it: &[Decorator<'a>],
    key: (&PropertyKey<'a>, bool),
    (member, mut kind, is_static): (&Member, u32, bool),
    more: &str,
) {
    if is_static {
        kind |= STATIC;
    }
    if matches!(key.0, PropertyKey::PrivateIdentifier(_)) {
        kind |= PRIVATE;
    }
    let state = &member.state;
    let name = key_text(lowering, key.0, key.1).unwrap_or_else(|| "void 0".to_owned());
    let open = format!(";static[{state}.add({kind},{name},");
    list(lowering, it, &open, &format!(")](){{}}{more}"));
}

fn kind_of_method(it: &MethodDefinition<'_>) -> u32 {
    match it.kind {
        MethodDefinitionKind::Get => GETTER,
        MethodDefinitionKind::Set => SETTER,
        _ => METHOD,
    }
}

/// A method, getter or setter. A private one becomes a hidden method that its decorators may
/// replace, behind a private getter or setter of its name.
pub(super) fn method<'a>(lowering: &mut Lowering<'a>, it: &MethodDefinition<'a>) {
    let Some(member) = member(lowering, it.span.start) else {
        return;
    };
    let (state, number) = (&member.state, member.number);
    let kind = kind_of_method(it);
    let mut more = String::new();
    if let PropertyKey::PrivateIdentifier(name) = &it.key {
        let prefix = if it.r#static { "static " } else { "" };
        let value = lowering.names.derived("value");
        more = match kind {
            GETTER => format!(
                "{prefix}get #{}(){{return {state}.get({number},this)}}",
                name.name
            ),
            SETTER => format!(
                "{prefix}set #{}({value}){{{state}.set({number},this,{value})}}",
                name.name
            ),
            _ => format!(
                "{prefix}get #{}(){{return {state}.value({number})}}",
                name.name
            ),
        };
        lowering
            .edits
            .replace(name.span, text(format!("[{state}.hidden({number})]")));
    } else if it.computed && key_text(lowering, &it.key, true).is_none() {
        computed_key(lowering, &it.key, &format!("{state}.key"));
    }
    let place = (&member, kind, it.r#static);
    decorators(
        lowering,
        &it.decorators,
        (&it.key, it.computed),
        place,
        &more,
    );
}

/// A field: its value passes through the initializers.
pub(super) fn property<'a>(lowering: &mut Lowering<'a>, it: &PropertyDefinition<'a>) {
    let Some(member) = member(lowering, it.span.start) else {
        return;
    };
    if it.computed && key_text(lowering, &it.key, true).is_none() {
        computed_key(lowering, &it.key, &format!("{}.key", member.state));
    }
    let place = (&member, FIELD, it.r#static);
    decorators(lowering, &it.decorators, (&it.key, it.computed), place, "");
    let end = key_end(lowering, &it.key, it.computed);
    after(lowering, &member, it.span, it.r#static);
    let name = key_text(lowering, &it.key, it.computed);
    value(lowering, &member, it.value.as_ref(), end, name);
}

/// An accessor: the value of its field passes through the initializers.
pub(super) fn accessor<'a>(lowering: &mut Lowering<'a>, it: &AccessorProperty<'a>) {
    let Some(member) = member(lowering, it.span.start) else {
        return accessors::lower(lowering, it, None);
    };
    let (state, number) = (&member.state, member.number);
    let field = match &lowering.classes.current {
        Decorated::Standard(members) => members.fields.get(&number).cloned(),
        _ => None,
    };
    let parameter = lowering.names.derived("value");
    let hidden = matches!(it.key, PropertyKey::PrivateIdentifier(_)).then(|| Hidden {
        get: format!("return {state}.get({number},this)"),
        set: format!("{state}.set({number},this,{parameter})"),
    });
    let name = key_text(lowering, &it.key, it.computed);
    let place = (&member, ACCESSOR, it.r#static);
    decorators(lowering, &it.decorators, (&it.key, it.computed), place, "");
    let end = key_end(lowering, &it.key, it.computed);
    after(lowering, &member, it.span, it.r#static);
    value(lowering, &member, it.value.as_ref(), end, name.clone());
    accessors::lower_as(lowering, it, &field.unwrap_or_default(), hidden);
    if name.is_none() {
        computed_key(lowering, &it.key, &format!("{state}.key"));
    }
}

/// Edits around the value of a field, of which `end` is where its key ends.
fn value(
    lowering: &mut Lowering<'_>,
    member: &Member,
    it: Option<&Expression<'_>>,
    end: u32,
    name: Option<String>,
) {
    let open = format!("{}.init({},this", member.state, member.number);
    match it {
        Some(it) => {
            let (named, close) = match name.filter(|_| is_anonymous(it)) {
                Some(name) => (format!("({{{name}:"), format!("}})[{name}])")),
                None => (String::new(), ")".to_owned()),
            };
            lowering
                .edits
                .wrap(it.span(), text(format!("{open},{named}")), text(close));
        }
        None => lowering
            .edits
            .insert_after(end, text(format!("={open},void 0)"))),
    }
}

/// A function or class that takes the name of what it is assigned to.
fn is_anonymous(it: &Expression<'_>) -> bool {
    match it.get_inner_expression() {
        Expression::ArrowFunctionExpression(_) => true,
        Expression::FunctionExpression(it) => it.id.is_none(),
        Expression::ClassExpression(it) => it.id.is_none(),
        _ => false,
    }
}

/// What runs right after a field was defined.
fn after(lowering: &mut Lowering<'_>, member: &Member, whole: Span, is_static: bool) {
    let run = format!("{}.after({},this)", member.state, member.number);
    let ends = scan::text(lowering.source, whole).ends_with(';');
    let semicolon = if ends { "" } else { ";" };
    let text_after = if is_static {
        format!("{semicolon}static{{{run}}}")
    } else {
        let field = fresh(lowering, "after");
        format!("{semicolon}#{field}={run};")
    };
    lowering.edits.insert_after(whole.end, text(text_after));
}

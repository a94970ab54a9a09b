//! Types as run-time values, for `emitDecoratorMetadata`: which value a type is written as, and the
//! imports that are kept because decorated members name them in types alone.

use oxc_ast::ast::{
    Class, ClassElement, FormalParameters, Function, IdentifierReference, MethodDefinition,
    MethodDefinitionKind, Program, TSLiteral, TSType, TSTypeAnnotation, TSTypeName,
    TSTypeOperatorOperator, TSTypeReference,
};
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::Scoping;
use oxc_syntax::constant_value::ConstantValue;
use oxc_syntax::symbol::SymbolId;
use rustc_hash::FxHashSet;

use super::legacy;
use crate::edits::{Piece, Pieces};
use crate::lower::{Lowering, namespaces::containers, references};

/// What a type is at run time.
#[derive(Debug, Clone, Copy)]
enum Value<'n, 'a> {
    /// A constructor, or another expression that is always there.
    Plain(&'static str),
    /// A name that may have a value.
    Named(&'n TSTypeReference<'a>),
}

const OBJECT: Value<'static, 'static> = Value::Plain("Object");
const VOID: Value<'static, 'static> = Value::Plain("void 0");

/// A class that metadata is written for, and its parts.
struct Signature<'n, 'a> {
    /// `design:type`
    own: Option<Value<'n, 'a>>,
    /// `design:paramtypes`
    parameters: Option<Vec<Value<'n, 'a>>>,
    /// `design:returntype`
    result: Option<Value<'n, 'a>>,
}

/// The symbols that decorated members name in types; imports of them stay.
pub(crate) fn named_symbols(lowering: &mut Lowering<'_>, program: &Program<'_>) {
    let wanted = lowering.is_typescript()
        && lowering.options.experimental_decorators
        && lowering.options.emit_decorator_metadata;
    if let (true, Some(scoping)) = (wanted, lowering.scoping) {
        let mut symbols = Symbols {
            scoping,
            found: FxHashSet::default(),
        };
        symbols.visit_program(program);
        lowering.classes.named_in_metadata = symbols.found;
    }
}

struct Symbols<'s> {
    scoping: &'s Scoping,
    found: FxHashSet<SymbolId>,
}

impl Symbols<'_> {
    fn add(&mut self, signature: &Signature<'_, '_>) {
        let values = signature.own.iter().chain(&signature.result);
        for value in values.chain(signature.parameters.iter().flatten()) {
            if let Value::Named(reference) = value
                && let Some(root) = root(&reference.type_name)
                && let Some(id) = root.reference_id.get()
            {
                self.found
                    .extend(self.scoping.get_reference(id).symbol_id());
            }
        }
    }
}

impl<'a> Visit<'a> for Symbols<'_> {
    fn visit_class(&mut self, it: &Class<'a>) {
        if legacy::decorates_class(it) {
            self.add(&class_signature(it));
        }
        for element in &it.body.body {
            if legacy::decorates_element(element) {
                self.add(&signature(it, element));
            }
        }
        walk::walk_class(self, it);
    }
}

fn root<'n, 'a>(it: &'n TSTypeName<'a>) -> Option<&'n IdentifierReference<'a>> {
    match it {
        TSTypeName::IdentifierReference(name) => Some(name),
        TSTypeName::QualifiedName(name) => root(&name.left),
        TSTypeName::ThisExpression(_) => None,
    }
}

fn class_signature<'n, 'a>(it: &'n Class<'a>) -> Signature<'n, 'a> {
    Signature {
        own: None,
        parameters: legacy::constructor(it).map(|it| parameters(&it.params)),
        result: None,
    }
}

fn signature<'n, 'a>(class: &'n Class<'a>, it: &'n ClassElement<'a>) -> Signature<'n, 'a> {
    let mut signature = Signature {
        own: None,
        parameters: None,
        result: None,
    };
    match it {
        ClassElement::PropertyDefinition(it) => {
            signature.own = Some(annotated(it.type_annotation.as_deref()));
        }
        ClassElement::AccessorProperty(it) => {
            signature.own = Some(annotated(it.type_annotation.as_deref()));
        }
        ClassElement::MethodDefinition(it) => method(&mut signature, class, it),
        ClassElement::StaticBlock(_) | ClassElement::TSIndexSignature(_) => {}
    }
    signature
}

fn method<'n, 'a>(
    signature: &mut Signature<'n, 'a>,
    class: &'n Class<'a>,
    it: &'n MethodDefinition<'a>,
) {
    match it.kind {
        MethodDefinitionKind::Get => {
            signature.own = Some(annotated(it.value.return_type.as_deref()));
            let setter = class.body.body.iter().find_map(|element| match element {
                ClassElement::MethodDefinition(other)
                    if other.kind == MethodDefinitionKind::Set
                        && other.key.static_name().is_some()
                        && other.key.static_name() == it.key.static_name() =>
                {
                    Some(parameters(&other.value.params))
                }
                _ => None,
            });
            signature.parameters = Some(setter.unwrap_or_default());
        }
        MethodDefinitionKind::Set => {
            let all = parameters(&it.value.params);
            signature.own = Some(all.first().copied().unwrap_or(OBJECT));
            signature.parameters = Some(all);
        }
        _ => {
            signature.own = Some(Value::Plain("Function"));
            signature.parameters = Some(parameters(&it.value.params));
            signature.result = Some(result(&it.value));
        }
    }
}

fn result<'n, 'a>(it: &'n Function<'a>) -> Value<'n, 'a> {
    match &it.return_type {
        Some(annotation) => value(&annotation.type_annotation),
        None if it.r#async && !it.generator => Value::Plain("Promise"),
        None => VOID,
    }
}

fn parameters<'n, 'a>(it: &'n FormalParameters<'a>) -> Vec<Value<'n, 'a>> {
    let items = it.items.iter();
    let mut all: Vec<_> = items
        .map(|it| annotated(it.type_annotation.as_deref()))
        .collect();
    if let Some(rest) = &it.rest {
        let element =
            rest.type_annotation
                .as_ref()
                .map(|annotation| match &annotation.type_annotation {
                    TSType::TSArrayType(array) => value(&array.element_type),
                    _ => OBJECT,
                });
        all.push(element.unwrap_or(OBJECT));
    }
    all
}

fn annotated<'n, 'a>(it: Option<&'n TSTypeAnnotation<'a>>) -> Value<'n, 'a> {
    it.map_or(OBJECT, |it| value(&it.type_annotation))
}

fn value<'n, 'a>(it: &'n TSType<'a>) -> Value<'n, 'a> {
    Value::Plain(match it {
        TSType::TSStringKeyword(_) | TSType::TSTemplateLiteralType(_) => "String",
        TSType::TSNumberKeyword(_) => "Number",
        TSType::TSTypePredicate(it) if it.asserts => return VOID,
        TSType::TSBooleanKeyword(_) | TSType::TSTypePredicate(_) => "Boolean",
        TSType::TSBigIntKeyword(_) => "BigInt",
        TSType::TSSymbolKeyword(_) => "Symbol",
        TSType::TSVoidKeyword(_)
        | TSType::TSUndefinedKeyword(_)
        | TSType::TSNullKeyword(_)
        | TSType::TSNeverKeyword(_) => return VOID,
        TSType::TSArrayType(_) | TSType::TSTupleType(_) => "Array",
        TSType::TSFunctionType(_) | TSType::TSConstructorType(_) => "Function",
        TSType::TSLiteralType(it) => literal(&it.literal),
        TSType::TSParenthesizedType(it) => return value(&it.type_annotation),
        TSType::TSTypeOperatorType(it) if it.operator == TSTypeOperatorOperator::Readonly => {
            return value(&it.type_annotation);
        }
        TSType::TSTypeReference(it) => return Value::Named(it),
        TSType::TSUnionType(it) => return union(&it.types),
        TSType::TSConditionalType(it) => {
            let branches = [&it.true_type, &it.false_type];
            return common(branches.into_iter().map(value));
        }
        _ => "Object",
    })
}

fn literal(it: &TSLiteral<'_>) -> &'static str {
    match it {
        TSLiteral::BooleanLiteral(_) => "Boolean",
        TSLiteral::BigIntLiteral(_) => "BigInt",
        TSLiteral::StringLiteral(_) | TSLiteral::TemplateLiteral(_) => "String",
        TSLiteral::NumericLiteral(_) | TSLiteral::UnaryExpression(_) => "Number",
    }
}

/// `null` and `undefined` do not count; what is left must agree.
fn union<'n, 'a>(types: &'n [TSType<'a>]) -> Value<'n, 'a> {
    let counted = types.iter().filter(|it| {
        !matches!(
            it,
            TSType::TSNullKeyword(_) | TSType::TSUndefinedKeyword(_) | TSType::TSNeverKeyword(_)
        )
    });
    common(counted.map(value))
}

fn common<'n, 'a>(mut values: impl Iterator<Item = Value<'n, 'a>>) -> Value<'n, 'a> {
    let Some(first) = values.next() else {
        return VOID;
    };
    let same = |value: Value<'n, 'a>| match (first, value) {
        (Value::Plain(a), Value::Plain(b)) => a == b,
        (Value::Named(a), Value::Named(b)) => match (&a.type_name, &b.type_name) {
            (TSTypeName::IdentifierReference(a), TSTypeName::IdentifierReference(b)) => {
                a.name == b.name
            }
            _ => false,
        },
        _ => false,
    };
    if values.all(same) { first } else { OBJECT }
}

/// `,$d.metadata("design:type",()=>String)` and so on for a member.
pub(super) fn of_member(
    lowering: &Lowering<'_>,
    state: &str,
    class: &Class<'_>,
    it: &ClassElement<'_>,
) -> Pieces {
    written(lowering, state, &signature(class, it))
}

/// The same for the constructor of a class.
pub(super) fn of_constructor(lowering: &Lowering<'_>, state: &str, it: &Class<'_>) -> Pieces {
    written(lowering, state, &class_signature(it))
}

fn written(lowering: &Lowering<'_>, state: &str, it: &Signature<'_, '_>) -> Pieces {
    let mut out = Vec::new();
    if !lowering.options.emit_decorator_metadata {
        return out;
    }
    let mut entry = |key: &str, values: &[Value<'_, '_>], list: bool| {
        let open = if list { "[" } else { "" };
        let head = format!(",{state}.metadata(\"design:{key}\",()=>{open}");
        out.push(Piece::Text(head.into()));
        for (index, &value) in values.iter().enumerate() {
            if index > 0 {
                out.push(Piece::Text(",".into()));
            }
            expression(lowering, state, value, &mut out);
        }
        let close = if list { "])" } else { ")" };
        out.push(Piece::Text(close.into()));
    };
    if let Some(own) = it.own {
        entry("type", &[own], false);
    }
    if let Some(parameters) = &it.parameters {
        entry("paramtypes", parameters, true);
    }
    if let Some(result) = it.result {
        entry("returntype", &[result], false);
    }
    out
}

fn expression(lowering: &Lowering<'_>, state: &str, value: Value<'_, '_>, out: &mut Pieces) {
    let reference = match value {
        Value::Plain(text) => return out.push(Piece::Text(text.into())),
        Value::Named(reference) => reference,
    };
    let known = root(&reference.type_name).map(|name| known_value(lowering, name));
    match known {
        Some(Known::Unknown) => {
            out.push(Piece::Text(format!("{state}.type(()=>").into()));
            name(lowering, &reference.type_name, out);
            out.push(Piece::Text(")".into()));
        }
        Some(Known::Enum(value)) => out.push(Piece::Text(value.into())),
        _ => out.push(Piece::Text("Object".into())),
    }
}

/// What the file itself tells about a name.
enum Known {
    /// It has no value at run time.
    Nothing,
    /// An enum of the file, whose members are of that type.
    Enum(&'static str),
    /// Only the running program can tell.
    Unknown,
}

fn known_value(lowering: &Lowering<'_>, it: &IdentifierReference<'_>) -> Known {
    let Some((scoping, id)) = lowering.scoping.zip(it.reference_id.get()) else {
        return Known::Unknown;
    };
    let Some(symbol) = scoping.get_reference(id).symbol_id() else {
        return Known::Unknown;
    };
    let flags = scoping.symbol_flags(symbol);
    if flags.is_enum() {
        return Known::Enum(enum_type(scoping, symbol));
    }
    if flags.is_import() {
        return match lowering.imports_by_symbol.get(&symbol) {
            Some(_) => Known::Unknown,
            None => Known::Nothing,
        };
    }
    if flags.can_be_referenced_by_value() || flags.is_value_module() {
        Known::Unknown
    } else {
        Known::Nothing
    }
}

fn enum_type(scoping: &Scoping, symbol: SymbolId) -> &'static str {
    let scopes = scoping.get_enum_body_scopes(symbol).unwrap_or_default();
    let members = scopes
        .iter()
        .flat_map(|&scope| scoping.get_bindings(scope).values());
    let (mut texts, mut numbers) = (false, false);
    for &member in members {
        match scoping.get_enum_member_value(member) {
            Some(ConstantValue::String(_)) => texts = true,
            _ => numbers = true,
        }
    }
    match (texts, numbers) {
        (true, true) => "Object",
        (true, false) => "String",
        _ => "Number",
    }
}

fn name(lowering: &Lowering<'_>, it: &TSTypeName<'_>, out: &mut Pieces) {
    match it {
        TSTypeName::IdentifierReference(it) => {
            if let Some(member) = containers::member(lowering, it) {
                out.push(Piece::Text(member.into()));
            } else if let Some(import) = references::import_of(lowering, it) {
                out.push(Piece::Import(import));
            } else {
                out.push(Piece::Text(it.name.to_string().into()));
            }
        }
        TSTypeName::QualifiedName(it) => {
            name(lowering, &it.left, out);
            out.push(Piece::Text(format!(".{}", it.right.name).into()));
        }
        TSTypeName::ThisExpression(_) => out.push(Piece::Text("this".into())),
    }
}

/// Whether an import stays for the metadata of decorators.
pub(crate) fn keeps(lowering: &Lowering<'_>, symbol: SymbolId) -> bool {
    lowering.classes.named_in_metadata.contains(&symbol)
}

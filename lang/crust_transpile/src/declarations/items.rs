//! Declarations as items: their text without `export`, `default` and `declare`, and what is put there instead.

use oxc_ast::ast::{
    Class, Declaration, Expression, Function, Program, Statement, TSModuleBlock,
    VariableDeclaration,
};
use oxc_ast_visit::Visit;
use oxc_span::{GetSpan, Span};
use oxc_syntax::scope::ScopeFlags;

use super::DEFAULT;
use super::model::{Item, Meaning, Use, UseTarget};
use super::namespaces::names_of;
use super::uses::Reader;
use crate::scan::{next_token, text};

/// What stands before a declaration and says nothing about it.
const MODIFIERS: [&str; 3] = ["export", "default", "declare"];

/// Documentation right before a statement.
pub(super) fn comments(source: &str, program: &Program<'_>, start: u32) -> Vec<String> {
    let comments = program.comments.iter();
    comments
        .filter(|comment| comment.attached_to == start && comment.is_jsdoc())
        .map(|comment| text(source, comment.span).to_owned())
        .collect()
}

/// The items of a declaration that stands at `span`, modifiers and all: one, or one for each variable.
pub(super) fn items(
    reader: &mut Reader<'_>,
    declaration: &Declaration<'_>,
    span: Span,
) -> Vec<Item> {
    if let Declaration::VariableDeclaration(variables) = declaration {
        return variable_items(reader, variables);
    }
    reader.visit_declaration(declaration);
    let names = names_of(declaration);
    let meaning = meaning(declaration);
    let needs_word = !matches!(
        declaration,
        Declaration::TSTypeAliasDeclaration(_)
            | Declaration::TSInterfaceDeclaration(_)
            | Declaration::TSImportEqualsDeclaration(_)
    );
    let mut item = whole(reader, span, if needs_word { "declare " } else { "" });
    item.names = names.iter().map(|name| name.name.to_string()).collect();
    item.meaning = meaning;
    vec![item]
}

/// What a declaration's name can be used as.
fn meaning(declaration: &Declaration<'_>) -> Meaning {
    match declaration {
        Declaration::TSTypeAliasDeclaration(_) | Declaration::TSInterfaceDeclaration(_) => {
            Meaning::Type
        }
        // A namespace is no type, whatever is in it.
        Declaration::FunctionDeclaration(_)
        | Declaration::VariableDeclaration(_)
        | Declaration::TSNamespaceDeclaration(_) => Meaning::Value,
        _ => Meaning::Any,
    }
}

/// Everything at `span` but its modifiers, with the uses that were just read.
pub(super) fn whole(reader: &mut Reader<'_>, span: Span, head: &str) -> Item {
    Item {
        head: head.to_owned(),
        start: without_modifiers(reader.text, span),
        end: span.end,
        uses: reader.take(),
        ..Item::default()
    }
}

fn without_modifiers(source: &str, span: Span) -> u32 {
    let mut start = span.start;
    loop {
        let token = next_token(source, start);
        if token.is_empty() || token.end >= span.end || !MODIFIERS.contains(&text(source, token)) {
            return token.start.min(span.end);
        }
        start = token.end;
    }
}

fn variable_items(reader: &mut Reader<'_>, variables: &VariableDeclaration<'_>) -> Vec<Item> {
    let head = format!("declare {} ", variables.kind.as_str());
    let declarators = variables.declarations.iter();
    declarators
        .map(|declarator| {
            reader.visit_variable_declarator(declarator);
            let names = declarator.id.get_binding_identifiers();
            Item {
                names: names.iter().map(|name| name.name.to_string()).collect(),
                meaning: Meaning::Value,
                head: head.clone(),
                start: declarator.span.start,
                end: declarator.span.end,
                tail: ";",
                uses: reader.take(),
                ..Item::default()
            }
        })
        .filter(|item| !item.names.is_empty())
        .collect()
}

/// `export default function …`; its name in the module.
pub(super) fn default_function(
    reader: &mut Reader<'_>,
    function: &Function<'_>,
    span: Span,
) -> (Item, String) {
    reader.visit_function(function, ScopeFlags::Function);
    let name = function.id.as_ref().map(|id| id.name.to_string());
    named_default(reader, span, name)
}

/// `export default class …`; its name in the module.
pub(super) fn default_class(
    reader: &mut Reader<'_>,
    class: &Class<'_>,
    span: Span,
) -> (Item, String) {
    reader.visit_class(class);
    let name = class.id.as_ref().map(|id| id.name.to_string());
    named_default(reader, span, name)
}

fn named_default(reader: &mut Reader<'_>, span: Span, name: Option<String>) -> (Item, String) {
    let mut item = whole(reader, span, "declare ");
    if name.is_none() {
        let at = after_keyword(reader.text, item.start, item.end);
        item.uses.push(unnamed(at, " ", ""));
        item.uses.sort_by_key(|found| found.start);
    }
    let name = name.unwrap_or_else(|| DEFAULT.to_owned());
    item.names = vec![name.clone()];
    (item, name)
}

/// Where the name would stand: behind `function`, `function*` or `class`.
fn after_keyword(source: &str, start: u32, end: u32) -> u32 {
    let mut at = start;
    while at < end {
        let token = next_token(source, at);
        if token.is_empty() {
            break;
        }
        at = token.end;
        if matches!(text(source, token), "function" | "class") {
            let star = next_token(source, at);
            return if text(source, star) == "*" {
                star.end
            } else {
                at
            };
        }
    }
    at
}

fn unnamed(at: u32, before: &'static str, after: &'static str) -> Use {
    Use {
        start: at,
        end: at,
        target: UseTarget::Declares {
            name: DEFAULT.to_owned(),
            before,
            after,
        },
        hidden: 0,
    }
}

/// `export default a.b` and `export = a.b`: a declaration that is the same as the expression.
pub(super) fn expression(
    reader: &mut Reader<'_>,
    expression: &Expression<'_>,
    is_alias: bool,
) -> Item {
    reader.visit_expression(expression);
    let mut item = whole(reader, expression.span(), "");
    let (head, after) = if is_alias {
        ("import ", " = ")
    } else {
        ("declare const ", ": typeof ")
    };
    head.clone_into(&mut item.head);
    item.uses.insert(0, unnamed(item.start, "", after));
    item.names = vec![DEFAULT.to_owned()];
    item.tail = ";";
    item
}

/// The items in a block of `declare module`, and what is no declaration there is left out.
pub(super) fn block_items(reader: &mut Reader<'_>, block: &TSModuleBlock<'_>) -> Vec<Item> {
    let mut found = Vec::new();
    for statement in &block.body {
        let span = statement.span();
        let declaration = match statement {
            Statement::ExportDeclaration(it) => Some(&it.declaration),
            other => other.as_declaration(),
        };
        if let Some(declaration) = declaration {
            found.extend(items(reader, declaration, span));
        }
    }
    found
}

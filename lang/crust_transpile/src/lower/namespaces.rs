//! Namespace declarations with values: an object that a function fills. What a namespace exports
//! is put on the object where it is declared; exported variables live there alone.

pub(super) mod containers;
mod exports;

use oxc_ast::ast::{
    BindingIdentifier, Declaration, Statement, TSModuleBlock, TSNamespaceDeclaration,
    TSNamespaceDeclarationBody,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::Span;

use super::{Lowering, types, using};
use crate::edits::text;

/// Text around the statements that fill an object.
pub(super) struct Wrapper {
    pub(super) open: String,
    pub(super) close: String,
}

/// `var A;((A)=>{` and `})(A||(A={}));`, of which `object` is the name inside. An exported member
/// of the namespace `parent` is kept there as well.
pub(super) fn wrapper(
    lowering: &mut Lowering<'_>,
    id: &BindingIdentifier<'_>,
    object: &str,
    parent: Option<&str>,
) -> Wrapper {
    let name = id.name.as_str();
    let declaration = declare(lowering, id);
    let close = match parent {
        Some(parent) => format!("}})({name}={parent}.{name}||({parent}.{name}={{}}));"),
        None => format!("}})({name}||({name}={{}}));"),
    };
    Wrapper {
        open: format!("{declaration};(({object})=>{{"),
        close,
    }
}

/// The declaration of the name, unless a function, class or earlier statement declares it.
fn declare(lowering: &mut Lowering<'_>, id: &BindingIdentifier<'_>) -> String {
    let name = id.name.as_str();
    let Some((scoping, symbol)) = lowering.scoping.zip(id.symbol_id.get()) else {
        return format!("var {name}");
    };
    let flags = scoping.symbol_flags(symbol);
    if flags.is_class() || flags.is_function() || !lowering.containers.declares(symbol) {
        return String::new();
    }
    let scope = scoping.scope_flags(scoping.symbol_scope_id(symbol));
    let keyword = if scope.is_var() { "var" } else { "let" };
    format!("{keyword} {name}")
}

/// `namespace N { … }`; namespaces without values are erased before.
pub(super) fn lower<'a>(lowering: &mut Lowering<'a>, it: &TSNamespaceDeclaration<'a>) {
    lower_in(lowering, it, None);
}

/// The same, of which `parent` is the namespace object that exports it.
fn lower_in<'a>(
    lowering: &mut Lowering<'a>,
    it: &TSNamespaceDeclaration<'a>,
    parent: Option<&str>,
) {
    let scope = it.scope_id.get();
    let object = containers::object_name(lowering, it.id.name.as_str(), scope);
    let wrapper = wrapper(lowering, &it.id, &object, parent);
    match &it.body {
        TSNamespaceDeclarationBody::TSModuleBlock(block) => {
            let head = Span::new(it.span.start, block.span.start + 1);
            let tail = Span::new(block.span.end.saturating_sub(1), block.span.end);
            lowering.edits.replace(head, text(wrapper.open));
            lowering.edits.replace(tail, text(wrapper.close));
            containers::inside(lowering, &object, scope, None, |lowering| {
                statements(lowering, block, &object);
            });
        }
        TSNamespaceDeclarationBody::TSNamespaceDeclaration(inner) => {
            let head = Span::new(it.span.start, inner.span.start);
            lowering.edits.replace(head, text(wrapper.open));
            lowering
                .edits
                .insert_after(it.span.end, text(wrapper.close));
            containers::inside(lowering, &object, scope, None, |lowering| {
                lower_in(lowering, inner, Some(&object));
            });
        }
    }
}

fn statements<'a>(lowering: &mut Lowering<'a>, it: &TSModuleBlock<'a>, object: &str) {
    using::wrap_list(lowering, &it.body, |lowering, statement| {
        if let Statement::ExportDeclaration(export) = statement
            && !types::is_type_only(statement)
        {
            exports::export(lowering, export, object);
        } else {
            lowering.visit_statement(statement);
        }
    });
}

/// Visits what a declaration declares, as a member of `parent`.
fn member<'a>(lowering: &mut Lowering<'a>, it: &Declaration<'a>, parent: &str) {
    match it {
        Declaration::TSEnumDeclaration(it) => super::enums::lower_in(lowering, it, Some(parent)),
        Declaration::TSNamespaceDeclaration(it) => lower_in(lowering, it, Some(parent)),
        it => walk::walk_declaration(lowering, it),
    }
}

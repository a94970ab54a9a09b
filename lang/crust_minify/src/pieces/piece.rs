//! One piece on its way.

use oxc_allocator::{Allocator, ArenaVec};
use oxc_ast::ast::{
    BindingIdentifier, ExportSpecifier, ImportDeclarationSpecifier, ImportOrExportKind,
    ModuleExportName, Program, Statement, StringLiteral,
};
use oxc_ast::builder::AstBuilder;
use oxc_codegen::Codegen;
use oxc_minifier::Compressor;
use oxc_parser::Parser;
use oxc_semantic::{Scoping, SemanticBuilder};
use oxc_span::{GetSpan, SPAN};
use oxc_str::Ident;

use super::cut::Cut;
use super::join::Printed;
use super::linkage::{Links, Mentions};
use super::names::{Names, Uses};
use super::private_names::{self, PrivateNames};
use super::slots::{self, Slots};
use super::{Wanted, top_level};
use crate::Settings;
use crate::jsx;
use crate::whole::{codegen_options, parse_options};

/// The program has to stay in one piece.
#[derive(Debug)]
pub(super) struct Unfit;

/// A piece that was parsed.
pub(super) struct Read<'a> {
    arena: &'a Allocator,
    program: Program<'a>,
    line: u32,
}

/// A piece that was compressed.
pub(super) struct Short<'a> {
    program: Program<'a>,
    line: u32,
    scoping: Scoping,
    slots: Slots,
    private_names: PrivateNames,
}

impl<'a> Read<'a> {
    pub(super) fn new(
        arena: &'a Allocator,
        cut: &Cut<'a>,
        wanted: Wanted<'_>,
    ) -> Result<(Self, Mentions), Unfit> {
        let parser = Parser::new(arena, cut.text, wanted.settings.source_type);
        let parsed = parser.with_options(parse_options()).parse();
        if parsed.panicked || !parsed.diagnostics.is_empty() {
            return Err(Unfit);
        }
        let mut program = parsed.program;
        let elements = jsx::shorten(arena, &mut program, wanted.elements);
        let declared = top_level::declared(&program)?;
        let mut others = top_level::mentioned(&program);
        for name in &declared {
            others.remove(name);
        }
        let mut others: Vec<String> = others.into_iter().map(str::to_owned).collect();
        others.sort_unstable();
        let mentions = Mentions {
            declared: declared.into_iter().map(str::to_owned).collect(),
            others,
            elements,
        };
        let piece = Self {
            arena,
            program,
            line: cut.line,
        };
        Ok((piece, mentions))
    }

    pub(super) fn compress(
        mut self,
        links: &Links,
        settings: &Settings,
    ) -> Result<(Short<'a>, Uses), Unfit> {
        let options = settings.minifier.compress.clone().ok_or(Unfit)?;
        link(self.arena, &mut self.program, links);
        let scoping = scoping_of(&self.program)?;
        for name in &links.imports {
            let symbol = scoping.get_root_binding(Ident::from(name.as_str()));
            // Only a module itself writes its variables; a piece that writes another's was cut wrongly.
            if symbol.is_some_and(|symbol| scoping.symbol_is_mutated(symbol)) {
                return Err(Unfit);
            }
        }
        Compressor::new(self.arena).build_with_scoping(&mut self.program, scoping, options);
        let built = SemanticBuilder::new()
            .with_build_nodes(true)
            .with_class_table(true)
            .build(&self.program);
        let semantic = built.semantic;
        let slots = slots::assign(&semantic);
        let private_names = private_names::choose(&semantic);
        let scoping = semantic.into_scoping();
        let uses = Uses::count(&scoping, &slots, links);
        let piece = Short {
            program: self.program,
            line: self.line,
            scoping,
            slots,
            private_names,
        };
        Ok((piece, uses))
    }
}

/// A piece's scopes, unless code that is made as it runs could see its names.
fn scoping_of(program: &Program<'_>) -> Result<Scoping, Unfit> {
    let built = SemanticBuilder::new().build(program);
    let scoping = built.semantic.into_scoping();
    if scoping.root_scope_flags().contains_direct_eval() {
        return Err(Unfit);
    }
    Ok(scoping)
}

impl Short<'_> {
    pub(super) fn print(mut self, names: &Names, settings: &Settings) -> Printed {
        names.give(&mut self.scoping, &self.slots);
        self.program.body.retain(|statement| !is_link(statement));
        let printed = Codegen::new()
            .with_options(codegen_options(settings))
            .with_scoping(Some(self.scoping))
            .with_private_member_mappings(Some(self.private_names))
            .build(&self.program);
        Printed {
            code: printed.code,
            map: printed.map.map(oxc_sourcemap::SourceMap::into_owned),
            line: self.line,
        }
    }
}

/// Makes a module of a piece: its imports stand before it, its exports behind it.
fn link<'a>(arena: &'a Allocator, program: &mut Program<'a>, links: &Links) {
    let builder = AstBuilder::new(arena);
    if !links.imports.is_empty() {
        let import = import(arena, &builder, &links.imports);
        program.body.insert(0, import);
    }
    if !links.exports.is_empty() {
        let export = export(arena, &builder, &links.exports);
        program.body.push(export);
    }
}

fn import<'a>(arena: &'a Allocator, builder: &AstBuilder<'a>, names: &[String]) -> Statement<'a> {
    let value = ImportOrExportKind::Value;
    let specifiers = names.iter().map(|name| {
        let name = Ident::from_str_in(name, &arena);
        let imported = ModuleExportName::new_identifier_name(SPAN, name, builder);
        let local = BindingIdentifier::new(SPAN, name, builder);
        ImportDeclarationSpecifier::new_import_specifier(SPAN, imported, local, value, builder)
    });
    let specifiers = ArenaVec::from_iter_in(specifiers, &arena);
    let source = StringLiteral::new(SPAN, "", None, builder);
    Statement::new_import_declaration(SPAN, Some(specifiers), source, None, None, value, builder)
}

fn export<'a>(arena: &'a Allocator, builder: &AstBuilder<'a>, names: &[String]) -> Statement<'a> {
    let value = ImportOrExportKind::Value;
    let specifiers = names.iter().map(|name| {
        let name = Ident::from_str_in(name, &arena);
        let local = ModuleExportName::new_identifier_reference(SPAN, name, builder);
        let exported = ModuleExportName::new_identifier_name(SPAN, name, builder);
        ExportSpecifier::new(SPAN, local, exported, value, builder)
    });
    let specifiers = ArenaVec::from_iter_in(specifiers, &arena);
    Statement::new_export_named_declaration(SPAN, specifiers, value, builder)
}

/// Imports and exports of the program itself stand somewhere in its text.
fn is_link(statement: &Statement<'_>) -> bool {
    let links = matches!(
        statement,
        Statement::ImportDeclaration(_) | Statement::ExportNamedDeclaration(_)
    );
    links && statement.span().is_unspanned()
}

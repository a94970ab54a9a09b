//! A program in one piece.

use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions};
use oxc_minifier::Minifier;
use oxc_parser::{ParseOptions, Parser};

use crate::jsx::{self, ElementFunction};
use crate::{Minified, Settings};

/// Parentheses say nothing that the tree does not.
pub(crate) fn parse_options() -> ParseOptions {
    ParseOptions {
        preserve_parens: false,
        ..ParseOptions::default()
    }
}

/// How a program with this name is printed.
pub(crate) fn codegen_options(settings: &Settings) -> CodegenOptions {
    CodegenOptions {
        source_map_path: settings.map.as_ref().map(Into::into),
        ..settings.printing.codegen()
    }
}

/// `None` if the functions of elements are not what they seemed.
pub(crate) fn minify(
    text: &str,
    elements: &[ElementFunction],
    settings: &Settings,
) -> Option<Minified> {
    let allocator = Allocator::default();
    let parser = Parser::new(&allocator, text, settings.source_type).with_options(parse_options());
    let mut program = parser.parse().program;
    if jsx::shorten(&allocator, &mut program, elements) != elements.len() {
        return None;
    }
    let shorter = Minifier::new(settings.minifier.clone()).minify(&allocator, &mut program);
    let printed = Codegen::new()
        .with_options(codegen_options(settings))
        .with_scoping(shorter.scoping)
        .with_private_member_mappings(shorter.class_private_mappings)
        .build(&program);
    Some(Minified {
        code: printed.code,
        map: printed.map.map(oxc_sourcemap::SourceMap::into_owned),
    })
}

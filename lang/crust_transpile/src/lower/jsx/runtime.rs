//! The functions JSX calls: options, pragma comments and the imports they need.

use oxc_ast::ast::Program;

use super::super::{Lowering, imports};
use crate::edits::{Piece, Pieces};
use crate::module::{Format, Import, ImportName, Phase, Request};
use crate::options::{JsxOptions, JsxRuntime};
use crate::scan;

/// What the walk keeps about JSX.
#[derive(Debug, Default)]
pub(in crate::lower) struct JsxState {
    pub(super) options: JsxOptions,
    /// Functions taken from the runtime so far.
    taken: Vec<(Function, Piece)>,
    /// A helper that passes the key of an element to its place is declared.
    pub(super) has_keyed: bool,
    pub(super) has_split: bool,
    pub(super) lines: Option<crust_diag::LineIndex>,
}

/// What the automatic runtime exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Jsx,
    Jsxs,
    JsxDev,
    Fragment,
    CreateElement,
}

impl Function {
    fn name(self) -> &'static str {
        match self {
            Self::Jsx => "jsx",
            Self::Jsxs => "jsxs",
            Self::JsxDev => "jsxDEV",
            Self::Fragment => "Fragment",
            Self::CreateElement => "createElement",
        }
    }
}

/// Reads the options and the pragmas of the file.
pub(in crate::lower) fn begin(lowering: &mut Lowering<'_>, program: &Program<'_>) {
    if !lowering.options.syntax.is_jsx() {
        return;
    }
    let mut options = lowering.options.jsx.clone();
    for comment in &program.comments {
        let text = scan::text(lowering.source, comment.content_span());
        if text.contains("@jsx") {
            pragmas(&mut options, text);
        }
    }
    lowering.jsx.options = options;
}

fn pragmas(options: &mut JsxOptions, comment: &str) {
    let mut words = comment.split_ascii_whitespace();
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_default().to_owned();
        match word.trim_start_matches('*') {
            "@jsx" => options.factory = value(),
            "@jsxFrag" => options.fragment = value(),
            "@jsxImportSource" => options.import_source = value(),
            "@jsxRuntime" => match value().as_str() {
                "classic" => options.runtime = JsxRuntime::Classic,
                "automatic" => options.runtime = JsxRuntime::Automatic,
                _ => {}
            },
            _ => {}
        }
    }
}

/// Whether the classic runtime of the file refers to a binding by its name.
pub(in crate::lower) fn needs_binding(lowering: &Lowering<'_>, name: &str) -> bool {
    let options = &lowering.jsx.options;
    let root = |path: &str| path.split('.').next() == Some(name);
    lowering.options.syntax.is_jsx()
        && options.runtime == JsxRuntime::Classic
        && (root(&options.factory) || root(&options.fragment))
}

/// A function of the automatic runtime, as an expression.
pub(super) fn function(lowering: &mut Lowering<'_>, function: Function) -> Piece {
    if let Some((_, piece)) = lowering
        .jsx
        .taken
        .iter()
        .find(|(taken, _)| *taken == function)
    {
        return piece.clone();
    }
    let options = &lowering.jsx.options;
    let specifier = match function {
        Function::CreateElement => options.import_source.clone(),
        _ if options.development => format!("{}/jsx-dev-runtime", options.import_source),
        _ => format!("{}/jsx-runtime", options.import_source),
    };
    let local = lowering.names.derived(function.name());
    let piece = match lowering.format {
        Format::Esm => {
            let request = Request {
                specifier,
                attributes: Vec::new(),
                phase: Phase::Evaluation,
                offset: 0,
            };
            let request = imports::add_request(lowering, request);
            let imported = ImportName::Named(function.name().to_owned());
            lowering.record.imports.push(Import {
                request,
                imported,
                local,
                offset: 0,
            });
            Piece::Import(lowering.record.imports.len() - 1)
        }
        Format::CommonJs => {
            let specifier = crate::emit::quote(&specifier);
            let name = function.name();
            lowering
                .record
                .prelude
                .push(format!("const {{{name}:{local}}}=require({specifier});"));
            Piece::Text(local.into())
        }
    };
    lowering.jsx.taken.push((function, piece.clone()));
    piece
}

/// The classic factory or fragment: a dotted name whose root may be an import.
pub(super) fn classic(lowering: &Lowering<'_>, path: &str) -> Pieces {
    let (root, rest) = path.split_at(path.find('.').unwrap_or(path.len()));
    let import = lowering
        .record
        .imports
        .iter()
        .position(|import| import.local == root);
    match import {
        Some(import) if lowering.format == Format::Esm => {
            vec![Piece::Import(import), Piece::Text(rest.to_owned().into())]
        }
        _ => vec![Piece::Text(path.to_owned().into())],
    }
}

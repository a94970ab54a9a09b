//! The entry: from a source to a module, or to all of its errors at once.

use crust_diag::{Diagnostic, LineIndex};
use oxc_allocator::Allocator;
use oxc_semantic::{Scoping, SemanticBuilder};

use crate::diagnose::{from_parser, from_problems};
use crate::lower::Lowering;
use crate::module::{Format, Module};
use crate::names::Names;
use crate::options::Options;
use crate::parse::Parsed;
use crate::{format, lower, nesting, parse};

/// Parses and lowers a source.
///
/// # Errors
/// All syntax errors of the source, in source order; they name `options.file_name`.
pub fn transpile(source: String, options: &Options) -> Result<Module, Vec<Diagnostic>> {
    let source = match source.strip_prefix('\u{FEFF}') {
        Some(rest) => rest.to_owned(),
        None => source,
    };
    let parts = nesting::with_stack(&source, || analyse(&source, options, false));
    match parts {
        Ok(parts) => Ok(parts.into_module(source)),
        Err(mut found) => {
            if !options.file_name.is_empty() {
                for diagnostic in &mut found {
                    diagnostic.file = Some(options.file_name.clone());
                }
            }
            Err(found)
        }
    }
}

/// All errors that can be found without running a source. For plain CommonJS this is more than
/// [`transpile`] looks for: the engine refuses the rest, and says less about it.
pub fn diagnose(source: &str, options: &Options) -> Vec<Diagnostic> {
    let source = source.strip_prefix('\u{FEFF}').unwrap_or(source);
    match nesting::with_stack(source, || analyse(source, options, true)) {
        Ok(_) => Vec::new(),
        Err(mut found) => {
            for diagnostic in &mut found {
                diagnostic.file = Some(options.file_name.clone());
            }
            found
        }
    }
}

/// A module without its source.
struct Parts {
    format: Format,
    record: lower::Record,
    edits: crate::edits::Edits,
    names: Names,
    strict: bool,
}

impl Parts {
    fn into_module(self, source: String) -> Module {
        let record = self.record;
        Module {
            format: self.format,
            requests: record.requests,
            imports: record.imports,
            local_exports: record.local_exports,
            indirect_exports: record.indirect_exports,
            star_exports: record.star_exports,
            has_top_level_await: record.has_top_level_await,
            uses: record.uses,
            dynamic_specifiers: record.dynamic_specifiers,
            source,
            lines: std::sync::OnceLock::new(),
            edits: self.edits,
            names: self.names,
            unnamed_default_function: record.unnamed_default_function,
            prelude: record.prelude.concat(),
            strict: self.strict,
        }
    }
}

fn analyse(source: &str, options: &Options, thorough: bool) -> Result<Parts, Vec<Diagnostic>> {
    let allocator = Allocator::default();
    let parsed = parse::parse(&allocator, source, options)
        .map_err(|complaints| from_parser(source, &LineIndex::new(source), complaints.iter()))?;
    let format = format::decide(options, &parsed);
    let names = Names::new(source);
    let strict = parsed.program.has_use_strict_directive();
    let resolve = thorough || options.syntax.is_typescript() || format == Format::Esm;
    let scoping = if resolve {
        Some(resolve_names(source, &parsed)?)
    } else {
        None
    };
    let mut lowering = Lowering::new(source, options, &names, format, scoping.as_ref());
    if resolve || needs_walk(source, options, &parsed) {
        lowering.run(&parsed.program);
    } else {
        lowering.hashbang(&parsed.program);
    }
    if let Some(scoping) = &scoping {
        free_names(&mut lowering.record.uses, scoping);
    }
    if !lowering.problems.is_empty() {
        let lines = LineIndex::new(source);
        return Err(from_problems(source, &lines, &lowering.problems));
    }
    let (mut edits, record) = (lowering.edits, lowering.record);
    edits.finish();
    Ok(Parts {
        format,
        record,
        edits,
        names,
        strict,
    })
}

fn resolve_names(source: &str, parsed: &Parsed<'_>) -> Result<Scoping, Vec<Diagnostic>> {
    let built = SemanticBuilder::new_compiler()
        .with_enum_eval(true)
        .build(&parsed.program);
    if built.diagnostics.has_errors() {
        let lines = LineIndex::new(source);
        return Err(from_parser(source, &lines, built.diagnostics.iter()));
    }
    Ok(built.semantic.into_scoping())
}

/// Whether a script may hold syntax that the engine does not take as it is. Text decides, so that
/// a large script is not walked for nothing.
fn needs_walk(source: &str, options: &Options, parsed: &Parsed<'_>) -> bool {
    parsed.has_import_meta
        || parsed.has_dynamic_import
        || options.syntax.is_jsx()
        || has_define(source, options)
        || mentions_new_syntax(source)
}

fn has_define(source: &str, options: &Options) -> bool {
    options.defines.iter().any(|(name, _)| {
        let root = name.split('.').next().unwrap_or_default();
        memchr::memmem::find(source.as_bytes(), root.as_bytes()).is_some()
    })
}

/// Whether the words of resource declarations or accessors, or an at sign before a name, occur.
fn mentions_new_syntax(source: &str) -> bool {
    let bytes = source.as_bytes();
    let word = |word: &str| {
        memchr::memmem::find_iter(bytes, word.as_bytes()).any(|at| {
            let next = bytes.get(at + word.len());
            next.is_some_and(|next| next.is_ascii_whitespace() || *next == b'/')
        })
    };
    let decorator = || {
        memchr::memchr_iter(b'@', bytes).any(|at| {
            let before = at.checked_sub(1).and_then(|at| bytes.get(at));
            let starts =
                before.is_none_or(|byte| matches!(byte, b'\n' | b' ' | b'\t' | b';' | b'{'));
            let next = bytes.get(at + 1);
            starts
                && next.is_some_and(|byte| {
                    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$' | b'(')
                })
        })
    };
    word("using") || word("accessor") || decorator()
}

/// Names of the environment that the source refers to without declaring them.
fn free_names(uses: &mut crate::module::Uses, scoping: &Scoping) {
    for name in scoping.root_unresolved_references().keys() {
        match name.as_str() {
            "require" => uses.require = true,
            "module" => uses.module = true,
            "exports" => uses.exports = true,
            "__filename" => uses.filename = true,
            "__dirname" => uses.dirname = true,
            _ => {}
        }
    }
}

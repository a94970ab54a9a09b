//! The entry: from a source to a module, or to all of its errors at once.

use crust_diag::{Diagnostic, LineIndex};
use oxc_allocator::Allocator;
use oxc_diagnostics::Severity;
use oxc_semantic::{Scoping, SemanticBuilder};
use oxc_span::Span;

use crate::diagnose::{from_parser, from_problems};
use crate::lower::Lowering;
use crate::module::{Format, Module};
use crate::names::Names;
use crate::options::Options;
use crate::parse::Parsed;
use crate::survey::Survey;
use crate::{block, format, lower, nesting, parse, skim};

/// Parses and lowers a source.
///
/// # Errors
/// All syntax errors of the source, in source order; they name `options.file_name`.
pub fn transpile(source: String, options: &Options) -> Result<Module, Vec<Diagnostic>> {
    let source = match source.strip_prefix('\u{FEFF}') {
        Some(rest) => rest.to_owned(),
        None => source,
    };
    let parts = nesting::with_stack(&source, |survey| analyse(&source, options, survey, false));
    match parts {
        Ok(parts) => {
            let mut module = parts.into_module(source);
            if options.builtin {
                module.own_indirect_exports();
            }
            Ok(module)
        }
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
    match nesting::with_stack(source, |survey| analyse(source, options, survey, true)) {
        Ok(_) => Vec::new(),
        Err(mut found) => {
            for diagnostic in &mut found {
                diagnostic.file = Some(options.file_name.clone());
            }
            found
        }
    }
}

/// The source with nothing but the calls of `feature("NAME")` of `bun:bundle` answered, for a bundler
/// that does the rest. Nothing moves: answers are filled up with spaces. `None` where there is nothing to
/// answer.
///
/// # Errors
/// As [`transpile`]; wrong uses of `feature` among them.
pub fn answer_features(source: &str, options: &Options) -> Result<Option<String>, Vec<Diagnostic>> {
    if memchr::memmem::find(source.as_bytes(), b"bun:bundle").is_none() {
        return Ok(None);
    }
    let answers = nesting::with_stack(source, |_| find_answers(source, options));
    let answers = answers.map_err(|mut found| {
        for diagnostic in &mut found {
            diagnostic.file = Some(options.file_name.clone());
        }
        found
    })?;
    let mut text = String::with_capacity(source.len());
    let mut at = 0;
    for (span, answer) in answers {
        let (start, end) = (span.start as usize, span.end as usize);
        text.push_str(source.get(at..start).unwrap_or_default());
        text.push_str(answer);
        // A byte of several letters' width becomes as many spaces: columns are those of the source.
        let covered = source.get(start..end).unwrap_or_default().chars();
        let rest = covered.skip(answer.len());
        text.extend(rest.map(|letter| {
            if letter == '\n' || letter == '\r' {
                letter
            } else {
                ' '
            }
        }));
        at = end;
    }
    text.push_str(source.get(at..).unwrap_or_default());
    Ok(Some(text))
}

fn find_answers(
    source: &str,
    options: &Options,
) -> Result<Vec<(Span, &'static str)>, Vec<Diagnostic>> {
    let allocator = Allocator::default();
    let parsed = parse::parse(&allocator, source, options)
        .map_err(|complaints| from_parser(source, &LineIndex::new(source), complaints.iter()))?;
    let format = format::decide(options, &parsed);
    let names = Names::new(source);
    let scoping = resolve_names(source, &parsed)?;
    let mut lowering = Lowering::new(source, options, &names, format, Some(&scoping));
    lowering.run(&parsed.program);
    if !lowering.problems.is_empty() {
        let lines = LineIndex::new(source);
        return Err(from_problems(source, &lines, &lowering.problems));
    }
    Ok(lowering.into_feature_answers())
}

/// A module without its source.
struct Parts {
    format: Format,
    record: lower::Record,
    edits: crate::edits::Edits,
    names: Names,
    strict: bool,
    declared: Vec<&'static str>,
    unparsed: bool,
    fits_block: bool,
}

impl Parts {
    /// A CommonJS module that needs no edit.
    fn unparsed(source: &str) -> Self {
        let mut edits = crate::edits::Edits::default();
        edits.finish();
        Self {
            format: Format::CommonJs,
            record: lower::Record::default(),
            edits,
            names: Names::new(source),
            strict: false,
            declared: Vec::new(),
            unparsed: true,
            fits_block: false,
        }
    }

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
            enclosure: record.enclosure,
            prelude: record.prelude.concat(),
            strict: self.strict,
            declared: self.declared,
            unparsed: self.unparsed,
            fits_block: self.fits_block,
            released: false,
        }
    }
}

fn analyse(
    source: &str,
    options: &Options,
    survey: Survey,
    thorough: bool,
) -> Result<Parts, Vec<Diagnostic>> {
    if !thorough && skim::needs_no_parse(source, options, survey) {
        return Ok(Parts::unparsed(source));
    }
    let allocator = Allocator::default();
    let parsed = parse::parse(&allocator, source, options)
        .map_err(|complaints| from_parser(source, &LineIndex::new(source), complaints.iter()))?;
    let format = format::decide(options, &parsed);
    let names = Names::new(source);
    let strict = parsed.program.has_use_strict_directive();
    let declared = match format {
        Format::CommonJs => format::declared_names(&parsed.program),
        Format::Esm => Vec::new(),
    };
    let resolve = thorough || options.syntax.is_typescript() || format == Format::Esm;
    let scoping = if resolve {
        Some(resolve_names(source, &parsed)?)
    } else {
        None
    };
    let mut lowering = Lowering::new(source, options, &names, format, scoping.as_ref());
    if resolve || skim::needs_walk(source, options, survey) {
        lowering.run(&parsed.program);
    } else {
        skim::lower(&mut lowering, &parsed);
    }
    if let Some(scoping) = &scoping {
        let may_mix = format == Format::Esm
            && !format::has_export(&parsed.program)
            && !lowering.record.has_top_level_await;
        free_names(&mut lowering, scoping, may_mix);
    }
    if !lowering.problems.is_empty() {
        let lines = LineIndex::new(source);
        return Err(from_problems(source, &lines, &lowering.problems));
    }
    let (mut edits, record) = (lowering.edits, lowering.record);
    edits.finish();
    let fits_block = format == Format::Esm
        && !record.has_top_level_await
        && record.prelude.is_empty()
        && record.enclosure.is_none()
        && block::fits(&parsed.program);
    Ok(Parts {
        format,
        record,
        edits,
        names,
        strict,
        declared,
        unparsed: false,
        fits_block,
    })
}

fn resolve_names(source: &str, parsed: &Parsed<'_>) -> Result<Scoping, Vec<Diagnostic>> {
    let built = SemanticBuilder::new_compiler()
        .with_enum_eval(true)
        .build(&parsed.program);
    let complaints: Vec<_> = built
        .diagnostics
        .iter()
        .filter(|it| it.severity == Severity::Error && !is_allowed(&it.message))
        .collect();
    if !complaints.is_empty() {
        let lines = LineIndex::new(source);
        return Err(from_parser(source, &lines, complaints.into_iter()));
    }
    Ok(built.semantic.into_scoping())
}

/// What is refused although it means something here: the body of a CommonJS module is a function's,
/// so resources may be declared in it, and only the type checker needs every member's value.
fn is_allowed(message: &str) -> bool {
    message == "'using' declarations are not allowed at the top level of a script"
        || message == "Enum member must have initializer."
}

/// Names of the environment that the source refers to without declaring them.
fn free_names(lowering: &mut Lowering<'_>, scoping: &Scoping, may_mix: bool) {
    for (name, references) in scoping.root_unresolved_references() {
        let uses = &mut lowering.record.uses;
        match name.as_str() {
            "require" => uses.require = true,
            "__filename" => uses.filename = true,
            "__dirname" => uses.dirname = true,
            "module" | "exports" if may_mix => {
                let values = references
                    .iter()
                    .filter(|id| scoping.get_reference(**id).flags().is_value());
                if values.count() > 0 {
                    mixed_formats(lowering, name);
                }
            }
            _ => {}
        }
    }
}

/// A file that imports as an ECMAScript module does, exports nothing, and uses what only CommonJS
/// has. With an export it is a module for sure, in which the name is not defined.
fn mixed_formats(lowering: &mut Lowering<'_>, name: &str) {
    let Some(request) = lowering.record.requests.first() else {
        return;
    };
    let length = u32::try_from(request.specifier.len() + 2).unwrap_or(0);
    let span = Span::sized(request.offset, length);
    let message =
        format!("Cannot use an import declaration in a CommonJS file: it uses \"{name}\"");
    lowering.problem(
        span,
        message,
        Some("use require() instead, or export with an export declaration"),
    );
}

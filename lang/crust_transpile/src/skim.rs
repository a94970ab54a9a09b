//! Scripts that need no walk: what the parser notes by itself is enough to edit them. This is what
//! keeps a script of megabytes fast.

use memchr::memmem;

use crate::lower::Lowering;
use crate::options::{FormatHint, Options, Print};
use crate::parse::Parsed;
use crate::survey::Survey;

/// Whether a script may hold syntax that only the walk lowers. Text decides, so the answer may be
/// yes for no reason.
pub(crate) fn needs_walk(source: &str, options: &Options, survey: Survey) -> bool {
    survey.new_syntax
        || options.print != Print::Nothing
        || (options.syntax.is_jsx() && survey.jsx)
        || (options.async_context && memmem::find(source.as_bytes(), b"await").is_some())
        || has_define(source, options)
}

/// Whether the engine can take the source as a CommonJS module as it is, going by its tokens alone.
/// A wrong yes ends in a `SyntaxError` of the engine, after which the source is parsed here.
pub(crate) fn needs_no_parse(source: &str, options: &Options, survey: Survey) -> bool {
    options.engine_checks
        && !options.syntax.is_typescript()
        && options.format != FormatHint::Esm
        && !survey.module_syntax
        && !source.starts_with("#!")
        && !needs_walk(source, options, survey)
}

/// Edits what the parser noted: `import(…)` and `import.meta`.
pub(crate) fn lower<'a>(lowering: &mut Lowering<'a>, parsed: &Parsed<'a>) {
    lowering.hashbang(&parsed.program);
    for &span in &parsed.import_metas {
        lowering.import_meta(span);
    }
    for &(import, specifier) in &parsed.dynamic_imports {
        lowering.dynamic_import(import, specifier);
    }
}

fn has_define(source: &str, options: &Options) -> bool {
    options.defines.iter().any(|(name, _)| {
        let root = name.split('.').next().unwrap_or_default();
        memmem::find(source.as_bytes(), root.as_bytes()).is_some()
    })
}

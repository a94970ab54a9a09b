//! What happens to a script before rolldown's parser sees it: `feature("NAME")` is answered, the `type`
//! attributes of its imports are noted, and JavaScript may hold JSX.

use std::collections::BTreeMap;

use crust_diag::{Diagnostic, LineIndex};
use crust_transpile::{
    Options, Syntax, answer_features, drop_calls, fits_stack, opaque_imports, transpile,
};
use rolldown_common::ModuleType;
use rolldown_plugin::{HookTransformArgs, HookTransformOutput, HookTransformOutputMap};

use super::{Identity, Shared, source_place, worker};
use crate::bundle::STACK_SIZE;
use crate::loader::Loader;
use crate::macros;

/// How much more stack than our own transpiler's walks those of rolldown take; measured with brackets.
pub(crate) const STACK_FACTOR: usize = 8;

pub(super) async fn transform(
    shared: &Shared,
    args: &HookTransformArgs<'_>,
) -> Option<HookTransformOutput> {
    let syntax = match args.module_type {
        ModuleType::Js | ModuleType::Jsx => Syntax::Jsx,
        ModuleType::Ts => Syntax::Ts,
        ModuleType::Tsx => Syntax::Tsx,
        _ => return None,
    };
    let identity = Identity::of(args.id);
    if identity.is_file() {
        shared.watch([identity.path.to_owned()]);
    }
    let code = args.code.as_str();
    if let Err(problems) = fits_stack(code, identity.path, STACK_SIZE, STACK_FACTOR) {
        shared.problems.add(problems);
        return Some(nothing());
    }
    let options = Options {
        syntax,
        features: shared.options.features.clone(),
        file_name: identity.path.to_owned(),
        ..Options::default()
    };
    let called = match macros::answer(shared, args.id, code, &options).await {
        Ok(called) => called,
        Err(problems) => {
            shared.problems.add(problems);
            None
        }
    };
    let changed = prepare(shared, args, called.as_deref().unwrap_or(code), &options);
    let changed = changed.or(called);
    let placed = changed.as_deref().unwrap_or(code);
    let placed = source_place::add(&shared.options, args.id, placed, syntax);
    let (code, map) = match placed {
        Some((code, map)) => (Some(code), map),
        // Nothing moves but what follows a macro in its line.
        None => (changed, HookTransformOutputMap::Null),
    };
    let holds_jsx = matches!(args.module_type, ModuleType::Js)
        && !identity.is_in_package()
        && may_be_jsx(args.code.as_str());
    if code.is_none() && !holds_jsx {
        return None;
    }
    Some(HookTransformOutput {
        code,
        map,
        module_type: holds_jsx.then_some(ModuleType::Jsx),
        ..HookTransformOutput::default()
    })
}

/// What stands for a script that could not be read.
fn nothing() -> HookTransformOutput {
    HookTransformOutput {
        code: Some(String::new()),
        map: HookTransformOutputMap::Null,
        ..HookTransformOutput::default()
    }
}

/// Notes what a script asks for, and answers what is answered in its text: the text, if it is another one then.
fn prepare(
    shared: &Shared,
    args: &HookTransformArgs<'_>,
    code: &str,
    options: &Options,
) -> Option<String> {
    let (syntax, identity) = (options.syntax, Identity::of(args.id));
    note_attributes(shared, args.id, code, options);
    if shared.options.reject_opaque {
        reject_opaque(shared, args.id, code, syntax);
    }
    for (specifier, kind) in worker::find(code) {
        let key = (args.id.to_owned(), specifier);
        shared.state(|state| state.workers.insert(key, kind));
    }
    let answered = match answer_features(code, options) {
        Ok(answered) => answered,
        Err(problems) => {
            shared.problems.add(problems);
            None
        }
    };
    // Packages keep what they say: `--drop` is for the program.
    let dropped = (!shared.options.drop.is_empty() && !identity.is_in_package())
        .then(|| {
            let code = answered.as_deref().unwrap_or(code);
            drop_calls(code, syntax, &shared.options.drop)
        })
        .flatten();
    dropped.or(answered)
}

/// Complains about imports that lead where only the running program knows.
fn reject_opaque(shared: &Shared, id: &str, code: &str, syntax: Syntax) {
    let found = opaque_imports(code, syntax);
    if found.is_empty() {
        return;
    }
    let lines = LineIndex::new(code);
    let path = Identity::of(id).path;
    let problems = found.into_iter().map(|(start, end, what)| {
        let message = format!("This {what} leads where only the running program knows");
        Diagnostic::error(message)
            .code("OPAQUE_IMPORT")
            .file(path)
            .at(code, &lines, start, end)
            .hint("name the module in a string, or allow it with --allow-unresolved")
    });
    shared.problems.add(problems);
}

/// Whether a script can hold an element: each ends with one of these.
pub(crate) fn may_be_jsx(code: &str) -> bool {
    code.contains("</") || code.contains("/>")
}

/// Remembers how a module wants its imports read.
fn note_attributes(shared: &Shared, id: &str, code: &str, options: &Options) {
    // What the module said when it was read before.
    shared.state(|state| {
        if !state.attributes.is_empty() {
            state.attributes.retain(|(importer, _), _| importer != id);
        }
    });
    let may_have = code.match_indices("with").any(|(at, _)| {
        code.get(at + 4..)
            .is_some_and(|rest| rest.trim_start().starts_with('{'))
    });
    if !may_have {
        return;
    }
    // A source that does not parse is rolldown's to complain about.
    let Ok(module) = transpile(code.to_owned(), options) else {
        return;
    };
    let mut found = BTreeMap::new();
    for request in &module.requests {
        let attribute = request.attributes.iter().find(|(name, _)| name == "type");
        let Some((_, value)) = attribute else {
            continue;
        };
        let name = match value.as_str() {
            // What is left of macros has been complained about.
            "macro" => continue,
            "javascript" => "js",
            "typescript" => "ts",
            "sqlite" => {
                let message = format!(
                    "import attribute type \"{value}\" is not part of this version of Crust"
                );
                shared.problems.import(crate::problem::BadImport {
                    importer: id.to_owned(),
                    specifier: request.specifier.clone(),
                    message,
                    hint: None,
                    code: "ERR_NOT_IMPLEMENTED",
                });
                continue;
            }
            name => name,
        };
        match name.parse::<Loader>() {
            Ok(loader) => {
                found.insert((id.to_owned(), request.specifier.clone()), loader);
            }
            Err(error) => shared.problems.import(crate::problem::BadImport {
                importer: id.to_owned(),
                specifier: request.specifier.clone(),
                message: format!("import attribute type: {error}"),
                hint: None,
                code: "UNKNOWN_LOADER",
            }),
        }
    }
    shared.state(|state| state.attributes.extend(found));
}

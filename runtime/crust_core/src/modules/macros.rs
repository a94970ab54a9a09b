//! Macros of a running program: a file that calls some is read again when JavaScript has called them. Until a source
//! says `macro` nothing here runs.

use super::error::LoadError;
use super::{Modules, record::ModuleId};
use crate::op::{Call, Op, OpResult};
use crate::runtime::Runtime;
use crust_diag::Diagnostic;
use crust_resolve::{ReferrerKind, ResolveOptions, ResolvedKind, Resolver};
use crust_transpile::{MacroResult, Macros, Options, find_macros};
use jsc::{Exception, Global, Scope, Value};
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The natives of the core.
pub(crate) const OPS: &[Op] = &[
    Op::new("macroPath", macro_path),
    Op::new("macrosAnswered", macros_answered),
];

/// How often the macros of one file may be under way at once. A macro whose module imports the file that calls it would
/// start over for ever.
const MOST_AT_ONCE: usize = 8;

/// A file whose macros have to be called before it can be read.
#[derive(Clone, Debug)]
pub struct MacroFile {
    path: PathBuf,
    source: String,
    macros: Macros,
}

/// A file's text, and what it is with the results of its macros.
struct Answered {
    source: String,
    text: Result<String, Vec<Diagnostic>>,
}

/// The macros of all files that were read.
#[derive(Default)]
pub(super) struct MacroFiles {
    refused: bool,
    open: Mutex<FxHashMap<PathBuf, Vec<MacroFile>>>,
    answered: Mutex<FxHashMap<PathBuf, Answered>>,
}

impl MacroFiles {
    pub(super) fn new(refused: bool) -> Self {
        Self {
            refused,
            ..Self::default()
        }
    }

    /// The text with the results of its macros.
    pub(super) fn apply(
        &self,
        text: String,
        path: &Path,
        options: &Options,
    ) -> Result<String, LoadError> {
        let Some(macros) = find_macros(&text, options).map_err(LoadError::Source)? else {
            return Ok(text);
        };
        if self.refused {
            let refused = MacroResult::Failed {
                message: "Macros are disabled".to_owned(),
                hint: None,
                import: false,
            };
            let results = vec![refused; macros.calls().len()];
            let answered = macros.answer(&text, &options.file_name, &results);
            return answered.map_err(LoadError::Source);
        }
        if macros.calls().is_empty() {
            let answered = macros.answer(&text, &options.file_name, &[]);
            return answered.map_err(LoadError::Source);
        }
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = answered.remove(path)
            && known.source == text
        {
            // What went wrong is tried again by whoever reads the file again.
            let result = known.text.clone();
            if known.text.is_ok() {
                answered.insert(path.to_owned(), known);
            }
            return result.map_err(LoadError::Source);
        }
        Err(LoadError::Macros(vec![MacroFile {
            path: path.to_owned(),
            source: text,
            macros,
        }]))
    }

    /// Whether a file's macros may be called now.
    fn begin(&self, file: &MacroFile) -> bool {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let files = open.entry(file.path.clone()).or_default();
        files.push(file.clone());
        files.len() <= MOST_AT_ONCE
    }

    fn finish(&self, path: &Path, results: &[MacroResult]) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(files) = open.get_mut(path) else {
            return;
        };
        let file = files.pop();
        if files.is_empty() {
            open.remove(path);
        }
        drop(open);
        if let Some(file) = file {
            let name = path.to_string_lossy();
            let text = file.macros.answer(&file.source, &name, results);
            let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
            answered.insert(
                file.path,
                Answered {
                    source: file.source,
                    text,
                },
            );
        }
    }
}

/// Where macros are found: as everything else, with the condition `macro` besides.
#[derive(Default)]
pub(super) struct MacroResolver {
    options: ResolveOptions,
    resolver: OnceLock<Resolver>,
}

impl MacroResolver {
    pub(super) fn new(options: ResolveOptions) -> Self {
        Self {
            options,
            resolver: OnceLock::new(),
        }
    }

    fn get(&self) -> &Resolver {
        self.resolver.get_or_init(|| {
            let mut options = self.options.clone();
            options.conditions.push("macro".to_owned());
            Resolver::new(options)
        })
    }
}

impl Modules {
    /// Starts the macros that a graph waits for. The answer says that there is a promise.
    pub(super) fn start_macros(
        &self,
        scope: Scope<'_>,
        loaded: Result<ModuleId, LoadError>,
    ) -> Result<ModuleId, LoadError> {
        let Err(LoadError::Macros(files)) = &loaded else {
            return loaded;
        };
        let name = |file: &MacroFile| file.path.to_string_lossy().into_owned();
        if let Some(file) = files.iter().find(|file| !self.sources.macros.begin(file)) {
            let message = "The modules of this file's macros import the file itself";
            let problem = Diagnostic::error(message).file(name(file));
            return Err(LoadError::Source(vec![problem]));
        }
        match answer(scope, files) {
            Ok(promise) => {
                self.plugins.wait_for(promise);
                Err(LoadError::Waits(
                    files.first().map(name).unwrap_or_default(),
                ))
            }
            Err(thrown) => {
                self.plugins.keep_thrown(Global::new(thrown.value()));
                Err(LoadError::Thrown)
            }
        }
    }
}

/// Has the macros called; the answer is a promise.
fn answer<'s>(scope: Scope<'s>, files: &[MacroFile]) -> Result<Global, Exception<'s>> {
    let module = Runtime::current()
        .builtin(scope, "crust:core/macros")
        .map_err(|thrown| Exception::new(thrown.to_js(scope)))?;
    let list = scope.array(&[])?;
    for (index, file) in (0..).zip(files) {
        let entry = scope.object();
        entry.set("importer", scope.string(&file.path.to_string_lossy()))?;
        entry.set("calls", calls(scope, &file.macros)?)?;
        list.set_index(index, entry)?;
    }
    Ok(Global::new(module.get("answerMacros")?.call(&[list])?))
}

fn calls<'s>(scope: Scope<'s>, macros: &Macros) -> Result<Value<'s>, Exception<'s>> {
    let list = scope.array(&[])?;
    for (index, call) in (0..).zip(macros.calls()) {
        let entry = scope.object();
        entry.set("specifier", scope.string(&call.specifier))?;
        entry.set("export", scope.string(&call.export))?;
        entry.set("arguments", scope.string(&call.arguments))?;
        let members = scope.array(&[])?;
        for (index, member) in (0..).zip(&call.members) {
            members.set_index(index, scope.string(member))?;
        }
        entry.set("members", members)?;
        list.set_index(index, entry)?;
    }
    Ok(list)
}

/// The results of a file's calls, as `crust:core/macros` writes them: of each the text of its value, or what is wrong.
fn results<'s>(list: Value<'s>) -> Result<Vec<MacroResult>, Exception<'s>> {
    let length = list.get("length")?.to_number()?;
    let mut results = Vec::new();
    let mut index = 0;
    while f64::from(index) < length {
        let result = list.get_index(index)?;
        let value = result.get("value")?;
        results.push(if value.is_nullish() {
            let hint = result.get("hint")?;
            MacroResult::Failed {
                message: result.get("error")?.to_text()?,
                hint: if hint.is_nullish() {
                    None
                } else {
                    Some(hint.to_text()?)
                },
                import: result.get("import")?.to_boolean(),
            }
        } else {
            MacroResult::Value {
                text: value.to_text()?,
                members: members_read(result.get("members")?)?,
            }
        });
        index += 1;
    }
    Ok(results)
}

fn members_read<'s>(value: Value<'s>) -> Result<usize, Exception<'s>> {
    let number = value.to_number()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small number; anything else becomes one"
    )]
    let members = number as usize;
    Ok(members)
}

/// `macrosAnswered(path, results)`
fn macros_answered<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let path = PathBuf::from(cx.string(0)?);
    let results = results(cx.value(1))?;
    cx.runtime().modules.sources.macros.finish(&path, &results);
    Ok(cx.undefined())
}

/// `macroPath(specifier, importer)`: what to import, or undefined if there is nothing.
fn macro_path<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (specifier, importer) = (cx.string(0)?, PathBuf::from(cx.string(1)?));
    let directory = importer.parent().unwrap_or(Path::new("/"));
    let resolver = cx.runtime().modules.macro_resolver.get();
    let resolved = resolver.resolve(&specifier, directory, ReferrerKind::Import);
    Ok(match resolved {
        Ok(resolved) => match resolved.kind {
            ResolvedKind::File => cx.make_string(&resolved.path.to_string_lossy()),
            _ => cx.make_string(&specifier),
        },
        Err(_) => cx.undefined(),
    })
}

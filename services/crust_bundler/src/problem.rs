//! rolldown's diagnostics as ours, and the places of those that it does not place.

mod tsconfig;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crust_diag::{Diagnostic, LineIndex, Severity};
use crust_resolve::{Reason, ReferrerKind, ResolveOptions, Resolver};
use crust_transpile::{FormatHint, Options, Syntax, diagnose};
use rolldown_error::{BuildDiagnostic, DiagnosticOptions, EventKind};

use crate::loader::Loader;
use crate::plugin::{is_path, normalized};

/// An import that leads nowhere, or not where it may.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BadImport {
    pub(crate) importer: String,
    pub(crate) specifier: String,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) code: &'static str,
}

/// What goes wrong in our own part of a build, gathered while the rest of the graph is read, so that
/// everything is told at once.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    imports: Mutex<Vec<BadImport>>,
    others: Mutex<Vec<Diagnostic>>,
    /// Paths at which an import looked for a file in vain.
    missing: Mutex<BTreeSet<PathBuf>>,
}

impl Problems {
    pub(crate) fn import(&self, import: BadImport) {
        if is_path(&import.specifier)
            && let Some(folder) = Path::new(&import.importer).parent()
        {
            let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
            missing.insert(normalized(&folder.join(&import.specifier)));
        }
        let mut imports = self.imports.lock().unwrap_or_else(PoisonError::into_inner);
        imports.push(import);
    }

    pub(crate) fn add(&self, found: impl IntoIterator<Item = Diagnostic>) {
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        others.extend(found);
    }

    /// Paths at which an import looked for a file in vain.
    pub(crate) fn missing(&self) -> Vec<PathBuf> {
        let missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        missing.iter().cloned().collect()
    }

    /// Everything, with places; in no order.
    pub(crate) fn take(&self, sources: &dyn Fn(&str) -> Option<String>) -> Vec<Diagnostic> {
        let mut imports =
            std::mem::take(&mut *self.imports.lock().unwrap_or_else(PoisonError::into_inner));
        let mut others =
            std::mem::take(&mut *self.others.lock().unwrap_or_else(PoisonError::into_inner));
        imports.sort();
        imports.dedup();
        others.extend(imports.iter().map(|import| place(import, sources)));
        others
    }
}

/// Finds an import in its file by its text.
fn place(import: &BadImport, sources: &dyn Fn(&str) -> Option<String>) -> Diagnostic {
    let mut problem = Diagnostic::error(import.message.clone()).code(import.code);
    if let Some(hint) = &import.hint {
        problem = problem.hint(hint.clone());
    }
    if import.importer.is_empty() {
        return problem;
    }
    problem = problem.file(import.importer.clone());
    let Some(source) = sources(&import.importer) else {
        return problem;
    };
    match find_specifier(&source, &import.specifier) {
        Some((start, end)) => problem.at(&source, &LineIndex::new(&source), start, end),
        None => problem,
    }
}

/// Where a specifier stands in quotes.
fn find_specifier(source: &str, specifier: &str) -> Option<(u32, u32)> {
    ['"', '\'', '`'].iter().find_map(|quote| {
        let quoted = format!("{quote}{specifier}{quote}");
        let start = u32::try_from(source.find(&quoted)?).ok()?;
        let length = u32::try_from(quoted.len()).ok()?;
        Some((start, start + length))
    })
}

/// Whether rolldown's warning is about an import that leads nowhere, which is an error here.
pub(crate) fn is_unresolved(diagnostic: &BuildDiagnostic) -> bool {
    matches!(
        diagnostic.kind(),
        EventKind::UnresolvedImport | EventKind::UnresolvedEntry
    )
}

/// Whether rolldown's warning is of no use: it names an option of rolldown's, and comes although it is turned off. What
/// workers and scripts of pages export, nobody can read anyway.
pub(crate) fn is_noise(diagnostic: &BuildDiagnostic) -> bool {
    matches!(diagnostic.kind(), EventKind::MissingNameOptionForIifeExport)
}

/// A diagnostic of rolldown's as ours. Paths are below `directory`.
pub(crate) fn convert(
    diagnostic: &BuildDiagnostic,
    severity: Severity,
    directory: &Path,
    sources: &dyn Fn(&str) -> Option<String>,
) -> Diagnostic {
    let options = DiagnosticOptions {
        cwd: directory.to_owned(),
    };
    let message = diagnostic.to_message_with(&options);
    if matches!(diagnostic.kind(), EventKind::TsConfigError) {
        return tsconfig::problem(&message, severity, directory, sources);
    }
    let shown = diagnostic.to_diagnostic_with(&options);
    let message = match (diagnostic.kind(), diagnostic.exporter()) {
        (EventKind::UnresolvedImport | EventKind::ResolveError, Some(specifier)) => {
            format!("Could not resolve: \"{specifier}\"")
        }
        (EventKind::InvalidDefineConfigError, _) => format!("define: {}", first_line(&message)),
        _ => first_line(&message),
    };
    let mut problem = Diagnostic::new(severity, message).code(shown.kind());
    if let Some((file, line, column, _)) = shown.get_primary_location() {
        let file = directory.join(file).to_string_lossy().into_owned();
        if let Some(source) = sources(&file) {
            let lines = LineIndex::new(&source);
            if let Some(start) = offset(&source, line, column) {
                let end = start + word_length(&source, start);
                problem = problem.at(&source, &lines, start, end);
            }
        }
        problem.line = u32::try_from(line).unwrap_or(u32::MAX);
        problem.column = u32::try_from(column + 1).unwrap_or(u32::MAX);
        problem = problem.file(file);
    } else if let Some(id) = diagnostic.id() {
        problem = problem.file(id);
    }
    if is_unresolved(diagnostic)
        && let (Some(importer), Some(specifier)) = (diagnostic.id(), diagnostic.exporter())
        && let Some(hint) = resolve_hint(&importer, &specifier)
    {
        problem = problem.hint(hint);
    }
    problem
}

/// Errors of rolldown's as ours. What is wrong with a file's syntax is said in the words that running the file
/// would have, all of it.
pub(crate) fn convert_all(
    found: &[BuildDiagnostic],
    directory: &Path,
    sources: &dyn Fn(&str) -> Option<String>,
    loader_of: &dyn Fn(&str) -> Loader,
) -> Vec<Diagnostic> {
    let (mut all, mut parsed) = (Vec::new(), BTreeSet::new());
    for found in found {
        let problem = convert(found, Severity::Error, directory, sources);
        let file = problem
            .file
            .clone()
            .filter(|_| matches!(found.kind(), EventKind::ParseError));
        let Some(file) = file else {
            all.push(problem);
            continue;
        };
        if !parsed.insert(file.clone()) {
            continue;
        }
        let own = syntax_errors(&file, sources, loader_of);
        if own.is_empty() {
            // Only rolldown's parser has something against it.
            parsed.remove(&file);
            all.push(problem);
        } else {
            all.extend(own);
        }
    }
    all
}

fn syntax_errors(
    file: &str,
    sources: &dyn Fn(&str) -> Option<String>,
    loader_of: &dyn Fn(&str) -> Loader,
) -> Vec<Diagnostic> {
    let syntax = match loader_of(file) {
        Loader::Js | Loader::Jsx => Syntax::Jsx,
        Loader::Ts => Syntax::Ts,
        Loader::Tsx => Syntax::Tsx,
        _ => return Vec::new(),
    };
    let options = Options {
        syntax,
        format: FormatHint::Esm,
        file_name: file.to_owned(),
        ..Options::default()
    };
    sources(file).map_or_else(Vec::new, |source| diagnose(&source, &options))
}

/// What would help an import that leads nowhere.
pub(crate) fn resolve_hint(importer: &str, specifier: &str) -> Option<String> {
    let directory = Path::new(importer).parent()?;
    let resolver = Resolver::new(ResolveOptions::default());
    let error = resolver
        .resolve(specifier, directory, ReferrerKind::Import)
        .err()?;
    error.hint.or_else(|| why(&error.reason))
}

/// What is wrong with the package that would know.
fn why(reason: &Reason) -> Option<String> {
    match reason {
        Reason::NotExported {
            package, subpath, ..
        } => {
            let file = package.join("package.json");
            let file = file.display();
            Some(format!(
                "{file} does not export \"{subpath}\" for this target"
            ))
        }
        Reason::ImportNotDefined {
            package_json: Some(path),
        } => Some(format!(
            "{} does not define it in \"imports\"",
            path.display()
        )),
        Reason::ImportNotDefined { package_json: None } => {
            Some("no package.json at or above it defines \"imports\"".to_owned())
        }
        Reason::InvalidPackageConfig(why) => Some(why.clone()),
        Reason::InvalidPackageJson(problem) => Some(format!(
            "{}:{}:{}: {}",
            problem.file.as_deref().unwrap_or("package.json"),
            problem.line,
            problem.column,
            problem.message
        )),
        Reason::UnknownBuiltin => Some("there is no built-in module of this name".to_owned()),
        _ => None,
    }
}

/// What would help an entry point that is not there.
pub(crate) fn entry_hint(directory: &Path, entry: &str) -> Option<String> {
    let path = directory.join(entry);
    if path.is_dir() {
        return Some("it is a folder: name the file in it that is the program".to_owned());
    }
    let name = if is_path(entry) {
        entry.to_owned()
    } else {
        format!("./{entry}")
    };
    // As if a file of the working directory imported it.
    let importer = directory.join("-");
    resolve_hint(&importer.to_string_lossy(), &name)
}

fn first_line(message: &str) -> String {
    let line = message.lines().find(|line| !line.trim().is_empty());
    line.unwrap_or("The build failed")
        .trim_end_matches('.')
        .to_owned()
}

/// The offset of a one-based line and a column in UTF-16 units from zero.
fn offset(source: &str, line: usize, column: usize) -> Option<u32> {
    let mut start = 0;
    for text in source.split_inclusive('\n').take(line.checked_sub(1)?) {
        start += text.len();
    }
    let mut left = column;
    for letter in source.get(start..)?.chars() {
        if left == 0 || letter == '\n' {
            break;
        }
        left = left.saturating_sub(letter.len_utf16());
        start += letter.len_utf8();
    }
    u32::try_from(start).ok()
}

/// How long the word, the string or the sign at an offset is.
fn word_length(source: &str, start: u32) -> u32 {
    let rest = source.get(start as usize..).unwrap_or_default();
    let mut letters = rest.chars();
    let length = match letters.next() {
        Some(quote @ ('"' | '\'')) => {
            let end = rest.get(1..).and_then(|rest| rest.find([quote, '\n']));
            end.map_or(1, |end| end + 2)
        }
        Some(first) if first.is_alphanumeric() || first == '_' || first == '$' => rest
            .find(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '$')
            .unwrap_or(rest.len()),
        Some(other) => other.len_utf8(),
        None => 0,
    };
    u32::try_from(length).unwrap_or(0)
}

/// Orders by file and place and drops what is said twice.
pub(crate) fn sort(found: &mut Vec<Diagnostic>) {
    let by_place: BTreeMap<(Option<String>, u32, u32, String), Diagnostic> = found
        .drain(..)
        .map(|problem| {
            let key = (
                problem.file.clone(),
                problem.line,
                problem.column,
                problem.message.clone(),
            );
            (key, problem)
        })
        .collect();
    found.extend(by_place.into_values());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifiers_are_found_in_quotes() {
        let source = "const a = 'x'; import b from \"x/y\";";
        assert_eq!(find_specifier(source, "x/y"), Some((29, 34)));
        assert_eq!(find_specifier(source, "x"), Some((10, 13)));
        assert_eq!(find_specifier(source, "z"), None);
    }

    #[test]
    fn offsets_count_utf16_units() {
        assert_eq!(offset("ab\n😀x", 2, 2), Some(7));
        assert_eq!(offset("ab", 1, 9), Some(2));
        assert_eq!(word_length("a 'b' c", 2), 3);
        assert_eq!(word_length("foo+1", 0), 3);
        assert_eq!(word_length("+", 0), 1);
        assert_eq!(word_length("", 0), 0);
    }
}

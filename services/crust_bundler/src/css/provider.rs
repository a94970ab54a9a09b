//! Gives lightningcss the files of a build: where imports lead, and what is read there.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use append_only_vec::AppendOnlyVec;
use crust_diag::{Diagnostic, LineIndex};
use lightningcss::bundler::{ResolveResult, SourceProvider};
use rolldown_sourcemap::SourceMap;

use super::asset::is_local;
use super::hooks::Asked;
use super::map::{Source, input_map};
use super::module::{is_module, module, quoted};
use super::problem::too_deep;
use crate::plugin::{Shared, normalized};

/// The name of the style sheet that imports those of a build, one after the other.
pub(super) const ALL: &str = "/\0all.css";
/// Stands for a style sheet that is not bundled; what imports it goes to the top.
const OUTSIDE: &str = "/\0outside.css";

/// lightningcss reads what a style sheet imports before it returns from it: each of a chain takes some 15 KB of the stack,
/// of which a thread has 64 MB. People have chains of ten.
const MOST_DEEP: usize = 500;

/// Gives lightningcss the files of a build.
pub(super) struct Provider<'a> {
    pub(super) shared: &'a Shared,
    all: String,
    texts: AppendOnlyVec<String>,
    /// Imports of what is not bundled, as they were written.
    outside: Mutex<Vec<String>>,
    /// Which style sheet imports which, without what would close a circle.
    imports: Mutex<BTreeMap<PathBuf, BTreeSet<PathBuf>>>,
    /// How many style sheets are around each that was imported.
    depths: Mutex<BTreeMap<PathBuf, usize>>,
    pub(super) problems: Mutex<Vec<Diagnostic>>,
    /// What was read, by name.
    read: Mutex<BTreeMap<String, Text>>,
    asked: Asked,
}

/// A text that lightningcss has read.
struct Text {
    /// Its place in `texts`.
    index: usize,
    /// Where it was written, if that is not known to be here.
    map: Option<Arc<SourceMap>>,
}

impl SourceProvider for Provider<'_> {
    type Error = io::Error;

    fn read<'t>(&'t self, file: &Path) -> io::Result<&'t str> {
        if file == Path::new(ALL) {
            return Ok(&self.all);
        }
        if file == Path::new(OUTSIDE) {
            return Ok("");
        }
        let path = file.to_string_lossy();
        let Some((text, map)) = self.text_of(file, &path)? else {
            return Ok("");
        };
        if let Some(problem) = too_deep(&path, &text) {
            let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
            problems.push(problem);
            return Ok("");
        }
        let index = self.texts.push(text);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.insert(path.into_owned(), Text { index, map });
        Ok(&self.texts[index])
    }

    fn resolve(&self, specifier: &str, from: &Path) -> io::Result<ResolveResult> {
        if from == Path::new(ALL) {
            return Ok(ResolveResult::File(PathBuf::from(specifier)));
        }
        let asked = self.asked.resolve(self.shared, specifier, from);
        let given = match asked {
            Ok(given) => given,
            Err(found) => {
                self.complain(found);
                return Ok(outside());
            }
        };
        let leaves = given.as_ref().is_some_and(|(_, external)| *external);
        if let Some((id, false)) = given {
            return Ok(self.lead_to(from, specifier, PathBuf::from(id)));
        }
        if leaves
            || !is_local(specifier)
            || crate::plugin::is_excluded(&self.shared.options.external, specifier)
        {
            let text = self
                .shared
                .source(&from.to_string_lossy())
                .unwrap_or_default();
            let import = import_of(&text, specifier);
            self.outside
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(import);
            return Ok(outside());
        }
        if let Some(path) = self.find(specifier, from) {
            return Ok(self.lead_to(from, specifier, path));
        }
        let message = format!("Could not resolve: \"{specifier}\"");
        let problem = Diagnostic::error(message).code("UNRESOLVED_IMPORT");
        self.complain([self.place(problem, specifier, from)]);
        // What else is wrong is wanted too.
        Ok(outside())
    }
}

/// Where an import leads whose style sheet is not read.
fn outside() -> ResolveResult {
    ResolveResult::File(PathBuf::from(OUTSIDE))
}

/// The `@import` of a specifier as it was written, with its conditions.
fn import_of(text: &str, specifier: &str) -> String {
    let plain = || format!("@import {};", quoted(specifier));
    let Some(at) = text.find(specifier) else {
        return plain();
    };
    let start = text.get(..at).and_then(|before| before.rfind("@import"));
    let after = at + specifier.len();
    let end = text.get(after..).and_then(|rest| rest.find(';'));
    match (start, end) {
        (Some(start), Some(end)) => text
            .get(start..=after + end)
            .map_or_else(plain, ToOwned::to_owned),
        _ => plain(),
    }
}

impl<'a> Provider<'a> {
    /// `all` imports the style sheets of a build.
    pub(super) fn new(shared: &'a Shared, all: String) -> Self {
        Self {
            shared,
            all,
            texts: AppendOnlyVec::new(),
            outside: Mutex::default(),
            imports: Mutex::default(),
            depths: Mutex::default(),
            problems: Mutex::default(),
            read: Mutex::default(),
            asked: Asked::new(shared),
        }
    }

    /// The imports of what is not bundled.
    pub(super) fn outside(&self) -> String {
        let mut outside = self.outside.lock().unwrap_or_else(PoisonError::into_inner);
        outside.dedup();
        let end = if self.shared.options.minify.whitespace {
            ""
        } else {
            "\n"
        };
        outside
            .iter()
            .fold(String::new(), |all, import| all + import + end)
    }

    /// Reads the maps that style sheets name.
    pub(super) fn note_maps(&self, names: &[String], urls: &[Option<String>]) {
        for (name, url) in names.iter().zip(urls) {
            let Some(url) = url else {
                continue;
            };
            let map = input_map(self.shared, name, url);
            let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(text) = read.get_mut(name) {
                text.map = text.map.take().or_else(|| map.map(Arc::new));
            }
        }
    }

    /// What was read under a name.
    pub(super) fn text(&self, name: &str) -> &str {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.get(name).map_or("", |text| &self.texts[text.index])
    }

    /// What was read under a name, and what it was made of.
    pub(super) fn source<'s>(&'s self, name: &'s str) -> Source<'s> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let map = read.get(name).and_then(|text| text.map.clone());
        drop(read);
        let text = self.text(name);
        Source { name, text, map }
    }

    /// A style sheet's text, and where it was written if not there; nothing after what was told.
    fn text_of(
        &self,
        file: &Path,
        path: &str,
    ) -> io::Result<Option<(String, Option<Arc<SourceMap>>)>> {
        if let Some(module) = self.shared.css_module(path) {
            return Ok(Some((module.styles.clone(), module.map.clone())));
        }
        let text = match self.asked.load(self.shared, path) {
            Ok(Some(text)) => text,
            Ok(None) => {
                let bytes = self.shared.read(file).ok_or(io::ErrorKind::NotFound)?;
                String::from_utf8_lossy(&bytes).into_owned()
            }
            Err(found) => {
                self.complain(found);
                return Ok(None);
            }
        };
        if !is_module(path) {
            return Ok(Some((text, None)));
        }
        Ok(Some(match module(self.shared, path, &text) {
            Ok(module) => (module.styles, module.map),
            // What is wrong with it is told where it is read as what it is.
            Err(_) => (text, None),
        }))
    }

    /// Where an import leads whose style sheet is read, unless it adds nothing.
    fn lead_to(&self, from: &Path, specifier: &str, path: PathBuf) -> ResolveResult {
        let mut depths = self.depths.lock().unwrap_or_else(PoisonError::into_inner);
        let depth = depths.get(from).copied().unwrap_or(0) + 1;
        depths.entry(path.clone()).or_insert(depth);
        drop(depths);
        if depth > MOST_DEEP {
            let message = format!("Style sheets import each other more than {MOST_DEEP} deep");
            self.complain([self.place(Diagnostic::error(message), specifier, from)]);
            return outside();
        }
        if self.adds_nothing_circular(from, &path) {
            ResolveResult::File(path)
        } else {
            outside()
        }
    }

    /// Puts a problem where a specifier stands.
    fn place(&self, problem: Diagnostic, specifier: &str, from: &Path) -> Diagnostic {
        let from = from.to_string_lossy();
        let problem = problem.file(&*from);
        let text = self.shared.source(&from).unwrap_or_default();
        match text.find(specifier).and_then(|at| u32::try_from(at).ok()) {
            Some(at) => {
                let end = at + u32::try_from(specifier.len()).unwrap_or(0);
                problem.at(&text, &LineIndex::new(&text), at, end)
            }
            None => problem,
        }
    }

    fn complain(&self, found: impl IntoIterator<Item = Diagnostic>) {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        problems.extend(found);
    }

    /// Notes an import, unless the imported style sheet imports this one already: it is in force then, and
    /// lightningcss would leave out the whole circle.
    fn adds_nothing_circular(&self, from: &Path, to: &Path) -> bool {
        let mut imports = self.imports.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut pending, mut seen) = (vec![to.to_owned()], BTreeSet::new());
        while let Some(path) = pending.pop() {
            if path == from {
                return false;
            }
            if let Some(next) = imports.get(&path) {
                let next = next.iter().filter(|path| seen.insert((*path).clone()));
                pending.extend(next.cloned());
            }
        }
        let known = imports.entry(from.to_owned()).or_default();
        known.insert(to.to_owned());
        true
    }

    /// A file beside the importing one, or one of a package.
    fn find(&self, specifier: &str, from: &Path) -> Option<PathBuf> {
        let beside = normalized(&from.parent()?.join(specifier));
        if self.shared.has(&beside) {
            return Some(beside);
        }
        let resolver = crust_resolve::Resolver::new(crust_resolve::ResolveOptions {
            conditions: vec!["style".to_owned()],
            main_fields: vec!["style".to_owned(), "main".to_owned()],
            ..crust_resolve::ResolveOptions::default()
        });
        let kind = crust_resolve::ReferrerKind::Import;
        let found = resolver.resolve(specifier, from.parent()?, kind).ok()?;
        matches!(found.kind, crust_resolve::ResolvedKind::File).then_some(found.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_keep_their_conditions() {
        let text = "@import './a.css'; @import url(https://x/y.css) screen and (width > 1px); a {}";
        let expect = "@import url(https://x/y.css) screen and (width > 1px);";
        assert_eq!(import_of(text, "https://x/y.css"), expect);
        assert_eq!(import_of("", "https://x"), "@import \"https://x\";");
    }
}

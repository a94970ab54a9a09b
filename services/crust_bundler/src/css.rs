//! Style sheets: those that a program or a page uses become one, with what they import; their files come
//! along. Parsing, bundling and lowering are lightningcss's.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use append_only_vec::AppendOnlyVec;
use crust_diag::{Diagnostic, LineIndex};
use lightningcss::bundler::{Bundler, ResolveResult, SourceProvider};
use lightningcss::css_modules::{Config, CssModuleReference, Pattern};
use lightningcss::dependencies::{Dependency, DependencyOptions};
use lightningcss::error::ErrorLocation;
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, StyleSheet};
use lightningcss::targets::{Browsers, Targets};

use crate::artifact::hash_of;
use crate::css_hooks::Asked;
use crate::loader::Loader;
use crate::naming::{self, Parts};
use crate::options::BuildOptions;
use crate::plugin::{Shared, normalized};

/// Files up to this size become part of the style sheet, as in Bun: a request of their own would cost more.
const MOST_INLINE: usize = 128 << 10;

/// The name of the style sheet that imports those of a build, one after the other.
const ALL: &str = "/\0all.css";
/// Stands for a style sheet that is not bundled; what imports it goes to the top.
const OUTSIDE: &str = "/\0outside.css";

/// A file that a style sheet or a page refers to.
#[derive(Clone, Debug)]
pub(crate) struct Asset {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// A style sheet that holds everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bundled {
    pub(crate) code: String,
    pub(crate) assets: Vec<Asset>,
}

/// lightningcss recurses: a thousand levels take some megabytes of the stack. People write five.
const MOST_LEVELS: usize = 1000;

/// A style sheet that nests beyond all reason. Brackets in strings and comments count too.
fn too_deep(path: &str, text: &str) -> Option<Diagnostic> {
    let (mut depth, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'{' | b'(' | b'[' => {
                depth += 1;
                most = most.max(depth);
            }
            b'}' | b')' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    (most > MOST_LEVELS).then(|| {
        let message = format!("The style sheet is nested deeper than {MOST_LEVELS} levels");
        Diagnostic::error(message).file(path).code("CSS_ERROR")
    })
}

/// Whether a style sheet's names are its own.
pub(crate) fn is_module(path: &str) -> bool {
    path.ends_with(".module.css")
}

/// The browsers that Bun lowers to.
fn targets() -> Targets {
    let version = |major: u32| Some(major << 16);
    Targets::from(Browsers {
        chrome: version(80),
        edge: version(80),
        firefox: version(78),
        safari: version(14),
        opera: version(67),
        ..Browsers::default()
    })
}

/// Joins the style sheets at these absolute paths, in their order.
pub(crate) fn bundle(
    shared: &Shared,
    files: &[String],
    output: &str,
) -> Result<Bundled, Vec<Diagnostic>> {
    let all = files.iter().fold(String::new(), |mut all, file| {
        // Writing to a string does not fail. A path in quotes with its backslashes and quotes escaped.
        let _ = writeln!(all, "@import {file:?};");
        all
    });
    let provider = Provider {
        shared,
        all,
        texts: AppendOnlyVec::new(),
        outside: Mutex::default(),
        imports: Mutex::default(),
        problems: Mutex::default(),
        asked: Asked::new(shared),
    };
    let bundled = join(&provider);
    let mut problems = provider
        .problems
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .split_off(0);
    match bundled {
        Ok((code, dependencies)) if problems.is_empty() => {
            let mut bundled = with_assets(shared, code, dependencies, output)?;
            let mut outside = provider.outside.into_inner().unwrap_or_default();
            outside.dedup();
            let end = if shared.options.minify.whitespace {
                ""
            } else {
                "\n"
            };
            for import in &mut outside {
                import.push_str(end);
            }
            bundled.code.insert_str(0, &outside.concat());
            if !bundled.code.ends_with('\n') {
                bundled.code.push('\n');
            }
            Ok(bundled)
        }
        Ok(_) => Err(problems),
        Err(problem) => {
            problems.push(*problem);
            Err(problems)
        }
    }
}

fn join(provider: &Provider<'_>) -> Result<(String, Vec<Dependency>), Box<Diagnostic>> {
    let options = &provider.shared.options;
    let failed = |message: String, place: Option<ErrorLocation>| {
        let sources = |path: &str| provider.shared.source(path);
        Box::new(problem(&message, place, &sources))
    };
    let mut bundler = Bundler::new(provider, None, ParserOptions::default());
    let mut sheet = bundler
        .bundle(Path::new(ALL))
        .map_err(|error| failed(error.kind.to_string(), error.loc))?;
    sheet
        .minify(MinifyOptions {
            targets: targets(),
            unused_symbols: HashSet::default(),
        })
        .map_err(|error| failed(error.kind.to_string(), error.loc))?;
    let printed = sheet
        .to_css(PrinterOptions {
            minify: options.minify.whitespace,
            targets: targets(),
            analyze_dependencies: Some(DependencyOptions {
                remove_imports: false,
            }),
            ..PrinterOptions::default()
        })
        .map_err(|error| failed(error.kind.to_string(), error.loc))?;
    Ok((printed.code, printed.dependencies.unwrap_or_default()))
}

/// A complaint of lightningcss's with its place.
fn problem(
    message: &str,
    place: Option<ErrorLocation>,
    sources: &dyn Fn(&str) -> Option<String>,
) -> Diagnostic {
    let problem = Diagnostic::error(message.trim_end_matches('.')).code("CSS_ERROR");
    let Some(place) = place else {
        return problem;
    };
    if place.filename == ALL {
        return problem;
    }
    let problem = problem.file(place.filename.clone());
    let Some(source) = sources(&place.filename) else {
        return problem;
    };
    let start: usize = source
        .split_inclusive('\n')
        .take(place.line as usize)
        .map(str::len)
        .sum();
    let start = start + (place.column.saturating_sub(1)) as usize;
    let start = u32::try_from(start.min(source.len())).unwrap_or(u32::MAX);
    problem.at(&source, &LineIndex::new(&source), start, start)
}

/// Puts the places of files where lightningcss left marks for them.
fn with_assets(
    shared: &Shared,
    code: String,
    dependencies: Vec<Dependency>,
    output: &str,
) -> Result<Bundled, Vec<Diagnostic>> {
    let (mut code, mut problems) = (code, Vec::new());
    let mut assets: BTreeMap<String, Asset> = BTreeMap::new();
    for dependency in dependencies {
        let (url, placeholder, from) = match dependency {
            Dependency::Url(found) => (found.url, found.placeholder, found.loc.file_path),
            Dependency::Import(found) => {
                code = code.replace(&found.placeholder, &found.url);
                continue;
            }
        };
        if !is_local(&url) {
            code = code.replace(&placeholder, &url);
            continue;
        }
        match find_asset(shared, &url, &from) {
            Ok((path, bytes)) => {
                let place = place_asset(shared, &path, bytes, output, &mut assets);
                code = code.replace(&placeholder, &place);
            }
            Err(found) => problems.push(*found),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Bundled {
        code,
        assets: assets.into_values().collect(),
    })
}

/// Whether a reference is to a file of the project.
pub(crate) fn is_local(url: &str) -> bool {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| url.starts_with(prefix));
    let scheme = url.split(['/', '?', '#']).next().unwrap_or_default();
    !url.is_empty() && !starts(&["//", "#"]) && !scheme.contains(':')
}

fn find_asset(
    shared: &Shared,
    url: &str,
    from: &str,
) -> Result<(String, Vec<u8>), Box<Diagnostic>> {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let path = url.get(..end).unwrap_or(url);
    let folder = Path::new(from).parent().unwrap_or(Path::new("/"));
    let full = match path.strip_prefix('/') {
        Some(rest) => shared.options.directory.join(rest),
        None => folder.join(path),
    };
    let full = normalized(&full);
    shared
        .read(&full)
        .ok_or_else(|| {
            Box::new(
                Diagnostic::error(format!("Could not resolve: \"{url}\""))
                    .code("UNRESOLVED_IMPORT")
                    .file(from),
            )
        })
        .map(|bytes| (full.to_string_lossy().into_owned(), bytes))
}

/// A small file goes into the style sheet, a large one beside it.
fn place_asset(
    shared: &Shared,
    path: &str,
    bytes: Vec<u8>,
    output: &str,
    assets: &mut BTreeMap<String, Asset>,
) -> String {
    let wanted = shared.loader_of(path);
    let inline = match wanted {
        Loader::DataUrl => true,
        Loader::File => bytes.len() <= MOST_INLINE && !shared.options.loaders_name(path),
        _ => bytes.len() <= MOST_INLINE,
    };
    if inline || shared.options.inline_assets {
        return crate::plugin::data_url(path, &bytes).replace('\'', "%27");
    }
    let name = asset_name(&shared.options, path, &bytes);
    let place = crate::plugin::asset_path(&shared.options.public_path, output, &name);
    assets.insert(path.to_owned(), Asset { name, bytes });
    place
}

/// The name in the output of a file that rolldown does not know.
pub(crate) fn asset_name(options: &BuildOptions, path: &str, bytes: &[u8]) -> String {
    let path = Path::new(path);
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    let root = options.root.as_deref().unwrap_or(&options.directory);
    let parts = Parts {
        dir: &naming::folder_below(root, path),
        name: &naming::stem(path),
        ext: &extension,
        target: options.target,
    };
    naming::fill(&options.naming.asset, parts).replace("[hash]", &hash_of(bytes))
}

/// Gives lightningcss the files of a build.
struct Provider<'a> {
    shared: &'a Shared,
    all: String,
    texts: AppendOnlyVec<String>,
    /// Imports of what is not bundled, as they were written.
    outside: Mutex<Vec<String>>,
    /// Which style sheet imports which, without what would close a circle.
    imports: Mutex<BTreeMap<PathBuf, BTreeSet<PathBuf>>>,
    problems: Mutex<Vec<Diagnostic>>,
    asked: Asked,
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
        let text = if let Some(text) = self.shared.css_module(&path) {
            text
        } else {
            let text = match self.asked.load(self.shared, &path) {
                Ok(Some(text)) => text,
                Ok(None) => {
                    let bytes = self.shared.read(file).ok_or(io::ErrorKind::NotFound)?;
                    String::from_utf8_lossy(&bytes).into_owned()
                }
                Err(found) => {
                    self.complain(found);
                    return Ok("");
                }
            };
            if is_module(&path) {
                module(self.shared, &path, &text).map_or(text, |(text, _)| text)
            } else {
                text
            }
        };
        if let Some(problem) = too_deep(&path, &text) {
            let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
            problems.push(problem);
            return Ok("");
        }
        let index = self.texts.push(text);
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
                return Ok(ResolveResult::File(PathBuf::from(OUTSIDE)));
            }
        };
        let leaves = given.as_ref().is_some_and(|(_, external)| *external);
        if let Some((id, false)) = given {
            let path = PathBuf::from(id);
            let adds = self.adds_nothing_circular(from, &path);
            return Ok(ResolveResult::File(if adds {
                path
            } else {
                PathBuf::from(OUTSIDE)
            }));
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
            return Ok(ResolveResult::File(PathBuf::from(OUTSIDE)));
        }
        if let Some(path) = self.find(specifier, from) {
            let adds = self.adds_nothing_circular(from, &path);
            return Ok(ResolveResult::File(if adds {
                path
            } else {
                PathBuf::from(OUTSIDE)
            }));
        }
        let problem = Diagnostic::error(format!("Could not resolve: \"{specifier}\""))
            .code("UNRESOLVED_IMPORT")
            .file(from.to_string_lossy());
        let text = self
            .shared
            .source(&from.to_string_lossy())
            .unwrap_or_default();
        let problem = match text.find(specifier).and_then(|at| u32::try_from(at).ok()) {
            Some(at) => {
                let end = at + u32::try_from(specifier.len()).unwrap_or(0);
                problem.at(&text, &LineIndex::new(&text), at, end)
            }
            None => problem,
        };
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        problems.push(problem);
        // What else is wrong is wanted too.
        Ok(ResolveResult::File(PathBuf::from(OUTSIDE)))
    }
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

impl Provider<'_> {
    fn complain(&self, found: Vec<Diagnostic>) {
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

/// Gives the names of a CSS module their own spelling: the style sheet, and the JavaScript module that says
/// which is which.
pub(crate) fn module(
    shared: &Shared,
    path: &str,
    source: &str,
) -> Result<(String, String), Vec<Diagnostic>> {
    if let Some(problem) = too_deep(path, source) {
        return Err(vec![problem]);
    }
    let sources = |_: &str| Some(source.to_owned());
    let failed =
        |message: String, place: Option<ErrorLocation>| vec![problem(&message, place, &sources)];
    let pattern = Pattern::parse("[local]_[hash]").unwrap_or_default();
    let sheet = StyleSheet::parse(
        source,
        ParserOptions {
            filename: path.to_owned(),
            css_modules: Some(Config {
                pattern,
                ..Config::default()
            }),
            ..ParserOptions::default()
        },
    )
    .map_err(|error| failed(error.kind.to_string(), error.loc))?;
    let root = shared.options.directory.to_string_lossy();
    let printed = sheet
        .to_css(PrinterOptions {
            project_root: Some(&root),
            ..PrinterOptions::default()
        })
        .map_err(|error| failed(error.kind.to_string(), error.loc))?;
    let exports: BTreeMap<_, _> = printed.exports.unwrap_or_default().into_iter().collect();
    let mut imports: Vec<String> = Vec::new();
    let mut members = String::new();
    // Writing to a string does not fail.
    for (name, export) in &exports {
        let mut parts: Vec<String> = Vec::new();
        for composed in &export.composes {
            parts.push(match composed {
                CssModuleReference::Local { name } | CssModuleReference::Global { name } => {
                    quoted(name)
                }
                CssModuleReference::Dependency { name, specifier } => {
                    let index = imports.iter().position(|known| known == specifier);
                    let index = index.unwrap_or_else(|| {
                        imports.push(specifier.clone());
                        imports.len() - 1
                    });
                    format!("module{index}[{}]", quoted(name))
                }
            });
        }
        parts.push(quoted(&export.name));
        let _ = writeln!(
            members,
            "  {}: {},",
            quoted(name),
            parts.join(" + \" \" + ")
        );
    }
    let mut code = String::new();
    for (index, specifier) in imports.iter().enumerate() {
        let _ = writeln!(code, "import module{index} from {};", quoted(specifier));
    }
    let _ = writeln!(code, "export default {{\n{members}}};");
    Ok((printed.code, code))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The style sheets that a module uses, in the order in which they come into force: what a module imports
/// comes before itself.
pub(crate) fn order(shared: &Shared, entry: &str) -> Vec<String> {
    let modules = shared.in_order(entry).into_iter();
    modules
        .filter(|id| shared.is_css(id))
        .map(|id| crate::plugin::Identity::of(&id).path.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_local_or_not() {
        let check = |url: &str, expect: bool| assert_eq!(is_local(url), expect, "{url}");
        check("./a.png", true);
        check("a.png?x:y", true);
        check("/a.png", true);
        check("https://x/a.png", false);
        check("//x/a.png", false);
        check("data:image/png,x", false);
        check("#id", false);
        check("", false);
    }

    #[test]
    fn nesting_has_a_limit() {
        let nested = |levels: usize| format!("{}{}", ".a{".repeat(levels), "}".repeat(levels));
        assert!(too_deep("a.css", &nested(MOST_LEVELS)).is_none());
        assert!(too_deep("a.css", &nested(MOST_LEVELS + 1)).is_some());
    }

    #[test]
    fn imports_keep_their_conditions() {
        let text = "@import './a.css'; @import url(https://x/y.css) screen and (width > 1px); a {}";
        let expect = "@import url(https://x/y.css) screen and (width > 1px);";
        assert_eq!(import_of(text, "https://x/y.css"), expect);
        assert_eq!(import_of("", "https://x"), "@import \"https://x\";");
    }

    #[test]
    fn modules_say_which_name_is_which() {
        let shared = Shared::new(BuildOptions::default(), None);
        let source =
            ".a { composes: b; composes: c from \"./o.module.css\"; color: red } .b { margin: 0 }";
        let (css, js) = module(&shared, "/m.module.css", source).unwrap();
        assert!(css.contains(".a_") && !css.contains("composes"), "{css}");
        assert!(
            js.starts_with("import module0 from \"./o.module.css\";\n"),
            "{js}"
        );
        assert!(js.contains("module0[\"c\"] + \" \" + \"a_"), "{js}");
        assert!(module(&shared, "/m.module.css", ".a {").is_ok());
        assert!(module(&shared, "/m.module.css", "@import ;").is_err());
    }
}

//! From a key to a parsed module: reads the file, chooses the loader and transpiles. Runs on any
//! thread; knows no engine.

use super::data::{self, Loader};
use super::embedded;
use super::error::LoadError;
use super::loaded_files::LoadedFiles;
use super::macros::MacroFiles;
use super::record::{Data, Kind, ModuleKey, Origin};
use crate::builtins::BuiltinText;
use crate::op_error::OpError;
use crust_diag::Diagnostic;
use crust_manifest::{CompilerOptions, Jsx, Tsconfigs};
use crust_resolve::PackageType;
use crust_transpile::{FormatHint, JsxRuntime, Options, Print, Syntax, transpile};
use rustc_hash::{FxHashMap, FxHashSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// What all reads share.
pub(super) struct Sources {
    defines: Vec<(String, String)>,
    features: Vec<String>,
    trace: Option<fn(&str)>,
    loaded_files: Option<LoadedFiles>,
    tsconfigs: Tsconfigs,
    /// `NODE_ENV=production`: JSX without development positions.
    production: bool,
    /// Leave plain scripts to the engine's parser.
    engine_checks: bool,
    /// A source names `AsyncLocalStorage`: from then on the async context is carried across `await`.
    async_context: AtomicBool,
    /// Files whose text the engine refused, to be parsed here.
    refused: Mutex<FxHashSet<PathBuf>>,
    /// Texts that stand for files: `-e` and standard input.
    provided: Mutex<FxHashMap<PathBuf, Provided>>,
    /// Paths and names of modules that a test replaces.
    mocked: Mutex<FxHashMap<String, bool>>,
    /// Whether there is one; programs that are not under test ask no more than this.
    has_mocks: AtomicBool,
    /// Mock calls of test files come before their imports.
    hoist_mocks: bool,
    /// Files that are instrumented for coverage.
    covers: Option<fn(&Path) -> bool>,
    /// Files that call macros.
    pub(super) macros: MacroFiles,
}

/// A text that stands for a file.
#[derive(Clone)]
struct Provided {
    text: String,
    print: Print,
}

/// The largest source: offsets are 32-bit and an engine string holds 2³¹−1 characters.
const MAX_SOURCE: u64 = 1 << 30;

impl Sources {
    pub(super) fn new(
        defines: Vec<(String, String)>,
        features: Vec<String>,
        trace: Option<fn(&str)>,
        loaded_files: Option<i32>,
    ) -> Self {
        Self {
            defines,
            features,
            trace,
            loaded_files: loaded_files.and_then(LoadedFiles::open),
            tsconfigs: Tsconfigs::new(None),
            production: std::env::var_os("NODE_ENV").is_some_and(|mode| mode == "production"),
            engine_checks: true,
            async_context: AtomicBool::new(false),
            refused: Mutex::default(),
            provided: Mutex::default(),
            mocked: Mutex::default(),
            has_mocks: AtomicBool::new(false),
            hoist_mocks: false,
            covers: None,
            macros: MacroFiles::default(),
        }
    }

    /// Whether macros are called.
    pub(super) fn with_macros(mut self, refused: bool) -> Self {
        self.macros = MacroFiles::new(refused);
        self
    }

    /// What a test run does to sources.
    pub(super) fn for_tests(
        mut self,
        hoist_mocks: bool,
        covers: Option<fn(&Path) -> bool>,
    ) -> Self {
        self.hoist_mocks = hoist_mocks;
        self.covers = covers;
        self
    }

    /// The text with what a test run adds to it.
    fn prepared(&self, text: String, syntax: Syntax, path: &Path) -> String {
        // Packages mock nothing, and make up most of what is loaded.
        let in_package = path.iter().any(|part| part == "node_modules");
        let hoisted =
            (self.hoist_mocks && !in_package).then(|| crust_transpile::hoist_mocks(&text));
        let text = hoisted.flatten().unwrap_or(text);
        if !self.covers.is_some_and(|covers| covers(path)) {
            return text;
        }
        let instrumented = crust_transpile::instrument(&text, syntax, &path.to_string_lossy());
        instrumented.map_or(text, |instrumented| instrumented.text)
    }

    /// Makes `text` the content of a path that need not exist.
    pub(super) fn provide(&self, name: &Path, text: &str, print: Print) {
        let mut provided = self.provided.lock().unwrap_or_else(PoisonError::into_inner);
        provided.insert(
            name.to_owned(),
            Provided {
                text: text.to_owned(),
                print,
            },
        );
    }

    /// From now on a module is what the mock loader says.
    pub(super) fn mock(&self, path: &str, waits: bool) {
        self.has_mocks.store(true, Ordering::Relaxed);
        let mut mocked = self.mocked.lock().unwrap_or_else(PoisonError::into_inner);
        mocked.insert(path.to_owned(), waits);
    }

    /// A module is its file again.
    pub(super) fn unmock(&self, path: &str) {
        let mut mocked = self.mocked.lock().unwrap_or_else(PoisonError::into_inner);
        mocked.remove(path);
    }

    /// Whether what replaces a module has to be waited for.
    fn mock_waits(&self, path: &str) -> bool {
        let mocked = self.mocked.lock().unwrap_or_else(PoisonError::into_inner);
        mocked.get(path).copied().unwrap_or(false)
    }

    /// Whether a module is replaced.
    pub(super) fn is_mocked(&self, path: &str) -> bool {
        let is_member = || {
            let mocked = self.mocked.lock().unwrap_or_else(PoisonError::into_inner);
            mocked.contains_key(path)
        };
        self.has_mocks.load(Ordering::Relaxed) && is_member()
    }

    /// Whether a source that was read so far stores something in the async context.
    pub(super) fn carries_async_context(&self) -> bool {
        self.async_context.load(Ordering::Relaxed)
    }

    /// From now on, finds out here what is wrong with a file, or that it is no plain script.
    pub(super) fn parse_here(&self, path: PathBuf) {
        self.refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path);
    }

    fn refused_by_engine(&self, path: &Path) -> bool {
        self.refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(path)
    }

    /// What is printed when a provided text has run.
    fn print_of(&self, path: &Path) -> Print {
        let provided = self.provided.lock().unwrap_or_else(PoisonError::into_inner);
        provided
            .get(path)
            .map_or(Print::Nothing, |provided| provided.print)
    }

    /// Reads and parses the module of a key.
    pub(super) fn load(
        &self,
        key: &ModuleKey,
        package_type: Option<PackageType>,
    ) -> Result<Kind, LoadError> {
        if self.is_mocked(&key.path) {
            return Ok(Kind::Mocked {
                waits: self.mock_waits(&key.path),
            });
        }
        match key.origin {
            Origin::Builtin => Ok(Kind::Builtin),
            Origin::Ignored => Ok(Kind::Data(Data::Empty)),
            Origin::Data => self.load_data_url(&key.path, key.attribute.as_deref()),
            Origin::File => self.load_file(key, package_type),
        }
    }

    fn load_file(
        &self,
        key: &ModuleKey,
        package_type: Option<PackageType>,
    ) -> Result<Kind, LoadError> {
        let path = key.file_path();
        let provided = self
            .provided
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&path)
            .cloned();
        let is_text = provided.is_some();
        let loader = match &key.attribute {
            Some(name) => {
                Loader::of_attribute(name).ok_or_else(|| unknown_attribute(name, &path))?
            }
            None if is_text => Loader::Tsx,
            None => Loader::of_extension(&path),
        };
        if let Some(loaded) = self.loaded_files.as_ref().filter(|_| !is_text) {
            loaded.report(&path);
        }
        if let Some(trace) = self.trace {
            trace(&format!(
                "[crust:modules] read {} as {loader:?}\n",
                path.display()
            ));
        }
        match loader {
            Loader::File => Ok(Kind::Data(Data::Text(path.to_string_lossy().into_owned()))),
            Loader::Wasm => Ok(Kind::Data(Data::Wasm(read(&path)?))),
            _ => {
                let text = match provided {
                    Some(provided) => provided.text,
                    None => decode(read(&path)?),
                };
                self.parse(loader, &path, text, package_type)
            }
        }
    }

    /// What a plugin gave as a module's content.
    pub(super) fn parse_given(
        &self,
        loader: Loader,
        key: &ModuleKey,
        text: String,
        package_type: Option<PackageType>,
    ) -> Result<Kind, LoadError> {
        let path = key.file_path();
        if let Some(loaded) = self.loaded_files.as_ref().filter(|_| path.is_absolute()) {
            loaded.report(&path);
        }
        self.parse(loader, &path, text, package_type)
    }

    fn parse(
        &self,
        loader: Loader,
        path: &Path,
        text: String,
        package_type: Option<PackageType>,
    ) -> Result<Kind, LoadError> {
        let syntax = match loader {
            Loader::Js | Loader::Jsx => Syntax::Jsx,
            Loader::Ts => Syntax::Ts,
            Loader::Tsx => Syntax::Tsx,
            _ => return data::parse(loader, path, text).map(Kind::Data),
        };
        if crust_transpile::stores_async_context(&text) {
            self.async_context.store(true, Ordering::Relaxed);
        }
        let options = self.options(syntax, path, package_type);
        let text = self.macros.apply(text, path, &options)?;
        let text = self.prepared(text, syntax, path);
        let module = transpile(text, &options).map_err(|problems| named(problems, path))?;
        Ok(match module.format {
            crust_transpile::Format::Esm => Kind::Esm(Box::new(module)),
            crust_transpile::Format::CommonJs => Kind::CommonJs(Box::new(module)),
        })
    }

    /// What the nearest tsconfig and the command line say about a file. Packages bring no tsconfig
    /// of theirs.
    fn options(&self, syntax: Syntax, path: &Path, package_type: Option<PackageType>) -> Options {
        let mut options = Options {
            syntax,
            format: format_hint(path, package_type),
            file_name: path.to_string_lossy().into_owned(),
            defines: self.defines.clone(),
            features: self.features.clone(),
            ..Options::default()
        };
        options.jsx.development = !self.production;
        options.print = self.print_of(path);
        options.async_context = self.carries_async_context();
        options.engine_checks = self.engine_checks && !self.refused_by_engine(path);
        let in_package = path
            .components()
            .any(|part| part.as_os_str() == "node_modules");
        if let Some(tsconfig) = path
            .parent()
            .filter(|_| !in_package)
            .and_then(|dir| self.tsconfigs.nearest(dir))
        {
            apply(&tsconfig.options, &mut options);
        }
        options
    }

    /// Transpiles text as a CommonJS file (`module._compile`).
    pub(super) fn parse_common_js(&self, path: &Path, text: String) -> Result<Kind, LoadError> {
        // Compiled at once by a caller that has no file to read again.
        self.parse_here(path.to_owned());
        let loader = match Loader::of_extension(path) {
            script @ (Loader::Js | Loader::Jsx | Loader::Ts | Loader::Tsx) => script,
            // A hook of `require.extensions` made this text from something else.
            _ => Loader::Js,
        };
        self.parse(loader, path, text, Some(PackageType::CommonJs))
    }

    fn load_data_url(&self, url: &str, attribute: Option<&str>) -> Result<Kind, LoadError> {
        let name = Path::new(url);
        let (mime, bytes) = decode_data_url(url).ok_or_else(|| {
            LoadError::Source(vec![
                Diagnostic::error("Invalid data: URL").file(shorten(url)),
            ])
        })?;
        let loader = match attribute.map(|name| Loader::of_attribute(name).ok_or(name)) {
            Some(Ok(loader)) => loader,
            Some(Err(unknown)) => return Err(unknown_attribute(unknown, name)),
            None => match mime.as_str() {
                "application/json" => Loader::Json,
                "text/typescript" | "application/typescript" => Loader::Ts,
                "text/plain" => Loader::Text,
                "application/wasm" => return Ok(Kind::Data(Data::Wasm(bytes))),
                _ => Loader::Js,
            },
        };
        self.parse(loader, name, decode(bytes), Some(PackageType::Module))
    }
}

/// tsconfig's `compilerOptions` as the transpiler takes them.
fn apply(from: &CompilerOptions, to: &mut Options) {
    match from.jsx {
        Some(Jsx::React) => to.jsx.runtime = JsxRuntime::Classic,
        Some(Jsx::ReactJsx) => to.jsx.development = false,
        Some(Jsx::ReactJsxDev) => to.jsx.development = true,
        _ => {}
    }
    let set = |from: &Option<String>, to: &mut String| {
        if let Some(value) = from {
            to.clone_from(value);
        }
    };
    set(&from.jsx_import_source, &mut to.jsx.import_source);
    set(&from.jsx_factory, &mut to.jsx.factory);
    set(&from.jsx_fragment_factory, &mut to.jsx.fragment);
    to.experimental_decorators = from
        .experimental_decorators
        .unwrap_or(to.experimental_decorators);
    to.emit_decorator_metadata = from
        .emit_decorator_metadata
        .unwrap_or(to.emit_decorator_metadata);
    to.use_define_for_class_fields = from
        .use_define_for_class_fields
        .unwrap_or(to.use_define_for_class_fields);
    to.verbatim_module_syntax = from
        .verbatim_module_syntax
        .unwrap_or(to.verbatim_module_syntax);
}

fn shorten(url: &str) -> String {
    url.chars().take(80).collect()
}

fn unknown_attribute(name: &str, path: &Path) -> LoadError {
    LoadError::Source(vec![
        Diagnostic::error(format!(
            "Import attribute \"type\" with value \"{name}\" is not supported"
        ))
        .file(path.to_string_lossy()),
    ])
}

fn named(problems: Vec<Diagnostic>, path: &Path) -> LoadError {
    let name = path.to_string_lossy();
    LoadError::Source(
        problems
            .into_iter()
            .map(|problem| {
                if problem.file.is_some() {
                    problem
                } else {
                    problem.file(name.clone())
                }
            })
            .collect(),
    )
}

fn format_hint(path: &Path, package_type: Option<PackageType>) -> FormatHint {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("mjs" | "mts") => FormatHint::Esm,
        Some("cjs" | "cts") => FormatHint::CommonJs,
        _ => match package_type {
            Some(PackageType::Module) => FormatHint::Esm,
            _ => FormatHint::Detect,
        },
    }
}

/// The syntax errors of a file, rendered (`node --check`).
///
/// # Errors
/// The text for people.
pub fn check_syntax(path: &Path) -> Result<(), String> {
    let mut sources = Sources::new(Vec::new(), Vec::new(), None, None);
    sources.engine_checks = false;
    let loaded = sources.load(&ModuleKey::file(path), None);
    loaded
        .map(drop)
        .map_err(|error| error.render(crust_diag::Style::Plain))
}

fn read(path: &Path) -> Result<Vec<u8>, LoadError> {
    let name = path.to_string_lossy();
    let failed = |error: std::io::Error, call: &str| LoadError::Io {
        path: path.to_owned(),
        error: OpError::from_io(&error, call, Some(&name)),
    };
    if let Some(bytes) = embedded::read(path) {
        return bytes.map_err(|error| failed(error, "open"));
    }
    let mut file = File::open(path).map_err(|error| failed(error, "open"))?;
    let metadata = file.metadata().map_err(|error| failed(error, "open"))?;
    if metadata.is_dir() {
        return Err(failed(
            std::io::Error::from_raw_os_error(libc::EISDIR),
            "read",
        ));
    }
    if metadata.len() > MAX_SOURCE {
        return Err(failed(
            std::io::Error::from_raw_os_error(libc::EFBIG),
            "read",
        ));
    }
    read_all(&mut file, metadata.len()).map_err(|error| failed(error, "read"))
}

/// Reads a file of a known size with one call, as long as the size is right.
fn read_all(file: &mut File, size: u64) -> std::io::Result<Vec<u8>> {
    let size = usize::try_from(size).unwrap_or(0);
    let mut bytes = vec![0; size];
    let mut filled = 0;
    while let Some(room) = bytes.get_mut(filled..).filter(|room| !room.is_empty()) {
        match file.read(room) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    // Files that tell no size (procfs, pipes) are read to their end.
    if size == 0 {
        file.take(MAX_SOURCE).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// UTF-8; invalid sequences become U+FFFD, as in every browser.
fn decode(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Media type and bytes of a `data:` URL (RFC 2397).
fn decode_data_url(url: &str) -> Option<(String, Vec<u8>)> {
    let rest = url.strip_prefix("data:")?;
    let (head, body) = rest.split_once(',')?;
    let mut parts = head.split(';');
    let mime = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let base64 = parts.any(|part| part.trim().eq_ignore_ascii_case("base64"));
    let body = percent_decode(body);
    let bytes = if base64 { base64_decode(&body)? } else { body };
    Some((mime, bytes))
}

fn percent_decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped = (*byte == b'%')
            .then(|| {
                text.get(at + 1..at + 3)
                    .and_then(|hex| u8::from_str_radix(hex, 16).ok())
            })
            .flatten();
        out.push(escaped.unwrap_or(*byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    out
}

fn base64_decode(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace() && **byte != b'=');
    let (mut out, mut buffer, mut bits) = (Vec::with_capacity(text.len() / 4 * 3), 0_u32, 0_u32);
    for digit in digits {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        buffer = (buffer << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from((buffer >> bits) & 0xff).ok()?);
        }
    }
    Some(out)
}

/// Emits a builtin module: at build time for the binary, at run time in development.
///
/// # Errors
/// The first problem of the source, in one line.
pub fn transpile_builtin(source: String) -> Result<BuiltinText, String> {
    let options = Options {
        syntax: Syntax::Ts,
        format: FormatHint::Esm,
        builtin: true,
        ..Options::default()
    };
    let module = transpile(source, &options).map_err(|problems| {
        problems.first().map_or_else(String::new, |problem| {
            format!("{}:{}: {}", problem.line, problem.column, problem.message)
        })
    })?;
    let emitted = module.emit(&crust_transpile::EmitPlan::plain(&module));
    let requests = module
        .requests
        .iter()
        .map(|request| request.specifier.clone().into())
        .collect();
    Ok(BuiltinText {
        requests,
        text: emitted.text.into(),
    })
}

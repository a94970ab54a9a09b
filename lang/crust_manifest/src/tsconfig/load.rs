//! Reads a tsconfig and what it extends, and folds them into one. Later entries of `extends` win
//! over earlier ones, and a file over what it extends.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use crust_diag::Diagnostic;
use rustc_hash::FxHashMap;

use super::Tsconfig;
use super::extends::find;
use super::options::{CompilerOptions, Jsx, PathMapping};
use crate::fields::{Fields, Report};
use crate::json::{self, Dialect, Step};
use crate::source::{Source, read_config};
use crate::value::Value;

/// How long a chain of `extends` may be; the deepest real ones have five links.
const CHAIN_LIMIT: usize = 32;

/// Options with paths as written, and the directories they are relative to.
#[derive(Debug, Clone, Default)]
struct Layer {
    options: CompilerOptions,
    base_url: Option<(String, PathBuf)>,
    paths: Option<(Vec<WrittenMapping>, PathBuf)>,
}

/// A pattern and its targets as written.
type WrittenMapping = (String, Vec<String>);

struct Loader {
    /// Files that were read; each counts once however often it is extended.
    done: FxHashMap<PathBuf, Rc<Layer>>,
    files: Vec<PathBuf>,
    chain: Vec<PathBuf>,
    problems: Vec<Diagnostic>,
}

pub(super) fn load(path: &Path) -> Tsconfig {
    let mut loader = Loader {
        done: FxHashMap::default(),
        files: Vec::new(),
        chain: Vec::new(),
        problems: Vec::new(),
    };
    let layer = loader.layer(path);
    let dir = path.parent().unwrap_or(path);
    Tsconfig {
        path: path.to_owned(),
        files: loader.files,
        options: finish(&layer, dir),
        problems: loader.problems,
    }
}

impl Loader {
    fn layer(&mut self, path: &Path) -> Rc<Layer> {
        if let Some(done) = self.done.get(path) {
            return Rc::clone(done);
        }
        self.files.push(path.to_owned());
        self.chain.push(path.to_owned());
        let layer = match read_config(path) {
            Ok(text) => self.parse(&text, path),
            Err(problems) => {
                self.problems.extend(problems);
                Layer::default()
            }
        };
        self.chain.pop();
        let layer = Rc::new(layer);
        self.done.insert(path.to_owned(), Rc::clone(&layer));
        layer
    }

    fn parse(&mut self, text: &str, path: &Path) -> Layer {
        let file = path.display().to_string();
        let source = Source { text, file: &file };
        let object = match json::parse(text, Dialect::Jsonc) {
            Ok(Value::Object(object)) => object,
            Ok(other) => {
                let message = format!("a tsconfig should hold an object, not {}", other.kind());
                self.problems.push(source.error(message, 0..0));
                return Layer::default();
            }
            Err(mistake) => {
                self.problems
                    .push(source.error(mistake.message, mistake.at));
                return Layer::default();
            }
        };
        let locate = |path: &[Step]| json::locate(text, Dialect::Jsonc, path);
        let report = Report::new(source, &locate);
        let fields = Fields::new(&object, &report);
        let dir = path.parent().unwrap_or(path);
        let mut layer = Layer::default();
        for specifier in fields.string_or_strings("extends").unwrap_or_default() {
            match self.extended(&specifier, dir) {
                Ok(base) => layer = over(&base, &layer),
                Err(why) => fields.warn("extends", why),
            }
        }
        if let Some(options) = fields.object("compilerOptions") {
            layer = over(&own(&options, dir), &layer);
        }
        self.problems.extend(report.finish());
        layer
    }

    fn extended(&mut self, specifier: &str, dir: &Path) -> Result<Rc<Layer>, String> {
        let found = find(specifier, dir)
            .ok_or_else(|| format!("\"{specifier}\" does not exist; it is ignored"))?;
        if self.chain.contains(&found) {
            return Err(format!(
                "\"{specifier}\" extends this file in turn; it is ignored"
            ));
        }
        if self.chain.len() >= CHAIN_LIMIT {
            return Err(format!("more than {CHAIN_LIMIT} files extend each other"));
        }
        Ok(self.layer(&found))
    }
}

/// `upper` where it says something, else `lower`.
fn over(upper: &Layer, lower: &Layer) -> Layer {
    let mut result = lower.clone();
    macro_rules! take {
        ($($field:ident),*) => {
            $(if upper.options.$field.is_some() {
                result.options.$field.clone_from(&upper.options.$field);
            })*
        };
    }
    take!(
        jsx,
        jsx_factory,
        jsx_fragment_factory,
        jsx_import_source,
        experimental_decorators,
        emit_decorator_metadata,
        use_define_for_class_fields,
        verbatim_module_syntax,
        isolated_modules,
        preserve_const_enums,
        preserve_value_imports,
        imports_not_used_as_values,
        strict,
        strict_null_checks,
        always_strict,
        target,
        module
    );
    if upper.base_url.is_some() {
        result.base_url.clone_from(&upper.base_url);
    }
    if upper.paths.is_some() {
        result.paths.clone_from(&upper.paths);
    }
    result
}

/// The options that a file itself gives.
fn own(fields: &Fields<'_, '_>, dir: &Path) -> Layer {
    let lower = |key: &str| fields.string(key).map(|text| text.to_lowercase());
    let options = CompilerOptions {
        jsx: jsx(fields),
        jsx_factory: fields.string("jsxFactory"),
        jsx_fragment_factory: fields.string("jsxFragmentFactory"),
        jsx_import_source: fields.string("jsxImportSource"),
        experimental_decorators: fields.boolean("experimentalDecorators"),
        emit_decorator_metadata: fields.boolean("emitDecoratorMetadata"),
        use_define_for_class_fields: fields.boolean("useDefineForClassFields"),
        verbatim_module_syntax: fields.boolean("verbatimModuleSyntax"),
        isolated_modules: fields.boolean("isolatedModules"),
        preserve_const_enums: fields.boolean("preserveConstEnums"),
        preserve_value_imports: fields.boolean("preserveValueImports"),
        imports_not_used_as_values: lower("importsNotUsedAsValues"),
        strict: fields.boolean("strict"),
        strict_null_checks: fields.boolean("strictNullChecks"),
        always_strict: fields.boolean("alwaysStrict"),
        target: lower("target"),
        module: lower("module"),
        ..CompilerOptions::default()
    };
    if fields.get("moduleSuffixes").is_some() {
        fields.warn(
            "moduleSuffixes",
            "\"moduleSuffixes\" is not supported".to_owned(),
        );
    }
    let paths = fields.object("paths").map(|paths| {
        let entries = paths.keys().filter_map(|pattern| {
            if pattern.matches('*').count() > 1 {
                paths.warn(pattern, format!("\"{pattern}\" holds more than one \"*\""));
                return None;
            }
            Some((pattern.to_owned(), paths.strings(pattern)?))
        });
        (entries.collect(), dir.to_owned())
    });
    let base_url = fields.string("baseUrl").map(|url| (url, dir.to_owned()));
    Layer {
        options,
        base_url,
        paths,
    }
}

fn jsx(fields: &Fields<'_, '_>) -> Option<Jsx> {
    let text = fields.string("jsx")?;
    match text.to_lowercase().as_str() {
        "preserve" => Some(Jsx::Preserve),
        "react" => Some(Jsx::React),
        "react-jsx" => Some(Jsx::ReactJsx),
        "react-jsxdev" => Some(Jsx::ReactJsxDev),
        "react-native" => Some(Jsx::ReactNative),
        _ => {
            let known = "react-jsx, react-jsxdev, react, react-native or preserve";
            fields.warn(
                "jsx",
                format!("\"jsx\" should be {known}, not \"{text}\"; it is ignored"),
            );
            None
        }
    }
}

/// Makes paths absolute; `root` is the directory that `${configDir}` stands for.
fn finish(layer: &Layer, root: &Path) -> CompilerOptions {
    let absolute = |text: &str, dir: &Path| {
        let joined = match text.strip_prefix("${configDir}") {
            Some(rest) => root.join(rest.trim_start_matches('/')),
            None => dir.join(text),
        };
        super::extends::normalize(&joined)
    };
    let base_url = layer.base_url.as_ref().map(|(url, dir)| absolute(url, dir));
    let paths = layer.paths.iter().flat_map(|(entries, dir)| {
        let dir = base_url.as_ref().unwrap_or(dir);
        entries.iter().map(move |(pattern, targets)| PathMapping {
            pattern: pattern.clone(),
            targets: targets.iter().map(|target| absolute(target, dir)).collect(),
        })
    });
    CompilerOptions {
        paths: paths.collect(),
        base_url: base_url.clone(),
        ..layer.options.clone()
    }
}

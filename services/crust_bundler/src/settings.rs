//! Our options as rolldown's.

use std::path::Path;
use std::sync::Arc;

use rolldown::{
    AddonOutputOption, AssetFilenamesOutputOption, AttachDebugInfo, BundlerOptions,
    BundlerTransformOptions, ChecksOptions, ChunkFilenamesOutputOption, CodeSplittingMode,
    CommentsOptions, Either, EsModuleFlag, ExperimentalOptions, GeneratedCodeOptions,
    HashCharacters, InjectImport, InnerOptions, InputItem, JsxOptions, LegalComments,
    ModuleSideEffects, OutputExports, OutputFormat, Platform, RawMinifyOptions, ResolveOptions,
    SourceMapType, TreeshakeOptions, TsConfig, TypeScriptOptions,
};
use rolldown_utils::indexmap::FxIndexMap;

use crate::minifier;
use crate::naming::{self, Parts};
use crate::options::{BuildOptions, Env, Format, JsxRuntime, Sourcemap, Target};

/// An entry point that has been found.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The module's id: an absolute path, or `namespace:path`.
    pub(crate) id: String,
    /// The output file's name, in which `[hash]` is to be filled in.
    pub(crate) template: String,
    /// The name of the style sheet that comes along.
    pub(crate) css: String,
    /// The name of the page, where it is one.
    pub(crate) html: String,
    pub(crate) kind: EntryKind,
}

/// What an entry point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    /// Code, or data that becomes code.
    Script,
    /// A style sheet.
    Css,
    /// A page.
    Page,
}

/// The extensions that are tried, in Bun's order.
const EXTENSIONS: [&str; 9] = [
    ".tsx", ".jsx", ".mts", ".ts", ".mjs", ".js", ".cts", ".cjs", ".json",
];

/// rolldown's options for a run with these entry points.
pub(crate) fn bundler_options(
    options: &BuildOptions,
    entries: &[Entry],
    root: &Path,
    inject: Vec<InjectImport>,
) -> BundlerOptions {
    let inputs = entries.iter().enumerate().map(|(index, entry)| InputItem {
        name: Some(format!("entry{index}")),
        import: entry.id.clone(),
    });
    BundlerOptions {
        input: Some(inputs.collect()),
        cwd: Some(options.directory.clone()),
        dir: Some(options.output_folder().to_string_lossy().into_owned()),
        platform: Some(platform(options.target)),
        name: options.global_name.clone(),
        entry_filenames: Some(entry_names(entries)),
        chunk_filenames: Some(chunk_names(options)),
        asset_filenames: Some(asset_names(options, root)),
        format: Some(match options.format {
            Format::Esm => OutputFormat::Esm,
            Format::Cjs => OutputFormat::Cjs,
            Format::Iife => OutputFormat::Iife,
        }),
        exports: Some(OutputExports::Named),
        es_module: Some(match options.format {
            // Without exports there is no object that could be marked; rolldown 1.2.5 marks it all the same.
            Format::Iife => EsModuleFlag::IfDefaultProp,
            Format::Esm | Format::Cjs => EsModuleFlag::Always,
        }),
        generated_code: Some(GeneratedCodeOptions {
            symbols: options.format != Format::Iife,
        }),
        sourcemap: match options.sourcemap {
            Sourcemap::None => None,
            // Nothing lies beside a page that holds everything.
            Sourcemap::Linked if options.inline_assets => Some(SourceMapType::Inline),
            Sourcemap::Linked => Some(SourceMapType::File),
            Sourcemap::Inline => Some(SourceMapType::Inline),
            Sourcemap::External => Some(SourceMapType::Hidden),
        },
        hash_characters: Some(HashCharacters::Base36),
        post_banner: addon(&banner(options)),
        post_footer: addon(&options.footer),
        resolve: Some(resolve_options(options)),
        treeshake: treeshake(options),
        experimental: Some(ExperimentalOptions {
            attach_debug_info: Some(if minifier::cuts(options) {
                AttachDebugInfo::Simple
            } else {
                AttachDebugInfo::None
            }),
            resolve_new_url_to_asset: Some(true),
            ..ExperimentalOptions::default()
        }),
        // That is our own part (`minifier.rs`).
        minify: Some(RawMinifyOptions::Bool(false)),
        minify_internal_exports: Some(options.minify.any() || options.format == Format::Esm),
        define: Some(defines(options)),
        keep_names: Some(options.minify.keep_names),
        inject: (!inject.is_empty()).then_some(inject),
        code_splitting: Some(CodeSplittingMode::Bool(options.splitting)),
        checks: Some(checks()),
        transform: Some(transform(options)),
        legal_comments: Some(if options.legal_comments {
            LegalComments::Inline
        } else {
            LegalComments::None
        }),
        comments: Some(CommentsOptions {
            legal: options.legal_comments,
            annotation: !options.minify.whitespace,
            jsdoc: false,
        }),
        tsconfig: Some(match &options.tsconfig {
            Some(path) => TsConfig::Manual(path.clone()),
            None => TsConfig::Auto(true),
        }),
        ..BundlerOptions::default()
    }
}

pub(crate) fn platform(target: Target) -> Platform {
    match target {
        Target::Browser => Platform::Browser,
        Target::Bun | Target::Node => Platform::Node,
    }
}

/// Each entry point has its name, whatever the others are called.
fn entry_names(entries: &[Entry]) -> ChunkFilenamesOutputOption {
    let templates: Vec<String> = entries.iter().map(|entry| entry.template.clone()).collect();
    ChunkFilenamesOutputOption::Fn(Arc::new(move |chunk| {
        let number = chunk.name.strip_prefix("entry");
        let index = number.and_then(|number| number.parse::<usize>().ok());
        let template = index.and_then(|index| templates.get(index)).cloned();
        let name = template.unwrap_or_else(|| format!("{}.js", chunk.name));
        Box::pin(async move { Ok(name) })
    }))
}

fn chunk_names(options: &BuildOptions) -> ChunkFilenamesOutputOption {
    let (template, target) = (options.naming.chunk.clone(), options.target);
    ChunkFilenamesOutputOption::Fn(Arc::new(move |chunk| {
        // What entry points share has no name of its own; the numbers of ours mean nothing to people.
        let name = if chunk.name.starts_with("entry") {
            "chunk"
        } else {
            chunk.name.as_str()
        };
        let parts = Parts {
            dir: "",
            name,
            ext: "js",
            target,
        };
        let name = naming::fill(&template, parts);
        Box::pin(async move { Ok(name) })
    }))
}

fn asset_names(options: &BuildOptions, root: &Path) -> AssetFilenamesOutputOption {
    let (template, target) = (options.naming.asset.clone(), options.target);
    let (root, directory) = (root.to_owned(), options.directory.clone());
    AssetFilenamesOutputOption::Fn(Arc::new(move |asset| {
        let named = asset.names.first().map_or("asset", |name| name.as_str());
        let original = asset.original_file_names.first();
        let path = original.map_or_else(|| root.join(named), |path| directory.join(path.as_str()));
        let dir = naming::folder_below(&root, &path);
        let extension = Path::new(named).extension().unwrap_or_default();
        let extension = extension.to_string_lossy();
        let parts = Parts {
            dir: &dir,
            name: &naming::stem(Path::new(named)),
            ext: &extension,
            target,
        };
        let name = naming::fill(&template, parts);
        Box::pin(async move { Ok(name) })
    }))
}

/// Bun marks what was built for it.
fn banner(options: &BuildOptions) -> String {
    match (options.target, options.banner.as_str()) {
        (Target::Bun, "") => "// @bun".to_owned(),
        (Target::Bun, banner) => format!("// @bun\n{banner}"),
        (_, banner) => banner.to_owned(),
    }
}

fn addon(text: &str) -> Option<AddonOutputOption> {
    (!text.is_empty()).then(|| AddonOutputOption::String(Some(text.to_owned())))
}

pub(crate) fn resolve_options(options: &BuildOptions) -> ResolveOptions {
    let mut conditions = options.conditions.clone();
    match options.target {
        Target::Bun => conditions.push("bun".to_owned()),
        Target::Node => {}
        Target::Browser => conditions.push("module".to_owned()),
    }
    let mode = if options.is_production() {
        "production"
    } else {
        "development"
    };
    conditions.push(mode.to_owned());
    let aliases = options
        .alias
        .iter()
        .map(|(from, to)| (from.clone(), vec![Some(to.clone())]));
    ResolveOptions {
        alias: (!options.alias.is_empty()).then(|| aliases.collect()),
        condition_names: Some(conditions),
        extensions: Some(EXTENSIONS.map(ToOwned::to_owned).to_vec()),
        ..ResolveOptions::default()
    }
}

fn treeshake(options: &BuildOptions) -> TreeshakeOptions {
    TreeshakeOptions::Option(InnerOptions {
        module_side_effects: ModuleSideEffects::Boolean(true),
        annotations: Some(!options.ignore_annotations),
        ..InnerOptions::default()
    })
}

/// What is replaced: the mode, the environment as far as it was asked for, and what the user says, which
/// wins.
pub(crate) fn defines(options: &BuildOptions) -> FxIndexMap<String, String> {
    let mut defines = FxIndexMap::default();
    let mode = if options.is_production() {
        "\"production\""
    } else {
        "\"development\""
    };
    for object in ["process.env", "import.meta.env"] {
        for (name, value) in &options.variables {
            let wanted = match &options.env {
                Env::Disable => false,
                Env::Inline => true,
                Env::Prefix(prefix) => name.starts_with(prefix.as_str()),
            };
            if wanted && is_name(name) {
                let value = serde_json::Value::String(value.clone()).to_string();
                defines.insert(format!("{object}.{name}"), value);
            }
        }
    }
    defines.insert("process.env.NODE_ENV".to_owned(), mode.to_owned());
    for (name, value) in &options.define {
        defines.insert(name.clone(), value.clone());
    }
    defines
}

/// Whether a variable can be read as a property with a dot.
fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
}

/// Of rolldown's warnings, those that mean something to a user of Bun.
fn checks() -> ChecksOptions {
    ChecksOptions {
        unresolved_entry: Some(true),
        unresolved_import: Some(true),
        import_is_undefined: Some(true),
        filename_conflict: Some(true),
        eval: Some(false),
        missing_global_name: Some(false),
        missing_name_option_for_iife_export: Some(false),
        invalid_annotation: Some(false),
        mixed_exports: Some(false),
        common_js_variable_in_esm: Some(false),
        empty_import_meta: Some(true),
        cannot_call_namespace: Some(true),
        configuration_field_conflict: Some(false),
        prefer_builtin_feature: Some(false),
        plugin_timings: Some(false),
        ineffective_dynamic_import: Some(false),
        large_barrel_modules: Some(false),
        sourcemap_broken: Some(false),
        ..ChecksOptions::default()
    }
}

pub(crate) fn transform(options: &BuildOptions) -> BundlerTransformOptions {
    BundlerTransformOptions {
        jsx: jsx(options).map(Either::Right),
        typescript: options.keep_unused_imports.then(|| TypeScriptOptions {
            only_remove_type_imports: Some(true),
            ..TypeScriptOptions::default()
        }),
        target: (!options.syntax.is_empty()).then(|| Either::Right(options.syntax.clone())),
        ..BundlerTransformOptions::default()
    }
}

/// `None` leaves everything to the tsconfig.
fn jsx(options: &BuildOptions) -> Option<JsxOptions> {
    let jsx = &options.jsx;
    let development = jsx
        .development
        .or_else(|| options.is_production().then_some(false));
    let is_said = jsx.runtime.is_some()
        || jsx.import_source.is_some()
        || jsx.factory.is_some()
        || jsx.fragment.is_some()
        || development.is_some()
        || jsx.side_effects;
    is_said.then(|| JsxOptions {
        runtime: jsx.runtime.map(|runtime| {
            match runtime {
                JsxRuntime::Automatic => "automatic",
                JsxRuntime::Classic => "classic",
            }
            .to_owned()
        }),
        development,
        pure: jsx.side_effects.then_some(false),
        import_source: jsx.import_source.clone(),
        pragma: jsx.factory.clone(),
        pragma_frag: jsx.fragment.clone(),
        ..JsxOptions::default()
    })
}

//! One file by itself: types and JSX go, imports stay (`--no-bundle`, `Bun.Transpiler`).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crust_diag::{Diagnostic, Severity};
use crust_transpile::{ImportKind, Minify, Options, Syntax, answer_features, fits_stack, minify};
use rolldown_common::{
    BundlerTransformOptions, EnhancedTransformOptions, TsconfigOption, enhanced_transform,
};

use crate::artifact::{Artifact, ArtifactKind, Build, hash_of};
use crate::bundle::{Failure, STACK_SIZE, entry_template, find_file};
use crate::dts;
use crate::loader::Loader;
use crate::macros;
use crate::naming;
use crate::options::BuildOptions;
use crate::plugin::{STACK_FACTOR, may_be_jsx};
use crate::problem::convert;
use crate::settings;

/// Transpiles each entry point.
pub(crate) fn entry_points(options: &BuildOptions) -> Result<Build, Failure> {
    let (mut build, mut problems) = (Build::default(), Vec::new());
    let mut declared = Vec::new();
    let found: Vec<_> = options
        .entrypoints
        .iter()
        .map(|entry| (entry, find_file(options, entry)))
        .collect();
    let paths: Vec<PathBuf> = found
        .iter()
        .filter_map(|(_, path)| path.as_ref().map(PathBuf::from))
        .collect();
    let root = options
        .root
        .clone()
        .or_else(|| naming::shared_folder(paths.iter().map(PathBuf::as_path)))
        .unwrap_or_else(|| options.directory.clone());
    let mut seen = BTreeSet::new();
    for (entry, path) in found {
        if path.as_ref().is_some_and(|path| !seen.insert(path.clone())) {
            continue;
        }
        let Some(path) = path else {
            let message = format!("ModuleNotFound resolving \"{entry}\" (entry point)");
            problems.push(Diagnostic::error(message).code("UNRESOLVED_ENTRY"));
            continue;
        };
        match file(options, &path) {
            Ok(code) => {
                let name = options
                    .outfile
                    .clone()
                    .unwrap_or_else(|| entry_template(options, &root, Path::new(&path), "js"));
                match declarations(options, &path) {
                    Ok(text) => declared.extend(text.map(|text| dts::artifact(&name, text))),
                    Err(found) => problems.extend(found),
                }
                build.artifacts.push(Artifact {
                    path: name,
                    hash: hash_of(code.as_bytes()),
                    bytes: code.into_bytes(),
                    kind: ArtifactKind::EntryPoint,
                    loader: Loader::Js,
                    sourcemap: None,
                });
                build.watched.push(PathBuf::from(path));
            }
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    build.modules = build.artifacts.len();
    build.artifacts.extend(declared);
    Ok(build)
}

fn file(options: &BuildOptions, path: &str) -> Result<String, Vec<Diagnostic>> {
    let (bytes, loader) = read(options, path)?;
    let source = String::from_utf8_lossy(&bytes).into_owned();
    transpile(options, path, &source, loader, Minify::default())
}

/// The declarations of a file, if they are wanted and it is no JavaScript.
fn declarations(options: &BuildOptions, path: &str) -> Result<Option<String>, Vec<Diagnostic>> {
    if !options.declarations {
        return Ok(None);
    }
    let (bytes, loader) = read(options, path)?;
    dts::unbundled(path, loader, &bytes)
}

fn read(options: &BuildOptions, path: &str) -> Result<(Vec<u8>, Loader), Vec<Diagnostic>> {
    let given = options.files.get(Path::new(path)).cloned();
    let bytes = given.map_or_else(|| std::fs::read(path), Ok);
    let bytes = bytes.map_err(|error| {
        let message = format!("Could not read the file: {error}");
        vec![Diagnostic::error(message).file(path)]
    })?;
    let extension = Path::new(path).extension().unwrap_or_default();
    let loader = options
        .loaders
        .get(&format!(".{}", extension.to_string_lossy()))
        .copied()
        .unwrap_or_else(|| Loader::of_path(Path::new(path)));
    Ok((bytes, loader))
}

/// What a source imports and exports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// esbuild's names of the ways of importing, with the specifiers.
    pub imports: Vec<(&'static str, String)>,
    /// The names that are exported, in order.
    pub exports: Vec<String>,
}

/// Finds what a source imports and exports; with `used_only`, no statements whose names nothing uses.
///
/// # Errors
/// The syntax errors of the source.
pub fn scan(
    path: &str,
    source: &str,
    loader: Loader,
    used_only: bool,
) -> Result<Scanned, Vec<Diagnostic>> {
    let wanted = Options {
        syntax: syntax_of(path, loader)?,
        file_name: path.to_owned(),
        ..Options::default()
    };
    let scanned = crust_transpile::scan(source, &wanted, used_only)?;
    let imports = scanned.imports.into_iter();
    Ok(Scanned {
        imports: imports
            .map(|(kind, path)| {
                let kind = match kind {
                    ImportKind::Statement => "import-statement",
                    ImportKind::Dynamic => "dynamic-import",
                    ImportKind::Require => "require-call",
                    ImportKind::RequireResolve => "require-resolve",
                };
                (kind, path)
            })
            .collect(),
        exports: scanned.exports,
    })
}

fn syntax_of(path: &str, loader: Loader) -> Result<Syntax, Vec<Diagnostic>> {
    match loader {
        Loader::Js | Loader::Jsx => Ok(Syntax::Jsx),
        Loader::Ts => Ok(Syntax::Ts),
        Loader::Tsx => Ok(Syntax::Tsx),
        other => {
            let message = format!("the loader \"{other}\" cannot be used without bundling");
            Err(vec![Diagnostic::error(message).file(path)])
        }
    }
}

/// What a source may take of the caller's stack, in bytes: a small part of what any thread has.
const SPARE_STACK: usize = 2 << 20;

/// Transpiles a source.
///
/// # Errors
/// The syntax errors of the source.
pub fn transpile(
    options: &BuildOptions,
    path: &str,
    source: &str,
    loader: Loader,
    smaller: Minify,
) -> Result<String, Vec<Diagnostic>> {
    let run = || transpile_here(options, path, source, loader, smaller);
    if fits_stack(source, path, SPARE_STACK, STACK_FACTOR).is_ok() {
        return run();
    }
    fits_stack(source, path, STACK_SIZE, STACK_FACTOR)?;
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("transpile".to_owned())
            .stack_size(STACK_SIZE)
            .spawn_scoped(scope, run);
        let failed = |what: &str| vec![Diagnostic::error(what).file(path)];
        let thread = thread.map_err(|_| failed("cannot start a thread"))?;
        let done = thread.join();
        done.unwrap_or_else(|_| Err(failed("internal error: the transpiler panicked")))
    })
}

fn transpile_here(
    options: &BuildOptions,
    path: &str,
    source: &str,
    loader: Loader,
    smaller: Minify,
) -> Result<String, Vec<Diagnostic>> {
    let syntax = syntax_of(path, loader)?;
    // The name tells the transformer the syntax; its folder, the tsconfig.
    let extension = match syntax {
        Syntax::Js | Syntax::Jsx => "jsx",
        Syntax::Ts => "ts",
        Syntax::Tsx => "tsx",
    };
    let wanted = Options {
        syntax,
        features: options.features.clone(),
        file_name: path.to_owned(),
        ..Options::default()
    };
    let without_macros = macros::refuse(source, &wanted)?;
    let source = without_macros.as_deref().unwrap_or(source);
    let answered = answer_features(source, &wanted)?;
    let source = answered.as_deref().unwrap_or(source);
    let BundlerTransformOptions {
        jsx,
        target,
        typescript,
        ..
    } = settings::transform(options);
    let defines = settings::defines(options).into_iter().collect();
    let name = Path::new(path).with_extension(extension);
    let result = enhanced_transform(
        &name.to_string_lossy(),
        source,
        EnhancedTransformOptions {
            cwd: Some(options.directory.to_string_lossy().into_owned()),
            tsconfig: Some(if Path::new(path).is_absolute() {
                TsconfigOption::Auto
            } else {
                TsconfigOption::Disabled
            }),
            jsx,
            target,
            typescript,
            define: Some(defines),
            // Elements bring an import along; a script without imports of its own would get a `require`.
            source_type: (syntax != Syntax::Ts && may_be_jsx(source))
                .then(|| crust_transpile::module_source(syntax)),
            ..EnhancedTransformOptions::default()
        },
        false,
    );
    if result.errors.is_empty() {
        return minify(&result.code, smaller);
    }
    let sources = |_: &str| Some(source.to_owned());
    let errors = result.errors.iter();
    let errors = errors.map(|error| convert(error, Severity::Error, &options.directory, &sources));
    Err(errors.collect())
}

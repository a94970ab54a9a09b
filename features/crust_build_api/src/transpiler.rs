//! Natives of `Bun.Transpiler`: one source by itself.

use std::path::PathBuf;

use crust_bundler::{BuildOptions, Jsx, Loader, MinifySource, scan, transpile};
use crust_core::{Call, Op, OpError, OpResult};
use crust_diag::Diagnostic;
use serde::Deserialize;
use serde_json::json;

use crate::results::logs;

pub(crate) const OPS: &[Op] = &[
    Op::new("transpileSource", transpile_source),
    Op::new("scanSource", scan_source),
];

/// The options, as JS sends them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Config {
    define: Vec<(String, String)>,
    jsx_factory: Option<String>,
    jsx_fragment: Option<String>,
    jsx_import_source: Option<String>,
    jsx_runtime: Option<String>,
    trim_unused_imports: bool,
    features: Vec<String>,
    minify: Smaller,
}

/// What makes a source smaller.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of that name"
)]
struct Smaller {
    whitespace: bool,
    syntax: bool,
    identifiers: bool,
    inline: bool,
    dead_code: bool,
}

impl From<Smaller> for MinifySource {
    fn from(smaller: Smaller) -> Self {
        Self {
            syntax: smaller.syntax,
            inline: smaller.inline,
            dead_code: smaller.dead_code,
            identifiers: smaller.identifiers,
            whitespace: smaller.whitespace,
        }
    }
}

impl Config {
    fn options(self) -> Result<BuildOptions, OpError> {
        let runtime = self.jsx_runtime.as_deref().map(str::parse);
        let runtime = runtime
            .transpose()
            .map_err(|error: crust_bundler::UnknownWord| OpError::type_error(error.to_string()))?;
        Ok(BuildOptions {
            define: self.define,
            features: self.features,
            jsx: Jsx {
                runtime,
                factory: self.jsx_factory,
                fragment: self.jsx_fragment,
                import_source: self.jsx_import_source,
                ..Jsx::default()
            },
            keep_unused_imports: !self.trim_unused_imports,
            // No tsconfig is looked for: what is not a file has no folder.
            directory: PathBuf::from("/"),
            ..BuildOptions::default()
        })
    }
}

fn loader(cx: &Call<'_>, index: usize) -> Result<Loader, OpError> {
    let name = cx.string(index).unwrap_or_default();
    name.parse::<Loader>()
        .map_err(|error| OpError::type_error(format!("loader: {error}")))
}

/// `transpileSource(source, loader, config) -> text | { logs }` as JSON.
fn transpile_source<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let source = cx.string(0)?;
    let loader = loader(cx, 1)?;
    let config: Config = serde_json::from_str(&cx.string(2)?)
        .map_err(|error| OpError::type_error(error.to_string()))?;
    let name = format!("input.{loader}");
    let smaller = config.minify.into();
    let result = transpile(&config.options()?, &name, &source, loader, smaller);
    answer(cx, result.map(|code| json!({ "code": code })))
}

/// `scanSource(source, loader, usedOnly) -> { imports, exports } | { logs }` as JSON.
fn scan_source<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let source = cx.string(0)?;
    let loader = loader(cx, 1)?;
    let name = format!("input.{loader}");
    let result = scan(&name, &source, loader, cx.boolean(2)).map(|scanned| {
        let imports = scanned.imports.into_iter();
        let imports: Vec<_> = imports
            .map(|(kind, path)| json!({ "kind": kind, "path": path }))
            .collect();
        json!({ "imports": imports, "exports": scanned.exports })
    });
    answer(cx, result)
}

fn answer<'s>(cx: &Call<'s>, result: Result<serde_json::Value, Vec<Diagnostic>>) -> OpResult<'s> {
    let value = result.unwrap_or_else(|problems| json!({ "logs": logs(&problems) }));
    Ok(cx.make_string(&value.to_string()))
}

//! `build.resolve`: what the bundler's resolver finds, as JSON. The callbacks of plugins come before it, in JS.

use crust_bundler::{ResolveAnswer, Wanted};
use crust_core::OpError;
use crust_diag::Diagnostic;
use serde::Deserialize;
use serde_json::json;

/// As JS sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Asked {
    path: String,
    importer: String,
    resolve_dir: String,
    kind: String,
}

/// What is to be found.
pub(crate) fn wanted(text: &str) -> Result<Wanted, OpError> {
    let asked: Asked =
        serde_json::from_str(text).map_err(|error| OpError::type_error(error.to_string()))?;
    Ok(Wanted {
        specifier: asked.path,
        importer: asked.importer,
        directory: asked.resolve_dir.into(),
        kind: asked.kind,
    })
}

/// The answer in esbuild's shape.
pub(crate) fn answer(found: Result<ResolveAnswer, Vec<Diagnostic>>) -> String {
    match found {
        Ok(found) => json!({
            "path": found.path.unwrap_or_default(),
            "external": found.external,
            "sideEffects": found.side_effects.unwrap_or(true),
        }),
        Err(problems) => json!({
            "errors": problems
                .iter()
                .map(|problem| json!({ "text": problem.message, "notes": problem.hint.iter().map(|hint| json!({ "text": hint })).collect::<Vec<_>>() }))
                .collect::<Vec<_>>(),
        }),
    }
    .to_string()
}

//! Builds and diagnostics as values for JS.

use std::path::PathBuf;

use crust_bundler::{Build, Failure};
use crust_core::{OpResult, Scope};
use crust_diag::{Diagnostic, Severity};
use serde_json::{Value, json};

/// What a build came to.
pub(crate) struct Finished {
    pub(crate) built: Result<Build, Failure>,
    /// Paths of the artifacts, where they were written.
    pub(crate) written: Option<Vec<PathBuf>>,
}

/// `{ text, bytes }`: JSON of everything but the artifacts' bytes.
pub(crate) fn to_js(scope: Scope<'_>, finished: Finished) -> OpResult<'_> {
    let result = scope.object();
    let bytes = scope.array(&[])?;
    let text = match finished.built {
        Err(failure) => json!({ "success": false, "logs": logs(&failure.problems) }),
        Ok(build) => {
            let mut outputs = Vec::with_capacity(build.artifacts.len());
            let paths = finished.written.unwrap_or_default();
            for (index, artifact) in (0..).zip(build.artifacts) {
                let path = paths.get(index as usize);
                let path = path.map(|path| path.to_string_lossy().into_owned());
                outputs.push(json!({
                    "path": path.unwrap_or_else(|| relative(&artifact.path)),
                    "kind": artifact.kind.name(),
                    "loader": artifact.loader.name(),
                    "hash": artifact.hash,
                    "type": crust_bundler::mime_of(&artifact.path),
                    "sourcemap": artifact.sourcemap,
                }));
                bytes.set_index(index, scope.uint8_array(artifact.bytes)?)?;
            }
            json!({
                "success": true,
                "outputs": outputs,
                "logs": logs(&build.warnings),
                "metafile": build.metafile,
            })
        }
    };
    result.set("text", scope.string(&text.to_string()))?;
    result.set("bytes", bytes)?;
    Ok(result)
}

/// As Bun writes the path of what is in no folder yet.
fn relative(path: &str) -> String {
    if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("./{path}")
    }
}

pub(crate) fn logs(problems: &[Diagnostic]) -> Vec<Value> {
    problems.iter().map(log).collect()
}

fn log(problem: &Diagnostic) -> Value {
    let unresolved = problem
        .message
        .strip_prefix("Could not resolve: \"")
        .and_then(|rest| rest.strip_suffix('"'));
    // What is known of no more than its file has a place too: its line is 0.
    let place = problem.file.as_deref().map(|file| {
        let namespace = file.split_once(':').filter(|_| !file.starts_with('/'));
        json!({
            "lineText": problem.excerpt.last().map_or("", |line| line.text.as_str()),
            "file": namespace.map_or(file, |(_, path)| path),
            "namespace": namespace.map_or("file", |(namespace, _)| namespace),
            "line": problem.line,
            "column": problem.column,
            "length": problem.length,
        })
    });
    json!({
        "message": problem.message,
        "level": match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "info",
        },
        "specifier": unresolved,
        "referrer": problem.file,
        "code": problem.code,
        "hint": problem.hint,
        "position": place,
    })
}

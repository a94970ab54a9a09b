//! Declarations of what a build's entry points export (`--dts`): each module's declarations are made by themselves
//! (`crust_transpile::declare`), then joined by editing their text. Checks no type, and takes in no declaration of an
//! installed package.
//!
//! Reading order: [`graph`] (which modules there are; `locate` and `data` say where and what they are), [`link`]
//! (what a name means), [`reach`] (what an entry point needs), [`names`] (what everything is called), [`print`].

mod data;
mod graph;
mod link;
mod locate;
mod names;
mod print;
mod reach;
mod unbundled;

use std::path::Path;

use crust_diag::{Diagnostic, Severity};

use crate::artifact::{Artifact, ArtifactKind, hash_of};
use crate::loader::Loader;
use crate::plugin::{Identity, Shared};
use graph::Graph;

pub(crate) use unbundled::unbundled;

/// An entry point, and the script that was built of it.
pub(crate) struct Program {
    /// The module's id.
    pub(crate) id: String,
    /// Path of the script in the output.
    pub(crate) script: String,
}

/// Makes the declarations of entry points, and says what is wrong or odd.
pub(crate) async fn declarations(
    shared: &Shared,
    programs: &[Program],
) -> (Vec<Artifact>, Vec<Diagnostic>) {
    let mut graph = Graph::new(shared);
    let mut entries = Vec::new();
    let mut found = Vec::new();
    for program in programs {
        match graph.enter(&program.id).await {
            Some(module) => entries.push((module, program)),
            None => found.push(undeclared(&program.id)),
        }
    }
    graph.read().await;
    let (modules, problems) = graph.finish();
    found.extend(problems);
    let is_broken = modules.iter().any(|module| module.is_broken);
    let mut artifacts = Vec::new();
    for (module, program) in entries {
        match print::bundle(&modules, module, &|path| shared.source(path)) {
            Ok(text) => artifacts.push(artifact(&program.script, text)),
            // What a broken module would have exported, nobody knows.
            Err(_) if is_broken => {}
            Err(problems) => found.extend(problems),
        }
    }
    (artifacts, found)
}

fn undeclared(id: &str) -> Diagnostic {
    let path = Identity::of(id).path;
    let message = "An entry point in JavaScript has no declarations";
    Diagnostic::new(Severity::Warning, message)
        .file(path)
        .code("NO_DECLARATIONS")
        .hint("put a .d.ts file of its name beside it, or write it in TypeScript")
}

/// The file of declarations beside a script.
pub(crate) fn artifact(script: &str, text: String) -> Artifact {
    Artifact {
        path: name_beside(script),
        hash: hash_of(text.as_bytes()),
        bytes: text.into_bytes(),
        kind: ArtifactKind::Declaration,
        loader: Loader::Ts,
        sourcemap: None,
    }
}

/// `a.js` has `a.d.ts` beside, `a.mjs` has `a.d.mts`, `a.cjs` has `a.d.cts`.
fn name_beside(script: &str) -> String {
    let path = Path::new(script);
    let extension = path.extension().and_then(|extension| extension.to_str());
    let (stem, ending) = match extension {
        Some("mjs") => (path.with_extension(""), "d.mts"),
        Some("cjs") => (path.with_extension(""), "d.cts"),
        Some("js" | "jsx" | "ts" | "tsx") => (path.with_extension(""), "d.ts"),
        _ => (path.to_owned(), "d.ts"),
    };
    format!("{}.{ending}", stem.to_string_lossy())
}

#[cfg(test)]
mod tests;

//! Workers: `new Worker(new URL("./w.ts", import.meta.url))` makes the file a program of its own. It is built while the
//! module that names it is read, and its files go into the output beside it, where rolldown's own `new URL()` finds them.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;

use crust_diag::Diagnostic;
use rolldown_common::{EmittedAsset, ModuleType, StrOrBytes, side_effects::HookSideEffects};
use rolldown_plugin::{HookLoadOutput, SharedLoadPluginContext};

use super::{Deferrals, Shared};
use crate::artifact::{ArtifactKind, Build};
use crate::bundle::Failure;
use crate::options::{BuildOptions, Format, Target};
use crate::session::Session;

/// How a worker is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WorkerKind {
    /// As a script, which is what browsers do unless they are told otherwise.
    Classic,
    /// As a module.
    Module,
}

impl WorkerKind {
    /// What the id of the worker's program ends with.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Classic => "?worker",
            Self::Module => "?worker=module",
        }
    }

    /// The id without its end.
    pub(super) fn of_id(id: &str) -> Option<(&str, Self)> {
        [Self::Classic, Self::Module]
            .into_iter()
            .find_map(|kind| Some((id.strip_suffix(kind.suffix())?, kind)))
    }
}

/// The workers that a script starts, by the specifiers of their files.
pub(super) fn find(code: &str) -> Vec<(String, WorkerKind)> {
    let mut found = Vec::new();
    for (at, text) in code.match_indices("new") {
        let before = code.get(..at).unwrap_or_default().trim_end();
        if !before.ends_with("Worker(") && !before.ends_with("Worker (") {
            continue;
        }
        if let Some((specifier, rest)) = named(code.get(at + text.len()..).unwrap_or_default()) {
            let options = rest.split(')').next().unwrap_or_default();
            let is_module = options
                .split_once("type")
                .and_then(|(_, value)| value.trim_start().strip_prefix(':'))
                .map(str::trim_start)
                .is_some_and(|value| {
                    ["'module'", "\"module\""]
                        .iter()
                        .any(|word| value.starts_with(word))
                });
            let kind = if is_module {
                WorkerKind::Module
            } else {
                WorkerKind::Classic
            };
            found.push((specifier.to_owned(), kind));
        }
    }
    found
}

/// The specifier in ` URL("./x", import.meta.url)`, and what follows.
fn named(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start().strip_prefix("URL")?.trim_start();
    let text = text.strip_prefix('(')?.trim_start();
    let quote = text
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    let (specifier, text) = text.get(1..)?.split_once(quote)?;
    let text = text.trim_start().strip_prefix(',')?.trim_start();
    let text = text.strip_prefix("import.meta.url")?.trim_start();
    let text = text.strip_prefix(',').unwrap_or(text).trim_start();
    Some((specifier, text.strip_prefix(')')?))
}

/// Builds a worker's program and puts it into the output; the module is one that nothing reads.
pub(super) async fn load(
    shared: &Shared,
    ctx: &SharedLoadPluginContext,
    id: &str,
    path: &str,
    kind: WorkerKind,
) -> anyhow::Result<Option<HookLoadOutput>> {
    let built = if shared.workers.iter().any(|known| known == path) {
        let message = "Workers that start each other cannot be bundled";
        Err(Diagnostic::error(message).file(path).into())
    } else {
        build(shared, path, kind).await
    };
    let build = match built {
        Ok(build) => build,
        Err(failure) => {
            shared.note_worker(failure.watched.iter());
            shared.problems.add(failure.problems);
            return Ok(None);
        }
    };
    shared.note_worker(build.watched.iter());
    shared.problems.add(build.warnings);
    let mut code = String::new();
    for artifact in build.artifacts {
        let is_program = artifact.kind == ArtifactKind::EntryPoint && code.is_empty();
        shared.state(|state| {
            state
                .worker_files
                .insert(artifact.path.clone(), artifact.kind)
        });
        let reference = ctx
            .emit_file_async(EmittedAsset {
                file_name: Some(artifact.path.into()),
                source: StrOrBytes::Bytes(artifact.bytes),
                ..EmittedAsset::default()
            })
            .await?;
        if is_program {
            ctx.associate_module_with_file_ref(id, &reference);
            code = format!("module.exports = \"{reference}\";");
        }
    }
    Ok(Some(HookLoadOutput {
        code: code.into(),
        module_type: Some(ModuleType::Js),
        side_effects: Some(HookSideEffects::False),
        ..HookLoadOutput::default()
    }))
}

type Building<'a> = Pin<Box<dyn Future<Output = Result<Build, Failure>> + Send + 'a>>;

/// Boxed, as a worker may have workers.
fn build<'a>(shared: &'a Shared, path: &str, kind: WorkerKind) -> Building<'a> {
    let options = options(&shared.options, path, kind);
    let hooks = shared.hooks.clone();
    let deferrals = shared.deferrals.clone();
    let mut workers = shared.workers.clone();
    workers.push(path.to_owned());
    Box::pin(async move {
        let starter = deferrals.as_deref();
        let _rest = starter.map(Deferrals::rest);
        let mut session = Session::open_worker(options, hooks, workers, starter).await?;
        session.build(&[]).await
    })
}

/// The options of a worker: it is one file, which is called as assets are.
fn options(options: &BuildOptions, path: &str, kind: WorkerKind) -> BuildOptions {
    let mut own = options.clone();
    own.entrypoints = vec![path.to_owned()];
    own.root.get_or_insert_with(|| {
        let folder = Path::new(path).parent();
        folder.unwrap_or(Path::new("/")).to_owned()
    });
    own.naming.entry.clone_from(&options.naming.asset);
    own.outfile = None;
    own.splitting = false;
    own.metafile = false;
    own.declarations = false;
    own.global_name = None;
    own.format = match (options.target, kind) {
        (Target::Browser, WorkerKind::Classic) => Format::Iife,
        (Target::Browser, WorkerKind::Module) => Format::Esm,
        _ if options.format == Format::Iife => Format::Esm,
        _ => options.format,
    };
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_are_found() {
        let check = |code: &str, expect: &[(&str, WorkerKind)]| {
            let found = find(code);
            let found: Vec<(&str, WorkerKind)> = found
                .iter()
                .map(|(specifier, kind)| (specifier.as_str(), *kind))
                .collect();
            assert_eq!(found, expect, "{code}");
        };
        let (classic, module) = (WorkerKind::Classic, WorkerKind::Module);
        check(
            "new Worker(new URL('./w.ts', import.meta.url))",
            &[("./w.ts", classic)],
        );
        check(
            "a = new SharedWorker(\n new URL( \"./w.js\" , import.meta.url, ), { name: 'x', type: \"module\" })",
            &[("./w.js", module)],
        );
        check(
            "new Worker(new URL('./a', import.meta.url), {type:'classic'}); f({type: 'module'})",
            &[("./a", classic)],
        );
        check("new URL('./w.ts', import.meta.url)", &[]);
        check("new Worker(new URL(name, import.meta.url))", &[]);
        check("new Worker(new URL('./w.ts', base))", &[]);
        check("new Worker(new", &[]);
    }

    #[test]
    fn ids_say_how_a_worker_is_started() {
        for kind in [WorkerKind::Classic, WorkerKind::Module] {
            let id = format!("/a/w.ts{}", kind.suffix());
            assert_eq!(WorkerKind::of_id(&id), Some(("/a/w.ts", kind)));
        }
        assert_eq!(WorkerKind::of_id("/a/w.ts"), None);
    }
}

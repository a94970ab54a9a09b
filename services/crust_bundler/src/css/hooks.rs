//! Plugins and style sheets: lightningcss reads and resolves on threads where nothing can be awaited, so the
//! answers are waited for there. Without plugins nothing here does anything.

use std::path::Path;
use std::thread;

use crust_diag::Diagnostic;
use tokio::runtime::Handle;

use crate::hooks::{Answer, Deferral, LoadRequest, ResolveRequest};
use crate::loader::Loader;
use crate::plugin::{Identity, Shared, output_of};

/// How plugins are asked from a thread that is none of the bundler's.
pub(crate) struct Asked {
    /// What drives the answers; `None` without plugins.
    runtime: Option<Handle>,
}

impl Asked {
    pub(crate) fn new(shared: &Shared) -> Self {
        let runtime = shared
            .hooks
            .as_ref()
            .and_then(|_| Handle::try_current().ok());
        Self { runtime }
    }

    /// The text that a plugin gives for a style sheet.
    pub(crate) fn load(
        &self,
        shared: &Shared,
        id: &str,
    ) -> Result<Option<String>, Vec<Diagnostic>> {
        let (Some(runtime), Some(hooks)) = (&self.runtime, &shared.hooks) else {
            return Ok(None);
        };
        // A script imports it: it was asked for already.
        if let Some(text) = shared.given(id) {
            return Ok(Some(text));
        }
        if !hooks.wants_load() {
            return Ok(None);
        }
        let identity = Identity::of(id);
        let answer = wait(
            runtime,
            hooks.load(LoadRequest {
                path: identity.path.to_owned(),
                namespace: identity.namespace.to_owned(),
                loader: Loader::Css,
                plugin_data: shared.plugin_data(id),
                // Who reads a style sheet cannot do anything else meanwhile.
                deferral: Deferral::NONE,
            }),
        )?;
        let Some(answer) = answer else {
            return Ok(None);
        };
        shared.watch(answer.watch_files);
        shared.problems.add(answer.warnings);
        if let Some(other) = answer.loader.filter(|loader| *loader != Loader::Css) {
            let message = format!("A style sheet imports what a plugin loads as \"{other}\"");
            return Err(vec![Diagnostic::error(message).file(id)]);
        }
        let text = String::from_utf8_lossy(&answer.contents).into_owned();
        shared.give(id, text.clone());
        Ok(Some(text))
    }

    /// Where a plugin says that an `@import` leads: an id, and whether it stays an import.
    pub(crate) fn resolve(
        &self,
        shared: &Shared,
        specifier: &str,
        from: &Path,
    ) -> Result<Option<(String, bool)>, Vec<Diagnostic>> {
        let (Some(runtime), Some(hooks)) = (&self.runtime, &shared.hooks) else {
            return Ok(None);
        };
        if !hooks.wants_resolve() {
            return Ok(None);
        }
        let importer = from.to_string_lossy();
        let identity = Identity::of(&importer);
        let answer = wait(
            runtime,
            hooks.resolve(ResolveRequest {
                specifier: specifier.to_owned(),
                importer: identity.path.to_owned(),
                namespace: identity.namespace.to_owned(),
                kind: "import-rule",
                plugin_data: shared.plugin_data(&importer),
            }),
        )?;
        Ok(answer.map(|answer| {
            let external = answer.external;
            (
                output_of(shared, answer, specifier).id.to_string(),
                external,
            )
        }))
    }
}

/// Waits on a thread of its own: this one may be the runtime's, which must not block on itself.
fn wait<T: Send>(runtime: &Handle, answer: Answer<'_, T>) -> Result<Option<T>, Vec<Diagnostic>> {
    thread::scope(|scope| {
        let waiting = scope.spawn(|| runtime.block_on(answer));
        waiting.join().unwrap_or_else(|_| {
            let message = "internal error: a plugin's answer was lost";
            Err(vec![Diagnostic::error(message)])
        })
    })
}

//! Macros, as a trait: who has a JavaScript engine calls them. What they are, and where their results go, is
//! `crust_transpile`'s.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crust_diag::Diagnostic;
use crust_transpile::{MacroCall, MacroResult, Options, find_macros};

use crate::plugin::{Identity, Shared};

/// Results that may take their time: one for each call.
pub type MacroResults<'a> = Pin<Box<dyn Future<Output = Vec<MacroResult>> + Send + 'a>>;

/// The calls of one file.
#[derive(Clone, Debug)]
pub struct MacroRequest {
    /// The file's path.
    pub importer: String,
    /// Its calls, each after those in its arguments.
    pub calls: Vec<MacroCall>,
}

/// Who calls macros.
pub trait MacroRunner: Send + Sync + fmt::Debug {
    /// Calls those of a file, one after the other.
    fn run(&self, request: MacroRequest) -> MacroResults<'_>;
}

/// What happens to macros.
#[derive(Clone, Debug)]
pub enum MacroUse {
    /// They are called.
    Run(Arc<dyn MacroRunner>),
    /// Each call is an error, for this reason.
    Refuse(&'static str),
}

impl Default for MacroUse {
    fn default() -> Self {
        Self::Refuse("Macros are disabled")
    }
}

/// A source with the results of its macros; `None` where it has none. Asked again for the same text, nothing is called
/// again.
pub(crate) async fn answer(
    shared: &Shared,
    id: &str,
    source: &str,
    options: &Options,
) -> Result<Option<String>, Vec<Diagnostic>> {
    let Some(macros) = find_macros(source, options)? else {
        return Ok(None);
    };
    let path = Identity::of(id).path;
    let calls = macros.calls().to_vec();
    let results = match shared.macro_results(id, &calls) {
        Some(known) => known,
        None if calls.is_empty() => Vec::new(),
        None => match &shared.options.macros {
            MacroUse::Run(runner) => {
                let request = MacroRequest {
                    importer: path.to_owned(),
                    calls: calls.clone(),
                };
                let results = runner.run(request).await;
                shared.keep_macro_results(id, calls, results.clone());
                results
            }
            MacroUse::Refuse(why) => vec![refused(why); calls.len()],
        },
    };
    match macros.answer(source, path, &results) {
        Ok(text) => Ok(Some(text)),
        Err(problems) => {
            shared.problems.add(problems);
            // What else is wrong is found out all the same.
            let nothing = vec![MacroResult::value("void 0"); results.len()];
            macros.answer(source, path, &nothing).map(Some)
        }
    }
}

/// A source that is transpiled by itself: nobody calls macros for it.
pub(crate) fn refuse(source: &str, options: &Options) -> Result<Option<String>, Vec<Diagnostic>> {
    let Some(macros) = find_macros(source, options)? else {
        return Ok(None);
    };
    let why = "Macros are called in bundles and running programs only in this version of Crust";
    let results = vec![refused(why); macros.calls().len()];
    macros
        .answer(source, &options.file_name, &results)
        .map(Some)
}

fn refused(why: &str) -> MacroResult {
    MacroResult::Failed {
        message: why.to_owned(),
        hint: None,
        import: false,
    }
}

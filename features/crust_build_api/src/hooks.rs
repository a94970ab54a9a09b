//! The bundler's questions to the plugins of a program. A question whose filter matches is posted to the
//! event loop with the numbers of the callbacks that want it; JS answers with a call of `buildReply`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crust_bundler::{
    Answer, Deferral, Filter, Hooks, LoadAnswer, LoadRequest, Loader, MacroRequest, MacroResults,
    MacroRunner, ResolveAnswer, ResolveRequest,
};
use crust_core::{OpError, Poster, Scope};
use crust_diag::{Diagnostic, ExcerptLine, Severity};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::config::FilterConfig;
use crate::macros;

/// What JS answers to a question.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) text: Option<String>,
    /// The contents of a module.
    pub(crate) bytes: Option<Vec<u8>>,
}

/// Calls the program's dispatcher with a question.
pub(crate) type Ask = fn(Scope<'_>, u32, &str);

/// The questions that are open.
#[derive(Default)]
struct Open {
    next: u32,
    waiting: BTreeMap<u32, Waiting>,
}

/// A question that has no answer yet.
struct Waiting {
    sender: oneshot::Sender<Reply>,
    /// What `defer()` does, of the load of a module.
    deferral: Option<Deferral>,
}

/// The plugins of one build.
pub(crate) struct PluginHooks {
    build: u32,
    poster: Poster,
    ask: Ask,
    resolve: Vec<(Filter, String)>,
    load: Vec<(Filter, String)>,
    open: Mutex<Open>,
}

impl fmt::Debug for PluginHooks {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("PluginHooks").finish_non_exhaustive()
    }
}

impl PluginHooks {
    pub(crate) fn new(
        build: u32,
        poster: Poster,
        ask: Ask,
        resolve: &[FilterConfig],
        load: &[FilterConfig],
    ) -> Result<Arc<Self>, OpError> {
        Ok(Arc::new(Self {
            build,
            poster,
            ask,
            resolve: filters(resolve)?,
            load: filters(load)?,
            open: Mutex::default(),
        }))
    }

    /// Whether there is a callback for imports or modules.
    pub(crate) fn wants_anything(&self) -> bool {
        self.wants_resolve() || self.wants_load()
    }

    /// Gives an answer to the question that waits for it.
    pub(crate) fn reply(&self, question: u32, reply: Reply) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiting) = open.waiting.remove(&question) {
            if let Some(deferral) = waiting.deferral {
                deferral.resume();
            }
            // A build that has failed waits for nothing any more.
            let _ = waiting.sender.send(reply);
        }
    }

    /// Tells the program when all modules but the deferred ones are loaded; false if the question has its answer.
    pub(crate) fn defer(&self, question: u32) -> bool {
        let deferral = {
            let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let waiting = open.waiting.get(&question);
            waiting.and_then(|waiting| waiting.deferral.clone())
        };
        let Some(deferral) = deferral else {
            return false;
        };
        let (build, ask, poster) = (self.build, self.ask, self.poster.clone());
        let text = json!({ "kind": "deferred", "id": question }).to_string();
        deferral.wait(move || poster.post(move |scope| ask(scope, build, &text)));
        true
    }

    async fn ask(&self, mut question: Value, deferral: Option<Deferral>) -> Reply {
        let (sender, receiver) = oneshot::channel();
        let number = {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.next = open.next.wrapping_add(1);
            let number = open.next;
            open.waiting.insert(number, Waiting { sender, deferral });
            number
        };
        if let Some(object) = question.as_object_mut() {
            object.insert("id".to_owned(), number.into());
        }
        let (build, ask, text) = (self.build, self.ask, question.to_string());
        self.poster.post(move |scope| ask(scope, build, &text));
        receiver.await.unwrap_or_default()
    }
}

fn filters(configs: &[FilterConfig]) -> Result<Vec<(Filter, String)>, OpError> {
    let filter = |config: &FilterConfig| {
        let filter = Filter::new(&config.source, &config.flags)
            .map_err(|error| OpError::type_error(format!("filter /{}/: {error}", config.source)))?;
        Ok((filter, config.namespace.clone()))
    };
    configs.iter().map(filter).collect()
}

/// The numbers of the callbacks whose filters match.
fn matching(filters: &[(Filter, String)], text: &str, namespace: &str) -> Vec<usize> {
    filters
        .iter()
        .enumerate()
        .filter(|(_, (filter, wanted))| wanted == namespace && filter.matches(text))
        .map(|(index, _)| index)
        .collect()
}

impl Hooks for PluginHooks {
    fn resolve(&self, request: ResolveRequest) -> Answer<'_, ResolveAnswer> {
        Box::pin(async move {
            let hooks = matching(&self.resolve, &request.specifier, &request.namespace);
            if hooks.is_empty() {
                return Ok(None);
            }
            let reply = self
                .ask(
                    json!({
                        "kind": "resolve",
                        "hooks": hooks,
                        "path": request.specifier,
                        "importer": request.importer,
                        "namespace": request.namespace,
                        "importKind": request.kind,
                        "pluginData": request.plugin_data,
                    }),
                    None,
                )
                .await;
            let place = place_of(&request.namespace, &request.importer);
            let Some(said) = Said::parse(reply.text.as_deref(), &place)? else {
                return Ok(None);
            };
            Ok(Some(ResolveAnswer {
                path: said.path,
                namespace: said.namespace.unwrap_or_default(),
                external: said.external.unwrap_or_default(),
                side_effects: said.side_effects,
                plugin_data: said.plugin_data,
                watch_files: said.watch_files,
                warnings: said.warnings,
            }))
        })
    }

    fn load(&self, request: LoadRequest) -> Answer<'_, LoadAnswer> {
        Box::pin(async move {
            let hooks = matching(&self.load, &request.path, &request.namespace);
            if hooks.is_empty() {
                return Ok(None);
            }
            let reply = self
                .ask(
                    json!({
                        "kind": "load",
                        "hooks": hooks,
                        "path": request.path,
                        "namespace": request.namespace,
                        "loader": request.loader.name(),
                        "pluginData": request.plugin_data,
                    }),
                    Some(request.deferral),
                )
                .await;
            let place = place_of(&request.namespace, &request.path);
            let Some(said) = Said::parse(reply.text.as_deref(), &place)? else {
                return Ok(None);
            };
            let loader = said.loader.as_deref().map(str::parse::<Loader>);
            let loader = loader.transpose().map_err(|error| {
                let message = format!("the loader that onLoad gives: {error}");
                vec![Diagnostic::error(message).file(place)]
            })?;
            Ok(Some(LoadAnswer {
                contents: reply.bytes.unwrap_or_default(),
                loader,
                plugin_data: said.plugin_data,
                watch_files: said.watch_files,
                warnings: said.warnings,
            }))
        })
    }

    fn wants_resolve(&self) -> bool {
        !self.resolve.is_empty()
    }

    fn wants_load(&self) -> bool {
        !self.load.is_empty()
    }
}

impl MacroRunner for PluginHooks {
    fn run(&self, request: MacroRequest) -> MacroResults<'_> {
        Box::pin(async move {
            let question = json!({
                "kind": "macros",
                "importer": request.importer,
                "calls": macros::calls(&request.calls),
            });
            let reply = self.ask(question, None).await;
            macros::results(reply.text.as_deref())
        })
    }
}

/// What a module is called in messages.
fn place_of(namespace: &str, path: &str) -> String {
    if namespace == "file" || path.is_empty() {
        path.to_owned()
    } else {
        format!("{namespace}:{path}")
    }
}

/// An answer as JS writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Written {
    path: Option<String>,
    namespace: Option<String>,
    external: Option<bool>,
    side_effects: Option<bool>,
    plugin_data: Option<u64>,
    watch_files: Vec<String>,
    loader: Option<String>,
    errors: Vec<Message>,
    warnings: Vec<Message>,
}

/// An error or warning with its place, in esbuild's shape.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Message {
    text: String,
    plugin: String,
    location: Option<Location>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Location {
    file: Option<String>,
    line: u32,
    /// From 0.
    column: u32,
    length: u32,
    line_text: Option<String>,
}

impl Message {
    /// `known` is the module that the callback was asked about.
    fn diagnostic(self, severity: Severity, known: &str) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(severity, self.text).code("PLUGIN_ERROR");
        if !self.plugin.is_empty() {
            diagnostic = diagnostic.hint(format!("the plugin \"{}\" says so", self.plugin));
        }
        diagnostic.file = Some(known.to_owned()).filter(|known| !known.is_empty());
        let Some(place) = self.location else {
            return diagnostic;
        };
        diagnostic.file = place.file.or(diagnostic.file);
        diagnostic.line = place.line;
        diagnostic.column = place.column.saturating_add(1);
        diagnostic.length = place.length;
        diagnostic.excerpt = place
            .line_text
            .into_iter()
            .map(|text| ExcerptLine {
                number: place.line,
                text,
            })
            .collect();
        diagnostic
    }
}

/// An answer that is no error.
struct Said {
    path: Option<String>,
    namespace: Option<String>,
    external: Option<bool>,
    side_effects: Option<bool>,
    plugin_data: Option<u64>,
    watch_files: Vec<String>,
    loader: Option<String>,
    warnings: Vec<Diagnostic>,
}

impl Said {
    /// `None` where no callback wanted it.
    fn parse(text: Option<&str>, place: &str) -> Result<Option<Self>, Vec<Diagnostic>> {
        let Some(text) = text else {
            return Ok(None);
        };
        let written: Written = serde_json::from_str(text).map_err(|error| {
            vec![Diagnostic::error(format!(
                "a plugin's answer is of no use: {error}"
            ))]
        })?;
        if !written.errors.is_empty() {
            let errors = written.errors.into_iter();
            return Err(errors
                .map(|error| error.diagnostic(Severity::Error, place))
                .collect());
        }
        let warnings = written.warnings.into_iter();
        Ok(Some(Self {
            path: written.path,
            namespace: written.namespace,
            external: written.external,
            side_effects: written.side_effects,
            plugin_data: written.plugin_data,
            watch_files: written.watch_files,
            loader: written.loader,
            warnings: warnings
                .map(|warning| warning.diagnostic(Severity::Warning, place))
                .collect(),
        }))
    }
}

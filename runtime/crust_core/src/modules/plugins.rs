//! Plugins of a running program (`Bun.plugin`): JavaScript that says where imports lead and what modules hold.
//! Until one is registered nothing here runs; from then on graphs are read on the program's thread, module by
//! module, and enter the registry whole, because what plugins run may load modules itself.

use super::Modules;
use super::data::Loader;
use super::error::LoadError;
use super::graph::{Ask, Job, Loaded, load_one};
use super::record::{Kind, ModuleId, ModuleKey, Origin, Record, Requested, Status};
use crate::op::{Call, Op, OpResult};
use crate::runtime::Runtime;
use crust_diag::Diagnostic;
use crust_resolve::{ReferrerKind, Resolved, ResolvedKind};
use jsc::{Exception, Global, Scope, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// The natives of the core.
pub(crate) const OPS: &[Op] = &[
    Op::new("setPlugins", set_plugins),
    Op::new("hasPlugins", has_plugins),
];

/// The program's plugins.
#[derive(Default)]
pub(super) struct Plugins {
    asked: RefCell<Option<Asked>>,
    /// What the last callback threw, until it is thrown on.
    thrown: RefCell<Option<Global>>,
    /// What has to be settled before a graph can be loaded.
    promise: RefCell<Option<Global>>,
    /// Namespaces of modules that plugins made of values, until they are evaluated.
    namespaces: RefCell<FxHashMap<String, Global>>,
}

/// The functions that are asked.
#[derive(Clone)]
struct Asked {
    /// `(specifier, importer, kind) => undefined | [how, text]`
    resolve: Global,
    /// `(id) => undefined | [how, content]`
    load: Global,
}

/// `setPlugins(resolve, load)`, or `setPlugins()` without any.
fn set_plugins<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let asked = if cx.value(0).is_nullish() {
        None
    } else {
        Some(Asked {
            resolve: Global::new(cx.function(0)?),
            load: Global::new(cx.function(1)?),
        })
    };
    *cx.runtime().modules.plugins.asked.borrow_mut() = asked;
    Ok(cx.undefined())
}

/// `hasPlugins()`
#[expect(clippy::unnecessary_wraps, reason = "the shape of an op")]
fn has_plugins<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    Ok(cx.make_bool(cx.runtime().modules.plugins.is_active()))
}

impl Plugins {
    pub(super) fn is_active(&self) -> bool {
        self.asked.borrow().is_some()
    }

    pub(super) fn clear(&self) {
        *self.asked.borrow_mut() = None;
        self.namespaces.borrow_mut().clear();
    }

    fn take_thrown(&self) -> Option<Global> {
        self.thrown.borrow_mut().take()
    }

    /// What was thrown, to be thrown on.
    pub(super) fn keep_thrown(&self, thrown: Global) {
        *self.thrown.borrow_mut() = Some(thrown);
    }

    /// What has to be settled before a graph can be loaded.
    pub(super) fn wait_for(&self, promise: Global) {
        *self.promise.borrow_mut() = Some(promise);
    }

    pub(super) fn take_promise(&self) -> Option<Global> {
        self.promise.borrow_mut().take()
    }

    pub(super) fn take_namespace(&self, path: &str) -> Option<Global> {
        self.namespaces.borrow_mut().remove(path)
    }

    /// Calls one of the functions. `None`: no plugin wants it.
    fn ask<T>(
        &self,
        function: impl FnOnce(&Asked) -> Global,
        arguments: &[&str],
        read: impl for<'s> FnOnce(&str, Value<'s>) -> Result<T, Exception<'s>>,
    ) -> Result<Option<T>, LoadError> {
        let Some(function) = self.asked.borrow().as_ref().map(function) else {
            return Ok(None);
        };
        Runtime::current().vm().locked(|scope| {
            let answered = answer(scope, &function, arguments);
            let answered = answered.and_then(|found| match found {
                None => Ok(None),
                Some((how, value)) if how == WAIT => Ok(Some(Err(Global::new(value)))),
                Some((how, value)) => read(&how, value).map(|read| Some(Ok(read))),
            });
            match answered {
                Ok(None) => Ok(None),
                Ok(Some(Ok(read))) => Ok(Some(read)),
                Ok(Some(Err(promise))) => {
                    // The first is waited for; the next attempt finds those that were made meanwhile.
                    self.promise.borrow_mut().get_or_insert(promise);
                    Err(LoadError::Waits(
                        arguments.first().copied().unwrap_or_default().to_owned(),
                    ))
                }
                Err(thrown) => {
                    *self.thrown.borrow_mut() = Some(Global::new(thrown.value()));
                    Err(LoadError::Thrown)
                }
            }
        })
    }

    /// Where a plugin says that a specifier leads.
    pub(super) fn resolve(
        &self,
        specifier: &str,
        importer: &Path,
        kind: ReferrerKind,
    ) -> Result<Option<Place>, LoadError> {
        let kind = match kind {
            ReferrerKind::Require => "require-call",
            ReferrerKind::Import => "import-statement",
        };
        let importer = importer.to_string_lossy();
        self.ask(
            |asked| asked.resolve.clone(),
            &[specifier, &importer, kind],
            |how, value| {
                let text = value.to_text()?;
                Ok(if how == "external" {
                    Place::Outside(text)
                } else {
                    Place::Id(text)
                })
            },
        )
    }

    /// What a plugin says that a module holds.
    fn load(&self, id: &str) -> Result<Option<Content>, LoadError> {
        self.ask(
            |asked| asked.load.clone(),
            &[id],
            |how, value| {
                Ok(if how == "object" {
                    self.namespaces
                        .borrow_mut()
                        .insert(id.to_owned(), Global::new(value));
                    Content::Values
                } else {
                    Content::Text {
                        loader: how.to_owned(),
                        text: value.to_text()?,
                    }
                })
            },
        )
    }
}

/// The word for an answer that is a promise.
const WAIT: &str = "wait";

/// `[how, value]` as the program's function gives it.
fn answer<'s>(
    scope: Scope<'s>,
    function: &Global,
    arguments: &[&str],
) -> Result<Option<(String, Value<'s>)>, Exception<'s>> {
    let arguments: Vec<_> = arguments.iter().map(|text| scope.string(text)).collect();
    let found = function.get(scope).call(&arguments)?;
    if found.is_nullish() {
        return Ok(None);
    }
    Ok(Some((found.get_index(0)?.to_text()?, found.get_index(1)?)))
}

/// Where an import leads.
pub(super) enum Place {
    /// An absolute path, or a namespace with what is in it.
    Id(String),
    /// What is found without plugins.
    Outside(String),
}

/// What a module holds.
enum Content {
    /// Source text. The loader is empty where the name says it.
    Text { loader: String, text: String },
    /// Values that exist already.
    Values,
}

/// Whether an id is in a namespace of plugins, and no path.
pub(super) fn is_virtual(id: &str) -> bool {
    !id.starts_with('/') && id.contains(':') && !id.starts_with("data:")
}

impl Place {
    /// As the resolver would have found it; `Err` is a specifier to be resolved.
    fn resolved(self) -> Result<Resolved, String> {
        match self {
            Self::Outside(specifier) => Err(specifier),
            Self::Id(id) => Ok(Resolved {
                path: PathBuf::from(id),
                query: None,
                package_type: None,
                kind: ResolvedKind::File,
            }),
        }
    }
}

impl Modules {
    /// What the callback of a plugin threw last.
    pub(super) fn plugin_thrown(&self) -> Option<Global> {
        self.plugins.take_thrown()
    }

    /// Where a specifier leads when plugins are asked first. `Err` is what to resolve without them.
    pub(super) fn resolve_asking(
        &self,
        specifier: &str,
        referrer: &Path,
        kind: ReferrerKind,
    ) -> Result<Result<Resolved, Option<String>>, LoadError> {
        if !self.plugins.is_active() {
            return Ok(Err(None));
        }
        let place = self.plugins.resolve(specifier, referrer, kind)?;
        Ok(match place.map(Place::resolved) {
            Some(Ok(resolved)) => Ok(resolved),
            Some(Err(specifier)) => Err(Some(specifier)),
            None => Err(None),
        })
    }

    /// Reads a graph with the help of plugins.
    pub(super) fn load_asking(&self, root: Job) -> Result<ModuleId, LoadError> {
        let root_key = root.key.clone();
        let (mut found, mut waits) = (Vec::new(), None);
        let mut seen: FxHashSet<ModuleKey> = FxHashSet::default();
        let mut pending = vec![root];
        while let Some(job) = pending.pop() {
            if self.by_key.borrow().contains_key(&job.key) || !seen.insert(job.key.clone()) {
                continue;
            }
            match load_one(&self.resolver, &self.sources, &Asking(self), &job) {
                Ok(loaded) => {
                    pending.extend(loaded.requests.iter().map(|(job, _)| job.clone()));
                    found.push((job, loaded));
                }
                // What else the graph holds is asked for meanwhile.
                Err(LoadError::Waits(id)) => waits = Some(LoadError::Waits(id)),
                Err(error) => return Err(error),
            }
        }
        waits.map_or(Ok(()), Err)?;
        Ok(self.enter(found, &root_key))
    }

    /// Makes records of a graph. Nothing runs meanwhile.
    fn enter(&self, found: Vec<(Job, Loaded)>, root: &ModuleKey) -> ModuleId {
        let mut entered = Vec::with_capacity(found.len());
        for (job, Loaded { kind, requests }) in found {
            // What a plugin ran may have loaded it.
            if !self.by_key.borrow().contains_key(&job.key) {
                entered.push((self.insert(Record::new(job.key, kind)), requests));
            }
        }
        let by_key = self.by_key.borrow();
        let id_of = |key: &ModuleKey| by_key.get(key).copied();
        let mut records = self.records.borrow_mut();
        for (id, requests) in entered {
            let requests = requests.into_iter().filter_map(|(job, deferred)| {
                Some(Requested {
                    id: id_of(&job.key)?,
                    deferred,
                })
            });
            if let Some(record) = records.get_mut(id.index()) {
                record.requests = requests.collect();
            }
        }
        // It was entered, or was there.
        id_of(root).unwrap_or(ModuleId(0))
    }

    /// Reads the program again, because plugins came after it had been read.
    pub(super) fn load_again(&self) -> Result<ModuleId, LoadError> {
        {
            let records = self.records.borrow();
            self.by_key.borrow_mut().retain(|key, id| {
                let untouched = records.get(id.index()).is_some_and(|record| {
                    matches!(record.status, Status::Unlinked | Status::Linked)
                });
                key.origin == Origin::Builtin || !untouched
            });
        }
        let main = self.main().unwrap_or_default();
        let id = self.load(ModuleKey::file(&main))?;
        self.link(id)?;
        Ok(id)
    }
}

/// Plugins as the loader asks them.
struct Asking<'a>(&'a Modules);

impl Ask for Asking<'_> {
    fn resolve(
        &self,
        specifier: &str,
        importer: &Path,
    ) -> Result<Result<Resolved, Option<String>>, LoadError> {
        self.0
            .resolve_asking(specifier, importer, ReferrerKind::Import)
    }

    fn load(&self, job: &Job) -> Result<Option<Kind>, LoadError> {
        let key = &job.key;
        // What is asked for in a certain way is no plugin's business, and neither are builtins.
        if !matches!(key.origin, Origin::File) || self.0.sources.is_mocked(&key.path) {
            return Ok(None);
        }
        let content = self.0.plugins.load(&key.file_path().to_string_lossy())?;
        let Some(content) = content else {
            if is_virtual(&key.path) {
                let message = format!("No plugin loads \"{}\"", key.path);
                return Err(LoadError::Source(vec![Diagnostic::error(message)]));
            }
            return Ok(None);
        };
        let Content::Text { loader, text } = content else {
            return Ok(Some(Kind::Values));
        };
        let loader = loader_of(&loader, key)?;
        let kind = self
            .0
            .sources
            .parse_given(loader, key, text, job.package_type)?;
        Ok(Some(kind))
    }
}

/// The loader that a plugin names; without a name, that of the path. What it gives is content, and so no mere
/// file.
fn loader_of(name: &str, key: &ModuleKey) -> Result<Loader, LoadError> {
    if name.is_empty() {
        return Ok(match Loader::of_extension(&key.file_path()) {
            Loader::File | Loader::Wasm => Loader::Js,
            loader => loader,
        });
    }
    let known = Loader::of_attribute(name).filter(|loader| *loader != Loader::Wasm);
    known.ok_or_else(|| {
        let message = format!(
            "The loader that onLoad gives is none of js, jsx, ts, tsx, json, jsonc, json5, toml, yaml, text, file, object: \"{name}\""
        );
        LoadError::Source(vec![Diagnostic::error(message).file(key.path.clone())])
    })
}

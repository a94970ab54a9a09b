//! Loading a graph: from the entry's key, level by level over its static imports, each level's
//! files on two threads when there are many. Never touches the engine.

use super::Modules;
use super::data::Loader;
use super::embedded;
use super::error::LoadError;
use super::record::{Data, Kind, ModuleId, ModuleKey, Origin, Record, Requested};
use crust_diag::Diagnostic;
use crust_resolve::{PackageType, ReferrerKind, Resolved, ResolvedKind};
use crust_transpile::{Module, Phase};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::thread;

/// Files of one level from which on a second thread pays for itself.
const PARALLEL_FROM: usize = 6;

/// A file to load.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) key: ModuleKey,
    pub(super) package_type: Option<PackageType>,
}

/// A loaded file with where its requests lead.
pub(super) struct Loaded {
    pub(super) kind: Kind,
    pub(super) requests: Vec<(Job, bool)>,
}

/// Who is asked before files are looked for and read.
pub(super) trait Ask {
    /// Where a specifier leads; `Err`: what is to be resolved, if it is not the specifier itself.
    fn resolve(
        &self,
        specifier: &str,
        importer: &Path,
    ) -> Result<Result<Resolved, Option<String>>, LoadError>;

    /// What a module is.
    fn load(&self, job: &Job) -> Result<Option<Kind>, LoadError>;
}

/// Nobody.
struct NoPlugins;

impl Ask for NoPlugins {
    fn resolve(&self, _: &str, _: &Path) -> Result<Result<Resolved, Option<String>>, LoadError> {
        Ok(Err(None))
    }

    fn load(&self, _: &Job) -> Result<Option<Kind>, LoadError> {
        Ok(None)
    }
}

impl Modules {
    /// The module of a key, with everything it statically imports.
    pub(crate) fn load(&self, key: ModuleKey) -> Result<ModuleId, LoadError> {
        let package_type = self.package_type(&key);
        self.load_job(Job { key, package_type })
    }

    /// A record that stands for a text which is no file's: what it imports is found from `path`.
    pub(crate) fn referrer(&self, path: &Path) -> ModuleId {
        let key = ModuleKey {
            attribute: Some("compiled text".to_owned()),
            ..ModuleKey::file(path)
        };
        let known = self.by_key.borrow().get(&key).copied();
        known.unwrap_or_else(|| self.insert(Record::new(key, Kind::Data(Data::Empty))))
    }

    /// The module a specifier names, with everything it statically imports.
    pub(crate) fn load_specifier(
        &self,
        specifier: &str,
        referrer: &Path,
        attribute: Option<String>,
    ) -> Result<ModuleId, LoadError> {
        let resolved = self.resolve(specifier, referrer, ReferrerKind::Import)?;
        self.load_job(job_of(resolved, attribute))
    }

    fn package_type(&self, key: &ModuleKey) -> Option<PackageType> {
        if let Some(known) = embedded::package_type(&key.path) {
            return Some(known);
        }
        let path = key.file_path();
        let directory = path.parent()?;
        let resolved =
            self.resolver
                .resolve(&path.to_string_lossy(), directory, ReferrerKind::Import);
        resolved.ok().and_then(|resolved| resolved.package_type)
    }

    fn load_job(&self, root: Job) -> Result<ModuleId, LoadError> {
        if let Some(known) = self.by_key.borrow().get(&root.key) {
            return Ok(*known);
        }
        if self.plugins.is_active() {
            return self.load_asking(root);
        }
        let first = self.records.borrow().len();
        let root_key = root.key.clone();
        let result = self.load_levels(root);
        if result.is_err() {
            self.forget_from(first);
        }
        result?;
        self.by_key
            .borrow()
            .get(&root_key)
            .copied()
            .ok_or_else(|| internal(&root_key))
    }

    /// A failed graph leaves no half-loaded module behind: the next attempt reads it anew.
    fn forget_from(&self, first: usize) {
        self.records.borrow_mut().truncate(first);
        self.by_key.borrow_mut().retain(|_, id| id.index() < first);
    }

    fn load_levels(&self, root: Job) -> Result<(), LoadError> {
        let mut level = vec![root];
        while !level.is_empty() {
            let loaded = self.load_level(&level);
            let mut pending: Vec<(ModuleId, Vec<(Job, bool)>)> = Vec::new();
            let mut macros = Vec::new();
            for (job, result) in level.into_iter().zip(loaded) {
                let Loaded { kind, requests } = match result {
                    // Those of a level are called at once.
                    Err(LoadError::Macros(files)) => {
                        macros.extend(files);
                        continue;
                    }
                    result => result?,
                };
                pending.push((self.insert(Record::new(job.key, kind)), requests));
            }
            if !macros.is_empty() {
                return Err(LoadError::Macros(macros));
            }
            level = self.connect(pending);
        }
        Ok(())
    }

    pub(super) fn insert(&self, record: Record) -> ModuleId {
        if let Some(module) = record.esm() {
            let mut exports = module.local_exports.iter();
            if exports.any(|export| !export.constants.is_empty()) {
                self.has_constants.set(true);
            }
        }
        let mut records = self.records.borrow_mut();
        // 2³² modules do not fit in memory.
        let id = ModuleId(u32::try_from(records.len()).unwrap_or(u32::MAX));
        self.by_key.borrow_mut().insert(record.key.clone(), id);
        records.push(record);
        id
    }

    /// Gives each request its module. The ids of new modules are those they will get when the
    /// answer, which is the next level, is inserted in its order.
    fn connect(&self, pending: Vec<(ModuleId, Vec<(Job, bool)>)>) -> Vec<Job> {
        let mut records = self.records.borrow_mut();
        let mut by_key = self.by_key.borrow_mut();
        let mut next = Vec::new();
        let base = records.len();
        for (id, requests) in pending {
            let requested = requests.into_iter().map(|(job, deferred)| {
                let target = by_key.get(&job.key).copied().unwrap_or_else(|| {
                    let target = ModuleId(u32::try_from(base + next.len()).unwrap_or(u32::MAX));
                    by_key.insert(job.key.clone(), target);
                    next.push(job);
                    target
                });
                Requested {
                    id: target,
                    deferred,
                }
            });
            let list: Vec<Requested> = requested.collect();
            if let Some(record) = records.get_mut(id.index()) {
                record.requests = list;
            }
        }
        next
    }

    fn load_level(&self, jobs: &[Job]) -> Vec<Result<Loaded, LoadError>> {
        // The second thread gets only what it needs: both parts are `Sync`.
        let (resolver, sources) = (&self.resolver, &self.sources);
        let load = |job: &Job| load_one(resolver, sources, &NoPlugins, job);
        if jobs.len() < PARALLEL_FROM {
            return jobs.iter().map(load).collect();
        }
        let (here, there) = jobs.split_at(jobs.len() / 2);
        thread::scope(|scope| {
            let other = scope.spawn(|| there.iter().map(load).collect::<Vec<_>>());
            let mut results: Vec<_> = here.iter().map(load).collect();
            match other.join() {
                Ok(rest) => results.extend(rest),
                Err(_) => results.extend(there.iter().map(|job| Err(internal(&job.key)))),
            }
            results
        })
    }
}

fn internal(key: &ModuleKey) -> LoadError {
    LoadError::Source(vec![
        Diagnostic::error("internal error while loading this module").file(key.path.clone()),
    ])
}

/// Reads and parses one file and resolves what it imports.
pub(super) fn load_one(
    resolver: &crust_resolve::Resolver,
    sources: &super::source::Sources,
    ask: &impl Ask,
    job: &Job,
) -> Result<Loaded, LoadError> {
    let kind = match ask.load(job)? {
        Some(kind) => kind,
        None => sources.load(&job.key, job.package_type)?,
    };
    let Kind::Esm(module) = &kind else {
        return Ok(Loaded {
            kind,
            requests: Vec::new(),
        });
    };
    let path = job.key.file_path();
    let directory = directory_of(&path);
    let mut requests = Vec::with_capacity(module.requests.len());
    for request in &module.requests {
        let resolved = match ask.resolve(&request.specifier, &path)? {
            Ok(resolved) => resolved,
            Err(other) => {
                let specifier = other.as_deref().unwrap_or(&request.specifier);
                embedded::resolve(resolver, specifier, &directory, ReferrerKind::Import)
                    .or_else(|error| {
                        let mocked = super::testing::virtual_mock(sources, specifier, &path);
                        mocked.ok_or(error)
                    })
                    .map_err(|error| {
                        LoadError::not_found(*error, &path)
                            .at(|error| place(module, &path, request.offset, error))
                    })?
            }
        };
        let attribute = request.attributes.iter().find(|(name, _)| name == "type");
        requests.push((
            job_of(resolved, attribute.map(|(_, value)| value.clone())),
            request.phase == Phase::Defer,
        ));
    }
    Ok(Loaded { kind, requests })
}

/// Where the imports of a module are looked for: what is on no disk is in the current directory.
pub(super) fn directory_of(path: &Path) -> Cow<'_, Path> {
    if super::plugins::is_virtual(&path.to_string_lossy()) {
        return Cow::Owned(std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/")));
    }
    Cow::Borrowed(path.parent().unwrap_or(Path::new("/")))
}

/// Where a specifier stands that leads nowhere.
fn place(
    module: &Module,
    path: &Path,
    offset: u32,
    error: &crust_resolve::ResolveError,
) -> Diagnostic {
    let length = u32::try_from(error.specifier.len()).unwrap_or(0);
    let mut diagnostic = Diagnostic::error(error.headline(Some(&path.to_string_lossy())))
        .at(module.source(), module.lines(), offset, offset + length)
        .file(path.to_string_lossy())
        .code(error.code());
    if let Some(hint) = &error.hint {
        diagnostic = diagnostic.hint(hint.clone());
    }
    diagnostic
}

fn job_of(resolved: Resolved, attribute: Option<String>) -> Job {
    let (path, origin) = match resolved.kind {
        ResolvedKind::Builtin(name) => (name, Origin::Builtin),
        ResolvedKind::DataUrl(url) => (url, Origin::Data),
        ResolvedKind::Ignored => (String::new(), Origin::Ignored),
        ResolvedKind::File => {
            let mut path = resolved.path.to_string_lossy().into_owned();
            path.push_str(resolved.query.as_deref().unwrap_or_default());
            (path, Origin::File)
        }
    };
    // An attribute that says what the extension says anyway names the same module.
    let redundant = attribute.as_deref().and_then(Loader::of_attribute)
        == Some(Loader::of_extension(Path::new(&path)));
    let attribute = attribute.filter(|_| !redundant);
    Job {
        key: ModuleKey {
            path,
            attribute,
            origin,
        },
        package_type: resolved.package_type,
    }
}

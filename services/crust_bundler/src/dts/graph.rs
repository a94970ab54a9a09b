//! The modules whose declarations an entry point may need, each read once. What they mean together is not asked here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crust_diag::{Diagnostic, LineIndex};
use crust_resolve::Resolver;
use crust_transpile::{DeclarationRequest, Declarations, SourceKind, Syntax, declare, fits_stack};

use super::data::declarations_of;
use super::locate::{Place, beside, locate, resolver};
use crate::bundle::STACK_SIZE;
use crate::hooks::{Deferral, LoadRequest};
use crate::loader::Loader;
use crate::plugin::{Identity, STACK_FACTOR, Shared};
use crate::problem::{BadImport, resolve_hint};

/// A module.
#[derive(Debug, Default)]
pub(super) struct Module {
    pub(super) path: String,
    /// None if nothing says what it exports.
    pub(super) declarations: Option<Declarations>,
    /// Where its requests lead.
    pub(super) targets: Vec<Target>,
    /// Modules of `/// <reference path="…" />`.
    pub(super) referenced: Vec<usize>,
    /// What it declares is global.
    pub(super) is_global: bool,
    /// It was wrong, which has been said.
    pub(super) is_broken: bool,
}

/// Declarations, and what is wrong with their source.
pub(super) type Declared = (Declarations, Vec<Diagnostic>);

/// Where a request leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// To a module of the bundle.
    Module(usize),
    /// Out of it, by this specifier.
    External(String),
    /// Nowhere, which has been said.
    Nowhere,
}

/// Modules while they are read.
pub(super) struct Graph<'s> {
    shared: &'s Shared,
    resolver: Resolver,
    modules: Vec<Module>,
    places: BTreeMap<String, usize>,
    /// Modules that were found and not read, by place and id.
    waiting: Vec<(usize, String)>,
    problems: Vec<Diagnostic>,
    bad_imports: BTreeSet<BadImport>,
}

impl<'s> Graph<'s> {
    pub(super) fn new(shared: &'s Shared) -> Self {
        Self {
            shared,
            resolver: resolver(&shared.options),
            modules: Vec::new(),
            places: BTreeMap::new(),
            waiting: Vec::new(),
            problems: Vec::new(),
            bad_imports: BTreeSet::new(),
        }
    }

    /// The module of an entry point; `None` if nothing declares what it exports.
    pub(super) async fn enter(&mut self, id: &str) -> Option<usize> {
        let id = match Identity::of(id) {
            file if file.is_file() && file.loader.is_none() => beside(self.shared, file.path),
            _ => None,
        }
        .unwrap_or_else(|| id.to_owned());
        let module = self.place(&id);
        self.read().await;
        let read = self.modules.get(module)?;
        read.declarations.is_some().then_some(module)
    }

    fn place(&mut self, id: &str) -> usize {
        if let Some(known) = self.places.get(id) {
            return *known;
        }
        let place = self.modules.len();
        self.modules.push(Module {
            path: Identity::of(id).path.to_owned(),
            ..Module::default()
        });
        self.places.insert(id.to_owned(), place);
        self.waiting.push((place, id.to_owned()));
        place
    }

    /// Reads what is found until nothing new is.
    pub(super) async fn read(&mut self) {
        while let Some((place, id)) = self.waiting.pop() {
            let module = self.module(id).await;
            if let Some(known) = self.modules.get_mut(place) {
                *known = module;
            }
        }
    }

    pub(super) fn finish(self) -> (Vec<Module>, Vec<Diagnostic>) {
        for import in self.bad_imports {
            self.shared.problems.import(import);
        }
        (self.modules, self.problems)
    }

    async fn module(&mut self, id: String) -> Module {
        let path = Identity::of(&id).path.to_owned();
        let mut module = Module {
            path,
            ..Module::default()
        };
        let (declarations, problems) = match self.load(&id).await {
            Ok(Some(declared)) => declared,
            Ok(None) => return module,
            Err(problems) => (Declarations::default(), problems),
        };
        module.is_broken = !problems.is_empty();
        self.problems.extend(problems);
        module.is_global = !declarations.is_module;
        for request in &declarations.requests {
            let target = self.target(&id, request, &declarations).await;
            module.targets.push(target);
        }
        for directive in &declarations.directives {
            let folder = Path::new(&module.path).parent();
            if let Some(folder) = folder.filter(|_| directive.kind == "path") {
                let path: PathBuf = crate::plugin::normalized(&folder.join(&directive.value));
                if self.shared.has(&path) {
                    let place = self.place(&path.to_string_lossy());
                    module.referenced.push(place);
                }
            }
        }
        module.declarations = Some(declarations);
        module
    }

    async fn target(
        &mut self,
        importer: &str,
        request: &DeclarationRequest,
        declarations: &Declarations,
    ) -> Target {
        match locate(self.shared, &self.resolver, importer, request).await {
            Place::Module(id) => Target::Module(self.place(&id)),
            Place::External(specifier) => Target::External(specifier),
            // A name that only this file gives to something, as `declare module "*.svg"`.
            Place::Nowhere if declares_only(declarations, request) => {
                Target::External(request.specifier.clone())
            }
            Place::Nowhere => {
                let specifier = request.specifier.clone();
                self.bad_imports.insert(BadImport {
                    importer: importer.to_owned(),
                    message: format!("Could not resolve: \"{specifier}\""),
                    hint: resolve_hint(Identity::of(importer).path, &specifier),
                    code: "UNRESOLVED_IMPORT",
                    specifier,
                });
                Target::Nowhere
            }
        }
    }

    /// A module's declarations; `None` for JavaScript.
    async fn load(&mut self, id: &str) -> Result<Option<Declared>, Vec<Diagnostic>> {
        let identity = Identity::of(id);
        let by_name = match self.shared.loader_of(identity.path) {
            Loader::File if !identity.is_file() => Loader::Js,
            loader => loader,
        };
        let mut loader = identity.loader.unwrap_or(by_name);
        let mut bytes = None;
        if let Some(hooks) = self
            .shared
            .hooks
            .as_ref()
            .filter(|hooks| hooks.wants_load())
        {
            let request = LoadRequest {
                path: identity.path.to_owned(),
                namespace: identity.namespace.to_owned(),
                loader,
                plugin_data: self.shared.plugin_data(id),
                // All modules are loaded.
                deferral: Deferral::NONE,
            };
            if let Some(answer) = hooks.load(request).await? {
                self.shared.watch(answer.watch_files);
                loader = answer.loader.unwrap_or(loader);
                bytes = Some(answer.contents);
            }
        }
        let path = Path::new(identity.path);
        let Some(bytes) = bytes.or_else(|| self.shared.read(path)) else {
            let message = "Could not read the file";
            return Err(vec![Diagnostic::error(message).file(identity.path)]);
        };
        Ok(declarations_in(identity.path, loader, &bytes))
    }
}

/// What the text of a module declares; `None` for JavaScript, and for data that the build itself complains about.
pub(super) fn declarations_in(path: &str, loader: Loader, bytes: &[u8]) -> Option<Declared> {
    let kind = match loader {
        Loader::Ts if is_declarations(path) => SourceKind::Declarations,
        Loader::Ts => SourceKind::Script(Syntax::Ts),
        Loader::Tsx => SourceKind::Script(Syntax::Tsx),
        other => {
            let text = declarations_of(other, path, bytes)?;
            return Some(declare(&text, path, SourceKind::Declarations));
        }
    };
    let text = String::from_utf8_lossy(bytes);
    // What nests further, the build refuses too; and declarations are indented, so their size goes with its square.
    if let Err(problems) = fits_stack(&text, path, STACK_SIZE, STACK_FACTOR) {
        return Some((Declarations::default(), problems));
    }
    Some(declare(&text, path, kind))
}

pub(super) fn is_declarations(path: &str) -> bool {
    let endings = [".d.ts", ".d.mts", ".d.cts"];
    endings.iter().any(|ending| path.ends_with(ending))
}

/// Whether a request is nothing but the name of a `declare module` that has content.
fn declares_only(declarations: &Declarations, request: &DeclarationRequest) -> bool {
    let place = declarations
        .requests
        .iter()
        .position(|known| known == request);
    let mut augmentations = declarations.augmentations.iter();
    let imports = declarations.imports.iter();
    augmentations.any(|block| Some(block.request) == place)
        && !imports
            .into_iter()
            .any(|import| Some(import.request) == place)
}

/// A problem at the place where a module asks for a name of another one.
pub(super) fn problem_at(
    module: &Module,
    specifier: &str,
    name: &str,
    message: String,
    source: &dyn Fn(&str) -> Option<String>,
) -> Diagnostic {
    let problem = Diagnostic::error(message).file(module.path.clone());
    let places = module.declarations.as_ref().map(|found| &found.places);
    let key = |name: &str| (specifier.to_owned(), name.to_owned());
    let place = places.and_then(|places| places.get(&key(name)).or_else(|| places.get(&key(""))));
    let (Some((start, end)), Some(text)) = (place, source(&module.path)) else {
        return problem;
    };
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    problem.at(text, &LineIndex::new(text), *start, *end)
}

//! What a name means: imports and exports are followed from module to module to where something is declared.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use crust_diag::Diagnostic;
use crust_transpile::{Declarations, ExportedName, ImportedWhat, Meaning, Member};

use super::graph::{Module, Target, problem_at};

/// Something that has a name in the bundle.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Symbol {
    /// A declaration of a module, by its name there.
    Local { module: usize, name: String },
    /// Something of a module outside.
    External {
        module: External,
        what: ImportedWhat,
    },
    /// All that a module exports, as an object.
    Namespace { module: usize },
    /// `.name` of something, where what it is declares it inside.
    Member { of: Box<Symbol>, name: String },
}

/// A module outside of the bundle.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct External {
    pub(super) specifier: String,
    pub(super) attributes: Vec<(String, String)>,
}

/// What a name leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) symbol: Symbol,
    /// Somebody on the way imported or exported it as a type.
    pub(super) type_only: bool,
}

impl Found {
    fn of(symbol: Symbol) -> Self {
        Self {
            symbol,
            type_only: false,
        }
    }

    fn only_type_if(mut self, type_only: bool) -> Self {
        self.type_only |= type_only;
        self
    }
}

/// All that a module exports.
#[derive(Debug, Default)]
pub(super) struct Exports {
    /// Names, each once, in order.
    pub(super) names: Vec<String>,
    /// Modules outside of which everything is exported, and whether as types.
    pub(super) stars: Vec<(External, bool)>,
}

/// Follows names through modules.
pub(super) struct Linker<'m> {
    pub(super) modules: &'m [Module],
    pub(super) source: &'m dyn Fn(&str) -> Option<String>,
    pub(super) problems: RefCell<Vec<Diagnostic>>,
    /// How many modules the search that is going on has come through.
    depth: Cell<usize>,
    /// Places of items by the names that they declare, for each module.
    own: Vec<BTreeMap<&'m str, Vec<usize>>>,
}

/// Where a module declares its names.
fn own_names(module: &Module) -> BTreeMap<&str, Vec<usize>> {
    let mut own: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let items = module.declarations.iter().flat_map(|found| &found.items);
    for (at, item) in items.enumerate() {
        for name in &item.names {
            own.entry(name).or_default().push(at);
        }
    }
    own
}

/// Names are followed through no more modules than this, one after the other: some kilobytes of a stack of 64 MiB each.
/// Chains that people write have ten.
const DEEPEST: usize = 2_000;

/// Modules and names on the way of a search, against cycles.
type Seen = BTreeSet<(usize, String)>;

impl<'m> Linker<'m> {
    pub(super) fn new(modules: &'m [Module], source: &'m dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            modules,
            source,
            problems: RefCell::default(),
            depth: Cell::default(),
            own: modules.iter().map(own_names).collect(),
        }
    }

    /// Places of the items of a module that declare a name.
    pub(super) fn items_of(&self, module: usize, name: &str) -> &[usize] {
        let own = self.own.get(module).and_then(|own| own.get(name));
        own.map(Vec::as_slice).unwrap_or_default()
    }

    /// One module further, unless that is too far.
    fn deeper<T>(&self, module: usize, work: impl FnOnce() -> Option<T>) -> Option<T> {
        let depth = self.depth.get();
        if depth >= DEEPEST {
            let message = "What this module exports comes through too many others";
            let path = self.modules.get(module).map(|module| module.path.clone());
            let problem = Diagnostic::error(message).file(path.unwrap_or_default());
            self.problems
                .borrow_mut()
                .push(problem.code("EXPORT_CHAIN"));
            return None;
        }
        self.depth.set(depth + 1);
        let done = work();
        self.depth.set(depth);
        done
    }

    pub(super) fn declarations(&self, module: usize) -> Option<&'m Declarations> {
        self.modules.get(module)?.declarations.as_ref()
    }

    /// What a name of a module's top level is.
    pub(super) fn local(&self, module: usize, name: &str) -> Option<Found> {
        self.local_in(module, name, &mut Seen::new())
    }

    /// What a module exports by a name.
    pub(super) fn export(&self, module: usize, name: &str) -> Option<Found> {
        self.export_in(module, name, &mut Seen::new())
    }

    fn local_in(&self, module: usize, name: &str, seen: &mut Seen) -> Option<Found> {
        let declarations = self.declarations(module)?;
        if !self.items_of(module, name).is_empty() {
            return Some(Found::of(Symbol::Local {
                module,
                name: name.to_owned(),
            }));
        }
        let mut imports = declarations.imports.iter();
        let import = imports.find(|import| import.local == name)?;
        let found = self.target_in(module, import.request, &import.what, seen)?;
        Some(found.only_type_if(import.type_only))
    }

    fn export_in(&self, module: usize, name: &str, seen: &mut Seen) -> Option<Found> {
        if !seen.insert((module, name.to_owned())) {
            return None;
        }
        self.deeper(module, || self.exported(module, name, seen))
    }

    fn exported(&self, module: usize, name: &str, seen: &mut Seen) -> Option<Found> {
        let declarations = self.declarations(module)?;
        for export in &declarations.exports {
            match export {
                ExportedName::Local {
                    exported,
                    local,
                    type_only,
                } if exported == name => {
                    let found = self.local_in(module, local, seen)?;
                    return Some(found.only_type_if(*type_only));
                }
                ExportedName::From {
                    exported,
                    request,
                    what,
                    type_only,
                } if exported == name => {
                    let found = self.target_in(module, *request, what, seen)?;
                    return Some(found.only_type_if(*type_only));
                }
                _ => {}
            }
        }
        if let Some(whole) = &declarations.export_equals {
            let whole = self.local_in(module, whole, seen)?;
            return Some(if name == "default" {
                whole
            } else {
                member_of(whole, name)
            });
        }
        if name == "default" {
            return None;
        }
        self.star(module, name, seen)
    }

    /// Modules of the bundle come first: what one outside exports, nobody knows.
    fn star(&self, module: usize, name: &str, seen: &mut Seen) -> Option<Found> {
        let declarations = self.declarations(module)?;
        let stars = declarations
            .exports
            .iter()
            .filter_map(|export| match export {
                ExportedName::Star { request, type_only } => Some((*request, *type_only)),
                _ => None,
            });
        let mut outside = None;
        for (request, type_only) in stars {
            match self.request(module, request) {
                Some(Target::Module(target)) => {
                    let found = self.export_in(*target, name, seen);
                    match found.map(|found| found.only_type_if(type_only)) {
                        Some(Found {
                            symbol: symbol @ Symbol::External { .. },
                            type_only,
                        }) => {
                            outside.get_or_insert(Found { symbol, type_only });
                        }
                        Some(found) => return Some(found),
                        None => {}
                    }
                }
                Some(Target::External(_)) => {
                    let what = ImportedWhat::Name(name.to_owned());
                    let symbol = self.external(module, request, what)?;
                    outside.get_or_insert(Found { symbol, type_only });
                }
                _ => {}
            }
        }
        outside
    }

    pub(super) fn request(&self, module: usize, request: usize) -> Option<&'m Target> {
        self.modules.get(module)?.targets.get(request)
    }

    /// Something of a module outside, as a module asks for it.
    pub(super) fn external(
        &self,
        module: usize,
        request: usize,
        what: ImportedWhat,
    ) -> Option<Symbol> {
        let Some(Target::External(specifier)) = self.request(module, request) else {
            return None;
        };
        let asked = self.declarations(module)?.requests.get(request)?;
        Some(Symbol::External {
            module: External {
                specifier: specifier.clone(),
                attributes: asked.attributes.clone(),
            },
            what,
        })
    }

    fn target_in(
        &self,
        module: usize,
        request: usize,
        what: &ImportedWhat,
        seen: &mut Seen,
    ) -> Option<Found> {
        let target = match self.request(module, request)? {
            Target::External(_) => {
                return self.external(module, request, what.clone()).map(Found::of);
            }
            Target::Nowhere => return None,
            Target::Module(target) => *target,
        };
        match what {
            ImportedWhat::Name(name) => {
                let found = self.export_in(target, name, seen);
                if found.is_none() {
                    self.complain(module, request, target, name);
                }
                found
            }
            ImportedWhat::Namespace | ImportedWhat::Require => self.whole(target, seen),
        }
    }

    /// A module as an object.
    pub(super) fn namespace(&self, module: usize) -> Option<Found> {
        self.whole(module, &mut Seen::new())
    }

    fn whole(&self, module: usize, seen: &mut Seen) -> Option<Found> {
        let declarations = self.declarations(module);
        match declarations.and_then(|found| found.export_equals.as_ref()) {
            Some(name) => self.local_in(module, name, seen),
            None => Some(Found::of(Symbol::Namespace { module })),
        }
    }

    /// Whether a symbol can be meant where a type, or a value, is looked for. If not, TypeScript looks on: a module that
    /// is imported as `Record` leaves `Record<string, 1>` to the global type.
    pub(super) fn may_mean(&self, symbol: &Symbol, wanted: Meaning) -> bool {
        match symbol {
            Symbol::Namespace { .. } => Meaning::Value.fits(wanted),
            Symbol::External { what, .. } => match what {
                ImportedWhat::Namespace => Meaning::Value.fits(wanted),
                _ => true,
            },
            Symbol::Local { module, name } => {
                let items = self
                    .declarations(*module)
                    .map(|found| found.items.as_slice());
                let items = items.unwrap_or_default();
                let own = self.items_of(*module, name).iter();
                let mut own = own.filter_map(|at| items.get(*at));
                own.any(|item| item.meaning.fits(wanted))
            }
            Symbol::Member { .. } => true,
        }
    }

    /// Follows `.a.b` behind a name as long as modules are meant; answers how many names that took.
    pub(super) fn follow(&self, found: Found, members: &[Member]) -> Option<(Found, usize)> {
        let (mut found, mut taken) = (found, 0);
        for member in members {
            let Symbol::Namespace { module } = &found.symbol else {
                break;
            };
            let next = self.export(*module, &member.name)?;
            found = next.only_type_if(found.type_only);
            taken += 1;
        }
        Some((found, taken))
    }

    /// Everything that a module exports.
    pub(super) fn exports(&self, module: usize) -> Exports {
        let mut exports = Exports::default();
        self.gather(module, true, false, &mut BTreeSet::new(), &mut exports);
        let mut known = BTreeSet::new();
        exports.names.retain(|name| known.insert(name.clone()));
        let mut known = BTreeSet::new();
        exports.stars.retain(|star| known.insert(star.clone()));
        exports
    }

    fn gather(
        &self,
        module: usize,
        with_default: bool,
        as_types: bool,
        seen: &mut BTreeSet<usize>,
        exports: &mut Exports,
    ) {
        let Some(declarations) = self.declarations(module).filter(|_| seen.insert(module)) else {
            return;
        };
        for export in &declarations.exports {
            match export {
                ExportedName::Local { exported, .. } | ExportedName::From { exported, .. } => {
                    if with_default || exported != "default" {
                        exports.names.push(exported.clone());
                    }
                }
                ExportedName::Star { request, type_only } => {
                    let as_types = as_types || *type_only;
                    match self.request(module, *request) {
                        Some(Target::Module(target)) => {
                            self.deeper(*target, || {
                                self.gather(*target, false, as_types, seen, exports);
                                Some(())
                            });
                        }
                        Some(Target::External(_)) => {
                            let found = self.external(module, *request, ImportedWhat::Namespace);
                            if let Some(Symbol::External { module, .. }) = found {
                                exports.stars.push((module, as_types));
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    /// Says that a module does not export what another one wants of it.
    pub(super) fn complain(&self, module: usize, request: usize, target: usize, name: &str) {
        let (Some(from), Some(target)) = (self.modules.get(module), self.modules.get(target))
        else {
            return;
        };
        if target.is_broken {
            return;
        }
        let requests = self.declarations(module).map(|found| &found.requests);
        let Some(request) = requests.and_then(|list| list.get(request)) else {
            return;
        };
        let specifier = request.specifier.as_str();
        let problem = if target.declarations.is_none() {
            let message = format!("Nothing declares what \"{specifier}\" exports");
            let hint = "put a .d.ts file of its name beside it, write it in TypeScript, or make it external";
            problem_at(from, specifier, name, message, self.source)
                .code("NO_DECLARATIONS")
                .hint(hint)
        } else {
            let message = format!("\"{specifier}\" has no export of the name \"{name}\"");
            problem_at(from, specifier, name, message, self.source).code("MISSING_EXPORT")
        };
        self.problems.borrow_mut().push(problem);
    }
}

fn member_of(found: Found, name: &str) -> Found {
    Found {
        symbol: Symbol::Member {
            of: Box::new(found.symbol),
            name: name.to_owned(),
        },
        type_only: found.type_only,
    }
}

//! `ResolveExport` and `GetExportedNames` (ECMA-262 §16.2.1.7.2) over the records.

use super::record::{Kind, ModuleId, Record};
use crust_transpile::{Constants, IndirectExport, Module};
use rustc_hash::FxHashSet;

/// Where an exported name leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Export {
    /// A binding of a module: the place of the export there, and whether it is assigned to after
    /// its declaration.
    Binding {
        module: ModuleId,
        local: u32,
        mutable: bool,
    },
    /// A module's namespace object.
    Namespace(ModuleId),
    /// Known only when the module has run (CommonJS, data, builtins).
    Dynamic,
    /// Two `export *` give different bindings.
    Ambiguous,
    /// Nothing has this name.
    Missing,
    /// A name that may be a type only: nothing at run time, and no error.
    MaybeType,
}

/// What a namespace object links to in other modules.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// Exported name, module, and the name there (`None`: its namespace).
    pub(super) entries: Vec<(String, ModuleId, Option<String>)>,
    /// Modules whose names are taken over when they are known.
    pub(super) stars: Vec<ModuleId>,
}

/// `ResolveExport(name)` of a module.
pub(super) fn resolve(records: &[Record], id: ModuleId, name: &str) -> Export {
    let mut search = Search {
        records,
        visited: FxHashSet::default(),
        cut: false,
    };
    search.resolve(id, name)
}

/// One walk along re-exports.
struct Search<'r> {
    records: &'r [Record],
    visited: FxHashSet<(ModuleId, String)>,
    /// The walk came back to where it had been, so what it found holds for its start only.
    cut: bool,
}

impl Search<'_> {
    fn resolve(&mut self, id: ModuleId, name: &str) -> Export {
        let Some(record) = self.records.get(id.index()) else {
            return Export::Missing;
        };
        let Kind::Esm(module) = &record.kind else {
            return Export::Dynamic;
        };
        let own = record.export_index(name);
        let local = own.and_then(|index| Some((index, module.local_exports.get(index)?)));
        if let Some((index, local)) = local {
            return Export::Binding {
                module: id,
                // Counts of a source are 32-bit, as its offsets are.
                local: u32::try_from(index).unwrap_or(u32::MAX),
                mutable: local.mutable,
            };
        }
        if let Some(known) = record.resolved.borrow().get(name) {
            return *known;
        }
        if !self.visited.insert((id, name.to_owned())) {
            self.cut = true;
            return Export::Missing;
        }
        let outer = std::mem::take(&mut self.cut);
        let indirect = own.and_then(|index| {
            module
                .indirect_exports
                .get(index - module.local_exports.len())
        });
        let found = match indirect {
            Some(indirect) => self.follow(record, indirect),
            None if name == "default" => Export::Missing,
            None => self.stars(record, module, name),
        };
        if !self.cut {
            record.resolved.borrow_mut().insert(name.into(), found);
        }
        self.cut |= outer;
        found
    }

    fn follow(&mut self, record: &Record, indirect: &IndirectExport) -> Export {
        let Some(target) = record.requests.get(indirect.request) else {
            return Export::Missing;
        };
        let found = match indirect.imported.exported() {
            None => Export::Namespace(target.id),
            Some(imported) => self.resolve(target.id, imported),
        };
        if found == Export::Missing && indirect.maybe_type {
            Export::MaybeType
        } else {
            found
        }
    }

    /// Whether two exports are one binding, maybe under two names.
    fn is_same(&self, a: Export, b: Export) -> bool {
        let name = |export: Export| match export {
            Export::Binding { module, local, .. } => {
                let module = self.records.get(module.index())?.esm()?;
                let export = module.local_exports.get(local as usize)?;
                Some(export.local.as_str())
            }
            _ => None,
        };
        match (a, b) {
            (Export::Binding { module: one, .. }, Export::Binding { module: other, .. }) => {
                one == other && name(a) == name(b)
            }
            _ => a == b,
        }
    }

    fn stars(&mut self, record: &Record, module: &Module, name: &str) -> Export {
        let mut found = Export::Missing;
        let mut dynamic = false;
        for star in &module.star_exports {
            let Some(target) = record.requests.get(*star) else {
                continue;
            };
            match self.resolve(target.id, name) {
                Export::Missing => {}
                Export::Ambiguous => return Export::Ambiguous,
                Export::Dynamic => dynamic = true,
                other if found == Export::Missing || self.is_same(found, other) => found = other,
                _ => return Export::Ambiguous,
            }
        }
        if found == Export::Missing && dynamic {
            Export::Dynamic
        } else {
            found
        }
    }
}

/// The members of the const enum that an export is; empty for everything else.
pub(super) fn constants<'r>(records: &'r [Record], id: ModuleId, name: &str) -> &'r Constants {
    const NONE: &Constants = &Constants::new();
    let found = match resolve(records, id, name) {
        Export::Binding {
            module,
            local,
            mutable: false,
        } => records
            .get(module.index())
            .and_then(|record| record.esm()?.local_exports.get(local as usize)),
        _ => None,
    };
    found.map_or(NONE, |export| &export.constants)
}

/// The names of a module that come from others, for its namespace object.
pub(super) fn links(records: &[Record], id: ModuleId) -> Links {
    let mut links = Links::default();
    let Some(record) = records.get(id.index()) else {
        return links;
    };
    let Kind::Esm(module) = &record.kind else {
        return links;
    };
    for export in &module.indirect_exports {
        let Some(target) = record.requests.get(export.request) else {
            continue;
        };
        if resolve(records, id, &export.exported) != Export::MaybeType {
            let name = export.imported.exported().map(ToOwned::to_owned);
            links
                .entries
                .push((export.exported.clone(), target.id, name));
        }
    }
    add_stars(records, record, id, &mut links);
    links
}

fn add_stars(records: &[Record], record: &Record, id: ModuleId, links: &mut Links) {
    let Kind::Esm(module) = &record.kind else {
        return;
    };
    if module.star_exports.is_empty() {
        return;
    }
    let mut taken: FxHashSet<String> = module
        .local_exports
        .iter()
        .map(|export| export.exported.clone())
        .chain(links.entries.iter().map(|entry| entry.0.clone()))
        .collect();
    for star in &module.star_exports {
        let Some(target) = record.requests.get(*star) else {
            continue;
        };
        let mut names = Names::default();
        names.collect(records, target.id);
        for name in names.list {
            if name != "default" && taken.insert(name.clone()) {
                let reachable = matches!(
                    resolve(records, id, &name),
                    Export::Binding { .. } | Export::Namespace(_)
                );
                if reachable {
                    links.entries.push((name.clone(), target.id, Some(name)));
                }
            }
        }
        links.stars.extend(names.dynamic);
    }
}

/// `GetExportedNames`, with the modules whose names are not known yet.
#[derive(Default)]
struct Names {
    list: Vec<String>,
    dynamic: Vec<ModuleId>,
    visited: FxHashSet<ModuleId>,
}

impl Names {
    fn collect(&mut self, records: &[Record], id: ModuleId) {
        if !self.visited.insert(id) {
            return;
        }
        let Some(record) = records.get(id.index()) else {
            return;
        };
        let Kind::Esm(module) = &record.kind else {
            self.dynamic.push(id);
            return;
        };
        self.list.extend(
            module
                .local_exports
                .iter()
                .map(|export| export.exported.clone()),
        );
        self.list.extend(
            module
                .indirect_exports
                .iter()
                .map(|export| export.exported.clone()),
        );
        for star in &module.star_exports {
            if let Some(target) = record.requests.get(*star) {
                self.collect(records, target.id);
            }
        }
    }
}

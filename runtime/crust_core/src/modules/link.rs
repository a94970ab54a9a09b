//! Linking: finds the import cycles, checks that every imported name exists, and emits each module
//! in the shape its place in the graph needs. Pure data; no engine.

use super::Modules;
use super::error::LoadError;
use super::export::{self, Export};
use super::record::{Kind, ModuleId, Record, Status};
use crate::stack;
use crust_diag::Diagnostic;
use crust_transpile::{
    EmitPlan, ImportMode, ImportName, ImportedConstants, MemberRead, Module, Shape,
};

impl Modules {
    /// Links a module and everything it statically imports.
    ///
    /// # Errors
    /// The first import or re-export of a name that does not exist, or is ambiguous.
    pub(crate) fn link(&self, root: ModuleId) -> Result<(), LoadError> {
        let mut records = self.records.borrow_mut();
        let order = Tarjan::new(&records).run(root);
        for component in &order {
            for id in component {
                check(&records, *id)?;
            }
        }
        for component in order {
            let cyclic =
                component.len() > 1 || component.iter().any(|id| imports_itself(&records, *id));
            for id in &component {
                if let Some(record) = records.get_mut(id.index()) {
                    record.cyclic = cyclic;
                    record.status = Status::Linked;
                }
            }
            for id in component {
                emit(
                    &mut records,
                    id,
                    self.has_constants.get(),
                    self.sources.carries_async_context(),
                );
            }
        }
        Ok(())
    }
}

fn imports_itself(records: &[Record], id: ModuleId) -> bool {
    records
        .get(id.index())
        .is_some_and(|record| record.requests.iter().any(|request| request.id == id))
}

/// Tarjan's strongly connected components over unlinked modules, dependencies first, without
/// recursion: import chains may be longer than a stack is deep.
struct Tarjan<'r> {
    records: &'r [Record],
    /// Visit order, 0 for unvisited.
    index: Vec<u32>,
    low: Vec<u32>,
    on_stack: Vec<bool>,
    stack: Vec<ModuleId>,
    next: u32,
    components: Vec<Vec<ModuleId>>,
}

impl<'r> Tarjan<'r> {
    fn new(records: &'r [Record]) -> Self {
        let count = records.len();
        Self {
            records,
            index: vec![0; count],
            low: vec![0; count],
            on_stack: vec![false; count],
            stack: Vec::new(),
            next: 1,
            components: Vec::new(),
        }
    }

    fn run(mut self, root: ModuleId) -> Vec<Vec<ModuleId>> {
        if !self.is_unlinked(root) {
            return Vec::new();
        }
        let mut work = vec![(root, 0_usize)];
        self.enter(root);
        while let Some((id, position)) = work.pop() {
            let request = self
                .records
                .get(id.index())
                .and_then(|record| record.requests.get(position));
            let Some(request) = request else {
                self.leave(id);
                if let Some((parent, _)) = work.last() {
                    self.lower(*parent, self.low(id));
                }
                continue;
            };
            work.push((id, position + 1));
            let target = request.id;
            if self.order(target) == 0 {
                if self.is_unlinked(target) {
                    self.enter(target);
                    work.push((target, 0));
                }
            } else if self.on_stack.get(target.index()) == Some(&true) {
                self.lower(id, self.order(target));
            }
        }
        self.components
    }

    fn is_unlinked(&self, id: ModuleId) -> bool {
        self.records
            .get(id.index())
            .is_some_and(|record| record.status == Status::Unlinked)
    }

    fn low(&self, id: ModuleId) -> u32 {
        self.low.get(id.index()).copied().unwrap_or(0)
    }

    fn order(&self, id: ModuleId) -> u32 {
        self.index.get(id.index()).copied().unwrap_or(0)
    }

    fn enter(&mut self, id: ModuleId) {
        let order = self.next;
        self.next += 1;
        for list in [&mut self.index, &mut self.low] {
            if let Some(slot) = list.get_mut(id.index()) {
                *slot = order;
            }
        }
        if let Some(slot) = self.on_stack.get_mut(id.index()) {
            *slot = true;
        }
        self.stack.push(id);
    }

    fn lower(&mut self, id: ModuleId, value: u32) {
        if let Some(slot) = self.low.get_mut(id.index()) {
            *slot = (*slot).min(value);
        }
    }

    fn leave(&mut self, id: ModuleId) {
        if self.low(id) != self.order(id) {
            return;
        }
        let start = self
            .stack
            .iter()
            .rposition(|member| *member == id)
            .unwrap_or(0);
        let component = self.stack.split_off(start);
        for member in &component {
            if let Some(slot) = self.on_stack.get_mut(member.index()) {
                *slot = false;
            }
        }
        self.components.push(component);
    }
}

/// Every import and re-export must lead to a binding.
fn check(records: &[Record], id: ModuleId) -> Result<(), LoadError> {
    let Some(record) = records.get(id.index()) else {
        return Ok(());
    };
    let Some(module) = record.esm() else {
        return Ok(());
    };
    for import in &module.imports {
        let (Some(name), Some(target)) = (
            import.imported.exported(),
            record.requests.get(import.request),
        ) else {
            continue;
        };
        let found = export::resolve(records, target.id, name);
        let what = Wanted {
            name,
            offset: import.offset,
            target: target.id,
        };
        complain(records, record, module, found, &what)?;
    }
    for indirect in &module.indirect_exports {
        let (Some(name), Some(target)) = (
            indirect.imported.exported(),
            record.requests.get(indirect.request),
        ) else {
            continue;
        };
        let found = export::resolve(records, id, &indirect.exported);
        let what = Wanted {
            name,
            offset: indirect.offset,
            target: target.id,
        };
        complain(records, record, module, found, &what)?;
    }
    Ok(())
}

struct Wanted<'a> {
    name: &'a str,
    offset: u32,
    target: ModuleId,
}

fn complain(
    records: &[Record],
    record: &Record,
    module: &Module,
    found: Export,
    wanted: &Wanted<'_>,
) -> Result<(), LoadError> {
    let from = records
        .get(wanted.target.index())
        .map_or("", |target| target.key.path.as_str());
    let name = wanted.name;
    let message = match found {
        Export::Missing if name == "default" => {
            format!("Missing 'default' export in module '{from}'")
        }
        Export::Missing => format!("Export named '{name}' not found in module '{from}'"),
        Export::Ambiguous => format!(
            "Export named '{name}' is ambiguous in module '{from}': two `export *` provide it"
        ),
        _ => return Ok(()),
    };
    let length = u32::try_from(name.len()).unwrap_or(1);
    let mut diagnostic = Diagnostic::error(message)
        .at(
            module.source(),
            module.lines(),
            wanted.offset,
            wanted.offset + length,
        )
        .file(record.key.path.clone());
    if let Some(hint) = suggest(records, wanted) {
        diagnostic = diagnostic.hint(hint);
    }
    Err(LoadError::Link(Box::new(diagnostic)))
}

/// A near miss among the exports, or that there is a default export.
fn suggest(records: &[Record], wanted: &Wanted<'_>) -> Option<String> {
    let module = records.get(wanted.target.index())?.esm()?;
    let names = || {
        let local = module
            .local_exports
            .iter()
            .map(|export| export.exported.as_str());
        local.chain(
            module
                .indirect_exports
                .iter()
                .map(|export| export.exported.as_str()),
        )
    };
    let near = names()
        .filter(|name| *name != "default" && *name != wanted.name)
        .find(|name| {
            name.eq_ignore_ascii_case(wanted.name) || is_one_edit_apart(name, wanted.name)
        });
    if let Some(near) = near {
        return Some(format!("did you mean '{near}'?"));
    }
    let has_default = names().any(|name| name == "default");
    has_default.then(|| {
        format!(
            "the module has a default export: import {} from …",
            wanted.name
        )
    })
}

/// Whether one insertion, removal, replacement or swap turns one name into the other.
fn is_one_edit_apart(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() < 3 || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let prefix = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let suffix = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    let longest = a.len().max(b.len());
    let swapped = a.len() == b.len()
        && prefix + suffix + 2 == longest
        && a.get(prefix) == b.get(prefix + 1)
        && a.get(prefix + 1) == b.get(prefix);
    prefix + suffix + 1 >= longest || swapped
}

/// Emits a linked module in its shape.
fn emit(records: &mut [Record], id: ModuleId, constants: bool, async_context: bool) {
    let Some(mut plan) = plan(records, id) else {
        return;
    };
    plan.async_context = async_context;
    if constants {
        plan.constants = imported_constants(records, id);
    }
    let Some(record) = records.get_mut(id.index()) else {
        return;
    };
    let Kind::Esm(module) = &mut record.kind else {
        return;
    };
    let emitted = module.emit(&plan);
    module.release();
    stack::register(&script_name(&record.key.path), emitted.columns);
    record.is_block = plan.shape == Shape::Block;
    record.text = Some(emitted.text);
}

/// What stack frames show as the file of a module.
pub(super) fn script_name(path: &str) -> String {
    if path.starts_with("data:") {
        const SHOWN: usize = 100;
        return path.chars().take(SHOWN).collect();
    }
    path.to_owned()
}

fn plan(records: &[Record], id: ModuleId) -> Option<EmitPlan> {
    let record = records.get(id.index())?;
    let module = record.esm()?;
    let shape = if record.cyclic {
        Shape::Cyclic
    } else if module.fits_block() {
        Shape::Block
    } else {
        Shape::Fast
    };
    let import_modes = module
        .imports
        .iter()
        .map(|import| mode(records, record, import))
        .collect();
    Some(EmitPlan {
        shape,
        import_modes,
        constants: Vec::new(),
        async_context: false,
    })
}

/// The const enums that a module reads members of.
fn imported_constants(records: &[Record], id: ModuleId) -> Vec<ImportedConstants> {
    let Some((record, module)) = records
        .get(id.index())
        .and_then(|record| Some((record, record.esm()?)))
    else {
        return Vec::new();
    };
    let constants = |from: MemberRead| {
        let import = module.imports.get(from.import)?;
        let target = record.requests.get(import.request)?.id;
        let (module, name) = match (import.imported.exported(), &from.export) {
            (Some(name), None) => (target, name),
            (None, Some(export)) => (target, export.as_str()),
            (Some(name), Some(export)) => match export::resolve(records, target, name) {
                Export::Namespace(module) => (module, export.as_str()),
                _ => return None,
            },
            (None, None) => return None,
        };
        let members = export::constants(records, module, name);
        (!members.is_empty()).then(|| ImportedConstants {
            members: members.clone(),
            from,
        })
    };
    module
        .member_reads()
        .into_iter()
        .filter_map(constants)
        .collect()
}

/// A constant is copied once; whatever can still change, or does not exist yet, is read live.
fn mode(records: &[Record], record: &Record, import: &crust_transpile::Import) -> ImportMode {
    let Some(target) = record.requests.get(import.request) else {
        return ImportMode::Live;
    };
    let is_unsettled = |target: &Record| {
        // What a test puts in place of a module is made when it is first read.
        target.status == Status::Evaluating || matches!(target.kind, Kind::Mocked { .. })
    };
    let unsettled = records.get(target.id.index()).is_some_and(is_unsettled);
    if record.cyclic || unsettled {
        return ImportMode::Live;
    }
    if target.deferred || import.imported == ImportName::Namespace {
        return ImportMode::Copy;
    }
    let Some(name) = import.imported.exported() else {
        return ImportMode::Copy;
    };
    match export::resolve(records, target.id, name) {
        Export::Binding { mutable: true, .. } => ImportMode::Live,
        _ => ImportMode::Copy,
    }
}

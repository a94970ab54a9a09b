//! Module records (ECMA-262 §16.2.1): what is known of one module from loading to evaluation.

use super::export::Export;
use crust_transpile::Module;
use jsc::{Global, Resolver};
use rustc_hash::FxHashMap;
use std::cell::{OnceCell, RefCell};
use std::path::{Path, PathBuf};

/// Index of a record; the id of its namespace on the JS side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ModuleId(pub(super) u32);

impl ModuleId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }

    pub(crate) fn number(self) -> f64 {
        f64::from(self.0)
    }
}

/// What makes two requests one module: the place, and the `type` attribute.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ModuleKey {
    /// An absolute path with its query, a `data:` URL or a builtin's name.
    pub(super) path: String,
    pub(super) attribute: Option<String>,
    pub(super) origin: Origin,
}

/// What kind of place a key names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Origin {
    File,
    Data,
    Builtin,
    Ignored,
}

impl ModuleKey {
    pub(crate) fn file(path: &Path) -> Self {
        Self {
            path: path.to_string_lossy().into_owned(),
            attribute: None,
            origin: Origin::File,
        }
    }

    /// The file without query and fragment.
    pub(super) fn file_path(&self) -> PathBuf {
        let end = self.path.rfind('/').map_or(0, |slash| slash + 1);
        let name = self.path.get(end..).unwrap_or_default();
        let cut = name.find(['?', '#']).map_or(self.path.len(), |at| end + at);
        PathBuf::from(self.path.get(..cut).unwrap_or(&self.path))
    }
}

/// The code of a module.
pub(super) enum Kind {
    /// An ES module; the parsed source until it is emitted.
    Esm(Box<Module>),
    /// A CommonJS module, compiled when it is first required.
    CommonJs(Box<Module>),
    /// Data: what the default export is made from.
    Data(Data),
    /// Part of Crust.
    Builtin,
    /// What a test put in the module's place.
    Mocked {
        /// What it is comes by a promise.
        waits: bool,
    },
    /// Values of the program that a plugin made a module of.
    Values,
}

/// A module that is a value.
pub(super) enum Data {
    /// JSON text; each property is an export too.
    Json(String),
    /// A JS expression for what JSON cannot say; otherwise as JSON.
    Expression(String),
    /// The default export.
    Text(String),
    /// A WebAssembly module's bytes.
    Wasm(Vec<u8>),
    /// An empty module (`browser: false`).
    Empty,
}

/// `[[Status]]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Unlinked,
    Linked,
    Evaluating,
    EvaluatingAsync,
    Evaluated,
}

/// One request of a module with where it leads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Requested {
    pub(super) id: ModuleId,
    pub(super) deferred: bool,
}

/// A module record with the fields of a Cyclic Module Record.
pub(crate) struct Record {
    pub(super) key: ModuleKey,
    pub(super) kind: Kind,
    pub(super) requests: Vec<Requested>,
    pub(super) status: Status,
    /// The module is in an import cycle, so its bindings exist before it runs.
    pub(super) cyclic: bool,
    pub(super) has_tla: bool,
    /// The emitted text is a program, not a function.
    pub(super) is_block: bool,
    /// The emitted text, until it is compiled.
    pub(super) text: Option<String>,
    pub(super) error: Option<Global>,
    /// Positions of its exports, local ones first, in the order of their names.
    export_order: OnceCell<Box<[u32]>>,
    /// What `ResolveExport` found out about names that are not its own.
    pub(super) resolved: RefCell<FxHashMap<Box<str>, Export>>,
    pub(super) dfs_index: u32,
    pub(super) dfs_ancestor: u32,
    pub(super) cycle_root: Option<ModuleId>,
    /// `[[AsyncEvaluationOrder]]`: set while evaluation is asynchronous and not done.
    pub(super) async_order: Option<u64>,
    pub(super) pending_dependencies: u32,
    pub(super) async_parents: Vec<ModuleId>,
    pub(super) capability: Option<Resolver>,
    /// The promise of `capability`, for later importers.
    pub(super) promise: Option<Global>,
}

impl Record {
    pub(super) fn new(key: ModuleKey, kind: Kind) -> Self {
        let has_tla = match &kind {
            Kind::Esm(module) => module.has_top_level_await,
            Kind::Mocked { waits } => *waits,
            _ => false,
        };
        Self {
            key,
            kind,
            requests: Vec::new(),
            status: Status::Unlinked,
            cyclic: false,
            has_tla,
            is_block: false,
            text: None,
            error: None,
            export_order: OnceCell::new(),
            resolved: RefCell::default(),
            dfs_index: 0,
            dfs_ancestor: 0,
            cycle_root: None,
            async_order: None,
            pending_dependencies: 0,
            async_parents: Vec::new(),
            capability: None,
            promise: None,
        }
    }

    /// Where an export stands among its local and indirect exports, in one count.
    pub(super) fn export_index(&self, name: &str) -> Option<usize> {
        let module = self.esm()?;
        let exported = |position: u32| {
            let position = position as usize;
            let local = module.local_exports.get(position);
            local.map_or_else(
                || {
                    let indirect = position.checked_sub(module.local_exports.len());
                    let found = indirect.and_then(|index| module.indirect_exports.get(index));
                    found.map_or("", |export| export.exported.as_str())
                },
                |export| export.exported.as_str(),
            )
        };
        let order = self.export_order.get_or_init(|| {
            let count = module.local_exports.len() + module.indirect_exports.len();
            // Offsets in a source are 32-bit, so counts are.
            let mut order: Vec<u32> = (0..u32::try_from(count).unwrap_or(u32::MAX)).collect();
            order.sort_by_key(|position| exported(*position));
            order.into_boxed_slice()
        });
        let at = order.partition_point(|position| exported(*position) < name);
        let position = *order.get(at)?;
        (exported(position) == name).then_some(position as usize)
    }

    /// Frees everything but the place, from which its code may still import. `false`: it is builtin, or in
    /// the middle of its evaluation.
    pub(super) fn forget(&mut self) -> bool {
        let is_running = matches!(self.status, Status::Evaluating | Status::EvaluatingAsync);
        if self.key.origin == Origin::Builtin || is_running {
            return false;
        }
        let status = self.status;
        *self = Self::new(self.key.clone(), Kind::Data(Data::Empty));
        self.status = status;
        true
    }

    /// Whether its exports are known before it runs.
    pub(super) fn esm(&self) -> Option<&Module> {
        match &self.kind {
            Kind::Esm(module) => Some(module),
            _ => None,
        }
    }
}

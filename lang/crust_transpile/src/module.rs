//! The module record of a transpiled source, and what is kept to emit it without its syntax tree.

use crust_diag::{LineIndex, Position};

use crate::edits::Edits;
use crate::names::Names;

/// The module format that was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// An ECMAScript module.
    Esm,
    /// A CommonJS module.
    CommonJs,
}

/// When a request's module is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Phase {
    /// Before the module that requests it.
    #[default]
    Evaluation,
    /// At the first access to its namespace (`import defer`).
    Defer,
}

/// One `[[RequestedModules]]` entry. Equal specifiers with equal attributes and phase share one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The specifier as written.
    pub specifier: String,
    /// Import attributes in source order.
    pub attributes: Vec<(String, String)>,
    /// When it is evaluated.
    pub phase: Phase,
    /// Byte offset of the specifier in [`Module::source`].
    pub offset: u32,
}

/// Which export an import names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ImportName {
    /// `import { name }`; never `default`.
    Named(String),
    /// `import name` or `import { default as name }`.
    Default,
    /// `import * as name`.
    Namespace,
}

impl ImportName {
    /// The exported name, or `None` for the namespace.
    pub fn exported(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::Default => Some("default"),
            Self::Namespace => None,
        }
    }
}

/// An import binding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Index in [`Module::requests`].
    pub request: usize,
    /// Which export.
    pub imported: ImportName,
    /// The local name.
    pub local: String,
    /// Byte offset of the specifier's name in [`Module::source`].
    pub offset: u32,
}

/// An export of a binding of this module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalExport {
    /// The exported name.
    pub exported: String,
    /// The local name.
    pub local: String,
    /// The binding is assigned to after its declaration, so its value is never final.
    pub mutable: bool,
    /// The binding is a function declaration, which has its value before the body runs.
    pub hoisted_function: bool,
    /// Byte offset of the export in [`Module::source`].
    pub offset: u32,
    /// The members of a const enum, for the files that import it.
    pub constants: Constants,
}

/// Members of a const enum whose values are known without running it: names, each with an
/// expression of its value. Empty for everything else.
pub type Constants = Vec<(String, String)>;

/// An export of another module's export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndirectExport {
    /// The exported name.
    pub exported: String,
    /// Index in [`Module::requests`].
    pub request: usize,
    /// Which export of that module.
    pub imported: ImportName,
    /// The export may name a type: a TypeScript file exports an import that it never uses as a
    /// value. A name that is not found is then no error.
    pub maybe_type: bool,
    /// Byte offset of the export in [`Module::source`].
    pub offset: u32,
}

/// Free identifiers and syntax that the emitted function needs values for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a set of names; each is asked for by name"
)]
pub struct Uses {
    /// `import.meta`
    pub import_meta: bool,
    /// `import(…)`
    pub dynamic_import: bool,
    /// `require`
    pub require: bool,
    /// `__filename`
    pub filename: bool,
    /// `__dirname`
    pub dirname: bool,
    /// The transpiler's run-time helpers ([`crate::HELPERS`]).
    pub helpers: bool,
    /// A CommonJS module carries the async context across `await`.
    pub async_context: bool,
}

impl Uses {
    /// Whether a CommonJS module takes the environment as its sixth parameter.
    pub fn need_environment(self) -> bool {
        self.import_meta || self.dynamic_import || self.helpers || self.async_context
    }
}

/// A parsed module: its record, and all that is needed to emit it.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts about a module; each is asked for by name"
)]
pub struct Module {
    /// The decided format.
    pub format: Format,
    /// Requested modules in source order.
    pub requests: Vec<Request>,
    /// Import bindings in source order; an [`crate::EmitPlan`] has one mode for each.
    pub imports: Vec<Import>,
    /// Exports of own bindings.
    pub local_exports: Vec<LocalExport>,
    /// Exports of other modules' exports.
    pub indirect_exports: Vec<IndirectExport>,
    /// `export * from`: indices in [`Module::requests`].
    pub star_exports: Vec<usize>,
    /// The body awaits.
    pub has_top_level_await: bool,
    /// What the body needs from the environment.
    pub uses: Uses,
    /// Specifiers of `import("…")` and `require("…")` with a literal, for prefetching.
    pub dynamic_specifiers: Vec<String>,
    pub(crate) source: String,
    pub(crate) lines: std::sync::OnceLock<LineIndex>,
    pub(crate) edits: Edits,
    pub(crate) names: Names,
    /// Function declarations that are `export default` without a name.
    pub(crate) unnamed_default_function: bool,
    /// Text around the whole body of an ECMAScript module.
    pub(crate) enclosure: Option<(String, String)>,
    /// Statements before the body.
    pub(crate) prelude: String,
    /// The CommonJS body starts with `"use strict"`.
    pub(crate) strict: bool,
    /// Names of CommonJS that the body declares itself.
    pub(crate) declared: Vec<&'static str>,
    pub(crate) unparsed: bool,
    /// The body may be a block ([`crate::Shape::Block`]).
    pub(crate) fits_block: bool,
    pub(crate) released: bool,
}

impl Module {
    /// Whether [`crate::Shape::Block`] is right for the module when it is in no cycle.
    pub fn fits_block(&self) -> bool {
        self.fits_block
    }

    /// The source was taken as it is ([`crate::Options::engine_checks`]): the engine finds its errors.
    pub fn is_unparsed(&self) -> bool {
        self.unparsed
    }

    /// Whether the module waits somewhere and was parsed without [`crate::Options::async_context`].
    pub fn lacks_async_context(&self) -> bool {
        !self.uses.async_context && memchr::memmem::find(self.source.as_bytes(), b"await").is_some()
    }

    /// The source without its byte order mark; offsets count its bytes.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Gives the text up when it is emitted for the last time: no excerpt can be shown, and the
    /// module cannot be emitted again.
    pub fn release(&mut self) {
        self.source = String::new();
        self.lines = std::sync::OnceLock::new();
        self.edits = Edits::default();
        self.prelude = String::new();
        self.released = true;
    }

    /// Whether [`Module::release`] was called.
    pub fn is_released(&self) -> bool {
        self.released
    }

    /// Zero-based line and UTF-16 column of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        self.lines().position(&self.source, offset)
    }

    /// The text of a zero-based line, for excerpts.
    pub fn line_text(&self, line: u32) -> Option<&str> {
        self.lines().line_text(&self.source, line)
    }

    /// The index of lines, built when first asked for.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.source))
    }
}

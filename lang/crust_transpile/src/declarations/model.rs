//! What a linker of declarations is told about a module. Plain data; offsets are bytes of `text`.

use std::collections::{BTreeMap, BTreeSet};

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// TypeScript, of which declarations are made.
    Script(crate::options::Syntax),
    /// Declarations already (`.d.ts`).
    Declarations,
}

/// A module's declarations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declarations {
    /// The whole text, without references of the first lines.
    pub text: String,
    /// Whether it has imports or exports. The names of a file of declarations that has none are global.
    pub is_module: bool,
    /// What is declared at the top level, in order.
    pub items: Vec<Item>,
    /// `declare module "…" { … }`.
    pub augmentations: Vec<Augmentation>,
    /// Names that imports declare.
    pub imports: Vec<ImportedName>,
    /// Imports for their effect, as places among the requests.
    pub effects: Vec<usize>,
    /// What is exported, in order.
    pub exports: Vec<ExportedName>,
    /// The name of `export = NAME`.
    pub export_equals: Option<String>,
    /// The name of `export as namespace NAME`.
    pub global_name: Option<String>,
    /// `/// <reference … />` of the first lines.
    pub directives: Vec<Directive>,
    /// Every module that is named, each once.
    pub requests: Vec<Request>,
    /// Names that are declared between a use and the top level, for the uses to point at.
    pub hidden: Vec<BTreeSet<String>>,
    /// Where names of other modules are asked for in the source: by specifier and name; an empty name is the module's.
    pub places: BTreeMap<(String, String), (u32, u32)>,
}

/// A module by the name it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    /// As written.
    pub specifier: String,
    /// The import attributes: keys and values.
    pub attributes: Vec<(String, String)>,
}

/// A declaration at the top level, which is kept or left out as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// The names that it declares. One that has none stays.
    pub names: Vec<String>,
    /// What these names are.
    pub meaning: Meaning,
    /// Its documentation.
    pub comments: Vec<String>,
    /// What stands before its text: `declare ` and the like.
    pub head: String,
    /// Start of its text.
    pub start: u32,
    /// End of its text.
    pub end: u32,
    /// What stands behind.
    pub tail: &'static str,
    /// Names in its text, in order; they do not overlap.
    pub uses: Vec<Use>,
}

/// `declare module "…" { … }`, as it is and in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Augmentation {
    /// The module, among the requests.
    pub request: usize,
    /// All of it, for modules outside.
    pub whole: Item,
    /// What is in it, for modules inside.
    pub items: Vec<Item>,
}

/// A name in a declaration's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Its start.
    pub start: u32,
    /// Its end, without members.
    pub end: u32,
    /// What it is.
    pub target: UseTarget,
    /// Which names cannot be used here for something of the top level, as place in [`Declarations::hidden`].
    pub hidden: usize,
}

/// What a name in a declaration's text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UseTarget {
    /// The name that is declared.
    Declares {
        /// It.
        name: String,
        /// Text to put before, where there is none yet.
        before: &'static str,
        /// Text to put behind.
        after: &'static str,
    },
    /// A name that is declared elsewhere.
    Name {
        /// It.
        name: String,
        /// Where it is declared.
        bound: Bound,
        /// What is looked for; something else of this name is not meant.
        meaning: Meaning,
        /// `.a.b` after it.
        members: Vec<Member>,
        /// The name that stays for others, as ` as NAME` after another one.
        exported: Option<String>,
    },
    /// `import("…").a.b`.
    Import {
        /// The module, among the requests.
        request: usize,
        /// `.a.b` after it.
        members: Vec<Member>,
    },
}

/// Types and values have names of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Meaning {
    /// Either, or a namespace.
    #[default]
    Any,
    /// A type.
    Type,
    /// A value.
    Value,
}

impl Meaning {
    /// Whether something that is this can be meant where the other is looked for.
    pub fn fits(self, wanted: Self) -> bool {
        self == wanted || self == Self::Any || wanted == Self::Any
    }
}

/// Where a name is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// At the top level of the module.
    Root,
    /// In the same `declare module` block.
    Block,
    /// Nowhere in the module.
    Free,
}

/// One of the names behind a name, with the end of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// It.
    pub name: String,
    /// Where it ends.
    pub end: u32,
}

/// A name that an import declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedName {
    /// In this module.
    pub local: String,
    /// From which, among the requests.
    pub request: usize,
    /// What of it.
    pub what: ImportedWhat,
    /// Whether it can only be a type.
    pub type_only: bool,
}

/// What is imported of a module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImportedWhat {
    /// An export; `default` is one.
    Name(String),
    /// `* as ns`.
    Namespace,
    /// `import x = require("…")`.
    Require,
}

/// Something that is exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportedName {
    /// Of the module itself, or imported by it.
    Local {
        /// For others.
        exported: String,
        /// In the module.
        local: String,
        /// Whether others can use it as a type only.
        type_only: bool,
    },
    /// Of another module.
    From {
        /// For others.
        exported: String,
        /// From which, among the requests.
        request: usize,
        /// What of it.
        what: ImportedWhat,
        /// Whether others can use it as a type only.
        type_only: bool,
    },
    /// Everything but `default`.
    Star {
        /// Of which, among the requests.
        request: usize,
        /// Whether others can use it as types only.
        type_only: bool,
    },
}

/// `/// <reference KIND="VALUE" />`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// `types`, `lib` or `path`.
    pub kind: String,
    /// What it names.
    pub value: String,
    /// The whole line.
    pub line: String,
}

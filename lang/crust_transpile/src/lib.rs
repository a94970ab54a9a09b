//! The run-time transpiler: JavaScript and TypeScript source in, a module record and an engine
//! program out. Lines never move and columns are mapped. It never reads a file, resolves a
//! specifier or knows a JavaScript value; it is the only crate that names oxc.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "a test fails by panicking"
    )
)]

mod block;
mod column_map;
mod compact;
mod declarations;
mod diagnose;
mod drop_calls;
mod edits;
mod emit;
mod format;
mod free_names;
mod hoist;
mod imports_of;
mod instrument;
mod lower;
mod macros;
mod minify;
mod module;
mod names;
mod nesting;
mod opaque_imports;
mod options;
mod parse;
mod scan;
mod skim;
mod survey;
mod transpile;

pub use column_map::ColumnMap;
pub use compact::compact;
pub use declarations::{
    Augmentation, Bound, Declarations, Directive, ExportedName, ImportedName, ImportedWhat, Item,
    Meaning, Member, Request as DeclarationRequest, SourceKind, Use, UseTarget, declare,
};
pub use drop_calls::drop_calls;
pub use emit::{EmitPlan, Emitted, ImportMode, ImportedConstants, MemberRead, Shape};
pub use free_names::free_names;
pub use hoist::hoist_mocks;
pub use imports_of::{ImportKind, Scanned, scan};
pub use instrument::{
    Counted, CountedBranch, CountedFunction, CoverageMap, Instrumented, instrument,
};
pub use lower::{HELPERS, stores_async_context};
pub use macros::{MacroCall, MacroResult, Macros, find_macros};
pub use minify::{Minify, minify};
pub use module::{
    Constants, Format, Import, ImportName, IndirectExport, LocalExport, Module, Phase, Request,
    Uses,
};
pub use nesting::fits_stack;
pub use opaque_imports::{OpaqueImport, opaque_imports};
pub use options::{FormatHint, JsxOptions, JsxRuntime, Options, Print, Syntax};
pub use parse::module_source;
pub use transpile::{answer_features, diagnose, transpile};

//! Bundling as a library: options in Bun's terms in, files in memory and diagnostics out. Knows no JavaScript
//! value, prints nothing and ends no process. The only crate that names rolldown.
//!
//! Reading order: [`options`] and [`loader`] (what a build is told), [`bundle`] (its way), `session` and `rebuild` (once, or
//! again and again), [`settings`] (our
//! options as rolldown's), [`plugin`] (our part in its run), [`hooks`] and `resolver` (plugins of programs), [`macros`], then what comes
//! out: [`naming`], [`artifact`], [`write`], [`executable`], [`problem`], [`metafile`], [`analyze`].
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "a test fails by panicking"
    )
)]

mod analyze;
mod artifact;
mod bundle;
mod css;
mod dts;
mod executable;
mod filter;
mod hooks;
mod html;
mod loader;
mod macros;
mod memory;
mod metafile;
mod mime;
mod minifier;
mod naming;
mod options;
mod page;
mod plugin;
mod problem;
mod rebuild;
mod resolver;
mod session;
mod settings;
mod transpile;
mod write;

pub use analyze::{analysis_markdown, analysis_page};
pub use artifact::{Artifact, ArtifactKind, Build};
pub use bundle::{Failure, build};
pub use crust_transpile::{MacroCall, MacroResult, Minify as MinifySource};
pub use executable::executable;
pub use filter::{Filter, FilterError};
pub use hooks::{Answer, Deferral, Hooks, LoadAnswer, LoadRequest, ResolveAnswer, ResolveRequest};
pub use loader::Loader;
pub use macros::{MacroRequest, MacroResults, MacroRunner, MacroUse};
pub use memory::keep_memory;
pub use mime::mime_of;
pub use options::{
    BuildOptions, Env, Format, Jsx, JsxRuntime, Minify, Naming, Packages, Sourcemap, Target,
    UnknownWord,
};
pub use rebuild::Rebuild;
pub use resolver::{PluginResolver, Wanted};
pub use transpile::{Scanned, scan, transpile};
pub use write::{WriteError, Written, write, write_with};

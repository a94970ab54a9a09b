//! Plugins of programs, as a trait: who has a JavaScript engine fills it. Filters are the implementor's
//! business, so that a file which no plugin wants costs no crossing.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crust_diag::Diagnostic;

use crate::loader::Loader;
pub use crate::plugin::Deferral;

/// An answer that may take its time.
pub type Answer<'a, T> =
    Pin<Box<dyn Future<Output = Result<Option<T>, Vec<Diagnostic>>> + Send + 'a>>;

/// An import to resolve.
#[derive(Clone, Debug)]
pub struct ResolveRequest {
    /// What the program wrote.
    pub specifier: String,
    /// The importing module's path; empty for entry points.
    pub importer: String,
    /// The importing module's namespace.
    pub namespace: String,
    /// `import-statement`, `dynamic-import`, `require-call`, `entry-point-build` and the like.
    pub kind: &'static str,
    /// What an `onLoad` gave along with the importing module, as the plugins' own number.
    pub plugin_data: Option<u64>,
}

/// Where a plugin says an import leads.
#[derive(Clone, Debug, Default)]
pub struct ResolveAnswer {
    /// The path: absolute in the namespace `file`, anything in others. None leaves it to others.
    pub path: Option<String>,
    /// The namespace; `file` if empty.
    pub namespace: String,
    /// The import stays an import.
    pub external: bool,
    /// Whether the module does something beside what it exports.
    pub side_effects: Option<bool>,
    /// For the `onLoad` of this path.
    pub plugin_data: Option<u64>,
    /// Files whose change makes another build worthwhile.
    pub watch_files: Vec<String>,
    /// What may not be meant so.
    pub warnings: Vec<Diagnostic>,
}

/// A module to load.
#[derive(Clone, Debug)]
pub struct LoadRequest {
    /// The module's path.
    pub path: String,
    /// Its namespace.
    pub namespace: String,
    /// How it would be read without plugins.
    pub loader: Loader,
    /// What `onResolve` gave along.
    pub plugin_data: Option<u64>,
    /// `defer()`.
    pub deferral: Deferral,
}

/// A module's content as a plugin gives it.
#[derive(Clone, Debug)]
pub struct LoadAnswer {
    /// The content.
    pub contents: Vec<u8>,
    /// How it is read; as without plugins, if not said.
    pub loader: Option<Loader>,
    /// For the `onResolve` of what it imports.
    pub plugin_data: Option<u64>,
    /// Files whose change makes another build worthwhile.
    pub watch_files: Vec<String>,
    /// What may not be meant so.
    pub warnings: Vec<Diagnostic>,
}

/// The plugins of a program.
pub trait Hooks: Send + Sync + fmt::Debug {
    /// `onResolve`.
    fn resolve(&self, request: ResolveRequest) -> Answer<'_, ResolveAnswer>;

    /// `onLoad`.
    fn load(&self, request: LoadRequest) -> Answer<'_, LoadAnswer>;

    /// Whether an `onResolve` may want imports at all.
    fn wants_resolve(&self) -> bool;

    /// Whether an `onLoad` may want modules at all.
    fn wants_load(&self) -> bool;
}

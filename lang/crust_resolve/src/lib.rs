//! Module resolution: a specifier and the directory of its referrer in; a file, a builtin or a
//! `data:` URL out. It reads the file system and never loads, parses or runs a module, and never
//! prints.
//!
//! Semantics follow Bun where Bun and Node differ. The tables in `tests/` were agreed with both.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "a failed expectation is the test's failure"
    )
)]

mod builtins;
mod error;
mod file_system;
mod file_url;
mod hint;
mod listing;
mod options;
mod package_scope;
mod problems;
mod resolved;
mod resolver;
mod tsconfig;

pub use builtins::{BUN_MODULES, NODE_MODULES, NODE_PREFIX_ONLY, builtin};
pub use error::{Reason, ResolveError};
pub use file_url::{file_url_to_path, path_to_file_url};
pub use options::{DEFAULT_EXTENSIONS, ReferrerKind, ResolveOptions};
pub use resolved::{PackageType, Resolved, ResolvedKind};
pub use resolver::Resolver;

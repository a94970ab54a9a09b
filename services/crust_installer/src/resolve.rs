//! From what manifests ask for to packages: which version each dependency gets, and where each package
//! stands in `node_modules`. Never writes a file.

mod platform;
mod resolver;
mod tree;

pub use platform::Platform;
pub(crate) use resolver::{Resolved, Resolver, ResolverOptions, WorkspaceVersions};
pub(crate) use tree::{Hoist, Tree, TreeId, hoist};

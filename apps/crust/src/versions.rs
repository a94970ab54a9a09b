//! The versions this program states. It decides nothing by them.

/// Crust's own version.
pub(crate) const CRUST: &str = env!("CARGO_PKG_VERSION");

/// The commit this binary was built from.
pub(crate) const REVISION: &str = env!("CRUST_REVISION");

/// The version of Bun whose interface this is.
pub(crate) const BUN: &str = "1.4.4";

/// The version of Node whose interface this is, the one Bun 1.4.4 states.
pub(crate) const NODE: &str = "v26.3.0";

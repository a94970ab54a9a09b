//! Bundles of declarations.

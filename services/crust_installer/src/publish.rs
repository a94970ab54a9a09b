//! Packages on their way out: which files belong to one, the tarball, and the registry that takes it.

mod files;
mod manifest;
mod pack;
mod send;
mod unpack;

pub use pack::{PackOptions, Packed, pack};
pub use send::{PublishOptions, Published, publish};

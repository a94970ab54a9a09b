//! Packages from the store into `node_modules`. Never writes through a symbolic link that it did not
//! make.

mod bins;
mod place;

pub(crate) use bins::{link_bins, unlink_bins};
pub use place::Backend;
pub(crate) use place::{LinkError, detach, link_package};

//! The registry as a client sees it: requests with retries, packuments with a cache, tarballs. Never
//! decides which version is wanted.

mod cache;
mod client;
mod connect;
mod fetch;
mod packument;

pub(crate) use client::{Client, Outgoing, parse as parse_url};
pub use fetch::Freshness;
pub(crate) use fetch::{Registry, TARBALL_LIMIT, sha512, strongest};
pub(crate) use packument::{Packument, Pairs, VersionManifest};

//! Versions and ranges as npm reads them. Never chooses a version: `resolve` does.

mod range;
mod version;

pub use range::Range;
pub use version::Version;

#[cfg(test)]
mod tests;

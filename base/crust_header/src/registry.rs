//! The registry a project is pinned to, as a hash of its URL. It never asks a registry.

use core::fmt;

use crate::murmur3::murmur3;

/// The URL of the registry of a project that names none. This is the only place that has it.
pub const DEFAULT_REGISTRY: &str = concat!("https://", "registry", ".npm", "js", ".org");

/// The seed of the registry hash.
pub const REGISTRY_SEED: u32 = 0x9747_b28c;

/// The hash of a registry's URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RegistryHash(pub u32);

impl RegistryHash {
    /// Of [`DEFAULT_REGISTRY`].
    pub const DEFAULT: Self = Self::of_url(DEFAULT_REGISTRY);

    /// The hash of `url`, in which slashes at the end do not count.
    #[inline]
    pub const fn of_url(url: &str) -> Self {
        let mut bytes = url.as_bytes();
        while let [rest @ .., b'/'] = bytes {
            bytes = rest;
        }
        Self(murmur3(bytes, REGISTRY_SEED))
    }
}

impl fmt::Display for RegistryHash {
    /// `0x` and eight hexadecimal digits.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:#010x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{DEFAULT_REGISTRY, RegistryHash};

    #[test]
    fn a_slash_at_the_end_does_not_count() {
        let bare = RegistryHash::of_url("http://localhost:4873/npm");
        assert_eq!(RegistryHash::of_url("http://localhost:4873/npm/"), bare);
        assert_ne!(RegistryHash::of_url("http://localhost:4873"), bare);
        assert!(!DEFAULT_REGISTRY.ends_with('/'));
    }
}

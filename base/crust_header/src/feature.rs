//! Feature flags: the table of names and bits, and the set. What a flag does is decided where it is
//! asked for.

use core::ops::RangeInclusive;

/// The flags that a project may name in its package.json.
pub const PROJECT_BITS: RangeInclusive<u8> = 11..=31;

macro_rules! features {
    ($($(#[$doc:meta])* $variant:ident $name:literal $mask:literal,)*) => {
        /// A flag with a meaning of its own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u32)]
        pub enum Feature {
            $($(#[$doc])* $variant = $mask,)*
        }

        impl Feature {
            /// Every flag, by bit.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name, as in `feature("NAME")`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

// One flag a line: the name and its bit in the flag word.
features! {
    /// Types for paying customers.
    PremiumTypes          "PREMIUM_TYPES"           0x0000_0001,
    /// An install refuses any registry but the one recorded.
    PrivateRegistry       "PRIVATE_REGISTRY"        0x0000_0002,
    /// Debug logging and assertions of the built-ins.
    Debug                 "DEBUG"                   0x0000_0004,
    /// Interfaces that may still change.
    BetaApi               "BETA_API"                0x0000_0008,
    /// An install links no commands into `node_modules/.bin`.
    DisableBinlinking     "DISABLE_BINLINKING"      0x0000_0010,
    /// An install takes no notice of `ignore-scripts`.
    DisableIgnoreScripts  "DISABLE_IGNORE_SCRIPTS"  0x0000_0020,
    /// Terminals that programs open are raw.
    TerminalRaw           "TERMINAL_RAW"            0x0000_0040,
    /// An install uses the hoisted layout, whatever the config version.
    DisableIsolatedLinker "DISABLE_ISOLATED_LINKER" 0x0000_0080,
    /// A project's own types.
    TypesMycompany        "TYPES_MYCOMPANY"         0x0000_0100,
    /// `Bun.s3` is a local folder.
    MockS3                "MOCK_S3"                 0x0000_0200,
    /// An install trusts what it has verified before.
    FastInstall           "FAST_INSTALL"            0x0000_0400,
}

impl Feature {
    /// The flag called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|flag| flag.name() == name)
    }

    /// The flag's bit in the flag word.
    #[inline]
    pub const fn mask(self) -> u32 {
        self as u32
    }
}

/// The flag word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Features(pub u32);

impl Features {
    /// Whether `feature` is on.
    #[inline]
    pub const fn has(self, feature: Feature) -> bool {
        self.0 & feature.mask() != 0
    }

    /// Whether the bit with the number `bit` (0 to 31) is on.
    #[inline]
    pub const fn has_bit(self, bit: u8) -> bool {
        bit < 32 && self.0 & (1 << bit) != 0
    }

    /// The set with the bit `bit` switched; a bit beyond 31 changes nothing.
    #[must_use]
    pub const fn with_bit(self, bit: u8, on: bool) -> Self {
        if bit > 31 {
            return self;
        }
        let mask = 1_u32 << bit;
        Self(if on { self.0 | mask } else { self.0 & !mask })
    }

    /// The set with `feature` switched.
    #[must_use]
    pub const fn with(self, feature: Feature, on: bool) -> Self {
        let mask = feature.mask();
        Self(if on { self.0 | mask } else { self.0 & !mask })
    }

    /// The flags of [`Feature`] with their state.
    pub fn by_name(self) -> FeaturesByName {
        FeaturesByName {
            features: self,
            rest: Feature::ALL.iter(),
        }
    }
}

/// Names of flags with their state.
#[derive(Debug)]
pub struct FeaturesByName {
    features: Features,
    rest: core::slice::Iter<'static, Feature>,
}

impl Iterator for FeaturesByName {
    type Item = (&'static str, bool);

    fn next(&mut self) -> Option<Self::Item> {
        let feature = *self.rest.next()?;
        Some((feature.name(), self.features.has(feature)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Feature, Features, PROJECT_BITS};

    #[test]
    fn the_table_has_each_bit_once_in_order() {
        for (bit, feature) in Feature::ALL.iter().enumerate() {
            assert_eq!(feature.mask(), 1 << bit, "{}", feature.name());
            assert_eq!(Feature::named(feature.name()), Some(*feature));
        }
        assert_eq!(Feature::ALL.len(), usize::from(*PROJECT_BITS.start()));
    }

    #[test]
    fn switches_one_bit() {
        let some = Features(0x8000_0001);
        assert_eq!(some.with(Feature::Debug, true), Features(0x8000_0005));
        assert_eq!(
            some.with(Feature::PremiumTypes, false),
            Features(0x8000_0000)
        );
        assert_eq!(some.with_bit(31, false), Features(1));
        assert_eq!(some.with_bit(32, true), some);
        assert!(some.has_bit(31) && !some.has_bit(30) && !some.has_bit(200));
        assert_eq!(some.by_name().filter(|(_, on)| *on).count(), 1);
    }
}

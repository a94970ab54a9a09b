//! The names a project gives to flags 11 to 31. Reads no package.json; who does brings them here.

use crust_header::{Feature, Features, PROJECT_BITS};

/// The longest name. Names are words of a program; this bounds what a child takes over.
const NAME_LIMIT: usize = 64;

/// Names of a project's own flags, by bit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeatureNames(Vec<(u8, String)>);

/// Why a name was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It is not a name.
    #[error(
        "\"{0}\" is not the name of a feature: capital letters, digits and _, at most 64, a letter first"
    )]
    Spelling(String),
    /// Crust itself has a feature of this name.
    #[error("the feature {0} is Crust's own")]
    BuiltIn(String),
    /// The bit is not the project's.
    #[error("the feature {name} has the bit {bit}; a project's own are 11 to 31")]
    Bit {
        /// The name.
        name: String,
        /// The bit, as written.
        bit: String,
    },
    /// Two names have one bit.
    #[error("the features {first} and {second} have the same bit")]
    Twice {
        /// The name that was there.
        first: String,
        /// The one that came after.
        second: String,
    },
}

impl NameError {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        "ERR_CONFIG_FEATURE_NAME"
    }
}

impl FeatureNames {
    /// Adds a name.
    ///
    /// # Errors
    /// A name or bit that cannot be a project's, or is taken.
    pub fn add(&mut self, name: &str, bit: f64) -> Result<(), NameError> {
        let letters = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        let starts = name.starts_with(|first: char| first.is_ascii_uppercase());
        if !starts || name.len() > NAME_LIMIT || !name.bytes().all(letters) {
            let shown: String = name.chars().take(NAME_LIMIT).collect();
            return Err(NameError::Spelling(shown));
        }
        if Feature::named(name).is_some() {
            return Err(NameError::BuiltIn(name.to_owned()));
        }
        let range = f64::from(*PROJECT_BITS.start())..=f64::from(*PROJECT_BITS.end());
        if !range.contains(&bit) || bit.fract() != 0.0 {
            let (name, bit) = (name.to_owned(), bit.to_string());
            return Err(NameError::Bit { name, bit });
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 11 to 31"
        )]
        let number = bit as u8;
        match self.0.binary_search_by_key(&number, |(bit, _)| *bit) {
            Ok(index) => Err(NameError::Twice {
                first: self
                    .0
                    .get(index)
                    .map(|(_, name)| name.clone())
                    .unwrap_or_default(),
                second: name.to_owned(),
            }),
            Err(index) => {
                self.0.insert(index, (number, name.to_owned()));
                Ok(())
            }
        }
    }

    /// The bit of the feature called `name`, Crust's own or the project's.
    pub fn bit(&self, name: &str) -> Option<u8> {
        let own = || {
            self.0
                .iter()
                .find(|(_, own)| own == name)
                .map(|(bit, _)| *bit)
        };
        let built_in = Feature::named(name)
            .and_then(|feature| u8::try_from(feature.mask().trailing_zeros()).ok());
        built_in.or_else(own)
    }

    /// Every name with its bit: Crust's own, then the project's.
    pub fn all(&self) -> impl Iterator<Item = (u8, &str)> {
        let built_in = (0..).zip(Feature::ALL.iter().map(|feature| feature.name()));
        built_in.chain(self.0.iter().map(|(bit, name)| (*bit, name.as_str())))
    }

    /// Every name with its state in `features`.
    pub fn states(&self, features: Features) -> impl Iterator<Item = (&str, bool)> {
        self.all()
            .map(move |(bit, name)| (name, features.has_bit(bit)))
    }

    /// The names as text, one a line: `11 NAME`.
    pub fn to_text(&self) -> String {
        let lines: Vec<String> = self
            .0
            .iter()
            .map(|(bit, name)| format!("{bit} {name}\n"))
            .collect();
        lines.concat()
    }

    /// What [`Self::to_text`] made; anything else is none.
    pub fn of_text(text: &str) -> Option<Self> {
        let mut names = Self::default();
        for line in text.lines() {
            let (bit, name) = line.split_once(' ')?;
            names.add(name, bit.parse::<u8>().ok()?.into()).ok()?;
        }
        Some(names)
    }
}

#[cfg(test)]
mod tests {
    use super::{FeatureNames, NameError};
    use crust_header::Features;

    #[test]
    fn a_project_names_its_own_bits() {
        let mut names = FeatureNames::default();
        names.add("SECOND", 12.0).unwrap();
        names.add("FIRST", 11.0).unwrap();
        assert_eq!(names.bit("SECOND"), Some(12));
        assert_eq!(names.bit("DEBUG"), Some(2));
        assert_eq!(names.bit("NOWHERE"), None);
        let on: Vec<_> = names
            .states(Features(1 << 12 | 1))
            .filter(|(_, on)| *on)
            .collect();
        assert_eq!(on, [("PREMIUM_TYPES", true), ("SECOND", true)]);
        assert_eq!(FeatureNames::of_text(&names.to_text()), Some(names));
    }

    #[test]
    fn refuses_what_cannot_be() {
        let mut names = FeatureNames::default();
        names.add("FIRST", 11.0).unwrap();
        let refused = |name: &str, bit: f64| names.clone().add(name, bit).unwrap_err();
        for name in ["", "lower", "1ST", "A-B", "A B", "_A"] {
            assert_eq!(refused(name, 12.0), NameError::Spelling(name.into()));
        }
        assert_eq!(refused("DEBUG", 12.0), NameError::BuiltIn("DEBUG".into()));
        for bit in [10.0, 32.0, -1.0, 11.5, f64::NAN, f64::INFINITY] {
            assert!(matches!(refused("A", bit), NameError::Bit { .. }));
        }
        assert!(matches!(refused("A", 11.0), NameError::Twice { .. }));
        assert!(matches!(
            refused(&"A".repeat(65), 12.0),
            NameError::Spelling(_)
        ));
    }
}

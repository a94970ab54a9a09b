//! The header's fields by name: how each is shown, and how a word becomes one. It touches no file.

use std::fmt::Write as _;
use std::num::NonZeroU8;
use std::ops::Range;

use crust_header::{ConfigVersion, DEFAULT_REGISTRY, Header, RegistryHash, TerminalMode};
use crust_header_file::FeatureNames;

use super::ConfigError;
use crate::args::closest;

/// A field of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Version,
    Registry,
    Features,
    Terminal,
    Rows,
    Columns,
}

impl Field {
    /// Every field, in the order of the file.
    pub(super) const ALL: [Self; 6] = [
        Self::Version,
        Self::Registry,
        Self::Features,
        Self::Terminal,
        Self::Rows,
        Self::Columns,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Registry => "registry",
            Self::Features => "features",
            Self::Terminal => "terminal",
            Self::Rows => "rows",
            Self::Columns => "cols",
        }
    }

    pub(super) fn named(name: &str) -> Result<Self, ConfigError> {
        let found = Self::ALL.into_iter().find(|field| field.name() == name);
        found.ok_or_else(|| ConfigError::UnknownField {
            name: name.to_owned(),
            suggestion: closest(name, Self::ALL.map(Self::name)).map(ToOwned::to_owned),
        })
    }

    /// Where it is in the file.
    pub(super) const fn bytes(self) -> Range<usize> {
        match self {
            Self::Version => 4..5,
            Self::Registry => 5..9,
            Self::Features => 9..13,
            Self::Terminal => 13..14,
            Self::Rows => 14..15,
            Self::Columns => 15..16,
        }
    }

    /// Its value for people.
    pub(super) fn text(self, header: &Header, names: &FeatureNames) -> String {
        match self {
            Self::Version => header.version.number().to_string(),
            Self::Registry => header.registry.to_string(),
            Self::Features => features_text(header, names),
            Self::Terminal => header.terminal.mode.to_string(),
            Self::Rows => header.terminal.rows.to_string(),
            Self::Columns => header.terminal.columns.to_string(),
        }
    }

    /// Its value as JSON.
    pub(super) fn json(self, header: &Header, names: &FeatureNames) -> String {
        match self {
            Self::Registry => header.registry.0.to_string(),
            Self::Features => features_json(header, names),
            Self::Terminal => format!("\"{}\"", header.terminal.mode),
            Self::Version | Self::Rows | Self::Columns => self.text(header, names),
        }
    }

    /// Puts what `word` says into the header.
    pub(super) fn set(self, header: &mut Header, word: &str) -> Result<(), ConfigError> {
        let range = |expected| ConfigError::Range {
            field: self.name(),
            expected,
            given: word.to_owned(),
        };
        let size = || {
            let number = word.parse::<NonZeroU8>();
            number.map_err(|_| range("a whole number from 1 to 255"))
        };
        match self {
            Self::Version => {
                let version = word.parse().ok().and_then(ConfigVersion::of_byte);
                header.version = version.ok_or_else(|| range("0 or 1"))?;
            }
            Self::Registry => {
                let expected = "a URL, its hash as 0x and eight digits, or \"default\"";
                header.registry = registry(word).ok_or_else(|| range(expected))?;
            }
            Self::Features => {
                let usage = "features are changed by \"crust config feature enable|disable NAME\"";
                return Err(ConfigError::Usage(usage));
            }
            Self::Terminal => {
                let mode = TerminalMode::named(word);
                header.terminal.mode =
                    mode.ok_or_else(|| range("disabled, cooked, raw or pipe"))?;
            }
            Self::Rows => header.terminal.rows = size()?,
            Self::Columns => header.terminal.columns = size()?,
        }
        Ok(())
    }
}

/// The hash that `word` means: of a URL, written out, or the default registry's.
pub(super) fn registry(word: &str) -> Option<RegistryHash> {
    if word == "default" {
        return Some(RegistryHash::of_url(DEFAULT_REGISTRY));
    }
    if let Some(digits) = word.strip_prefix("0x") {
        let whole = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        return whole
            .then(|| u32::from_str_radix(digits, 16).ok())
            .flatten()
            .map(RegistryHash);
    }
    let after = word
        .strip_prefix("https://")
        .or_else(|| word.strip_prefix("http://"))?;
    let named = !after.trim_matches('/').is_empty() && !after.starts_with('/');
    let plain = !after.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    (named && plain).then(|| RegistryHash::of_url(word))
}

/// The bits that are on, by name; one without a name by number.
fn on(header: &Header, names: &FeatureNames) -> Vec<String> {
    let word = header.features;
    let bits = (0..32).filter(|bit| word.has_bit(*bit));
    bits.map(|bit| {
        let named = names.all().find(|(known, _)| *known == bit);
        named.map_or_else(|| bit.to_string(), |(_, name)| name.to_owned())
    })
    .collect()
}

fn features_text(header: &Header, names: &FeatureNames) -> String {
    match on(header, names) {
        none if none.is_empty() => "none".to_owned(),
        some => some.join(" "),
    }
}

/// Names need no escapes: they are letters, digits and `_`.
fn features_json(header: &Header, names: &FeatureNames) -> String {
    let states = names.states(header.features);
    let members: Vec<String> = states
        .map(|(name, on)| format!("\"{name}\":{on}"))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// The whole header as JSON, in the shape of `Bun.config`.
pub(super) fn whole_json(header: &Header, names: &FeatureNames) -> String {
    let json = |field: Field| field.json(header, names);
    format!(
        "{{\"version\":{},\"registryHash\":{},\"features\":{},\"terminal\":{{\"mode\":{},\"rows\":{},\"cols\":{}}}}}",
        json(Field::Version),
        json(Field::Registry),
        json(Field::Features),
        json(Field::Terminal),
        json(Field::Rows),
        json(Field::Columns),
    )
}

/// One line for each field in which the headers differ.
pub(super) fn differences(before: &Header, after: &Header, names: &FeatureNames) -> String {
    let mut lines = String::new();
    for field in Field::ALL {
        if field == Field::Features {
            lines += &feature_differences(before, after, names);
            continue;
        }
        let (from, to) = (field.text(before, names), field.text(after, names));
        if from != to {
            // Writing to a string cannot fail.
            let _ = writeln!(lines, "{} {from} -> {to}", field.name());
        }
    }
    lines
}

fn feature_differences(before: &Header, after: &Header, names: &FeatureNames) -> String {
    let (old, new) = (on(before, names), on(after, names));
    let gone = old.iter().filter(|name| !new.contains(name));
    let come = new.iter().filter(|name| !old.contains(name));
    let gone = gone.map(|name| format!("feature {name} on -> off\n"));
    let come = come.map(|name| format!("feature {name} off -> on\n"));
    gone.chain(come).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_values() {
        let set = |field: Field, word: &str| {
            let mut header = Header::DEFAULT;
            field
                .set(&mut header, word)
                .ok()
                .map(|()| field.text(&header, &FeatureNames::default()))
        };
        for (field, word, expected) in [
            (Field::Version, "0", Some("0")),
            (Field::Version, "2", None),
            (Field::Version, "-1", None),
            (Field::Rows, "255", Some("255")),
            (Field::Rows, "0", None),
            (Field::Rows, "256", None),
            (Field::Columns, "1.5", None),
            (Field::Columns, "", None),
            (Field::Terminal, "raw", Some("raw")),
            (Field::Terminal, "2", None),
            (Field::Registry, "0xBCD5D947", Some("0xbcd5d947")),
            (Field::Registry, "0x1", None),
            (Field::Registry, "0x+0000001", None),
            (Field::Registry, "localhost", None),
            (Field::Registry, "ftp://localhost", None),
            (Field::Registry, "http://", None),
            (Field::Registry, "http:///x", None),
            (Field::Registry, "http://local host", None),
            (Field::Features, "1", None),
        ] {
            assert_eq!(
                set(field, word).as_deref(),
                expected,
                "{} {word}",
                field.name()
            );
        }
        assert_eq!(registry("http://localhost/"), registry("http://localhost"));
    }
}

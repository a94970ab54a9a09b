//! Versions of Crust: three numbers, and perhaps a word after a dash, which makes it older than the
//! numbers alone. Nothing else is a version here.

use std::cmp::Ordering;
use std::fmt;

/// A version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    numbers: [u32; 3],
    /// `beta.1` of `1.2.3-beta.1`.
    before: Option<String>,
}

impl Version {
    /// The version that `text` says.
    pub fn parse(text: &str) -> Option<Self> {
        let (numbers, before) = match text.split_once('-') {
            Some((numbers, before)) => (numbers, Some(before)),
            None => (text, None),
        };
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
        if before
            .is_some_and(|word| word.is_empty() || word.len() > 64 || !word.bytes().all(letters))
        {
            return None;
        }
        let mut parts = numbers.split('.');
        let mut next = || {
            let part = parts.next()?;
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten()
        };
        let numbers = [next()?, next()?, next()?];
        let before = before.map(ToOwned::to_owned);
        parts.next().is_none().then_some(Self { numbers, before })
    }

    /// Which of two is newer. Words after the dash compare as text.
    pub fn order(&self, other: &Self) -> Ordering {
        let words = match (&self.before, &other.before) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(mine), Some(theirs)) => mine.cmp(theirs),
        };
        self.numbers.cmp(&other.numbers).then(words)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(out, "{major}.{minor}.{patch}")?;
        self.before
            .as_ref()
            .map_or(Ok(()), |word| write!(out, "-{word}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn orders() {
        let sorted = [
            "0.1.0", "0.1.1-a", "0.1.1-b", "0.1.1", "0.2.0", "0.10.0", "1.0.0",
        ];
        let versions = sorted.map(|text| Version::parse(text).unwrap());
        for pair in versions.windows(2) {
            assert!(pair[0].order(&pair[1]).is_lt(), "{pair:?}");
        }
        for (version, text) in versions.iter().zip(sorted) {
            assert_eq!(version.to_string(), text);
        }
    }

    #[test]
    fn refuses() {
        for text in [
            "",
            "1",
            "1.2",
            "1.2.3.4",
            "1.2.x",
            "+1.2.3",
            "1.2.3-",
            "1.2.3-a b",
            "1..3",
        ] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }
}

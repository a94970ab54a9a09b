//! A version: three numbers, a prerelease and build metadata. Parsing does not allocate unless there
//! is a prerelease or metadata, because a packument lists thousands of versions and uses one.

use std::cmp::Ordering;
use std::fmt;

/// The longest text that npm takes for a version.
const LENGTH_LIMIT: usize = 256;

/// A semantic version. Build metadata takes no part in comparisons.
#[derive(Debug, Clone, Default)]
pub struct Version {
    /// The first number.
    pub major: u64,
    /// The second number.
    pub minor: u64,
    /// The third number.
    pub patch: u64,
    /// What follows the hyphen; empty for a release.
    pub pre: Box<str>,
    /// What follows the plus sign.
    pub build: Box<str>,
}

impl Version {
    /// A release.
    pub fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self {
            major,
            minor,
            patch,
            ..Self::default()
        }
    }

    /// Reads `text`, with spaces around it and one `v` or `=` in front allowed.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LENGTH_LIMIT {
            return None;
        }
        let text = text.trim();
        let text = text.strip_prefix(['v', '=']).unwrap_or(text);
        let (numbers, tail) = split_numbers(text);
        let mut parts = numbers.split('.');
        let version = Self::new(
            number(parts.next()?)?,
            number(parts.next()?)?,
            number(parts.next()?)?,
        );
        if parts.next().is_some() {
            return None;
        }
        version.with_tail(tail)
    }

    /// Adds `-pre+build`.
    pub(super) fn with_tail(mut self, tail: &str) -> Option<Self> {
        if tail.is_empty() {
            return Some(self);
        }
        let (pre, build) = tail.split_once('+').unwrap_or((tail, ""));
        if tail.contains('+') && !identifiers(build, false) {
            return None;
        }
        if !pre.is_empty() {
            let pre = pre.strip_prefix('-').unwrap_or(pre);
            if !identifiers(pre, true) {
                return None;
            }
            self.pre = pre.into();
        }
        self.build = build.into();
        Some(self)
    }

    /// Whether there is no prerelease.
    pub fn is_release(&self) -> bool {
        self.pre.is_empty()
    }

    /// Whether the three numbers are equal.
    pub fn same_numbers(&self, other: &Self) -> bool {
        (self.major, self.minor, self.patch) == (other.major, other.minor, other.patch)
    }
}

/// Where the numbers end and a prerelease or metadata begins.
pub(super) fn split_numbers(text: &str) -> (&str, &str) {
    let end = text
        .bytes()
        .position(|byte| byte == b'-' || byte == b'+')
        .unwrap_or(text.len());
    text.split_at(end)
}

/// A number without leading zeros that JavaScript can hold exactly.
pub(super) fn number(text: &str) -> Option<u64> {
    const GREATEST: u64 = (1 << 53) - 1;
    let plain = !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text.len() == 1 || !text.starts_with('0'));
    let value: u64 = plain.then(|| text.parse().ok()).flatten()?;
    (value <= GREATEST).then_some(value)
}

/// Whether `text` is a list of identifiers between dots; numbers of a prerelease have no leading zero.
fn identifiers(text: &str, prerelease: bool) -> bool {
    text.split('.').all(|part| {
        let word = !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let numeric = part.bytes().all(|byte| byte.is_ascii_digit());
        word && !(prerelease && numeric && part.len() > 1 && part.starts_with('0'))
    })
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.major, self.minor, self.patch)
            .cmp(&(other.major, other.minor, other.patch))
            .then_with(|| compare_prereleases(&self.pre, &other.pre))
    }
}

fn compare_prereleases(left: &str, right: &str) -> Ordering {
    match (left.is_empty(), right.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let (mut left, mut right) = (left.split('.'), right.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(left), Some(right)) => compare_identifiers(left, right),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn compare_identifiers(left: &str, right: &str) -> Ordering {
    let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match (numeric(left), numeric(right)) {
        // Numbers of any length: the longer one is greater, as neither has leading zeros.
        (true, true) => left.len().cmp(&right.len()).then_with(|| left.cmp(right)),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => left.cmp(right),
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.pre.is_empty() {
            write!(out, "-{}", self.pre)?;
        }
        if !self.build.is_empty() {
            write!(out, "+{}", self.build)?;
        }
        Ok(())
    }
}

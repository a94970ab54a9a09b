//! A range: alternatives between `||`, each a list of comparators that all hold. Every form of npm
//! (carets, tildes, hyphens, partial versions) is brought to comparators while parsing.

use super::version::{Version, number, split_numbers};

/// The longest range that is read. npm has no limit; published ones stay below a few hundred bytes.
const LENGTH_LIMIT: usize = 16 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone)]
struct Comparator {
    operator: Operator,
    version: Version,
}

impl Comparator {
    fn holds(&self, version: &Version) -> bool {
        let order = version.cmp(&self.version);
        match self.operator {
            Operator::Equal => order.is_eq(),
            Operator::Less => order.is_lt(),
            Operator::LessOrEqual => order.is_le(),
            Operator::Greater => order.is_gt(),
            Operator::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// A range of versions.
#[derive(Debug, Clone)]
pub struct Range {
    /// An empty list of comparators takes every release.
    alternatives: Vec<Vec<Comparator>>,
}

/// A version with parts left out: `1`, `1.x`, `1.2.3-beta`.
#[derive(Debug, Clone)]
struct Partial {
    major: Option<u64>,
    minor: Option<u64>,
    patch: Option<u64>,
    tail: Version,
}

impl Range {
    /// Reads `text`, or `None` where it is no range (a tag, perhaps).
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LENGTH_LIMIT {
            return None;
        }
        let alternatives = text
            .split("||")
            .map(parse_alternative)
            .collect::<Option<Vec<_>>>()?;
        Some(Self { alternatives })
    }

    /// Whether `version` is in the range. A prerelease is only where a comparator names one of the
    /// same three numbers.
    pub fn satisfies(&self, version: &Version) -> bool {
        self.alternatives.iter().any(|comparators| {
            comparators
                .iter()
                .all(|comparator| comparator.holds(version))
                && (version.is_release()
                    || comparators.iter().any(|comparator| {
                        !comparator.version.is_release() && comparator.version.same_numbers(version)
                    }))
        })
    }

    /// Like [`Range::satisfies`], with prereleases as members like any other.
    pub fn satisfies_with_prereleases(&self, version: &Version) -> bool {
        self.alternatives.iter().any(|comparators| {
            comparators
                .iter()
                .all(|comparator| comparator.holds(version))
        })
    }

    /// The one version that the range consists of, if it was written as one.
    pub fn exact(&self) -> Option<&Version> {
        match self.alternatives.as_slice() {
            [comparators] => match comparators.as_slice() {
                [only] if only.operator == Operator::Equal => Some(&only.version),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a comparator names a prerelease.
    pub fn names_prerelease(&self) -> bool {
        self.comparators()
            .any(|comparator| !comparator.version.is_release() && &*comparator.version.pre != "0")
    }

    /// The version that the first comparator names.
    pub fn first_version(&self) -> Option<&Version> {
        self.comparators()
            .map(|comparator| &comparator.version)
            .next()
    }

    fn comparators(&self) -> impl Iterator<Item = &Comparator> {
        self.alternatives.iter().flatten()
    }
}

fn parse_alternative(text: &str) -> Option<Vec<Comparator>> {
    let words = words(text);
    let mut comparators = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if words.get(at + 1).is_some_and(|next| next == "-") && words.len() == 3 {
            let low = Partial::parse(word)?;
            let high = Partial::parse(words.get(at + 2)?)?;
            hyphen(&low, &high, &mut comparators);
            at += 3;
            continue;
        }
        simple(word, &mut comparators)?;
        at += 1;
    }
    Some(comparators)
}

/// The words of an alternative; an operator is joined to the version after it.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let joins = words
            .last()
            .is_some_and(|last| last.bytes().all(|byte| b"<>=~^".contains(&byte)));
        match words.last_mut() {
            Some(last) if joins => last.push_str(word),
            _ => words.push(word.to_owned()),
        }
    }
    words
}

fn simple(word: &str, out: &mut Vec<Comparator>) -> Option<()> {
    let end = word
        .bytes()
        .position(|byte| !b"<>=~^".contains(&byte))
        .unwrap_or(word.len());
    let (operator, rest) = word.split_at(end);
    let partial = Partial::parse(rest)?;
    match operator {
        "" | "=" | "==" => equal(partial, out),
        "^" => caret(&partial, out),
        "~" | "~>" => tilde(&partial, out),
        "<" => bound(Operator::Less, &partial, out),
        "<=" => bound(Operator::LessOrEqual, &partial, out),
        ">" => bound(Operator::Greater, &partial, out),
        ">=" => bound(Operator::GreaterOrEqual, &partial, out),
        _ => return None,
    }
    Some(())
}

impl Partial {
    fn parse(text: &str) -> Option<Self> {
        let mut text = text;
        while let Some(rest) = text.strip_prefix(['v', '=']) {
            text = rest.trim_start();
        }
        let mut partial = Self {
            major: None,
            minor: None,
            patch: None,
            tail: Version::default(),
        };
        if text.is_empty() {
            return Some(partial);
        }
        let (numbers, tail) = split_numbers(text);
        let mut parts = numbers.split('.');
        partial.major = part(parts.next())?;
        partial.minor = part(parts.next())?;
        partial.patch = part(parts.next())?;
        if parts.next().is_some() {
            return None;
        }
        partial.tail = Version::default().with_tail(tail)?;
        // What follows a part left out says nothing.
        if partial.major.is_none() {
            partial.minor = None;
        }
        if partial.minor.is_none() {
            partial.patch = None;
        }
        Some(partial)
    }

    /// The least version with these parts.
    fn floor(&self) -> Version {
        Version::new(
            self.major.unwrap_or(0),
            self.minor.unwrap_or(0),
            self.patch.unwrap_or(0),
        )
    }

    /// The version itself, with its prerelease, where all parts are there.
    fn low(&self) -> Version {
        let mut version = self.floor();
        if self.patch.is_some() {
            version.pre = self.tail.pre.clone();
        }
        version
    }

    /// The least version above all that these parts mean; `None` where they mean everything.
    fn above(&self) -> Option<Version> {
        let major = self.major?;
        Some(match self.minor {
            None => Version::new(major.saturating_add(1), 0, 0),
            Some(minor) => Version::new(major, minor.saturating_add(1), 0),
        })
    }
}

/// A number, or nothing for `x`, `X`, `*` and a part left out.
#[expect(
    clippy::option_option,
    reason = "not a version part at all, a part left out, and a number are three things"
)]
fn part(text: Option<&str>) -> Option<Option<u64>> {
    match text {
        None | Some("x" | "X" | "*") => Some(None),
        Some(text) => number(text).map(Some),
    }
}

fn push(out: &mut Vec<Comparator>, operator: Operator, version: Version) {
    out.push(Comparator { operator, version });
}

/// `<version` that leaves out the prereleases of `version` too.
fn push_below(out: &mut Vec<Comparator>, mut version: Version) {
    version.pre = "0".into();
    push(out, Operator::Less, version);
}

fn equal(partial: Partial, out: &mut Vec<Comparator>) {
    if partial.patch.is_some() {
        let mut version = partial.low();
        version.build = partial.tail.build;
        return push(out, Operator::Equal, version);
    }
    if let Some(above) = partial.above() {
        push(out, Operator::GreaterOrEqual, partial.floor());
        push_below(out, above);
    }
}

fn tilde(partial: &Partial, out: &mut Vec<Comparator>) {
    if let Some(above) = partial.above() {
        push(out, Operator::GreaterOrEqual, partial.low());
        push_below(out, above);
    }
}

fn caret(partial: &Partial, out: &mut Vec<Comparator>) {
    let Some(major) = partial.major else {
        return;
    };
    let above = match (major, partial.minor, partial.patch) {
        (0, Some(0), Some(patch)) => Version::new(0, 0, patch.saturating_add(1)),
        (0, Some(minor), _) => Version::new(0, minor.saturating_add(1), 0),
        _ => Version::new(major.saturating_add(1), 0, 0),
    };
    push(out, Operator::GreaterOrEqual, partial.low());
    push_below(out, above);
}

fn bound(operator: Operator, partial: &Partial, out: &mut Vec<Comparator>) {
    if partial.patch.is_some() {
        return push(out, operator, partial.low());
    }
    match (operator, partial.above()) {
        // `>*` and `<*` take nothing.
        (Operator::Less | Operator::Greater, None) => push_below(out, Version::new(0, 0, 0)),
        (_, None) => {}
        (Operator::Less, _) => push_below(out, partial.floor()),
        (Operator::LessOrEqual, Some(above)) => push_below(out, above),
        (Operator::Greater, Some(above)) => push(out, Operator::GreaterOrEqual, above),
        _ => push(out, Operator::GreaterOrEqual, partial.floor()),
    }
}

fn hyphen(low: &Partial, high: &Partial, out: &mut Vec<Comparator>) {
    if low.major.is_some() {
        push(out, Operator::GreaterOrEqual, low.low());
    }
    if high.patch.is_some() {
        push(out, Operator::LessOrEqual, high.low());
    } else if let Some(above) = high.above() {
        push_below(out, above);
    }
}

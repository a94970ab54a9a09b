//! `pm version`: the next version of a package. Never writes one.

use crate::error::InstallError;
use crate::semver::Version;

/// Which part of a version grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bump {
    /// The third number.
    Patch,
    /// The second number.
    Minor,
    /// The first number.
    Major,
    /// A prerelease of the next patch.
    PrePatch,
    /// A prerelease of the next minor version.
    PreMinor,
    /// A prerelease of the next major version.
    PreMajor,
    /// The next prerelease.
    Prerelease,
}

impl Bump {
    /// Reads the word of a command line.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "patch" => Self::Patch,
            "minor" => Self::Minor,
            "major" => Self::Major,
            "prepatch" => Self::PrePatch,
            "preminor" => Self::PreMinor,
            "premajor" => Self::PreMajor,
            "prerelease" => Self::Prerelease,
            _ => return None,
        })
    }
}

/// The version after `current`, by npm's rules; `identifier` names a prerelease.
pub fn next_version(current: &str, bump: Bump, identifier: &str) -> Result<String, InstallError> {
    let version = Version::parse(current)
        .ok_or_else(|| InstallError::Config(format!("\"{current}\" is not a version")))?;
    let released = version.is_release();
    let (major, minor, patch) = (version.major, version.minor, version.patch);
    let plain = |major: u64, minor: u64, patch: u64| Version::new(major, minor, patch);
    let pre = |major: u64, minor: u64, patch: u64| {
        let first = if identifier.is_empty() {
            "0".to_owned()
        } else {
            format!("{identifier}.0")
        };
        Version {
            pre: first.into(),
            ..Version::new(major, minor, patch)
        }
    };
    let next = match bump {
        Bump::Patch if !released => plain(major, minor, patch),
        Bump::Patch => plain(major, minor, patch + 1),
        Bump::Minor if !released && patch == 0 => plain(major, minor, 0),
        Bump::Minor => plain(major, minor + 1, 0),
        Bump::Major if !released && minor == 0 && patch == 0 => plain(major, 0, 0),
        Bump::Major => plain(major + 1, 0, 0),
        Bump::PrePatch => pre(major, minor, patch + 1),
        Bump::PreMinor => pre(major, minor + 1, 0),
        Bump::PreMajor => pre(major + 1, 0, 0),
        Bump::Prerelease if released => pre(major, minor, patch + 1),
        Bump::Prerelease => Version {
            pre: next_prerelease(&version.pre, identifier).into(),
            ..Version::new(major, minor, patch)
        },
    };
    Ok(next.to_string())
}

/// `beta.1` → `beta.2`; another identifier begins at 0.
fn next_prerelease(pre: &str, identifier: &str) -> String {
    let mut parts: Vec<String> = pre.split('.').map(ToOwned::to_owned).collect();
    if !identifier.is_empty() && parts.first().map(String::as_str) != Some(identifier) {
        return format!("{identifier}.0");
    }
    let number = parts
        .iter_mut()
        .rev()
        .find_map(|part| part.parse::<u64>().ok().map(|number| (part, number)));
    match number {
        Some((part, number)) => *part = (number + 1).to_string(),
        None => parts.push("0".to_owned()),
    }
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn npms_rules() {
        for (current, word, identifier, expected) in [
            ("1.0.0", "patch", "", "1.0.1"),
            ("1.2.3", "minor", "", "1.3.0"),
            ("1.2.3", "major", "", "2.0.0"),
            ("1.2.3-rc.1", "patch", "", "1.2.3"),
            ("1.2.0-rc.1", "minor", "", "1.2.0"),
            ("2.0.0-rc.1", "major", "", "2.0.0"),
            ("1.2.3", "prepatch", "", "1.2.4-0"),
            ("1.2.3", "preminor", "beta", "1.3.0-beta.0"),
            ("1.2.3", "prerelease", "", "1.2.4-0"),
            ("1.2.4-0", "prerelease", "", "1.2.4-1"),
            ("1.2.4-beta.1", "prerelease", "", "1.2.4-beta.2"),
            ("1.2.4-beta.1", "prerelease", "rc", "1.2.4-rc.0"),
            ("1.2.4-beta", "prerelease", "beta", "1.2.4-beta.0"),
        ] {
            let bump = Bump::parse(word).unwrap();
            assert_eq!(
                next_version(current, bump, identifier).unwrap(),
                expected,
                "{current} {word}"
            );
        }
        assert!(next_version("x", Bump::Patch, "").is_err());
    }
}

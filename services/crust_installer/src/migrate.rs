//! Lockfiles of other package managers, read for the versions that they hold. What else there is to
//! know of a package comes from its registry, so that nothing is guessed. Never writes one.

mod lockb;
mod npm;
mod pnpm;
mod yarn;

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::error::InstallError;
use crate::semver::{Range, Version};
use crate::spec::Spec;

/// The largest lockfile that is read.
const SIZE_LIMIT: u64 = 256 << 20;

type Parse = fn(&[u8]) -> Result<Pins, String>;

/// The files in the order in which they are looked for, and the `configVersion` that Bun gives them: the
/// layout stays what it was, flat for all but pnpm.
static KNOWN: [(&str, u32, Parse); 5] = [
    ("bun.lockb", 0, lockb::parse),
    ("package-lock.json", 0, |bytes| npm::parse(text(bytes)?)),
    ("npm-shrinkwrap.json", 0, |bytes| npm::parse(text(bytes)?)),
    ("yarn.lock", 0, |bytes| yarn::parse(text(bytes)?)),
    ("pnpm-lock.yaml", 1, |bytes| pnpm::parse(text(bytes)?)),
];

fn text(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|error| error.to_string())
}

/// The versions that a lockfile holds.
#[derive(Debug, Default)]
pub(crate) struct Pins {
    /// By the package's own name and the range or tag that was asked for.
    by_range: FxHashMap<(Arc<str>, Arc<str>), Version>,
    /// All versions of a name.
    by_name: FxHashMap<Arc<str>, Vec<Version>>,
    /// Digests by name and version.
    integrity: FxHashMap<(Arc<str>, String), Arc<str>>,
    /// The `configVersion` that follows from them, which decides the layout of a workspace; none where
    /// nothing was migrated.
    pub(crate) config_version: Option<u32>,
}

impl Pins {
    /// Notes that `range` of the dependency `name` meant a version.
    fn pin(&mut self, name: &str, range: &str, version: &str) {
        let Some(version) = Version::parse(version) else {
            return;
        };
        let key = match Spec::parse(name, range) {
            Spec::Npm { name, text, .. } => (name, text),
            Spec::Tag { name, tag } => (name, tag),
            _ => return,
        };
        self.by_range.entry(key).or_insert(version);
    }

    /// Notes a version and its digest.
    fn version(&mut self, name: &str, version: &str, integrity: &str) {
        let Some(parsed) = Version::parse(version) else {
            return;
        };
        let name: Arc<str> = name.into();
        if !integrity.is_empty() {
            let key = (Arc::clone(&name), parsed.to_string());
            self.integrity
                .entry(key)
                .or_insert_with(|| integrity.into());
        }
        let versions = self.by_name.entry(name).or_default();
        if !versions.contains(&parsed) {
            versions.push(parsed);
        }
    }

    /// Whether nothing is held.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// The version that was held for a specifier.
    pub(crate) fn get(&self, spec: &Spec) -> Option<&Version> {
        let (name, text, range) = match spec {
            Spec::Npm { name, text, range } => (name, text, Some(range)),
            Spec::Tag { name, tag } => (name, tag, None),
            _ => return None,
        };
        let exact = self.by_range.get(&(Arc::clone(name), Arc::clone(text)));
        exact.or_else(|| self.greatest(name, range?))
    }

    fn greatest(&self, name: &str, range: &Range) -> Option<&Version> {
        let versions = self.by_name.get(name)?.iter();
        versions.filter(|version| range.satisfies(version)).max()
    }

    /// The digest of a version, where it is as strong as the registry's own.
    pub(crate) fn integrity(&self, name: &Arc<str>, version: &Version) -> Option<&Arc<str>> {
        let found = self.integrity.get(&(Arc::clone(name), version.to_string()));
        found.filter(|text| text.starts_with("sha512-"))
    }
}

/// The name of the lockfile of another package manager in a project, and what it holds.
pub(crate) fn find(root: &Path) -> Result<Option<(&'static str, Pins)>, InstallError> {
    for (name, config_version, parse) in KNOWN {
        let path = root.join(name);
        let Ok(found) = std::fs::metadata(&path) else {
            continue;
        };
        let broken = |reason: String| InstallError::Lockfile {
            path: path.clone(),
            reason,
        };
        if found.len() > SIZE_LIMIT {
            return Err(broken(format!("it is larger than {SIZE_LIMIT} bytes")));
        }
        let bytes = std::fs::read(&path).map_err(InstallError::io("read", &path))?;
        let mut pins = parse(&bytes).map_err(broken)?;
        // The newer files of Bun say it themselves.
        pins.config_version.get_or_insert(config_version);
        return Ok(Some((name, pins)));
    }
    Ok(None)
}

/// `name@rest`, where the name may begin with `@`.
fn split(text: &str) -> Option<(&str, &str)> {
    let at = text.get(1..)?.find('@')? + 1;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(pins: &Pins, name: &str, range: &str) -> Option<String> {
        pins.get(&Spec::parse(name, range)).map(ToString::to_string)
    }

    #[test]
    fn npm_one_to_three() {
        let third = r#"{"lockfileVersion":3,"packages":{
            "":{"dependencies":{"a":"^1.0.0","x":"npm:b@^2"}},
            "node_modules/a":{"version":"1.2.0","integrity":"sha512-AA==","dependencies":{"b":"^1.0.0"}},
            "node_modules/a/node_modules/b":{"version":"1.1.0"},
            "node_modules/x":{"name":"b","version":"2.0.0"},
            "node_modules/w":{"resolved":"w","link":true}}}"#;
        let first = r#"{"lockfileVersion":1,"dependencies":{
            "a":{"version":"1.2.0","integrity":"sha512-AA==","requires":{"b":"^1.0.0"},"dependencies":{"b":{"version":"1.1.0"}}},
            "x":{"version":"npm:b@2.0.0"}}}"#;
        for text in [third, first] {
            let pins = npm::parse(text).unwrap();
            assert_eq!(held(&pins, "a", "^1.0.0").as_deref(), Some("1.2.0"));
            assert_eq!(held(&pins, "b", "^1.0.0").as_deref(), Some("1.1.0"));
            assert_eq!(held(&pins, "x", "npm:b@^2").as_deref(), Some("2.0.0"));
            assert_eq!(held(&pins, "a", "^2"), None);
            assert!(
                pins.integrity(&"a".into(), &Version::new(1, 2, 0))
                    .is_some()
            );
        }
        assert!(npm::parse("[]").is_err() && npm::parse("{").is_err());
    }

    #[test]
    fn yarn_classic_and_berry() {
        let classic = "# yarn lockfile v1\n\n\n\"@s/c@*\", \"@s/c@^1.0.0\":\n  version \"1.0.5\"\n  resolved \"http://127.0.0.1/c\"\n  integrity sha512-AA==\n  dependencies:\n    b \"^1\"\n\nb@^1:\n  version \"1.1.0\"\n\n\"x@npm:b@^2\":\n  version \"2.0.0\"\n";
        let berry = "__metadata:\n  version: 8\n\n\"@s/c@npm:*, @s/c@npm:^1.0.0\":\n  version: 1.0.5\n  resolution: \"@s/c@npm:1.0.5\"\n  checksum: 10c0/aa\n\n\"b@npm:^1\":\n  version: 1.1.0\n  resolution: \"b@npm:1.1.0\"\n\n\"x@npm:b@^2\":\n  version: 2.0.0\n  resolution: \"b@npm:2.0.0\"\n\n\"p@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"p@workspace:.\"\n";
        for text in [classic, berry] {
            let pins = yarn::parse(text).unwrap();
            assert_eq!(held(&pins, "@s/c", "*").as_deref(), Some("1.0.5"));
            assert_eq!(held(&pins, "b", "^1").as_deref(), Some("1.1.0"));
            assert_eq!(held(&pins, "x", "npm:b@^2").as_deref(), Some("2.0.0"));
            assert!(!pins.by_name.contains_key("p"));
        }
    }

    #[test]
    fn pnpm_five_to_nine() {
        let ninth = "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^1.0.0\n        version: 1.2.0(b@1.1.0)\n      x:\n        specifier: npm:b@^2\n        version: b@2.0.0\npackages:\n  a@1.2.0:\n    resolution: {integrity: sha512-AA==}\n  b@1.1.0:\n    resolution: {integrity: sha512-BB==}\n  b@2.0.0:\n    resolution: {integrity: sha512-CC==}\n";
        let sixth = "lockfileVersion: '6.0'\ndependencies:\n  a:\n    specifier: ^1.0.0\n    version: 1.2.0\n  x:\n    specifier: npm:b@^2\n    version: /b@2.0.0\npackages:\n  /a@1.2.0(b@1.1.0):\n    resolution: {integrity: sha512-AA==}\n  /b@1.1.0:\n    resolution: {integrity: sha512-BB==}\n  /b@2.0.0:\n    resolution: {integrity: sha512-CC==}\n";
        let fifth = "lockfileVersion: 5.4\nspecifiers:\n  a: ^1.0.0\n  x: npm:b@^2\ndependencies:\n  a: 1.2.0\n  x: /b/2.0.0\npackages:\n  /a/1.2.0_b@1.1.0:\n    resolution: {integrity: sha512-AA==}\n  /b/1.1.0:\n    resolution: {integrity: sha512-BB==}\n  /b/2.0.0:\n    resolution: {integrity: sha512-CC==}\n";
        for text in [ninth, sixth, fifth] {
            let pins = pnpm::parse(text).unwrap();
            assert_eq!(
                held(&pins, "a", "^1.0.0").as_deref(),
                Some("1.2.0"),
                "{text}"
            );
            assert_eq!(held(&pins, "b", "^1").as_deref(), Some("1.1.0"), "{text}");
            assert_eq!(
                held(&pins, "x", "npm:b@^2").as_deref(),
                Some("2.0.0"),
                "{text}"
            );
            assert!(
                pins.integrity(&"a".into(), &Version::new(1, 2, 0))
                    .is_some()
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = npm::parse(&text);
            let _ = yarn::parse(&text);
            let _ = pnpm::parse(&text);
        }
    }
}

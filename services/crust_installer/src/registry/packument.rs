//! A packument: what a registry knows of a package. The text is kept as it came, and only versions
//! that somebody wants are read. Never trusts a field to have the right type.

use std::fmt;
use std::ops::Range as Bytes;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::InstallError;
use crate::graph::Bin;
use crate::semver::{Range, Version};

/// Versions of one package: the largest published ones have some ten thousand.
const MOST_VERSIONS: usize = 100_000;

/// A packument, parsed as far as the list of versions.
pub(crate) struct Packument {
    name: Arc<str>,
    text: bytes::Bytes,
    /// In rising order.
    versions: Vec<(Version, Bytes<usize>)>,
    tags: Vec<(String, String)>,
    times: Vec<(String, String)>,
}

impl fmt::Debug for Packument {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "Packument({}, {} versions)",
            self.name,
            self.versions.len()
        )
    }
}

/// The manifest of one version.
#[derive(Debug, Clone, Default)]
pub(crate) struct VersionManifest {
    /// `dependencies`
    pub dependencies: Pairs,
    /// `optionalDependencies`
    pub optional_dependencies: Pairs,
    /// `peerDependencies`
    pub peer_dependencies: Pairs,
    /// Names of `peerDependenciesMeta` with `optional`.
    pub optional_peers: Vec<String>,
    /// `bundleDependencies`; `None` in the list stands for all.
    pub bundled: Bundled,
    /// `bin`, or `directories.bin`
    pub bin: Bin,
    /// `os`
    pub os: Vec<Arc<str>>,
    /// `cpu`
    pub cpu: Vec<Arc<str>>,
    /// `libc`
    pub libc: Vec<Arc<str>>,
    /// `hasInstallScript`
    pub has_install_script: bool,
    /// `dist.tarball`
    pub tarball: String,
    /// `dist.integrity`, or `sha1-…` of `dist.shasum`
    pub integrity: String,
}

/// `bundleDependencies`.
#[derive(Debug, Clone, Default)]
pub(crate) enum Bundled {
    /// None.
    #[default]
    None,
    /// All.
    All,
    /// These.
    Names(Vec<String>),
}

impl Bundled {
    /// Whether the dependency `name` comes inside the tarball.
    pub(crate) fn has(&self, name: &str) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Names(names) => names.iter().any(|known| known == name),
        }
    }
}

impl Packument {
    /// Reads the text of a registry's answer.
    pub(crate) fn parse(name: &Arc<str>, text: bytes::Bytes) -> Result<Self, InstallError> {
        let broken = |reason: String| InstallError::Packument {
            name: name.to_string(),
            reason,
        };
        let base = text.as_ptr() as usize;
        let mut versions = Vec::new();
        let raw: RawPackument<'_> =
            serde_json::from_slice(&text).map_err(|error| broken(error.to_string()))?;
        if raw.versions.0.len() > MOST_VERSIONS {
            return Err(broken(format!("it has more than {MOST_VERSIONS} versions")));
        }
        for (version, manifest) in &raw.versions.0 {
            // A version that is none cannot be asked for.
            if let Some(version) = Version::parse(version) {
                let start = manifest.get().as_ptr() as usize - base;
                versions.push((version, start..start + manifest.get().len()));
            }
        }
        // Registries list versions in the order of publication, which is nearly sorted.
        versions.sort_by(|(left, _), (right, _)| left.cmp(right));
        let tags = raw.tags.0;
        let times = raw.time.0;
        Ok(Self {
            name: Arc::clone(name),
            text,
            versions,
            tags,
            times,
        })
    }

    /// The package's name.
    pub(crate) fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// All versions in rising order.
    pub(crate) fn versions(&self) -> impl DoubleEndedIterator<Item = &Version> {
        self.versions.iter().map(|(version, _)| version)
    }

    /// When a version was published, as the registry writes it.
    pub(crate) fn time(&self, version: &str) -> Option<&str> {
        find(&self.times, version)
    }

    /// The version of a tag.
    pub(crate) fn tag(&self, tag: &str) -> Option<&Version> {
        self.exact(&Version::parse(find(&self.tags, tag)?)?)
    }

    /// The version as the registry writes it, if it has it.
    pub(crate) fn exact(&self, version: &Version) -> Option<&Version> {
        let at = self.position(version)?;
        self.versions.get(at).map(|(version, _)| version)
    }

    fn position(&self, version: &Version) -> Option<usize> {
        self.versions
            .binary_search_by(|(known, _)| known.cmp(version))
            .ok()
    }

    /// The version that a range means: the `latest` one where it is in the range, else the greatest
    /// release, else the greatest prerelease. `allowed` may pass over some.
    pub(crate) fn best(
        &self,
        range: &Range,
        allowed: impl Fn(&Version) -> bool,
    ) -> Option<&Version> {
        if let Some(version) = range.exact() {
            return self.exact(version);
        }
        if let Some(latest) = self.tag("latest").filter(|latest| allowed(latest))
            && range.satisfies(latest)
            && (!range.names_prerelease() || range.first_version() == Some(latest))
        {
            return Some(latest);
        }
        let fits = |version: &&Version| range.satisfies(version) && allowed(version);
        let downwards = || self.versions().rev();
        downwards()
            .filter(|version| version.is_release())
            .find(fits)
            .or_else(|| {
                downwards()
                    .filter(|version| !version.is_release())
                    .find(fits)
            })
    }

    /// The manifest of a version.
    pub(crate) fn manifest(&self, version: &Version) -> Result<VersionManifest, InstallError> {
        let broken = |reason: String| InstallError::Packument {
            name: self.name.to_string(),
            reason,
        };
        let text = self
            .position(version)
            .and_then(|at| self.versions.get(at))
            .and_then(|(_, place)| self.text.get(place.clone()))
            .ok_or_else(|| broken(format!("it has no version {version}")))?;
        let raw: RawVersion =
            serde_json::from_slice(text).map_err(|error| broken(format!("{version}: {error}")))?;
        Ok(raw.into_manifest())
    }
}

fn find<'a>(pairs: &'a [(String, String)], key: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(known, _)| known == key)
        .map(|(_, value)| value.as_str())
}

#[derive(serde::Deserialize)]
struct RawPackument<'a> {
    #[serde(rename = "dist-tags", default)]
    tags: PlainPairs,
    #[serde(borrow, default)]
    versions: RawVersions<'a>,
    #[serde(default)]
    time: PlainPairs,
}

#[derive(serde::Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct RawVersion {
    dependencies: Pairs,
    optional_dependencies: Pairs,
    peer_dependencies: Pairs,
    peer_dependencies_meta: OptionalPeers,
    bundle_dependencies: Flexible,
    bundled_dependencies: Flexible,
    bin: Flexible,
    directories: Directories,
    os: Flexible,
    cpu: Flexible,
    libc: Flexible,
    has_install_script: Flexible,
    dist: Dist,
    scripts: Pairs,
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct Directories {
    bin: Flexible,
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct Dist {
    tarball: String,
    integrity: Option<String>,
    shasum: Option<String>,
}

impl RawVersion {
    fn into_manifest(self) -> VersionManifest {
        let bundled = match (self.bundle_dependencies, self.bundled_dependencies) {
            (Flexible::Absent, other) | (other, _) => match other {
                Flexible::Flag(true) => Bundled::All,
                Flexible::List(names) if !names.is_empty() => Bundled::Names(names),
                _ => Bundled::None,
            },
        };
        let bin = match self.bin {
            Flexible::Text(file) => Bin::File(file.into()),
            Flexible::Map(map) if !map.0.is_empty() => Bin::Map(map.0),
            _ => match self.directories.bin {
                Flexible::Text(folder) => Bin::Directory(folder.into()),
                _ => Bin::None,
            },
        };
        let integrity = match (self.dist.integrity, self.dist.shasum) {
            (Some(integrity), _) if !integrity.is_empty() => integrity,
            (_, Some(hex)) => hex_simd::decode_to_vec(hex.as_bytes()).map_or_else(
                |_| String::new(),
                |bytes| format!("sha1-{}", base64_simd::STANDARD.encode_to_string(bytes)),
            ),
            _ => String::new(),
        };
        VersionManifest {
            dependencies: self.dependencies,
            optional_dependencies: self.optional_dependencies,
            peer_dependencies: self.peer_dependencies,
            optional_peers: self.peer_dependencies_meta.0,
            bundled,
            bin,
            os: self.os.into_list(),
            cpu: self.cpu.into_list(),
            libc: self.libc.into_list(),
            has_install_script: matches!(self.has_install_script, Flexible::Flag(true))
                || self
                    .scripts
                    .0
                    .iter()
                    .any(|(name, _)| matches!(&**name, "preinstall" | "install" | "postinstall")),
            tarball: self.dist.tarball,
            integrity,
        }
    }
}

/// The versions in order, as text.
#[derive(Default)]
struct RawVersions<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for RawVersions<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = RawVersions<'de>;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object of versions")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut versions = Vec::new();
                while let Some(entry) = map.next_entry::<String, &RawValue>()? {
                    versions.push(entry);
                }
                Ok(RawVersions(versions))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// Members of an object whose values are text; others are left out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pairs(pub Vec<(Arc<str>, Arc<str>)>);

/// The same, as plain strings.
#[derive(Default)]
struct PlainPairs(Vec<(String, String)>);

/// Names whose value has `optional: true`.
#[derive(Default)]
struct OptionalPeers(Vec<String>);

/// A value of any type.
#[derive(Default)]
enum Flexible {
    #[default]
    Absent,
    Flag(bool),
    Text(String),
    List(Vec<String>),
    Map(Pairs),
}

impl Flexible {
    fn into_list(self) -> Vec<Arc<str>> {
        match self {
            Self::Text(text) => vec![text.into()],
            Self::List(list) => list.into_iter().map(Into::into).collect(),
            _ => Vec::new(),
        }
    }
}

/// The methods of a visitor that takes scalars as nothing.
macro_rules! scalars_are_nothing {
    ($value:expr) => {
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($value)
        }
    };
}

impl<'de> Deserialize<'de> for Flexible {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Flexible;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("any value")
            }
            scalars_are_nothing!(Flexible::Absent);
            fn visit_bool<E>(self, flag: bool) -> Result<Flexible, E> {
                Ok(Flexible::Flag(flag))
            }
            fn visit_str<E>(self, text: &str) -> Result<Flexible, E> {
                Ok(Flexible::Text(text.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Flexible, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element::<Flexible>()? {
                    if let Flexible::Text(text) = item {
                        list.push(text);
                    }
                }
                Ok(Flexible::List(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Flexible, A::Error> {
                read_pairs(map).map(|pairs| Flexible::Map(Pairs(pairs)))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

fn read_pairs<'de, K, V, A>(mut map: A) -> Result<Vec<(K, V)>, A::Error>
where
    A: MapAccess<'de>,
    K: From<String>,
    V: From<String>,
{
    let mut pairs = Vec::new();
    while let Some((key, value)) = map.next_entry::<String, Flexible>()? {
        if let Flexible::Text(text) = value {
            pairs.push((key.into(), text.into()));
        }
    }
    Ok(pairs)
}

/// Objects of texts, with anything else in their place meaning none.
macro_rules! pairs {
    ($name:ident, $wrap:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Reader;
                impl<'de> Visitor<'de> for Reader {
                    type Value = $name;
                    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                        out.write_str("an object of texts")
                    }
                    scalars_are_nothing!($name::default());
                    fn visit_bool<E>(self, _: bool) -> Result<$name, E> {
                        Ok($name::default())
                    }
                    fn visit_str<E>(self, _: &str) -> Result<$name, E> {
                        Ok($name::default())
                    }
                    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<$name, A::Error> {
                        while items.next_element::<IgnoredAny>()?.is_some() {}
                        Ok($name::default())
                    }
                    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<$name, A::Error> {
                        $wrap(map)
                    }
                }
                deserializer.deserialize_any(Reader)
            }
        }
    };
}

pairs!(Pairs, |map| read_pairs(map).map(Pairs));
pairs!(PlainPairs, |map| read_pairs(map).map(PlainPairs));
pairs!(OptionalPeers, read_optional_peers);

fn read_optional_peers<'de, A: MapAccess<'de>>(mut map: A) -> Result<OptionalPeers, A::Error> {
    #[derive(serde::Deserialize)]
    struct PeerMeta {
        #[serde(default)]
        optional: bool,
    }
    let mut names = Vec::new();
    while let Some((name, meta)) = map.next_entry::<String, &RawValue>()? {
        if serde_json::from_str::<PeerMeta>(meta.get()).is_ok_and(|meta| meta.optional) {
            names.push(name);
        }
    }
    Ok(OptionalPeers(names))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packument(text: &str) -> Packument {
        Packument::parse(&"p".into(), bytes::Bytes::copy_from_slice(text.as_bytes())).unwrap()
    }

    #[test]
    fn latest_wins_where_it_fits() {
        let found = packument(
            r#"{"dist-tags":{"latest":"1.1.0"},"versions":{"1.0.0":{},"2.0.0-b":{},"1.2.0":{},"1.1.0":{},"bad":{}}}"#,
        );
        let best = |range: &str| {
            found
                .best(&Range::parse(range).unwrap(), |_| true)
                .map(ToString::to_string)
        };
        assert_eq!(best("^1").as_deref(), Some("1.1.0"));
        assert_eq!(best(">=1.2").as_deref(), Some("1.2.0"));
        assert_eq!(best("^2.0.0-a").as_deref(), Some("2.0.0-b"));
        assert_eq!(best("^3"), None);
    }

    #[test]
    fn fields_of_the_wrong_type_are_none() {
        let found = packument(
            r#"{"dist-tags":[],"versions":{"1.0.0":{"dependencies":["a"],"os":5,"bin":{"a":"b","c":1},
               "peerDependencies":null,"peerDependenciesMeta":{"x":{"optional":true},"y":7},
               "dist":{"tarball":"t","shasum":"00ff"},"hasInstallScript":"yes"}}}"#,
        );
        let manifest = found.manifest(&Version::new(1, 0, 0)).unwrap();
        assert!(manifest.dependencies.0.is_empty());
        assert_eq!(manifest.optional_peers, ["x"]);
        assert_eq!(manifest.integrity, "sha1-AP8=");
        assert!(!manifest.has_install_script);
        assert_eq!(manifest.bin, Bin::Map(vec![("a".into(), "b".into())]));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(text: Vec<u8>) {
            let _ = Packument::parse(&"p".into(), text.into());
        }
    }
}

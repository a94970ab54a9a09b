//! Packages as data, and the documents that a registry makes of them.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA512, digest};
use serde_json::{Map, Value, json};

use crate::tarball::tarball;

/// When versions without a `time` were published.
const LONG_AGO: &str = "2020-01-01T00:00:00.000Z";

/// A version.
#[derive(Debug, Clone)]
struct Release {
    /// Its manifest, without `dist`.
    manifest: Map<String, Value>,
    tarball: Vec<u8>,
    time: String,
    integrity: String,
    shasum: String,
}

/// A package.
#[derive(Debug, Clone, Default)]
pub struct Package {
    versions: BTreeMap<String, Release>,
    tags: BTreeMap<String, String>,
    advisories: Value,
}

/// All packages of a registry.
#[derive(Debug, Clone, Default)]
pub struct Packages(pub(crate) BTreeMap<String, Package>);

impl Packages {
    /// Reads the format of the crate's description.
    pub fn parse(text: &str) -> Self {
        let value: BTreeMap<String, Value> = serde_json::from_str(text).expect("JSON of packages");
        let mut packages = Self::default();
        for (name, found) in value {
            let versions = found.get("versions").and_then(Value::as_object);
            for (version, manifest) in versions.expect("versions") {
                let manifest = manifest.as_object().expect("a manifest").clone();
                packages.add(&name, version, manifest);
            }
            let package = packages.0.entry(name).or_default();
            package.advisories = found.get("advisories").cloned().unwrap_or_default();
            let tags = found.get("tags").and_then(Value::as_object);
            for (tag, version) in tags.into_iter().flatten() {
                let version = version.as_str().expect("a version").to_owned();
                package.tags.insert(tag.clone(), version);
            }
        }
        packages
    }

    /// Adds a version.
    pub fn add(&mut self, name: &str, version: &str, mut manifest: Map<String, Value>) {
        let files = manifest.remove("files");
        let time = manifest.remove("time");
        manifest.insert("name".to_owned(), name.into());
        manifest.insert("version".to_owned(), version.into());
        let mut content: Vec<(String, Vec<u8>)> = Vec::new();
        if let Some(Value::Object(files)) = files {
            for (path, text) in files {
                content.push((path, text.as_str().expect("a text").as_bytes().to_vec()));
            }
        }
        if !content.iter().any(|(path, _)| path == "index.js") {
            let text = format!("module.exports = \"{name}@{version}\";\n");
            content.push(("index.js".to_owned(), text.into_bytes()));
        }
        let text = serde_json::to_vec(&manifest).expect("a manifest");
        content.push(("package.json".to_owned(), text));
        let time = time.and_then(|time| Some(time.as_str()?.to_owned()));
        let time = time.unwrap_or_else(|| LONG_AGO.to_owned());
        self.release(
            name,
            version,
            Release::new(manifest, tarball(&content), time),
        );
    }

    /// What a client published: its manifest and the tarball as it came.
    pub(crate) fn publish(
        &mut self,
        manifest: Map<String, Value>,
        tarball: Vec<u8>,
        tags: &[String],
    ) {
        let text = |key: &str| {
            manifest
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let (name, version) = (text("name"), text("version"));
        let time = LONG_AGO.to_owned();
        self.release(&name, &version, Release::new(manifest, tarball, time));
        if let Some(package) = self.0.get_mut(&name) {
            for tag in tags {
                package.tags.insert(tag.clone(), version.clone());
            }
        }
    }

    fn release(&mut self, name: &str, version: &str, release: Release) {
        let package = self.0.entry(name.to_owned()).or_default();
        package.versions.insert(version.to_owned(), release);
    }

    /// Packages whose versions a range of an advisory may name.
    pub(crate) fn advisories(&self, asked: &Map<String, Value>) -> Value {
        let found = asked.keys().filter_map(|name| {
            let advisories = &self.0.get(name)?.advisories;
            (!advisories.is_null()).then(|| (name.clone(), advisories.clone()))
        });
        Value::Object(found.collect())
    }
}

impl Package {
    /// The whole document.
    pub(crate) fn packument(&self, name: &str, base: &str) -> Value {
        let mut versions = Map::new();
        let mut time = Map::new();
        for (version, release) in &self.versions {
            versions.insert(version.clone(), release.manifest(name, version, base));
            time.insert(version.clone(), release.time.clone().into());
        }
        let mut tags: Map<String, Value> = Map::new();
        let released = |version: &&String| !version.contains('-');
        let mut known: Vec<&String> = self.versions.keys().collect();
        known.sort_by_key(|version| numbers(version));
        let latest = known
            .iter()
            .rev()
            .copied()
            .find(released)
            .or_else(|| known.last().copied());
        if let Some(latest) = latest {
            tags.insert("latest".to_owned(), latest.clone().into());
        }
        for (tag, version) in &self.tags {
            tags.insert(tag.clone(), version.clone().into());
        }
        json!({ "name": name, "dist-tags": tags, "versions": versions, "time": time })
    }

    /// The document of one version, or of the one that a tag means.
    pub(crate) fn version(&self, name: &str, version: &str, base: &str) -> Option<Value> {
        let whole = self.packument(name, base);
        let tagged = whole.get("dist-tags")?.get(version).and_then(Value::as_str);
        whole
            .get("versions")?
            .get(tagged.unwrap_or(version))
            .cloned()
    }

    /// The tarball whose name ends the path.
    pub(crate) fn tarball(&self, file: &str) -> Option<&[u8]> {
        self.versions
            .iter()
            .filter(|(version, _)| file.ends_with(&format!("-{version}.tgz")))
            .max_by_key(|(version, _)| version.len())
            .map(|(_, release)| release.tarball.as_slice())
    }
}

fn numbers(version: &str) -> Vec<u64> {
    let plain = version.split(['-', '+']).next().unwrap_or(version);
    plain
        .split('.')
        .filter_map(|part| part.parse().ok())
        .collect()
}

impl Release {
    fn new(manifest: Map<String, Value>, tarball: Vec<u8>, time: String) -> Self {
        let sha512 = base64_simd::STANDARD.encode_to_string(digest(&SHA512, &tarball).as_ref());
        let sha1 = digest(&SHA1_FOR_LEGACY_USE_ONLY, &tarball);
        Self {
            integrity: format!("sha512-{sha512}"),
            shasum: hex_simd::encode_to_string(sha1.as_ref(), hex_simd::AsciiCase::Lower),
            manifest,
            tarball,
            time,
        }
    }

    fn manifest(&self, name: &str, version: &str, base: &str) -> Value {
        let mut manifest = self.manifest.clone();
        let scripts = manifest.get("scripts").and_then(Value::as_object);
        let installs = scripts.is_some_and(|scripts| {
            ["preinstall", "install", "postinstall"]
                .iter()
                .any(|name| scripts.contains_key(*name))
        });
        if installs {
            manifest.insert("hasInstallScript".to_owned(), true.into());
        }
        let file = name.rsplit('/').next().unwrap_or(name);
        let dist = json!({
            "tarball": format!("{base}{name}/-/{file}-{version}.tgz"),
            "integrity": self.integrity,
            "shasum": self.shasum,
        });
        // What a test says of `dist` wins, so that it can lie.
        let entry = manifest.entry("dist").or_insert_with(|| json!({}));
        if let (Some(entry), Value::Object(dist)) = (entry.as_object_mut(), dist) {
            for (key, value) in dist {
                entry.entry(key).or_insert(value);
            }
        }
        Value::Object(manifest)
    }
}

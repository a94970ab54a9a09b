//! What a registry says about a package, and about us.

use std::path::Path;
use std::sync::Arc;

use crust_manifest::{Object, Value};

use crate::config::Config;
use crate::error::InstallError;
use crate::registry::{Client, Freshness, Registry};
use crate::request::Positional;
use crate::runtime;
use crate::semver::Version;
use crate::spec::Spec;

/// A version of a package, as its registry describes it.
#[derive(Debug)]
pub struct PackageInfo {
    /// Its name.
    pub name: String,
    /// The version that was meant.
    pub version: String,
    /// The manifest of that version.
    pub manifest: Object,
    /// Tags and their versions.
    pub tags: Vec<(String, String)>,
    /// All versions, in the order of the registry.
    pub versions: Vec<String>,
    /// When the version was published.
    pub published: Option<String>,
    /// The whole document.
    pub document: Object,
}

/// What the registry says of `package`, which may have a version, a range or a tag behind it.
pub fn info(
    folder: &Path,
    package: &str,
    adjust: impl FnOnce(&mut Config) -> Result<(), InstallError>,
) -> Result<PackageInfo, InstallError> {
    let mut config = Config::load(folder)?;
    adjust(&mut config)?;
    let positional = Positional::parse(package)?;
    let not_a_name = || InstallError::Specifier {
        name: package.to_owned(),
        spec: String::new(),
        reason: "is not the name of a package of a registry".to_owned(),
    };
    let name = positional.name.ok_or_else(not_a_name)?;
    let literal = if positional.literal.is_empty() {
        "latest"
    } else {
        &positional.literal
    };
    let spec = Spec::parse(&name, literal);
    let name = spec.registry_name().cloned().ok_or_else(not_a_name)?;
    let registry = Registry::new(Client::new(&Arc::new(config))?, Freshness::Always, true);
    let runtime = runtime()?;
    let text = runtime.block_on(registry.document(&name))?;
    let packument = crate::registry::Packument::parse(&name, text.clone())?;
    let version = match &spec {
        Spec::Npm { range, .. } => packument.best(range, |_| true),
        Spec::Tag { tag, .. } => packument.tag(tag),
        _ => None,
    };
    let version = version.ok_or_else(|| InstallError::NoMatchingVersion {
        name: name.to_string(),
        range: literal.to_owned(),
        requested_by: String::new(),
        known: format!("{} versions", packument.versions().count()),
    })?;
    describe(&name, version, &text)
}

fn describe(name: &Arc<str>, version: &Version, text: &[u8]) -> Result<PackageInfo, InstallError> {
    let broken = |reason: String| InstallError::Packument {
        name: name.to_string(),
        reason,
    };
    let text = std::str::from_utf8(text).map_err(|error| broken(error.to_string()))?;
    let parsed = crust_manifest::parse_data(text, crust_manifest::DataFormat::Json, name);
    let Ok(Value::Object(document)) = parsed else {
        return Err(broken("it holds no object".to_owned()));
    };
    let version = version.to_string();
    let object = |key: &str| document.get(key).and_then(Value::as_object);
    let versions = object("versions");
    let manifest = versions
        .and_then(|versions| versions.get(&version))
        .and_then(Value::as_object)
        .ok_or_else(|| broken(format!("it has no version {version}")))?;
    let pairs = object("dist-tags").into_iter().flatten();
    let published = object("time")
        .and_then(|times| times.get(&version))
        .and_then(Value::as_str);
    Ok(PackageInfo {
        name: name.to_string(),
        manifest: manifest.clone(),
        tags: pairs
            .filter_map(|(tag, version)| Some((tag.clone(), version.as_str()?.to_owned())))
            .collect(),
        versions: versions
            .into_iter()
            .flatten()
            .map(|(version, _)| version.clone())
            .collect(),
        published: published.map(ToOwned::to_owned),
        version,
        document: document.clone(),
    })
}

/// The name that the registry knows us by.
pub fn whoami(
    folder: &Path,
    adjust: impl FnOnce(&mut Config) -> Result<(), InstallError>,
) -> Result<String, InstallError> {
    let mut config = Config::load(folder)?;
    adjust(&mut config)?;
    let url = format!("{}-/whoami", config.registries.default_url());
    let parsed = crate::registry::parse_url(&url)?;
    if config.registries.credentials(&parsed).is_none() {
        return Err(InstallError::Config(
            "there are no credentials for the registry in .npmrc, bunfig.toml or the environment"
                .to_owned(),
        ));
    }
    let client = Client::new(&Arc::new(config))?;
    let runtime = runtime()?;
    let answer = runtime.block_on(client.get_json(&url))?;
    let name = answer.get("username").and_then(|name| name.as_str());
    name.map(ToOwned::to_owned)
        .ok_or_else(|| InstallError::Network {
            url,
            reason: "the answer has no user name".to_owned(),
        })
}

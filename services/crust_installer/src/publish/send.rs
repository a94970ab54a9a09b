//! `publish`: a tarball and its manifest to a registry.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crust_manifest::{Object, PackageJson, Value};
use http::header::{CONTENT_TYPE, HeaderName};
use http::{Method, StatusCode};
use serde_json::{Map, json};

use super::pack::{PackOptions, Packed, pack_with};
use super::unpack::unpack;
use crate::config::Config;
use crate::error::InstallError;
use crate::events::Sink;
use crate::install::run_scripts_named;
use crate::registry::{Client, Outgoing};
use crate::semver::Version;

/// The largest answer that is read.
const ANSWER_LIMIT: usize = 1 << 20;

/// How a package is published.
#[derive(Debug, Clone, Default)]
pub struct PublishOptions {
    /// How it is packed.
    pub pack: PackOptions,
    /// `public` or `restricted`.
    pub access: Option<String>,
    /// The tag; `latest` without it.
    pub tag: Option<String>,
    /// A one-time password.
    pub otp: Option<String>,
    /// A version that is there already is no error.
    pub tolerate_republish: bool,
    /// A tarball that is sent as it is, in place of the package of the folder; no scripts run then.
    pub tarball: Option<PathBuf>,
}

/// What was published, or would be.
#[derive(Debug)]
pub struct Published {
    /// The tarball.
    pub packed: Packed,
    /// Its tag.
    pub tag: String,
    /// Its access.
    pub access: String,
    /// The registry.
    pub registry: String,
    /// Whether the version was there already.
    pub existed: bool,
}

/// Publishes the package that `folder` is in.
pub fn publish(
    folder: &Path,
    options: &PublishOptions,
    adjust: impl Fn(&mut Config) -> Result<(), InstallError>,
    sink: &Sink,
) -> Result<Published, InstallError> {
    let before = ["prepublishOnly", "prepack", "prepare"];
    let packed = match &options.tarball {
        Some(tarball) => unpack(tarball)?,
        None => pack_with(folder, &options.pack, &before, sink)?,
    };
    let path = packed.folder.join("package.json");
    let package = PackageJson::parse(&packed.manifest, &path).map_err(InstallError::Manifest)?;
    if package.private {
        return Err(InstallError::ManifestField {
            path,
            reason: "\"private\" is true, so it is not published".to_owned(),
        });
    }
    let mut config = Config::load(folder)?;
    // Which file is read may be part of it, so that it comes first; what it says itself counts most.
    adjust(&mut config)?;
    let own = package
        .object
        .get("publishConfig")
        .and_then(Value::as_object);
    let setting = |key: &str| own?.get(key)?.as_str().map(ToOwned::to_owned);
    if let Some(registry) = setting("registry") {
        config.registries.set_default(&registry)?;
    }
    adjust(&mut config)?;
    let tag = tag(&packed, options.tag.clone().or_else(|| setting("tag")))?;
    let given = options.access.clone().or_else(|| setting("access"));
    let access = access(&packed.name, given.as_deref())?;
    let registry = config.registries.for_package(&packed.name).to_string();
    let mut published = Published {
        tag,
        access,
        registry,
        existed: false,
        packed,
    };
    if !options.pack.dry_run {
        published.existed = send(config, &published, options, &package.object)?;
        if !options.pack.ignore_scripts && options.tarball.is_none() {
            let after = ["publish", "postpublish"];
            run_scripts_named(
                &published.packed.folder,
                &after,
                &options.pack.scripts,
                sink,
            )?;
        }
    }
    Ok(published)
}

fn tag(packed: &Packed, given: Option<String>) -> Result<String, InstallError> {
    if let Some(tag) = given {
        if crate::semver::Range::parse(&tag).is_some() {
            return Err(InstallError::Config(format!(
                "the tag \"{tag}\" is a range of versions"
            )));
        }
        return Ok(tag);
    }
    let is_release = Version::parse(&packed.version).is_some_and(|version| version.is_release());
    if !is_release {
        return Err(InstallError::Config(format!(
            "{} is a prerelease and would become \"latest\": --tag next, or --tag latest to do so",
            packed.version
        )));
    }
    Ok("latest".to_owned())
}

fn access(name: &str, given: Option<&str>) -> Result<String, InstallError> {
    let is_scoped = name.starts_with('@');
    match given {
        Some("restricted") if !is_scoped => Err(InstallError::Config(
            "only packages with a scope can be restricted".to_owned(),
        )),
        Some(access @ ("public" | "restricted")) => Ok(access.to_owned()),
        Some(other) => Err(InstallError::Config(format!(
            "the access \"{other}\" is neither public nor restricted"
        ))),
        None if is_scoped => Ok("restricted".to_owned()),
        None => Ok("public".to_owned()),
    }
}

/// Whether the version was there already.
fn send(
    config: Config,
    published: &Published,
    options: &PublishOptions,
    manifest: &Object,
) -> Result<bool, InstallError> {
    let packed = &published.packed;
    let url = format!(
        "{}{}",
        published.registry,
        packed.name.replacen('/', "%2f", 1)
    );
    let parsed = crate::registry::parse_url(&url)?;
    if config.registries.credentials(&parsed).is_none() {
        return Err(InstallError::Config(format!(
            "there are no credentials for {} in .npmrc, bunfig.toml or the environment",
            parsed.host_str().unwrap_or("the registry")
        )));
    }
    let mut request = Outgoing::get(&url)?
        .header(CONTENT_TYPE, "application/json")
        .header(HeaderName::from_static("npm-command"), "publish");
    if let Some(otp) = &options.otp {
        request = request.header(HeaderName::from_static("npm-otp"), otp);
    }
    request.method = Method::PUT;
    request.body = document(published, manifest).into();
    let client = Client::new(&Arc::new(config))?;
    let runtime = crate::runtime()?;
    let response = runtime.block_on(client.send_once(&request, ANSWER_LIMIT))?;
    let reason = serde_json::from_slice::<serde_json::Value>(&response.body).ok();
    let reason = reason.and_then(|body| {
        let text = body.get("error").or_else(|| body.get("message"))?;
        Some(text.as_str()?.to_owned())
    });
    let reason = reason.unwrap_or_default();
    let exists = response.status == StatusCode::CONFLICT
        || (response.status == StatusCode::FORBIDDEN
            && (reason.contains("previously published") || reason.contains("published already")));
    if exists && options.tolerate_republish {
        return Ok(true);
    }
    if !response.status.is_success() {
        let wants_otp = response
            .headers
            .get("www-authenticate")
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains("otp"));
        let hint = if wants_otp {
            " (--otp gives a one-time password)"
        } else {
            ""
        };
        return Err(InstallError::Publish {
            url,
            status: response.status.as_u16(),
            reason: format!("{reason}{hint}"),
        });
    }
    Ok(false)
}

fn document(published: &Published, manifest: &Object) -> Vec<u8> {
    let packed = &published.packed;
    let text = Value::Object(manifest.clone())
        .to_json()
        .unwrap_or_default();
    let mut version: Map<String, serde_json::Value> =
        serde_json::from_str(&text).unwrap_or_default();
    let base = packed.name.rsplit('/').next().unwrap_or(&packed.name);
    let file = format!("{}-{}.tgz", packed.name, packed.version);
    version.insert(
        "_id".to_owned(),
        format!("{}@{}", packed.name, packed.version).into(),
    );
    if let Some(readme) = &packed.readme {
        let entry = version.entry("readme");
        entry.or_insert_with(|| readme.as_str().into());
    }
    version.insert(
        "dist".to_owned(),
        json!({
            "integrity": packed.integrity,
            "shasum": packed.shasum,
            // The registry puts its own place there.
            "tarball": format!("{}{}/-/{base}-{}.tgz", published.registry, packed.name, packed.version),
        }),
    );
    let data = base64_simd::STANDARD.encode_to_string(&packed.tarball);
    let whole = json!({
        "_id": packed.name,
        "name": packed.name,
        "description": version.get("description").cloned().unwrap_or_default(),
        "access": published.access,
        "dist-tags": { published.tag.as_str(): packed.version },
        "versions": { packed.version.as_str(): version },
        "_attachments": { file: {
            "content_type": "application/octet-stream",
            "data": data,
            "length": packed.tarball.len(),
        } },
    });
    whole.to_string().into_bytes()
}

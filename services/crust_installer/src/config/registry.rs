//! Which registry serves a package, and the credentials for a URL. A credential is only ever given for
//! the origin and path that it was configured for.

use std::sync::Arc;

use crust_header::DEFAULT_REGISTRY;
use crust_manifest::{Object, Value};
use url::Url;

use super::npmrc::Npmrc;
use crate::error::InstallError;

/// The registry of those who configure none.
pub(crate) fn default_registry() -> String {
    format!("{DEFAULT_REGISTRY}/")
}

/// The value of an `authorization` header; it never shows itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials(String);

impl Credentials {
    /// `Bearer …`.
    pub fn token(token: &str) -> Self {
        Self(format!("Bearer {token}"))
    }

    /// `Basic …`, from the encoded pair.
    pub fn basic(encoded: &str) -> Self {
        Self(format!("Basic {encoded}"))
    }

    /// `Basic …` of a name and a password.
    pub fn password(name: &str, password: &str) -> Self {
        let pair = format!("{name}:{password}");
        Self::basic(&base64_simd::STANDARD.encode_to_string(pair.as_bytes()))
    }

    /// The header's value.
    pub fn header(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Credentials(…)")
    }
}

/// The registries of a project.
#[derive(Debug, Clone)]
pub struct RegistryConfig {
    /// The URL, with a slash at the end.
    default: Arc<str>,
    /// Scopes with their `@`, and URLs.
    scopes: Vec<(String, Arc<str>)>,
    /// `//host/path/` and what is sent there.
    credentials: Vec<(String, Credentials)>,
}

impl RegistryConfig {
    pub(super) fn from_npmrc(npmrc: &Npmrc) -> Result<Self, InstallError> {
        let mut config = Self {
            default: default_registry().into(),
            scopes: Vec::new(),
            credentials: Vec::new(),
        };
        if let Some(registry) = npmrc.get("registry") {
            config.set_default(registry)?;
        }
        for (key, value) in npmrc.lines() {
            if let Some(scope) = key.strip_suffix(":registry")
                && scope.starts_with('@')
            {
                config.scopes.retain(|(known, _)| known != scope);
                config.scopes.push((scope.to_owned(), normal(value)?));
            }
            if let Some(found) = credentials_of(npmrc, key, value)? {
                config.credentials.retain(|(place, _)| *place != found.0);
                config.credentials.push(found);
            }
        }
        Ok(config)
    }

    pub(super) fn apply_bunfig(&mut self, install: &Object) -> Result<(), InstallError> {
        if let Some(registry) = install.get("registry") {
            let url = self.bunfig_registry(registry)?;
            self.default = url;
        }
        if let Some(Value::Object(scopes)) = install.get("scopes") {
            for (name, registry) in scopes {
                let url = self.bunfig_registry(registry)?;
                let scope = format!("@{}", name.trim_start_matches('@'));
                self.scopes.retain(|(known, _)| *known != scope);
                self.scopes.push((scope, url));
            }
        }
        Ok(())
    }

    fn bunfig_registry(&mut self, registry: &Value) -> Result<Arc<str>, InstallError> {
        let (url, object) = match registry {
            Value::String(url) => (url.clone(), None),
            Value::Object(object) => {
                let url = object.get("url").and_then(Value::as_str);
                (url.unwrap_or(&self.default).to_owned(), Some(object))
            }
            _ => {
                let message = "a registry of bunfig.toml is a URL or a table with one".to_owned();
                return Err(InstallError::Config(message));
            }
        };
        let text = |key: &str| {
            let value = object?.get(key)?.as_str()?;
            // `$NAME` is a variable of the environment.
            match value.strip_prefix('$') {
                Some(name) => std::env::var(name).ok(),
                None => Some(value.to_owned()),
            }
        };
        let url = self.with_user_info(&url)?;
        if let Some(token) = text("token") {
            self.credentials
                .push((place(&url), Credentials::token(&token)));
        } else if let (Some(name), Some(password)) = (text("username"), text("password")) {
            let credentials = Credentials::password(&name, &password);
            self.credentials.push((place(&url), credentials));
        }
        Ok(url)
    }

    /// A URL whose `user:password@` becomes a credential.
    fn with_user_info(&mut self, text: &str) -> Result<Arc<str>, InstallError> {
        let mut url = Url::parse(text).map_err(|error| {
            InstallError::Config(format!("the registry's URL is not one: {error}"))
        })?;
        if !url.username().is_empty() {
            let decode = |text: &str| {
                percent_encoding::percent_decode_str(text)
                    .decode_utf8_lossy()
                    .into_owned()
            };
            let name = decode(url.username());
            let password = decode(url.password().unwrap_or_default());
            let _ = url.set_username("");
            let _ = url.set_password(None);
            let place = place(&normal(url.as_str())?);
            self.credentials
                .push((place, Credentials::password(&name, &password)));
        }
        normal(url.as_str())
    }

    /// Makes `url` the registry of packages without a scope of their own.
    pub fn set_default(&mut self, url: &str) -> Result<(), InstallError> {
        self.default = self.with_user_info(url)?;
        Ok(())
    }

    /// The registry of packages without a scope of their own.
    pub(crate) fn default_url(&self) -> &str {
        &self.default
    }

    pub(super) fn set_default_token(&mut self, token: &str) {
        let place = place(&self.default);
        self.credentials.retain(|(known, _)| *known != place);
        self.credentials.push((place, Credentials::token(token)));
    }

    /// The registry that serves `name`, with a slash at the end.
    pub fn for_package(&self, name: &str) -> &Arc<str> {
        let scope = name.split_once('/').map_or("", |(scope, _)| scope);
        self.scopes
            .iter()
            .find(|(known, _)| known == scope)
            .map_or(&self.default, |(_, url)| url)
    }

    /// The credentials for `url`: those of the longest configured place that it lies in.
    pub fn credentials(&self, url: &Url) -> Option<&Credentials> {
        let target = place(url.as_str());
        self.credentials
            .iter()
            .filter(|(place, _)| target.starts_with(place.as_str()))
            .max_by_key(|(place, _)| place.len())
            .map(|(_, credentials)| credentials)
    }

    /// The conventional place of a tarball on the registry of `name`.
    pub fn tarball_url(&self, name: &str, version: &str) -> String {
        let file = name.rsplit('/').next().unwrap_or(name);
        // Build metadata is no part of a tarball's name.
        let version = version.split('+').next().unwrap_or(version);
        format!("{}{name}/-/{file}-{version}.tgz", self.for_package(name))
    }
}

/// `//host/path/…` of a URL.
fn place(url: &str) -> String {
    url.find("//")
        .map_or_else(String::new, |at| url[at..].to_owned())
}

fn normal(url: &str) -> Result<Arc<str>, InstallError> {
    let parsed = Url::parse(url)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(mut parsed) = parsed else {
        let message = format!("\"{url}\" is not the URL of a registry");
        return Err(InstallError::Config(message));
    };
    parsed.set_query(None);
    parsed.set_fragment(None);
    if !parsed.path().ends_with('/') {
        let path = format!("{}/", parsed.path());
        parsed.set_path(&path);
    }
    Ok(parsed.as_str().into())
}

/// The credential that one line of `.npmrc` completes.
fn credentials_of(
    npmrc: &Npmrc,
    key: &str,
    value: &str,
) -> Result<Option<(String, Credentials)>, InstallError> {
    let Some((place, field)) = key.rsplit_once(':').filter(|_| key.starts_with("//")) else {
        return Ok(None);
    };
    let credentials = match field {
        "_authToken" => Credentials::token(value),
        "_auth" => Credentials::basic(value),
        "_password" => {
            let name = npmrc
                .get(&format!("{place}:username"))
                .unwrap_or_default()
                .to_owned();
            let decoded = base64_simd::STANDARD
                .decode_to_vec(value.as_bytes())
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok());
            let Some(password) = decoded else {
                let message = format!("{place}:_password of .npmrc is not base64");
                return Err(InstallError::Config(message));
            };
            Credentials::password(&name, &password)
        }
        _ => return Ok(None),
    };
    let place = if place.ends_with('/') {
        place.to_owned()
    } else {
        format!("{place}/")
    };
    Ok(Some((place, credentials)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> RegistryConfig {
        let mut npmrc = Npmrc::default();
        npmrc.parse(text, |_| None);
        RegistryConfig::from_npmrc(&npmrc).unwrap()
    }

    #[test]
    fn the_longest_place_wins_and_nothing_leaves_it() {
        let config = config(
            "registry=http://127.0.0.1:4873\n@a:registry=http://127.0.0.1:4874/x\n\
             //127.0.0.1:4873/:_authToken=one\n//127.0.0.1:4873/deep:_authToken=two\n",
        );
        let header = |url: &str| {
            let url = Url::parse(url).unwrap();
            config
                .credentials(&url)
                .map(|found| found.header().to_owned())
        };
        assert_eq!(&**config.for_package("b"), "http://127.0.0.1:4873/");
        assert_eq!(&**config.for_package("@a/b"), "http://127.0.0.1:4874/x/");
        assert_eq!(
            header("http://127.0.0.1:4873/b").as_deref(),
            Some("Bearer one")
        );
        assert_eq!(
            header("http://127.0.0.1:4873/deep/b").as_deref(),
            Some("Bearer two")
        );
        assert_eq!(header("http://127.0.0.1:4874/x/@a/b"), None);
        assert_eq!(
            config.tarball_url("@a/b", "1.0.0+7"),
            "http://127.0.0.1:4874/x/@a/b/-/b-1.0.0.tgz"
        );
    }

    #[test]
    fn a_url_with_a_user_becomes_a_credential() {
        let mut config = config("");
        config
            .set_default("http://me:p%40ss@127.0.0.1:1/r")
            .unwrap();
        assert_eq!(&**config.for_package("x"), "http://127.0.0.1:1/r/");
        let url = Url::parse("http://127.0.0.1:1/r/x").unwrap();
        assert_eq!(
            config.credentials(&url).map(Credentials::header),
            Some("Basic bWU6cEBzcw==")
        );
    }
}

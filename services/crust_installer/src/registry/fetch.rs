//! Packuments and tarballs by name, through the caches. Never resolves a range.

use std::sync::Arc;

use aws_lc_rs::digest::{Algorithm, Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512};
use bytes::Bytes;
use http::StatusCode;
use http::header;

use super::cache::MetadataCache;
use super::client::{Client, Outgoing};
use super::packument::Packument;
use crate::error::InstallError;
use crate::inflate;

/// The largest packument, decoded. The largest real ones have 100 MB.
const PACKUMENT_LIMIT: usize = 512 << 20;
/// The largest tarball, compressed. The largest real ones have 200 MB.
pub(crate) const TARBALL_LIMIT: usize = 1 << 30;

/// Whether the network may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Freshness {
    /// What is older than five minutes is revalidated.
    #[default]
    Normal,
    /// Everything is revalidated.
    Always,
    /// What is stored is taken, however old.
    PreferOffline,
    /// What is not stored is an error.
    Offline,
}

/// The registries behind their caches. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Registry {
    client: Client,
    cache: MetadataCache,
    freshness: Freshness,
    /// Whether publication times are needed, which only full packuments have.
    full: bool,
}

impl Registry {
    /// The registries of the client's settings.
    pub(crate) fn new(client: Client, freshness: Freshness, full: bool) -> Self {
        let cache = MetadataCache::new(&client.config().cache);
        Self {
            client,
            cache,
            freshness,
            full,
        }
    }

    /// The client underneath.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The packument of `name`.
    pub(crate) async fn packument(&self, name: &Arc<str>) -> Result<Packument, InstallError> {
        let url = self.packument_url(name);
        let key = if self.full {
            format!("{url}?full")
        } else {
            url.clone()
        };
        let stored = self.cache.load(&key);
        let usable = match self.freshness {
            Freshness::Normal => stored.as_ref().is_some_and(|stored| stored.fresh),
            Freshness::Always => false,
            Freshness::PreferOffline | Freshness::Offline => stored.is_some(),
        };
        if usable && let Some(stored) = &stored
            // A file that is broken is asked for again.
            && let Ok(packument) = Packument::parse(name, stored.body.clone())
        {
            return Ok(packument);
        }
        if self.freshness == Freshness::Offline {
            return Err(InstallError::Offline(name.to_string()));
        }
        let accept = if self.full {
            "application/json"
        } else {
            "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*"
        };
        let mut request = Outgoing::get(&url)?
            .header(header::ACCEPT, accept)
            .header(header::ACCEPT_ENCODING, "gzip");
        if let Some(stored) = stored.as_ref().filter(|stored| !stored.etag.is_empty()) {
            request = request.header(header::IF_NONE_MATCH, &stored.etag);
        }
        let response = self.client.send(&request, PACKUMENT_LIMIT, |_| {}).await?;
        if response.status == StatusCode::NOT_MODIFIED
            && let Some(stored) = stored
        {
            self.cache.touch(&key);
            return Packument::parse(name, stored.body);
        }
        check(response.status, &url, name)?;
        let body = if response.header(header::CONTENT_ENCODING) == Some("gzip") {
            let inflated = inflate::gunzip(&response.body, PACKUMENT_LIMIT);
            Bytes::from(inflated.map_err(|reason| InstallError::Packument {
                name: name.to_string(),
                reason,
            })?)
        } else {
            response.body.clone()
        };
        let packument = Packument::parse(name, body.clone())?;
        let cache = self.cache.clone();
        let etag = response.header(header::ETAG).unwrap_or_default().to_owned();
        // Nobody waits for the write; the runtime ends it before it shuts down.
        tokio::task::spawn_blocking(move || cache.store(&key, &etag, &body));
        Ok(packument)
    }

    /// The whole packument of `name` as text, asked for anew.
    pub(crate) async fn document(&self, name: &Arc<str>) -> Result<Bytes, InstallError> {
        let url = self.packument_url(name);
        let request = Outgoing::get(&url)?
            .header(header::ACCEPT, "application/json")
            .header(header::ACCEPT_ENCODING, "gzip");
        let response = self.client.send(&request, PACKUMENT_LIMIT, |_| {}).await?;
        check(response.status, &url, name)?;
        if response.header(header::CONTENT_ENCODING) != Some("gzip") {
            return Ok(response.body);
        }
        let inflated = inflate::gunzip(&response.body, PACKUMENT_LIMIT);
        let inflated = inflated.map_err(|reason| InstallError::Packument {
            name: name.to_string(),
            reason,
        })?;
        Ok(inflated.into())
    }

    fn packument_url(&self, name: &str) -> String {
        let registry = self.client.config().registries.for_package(name);
        format!("{registry}{}", name.replacen('/', "%2f", 1))
    }

    /// The bytes of a tarball, whose digest is checked as they come. Answers the digest too.
    pub(crate) async fn tarball(
        &self,
        name: &str,
        url: &str,
        integrity: &str,
    ) -> Result<(Bytes, String), InstallError> {
        if self.freshness == Freshness::Offline {
            return Err(InstallError::Offline(name.to_owned()));
        }
        let (algorithm, label, expected) = strongest(integrity);
        let mut hasher = Context::new(algorithm);
        let request = Outgoing::get(url)?;
        let response = self
            .client
            .send(&request, TARBALL_LIMIT, |piece| {
                if piece.is_empty() {
                    hasher = Context::new(algorithm);
                } else {
                    hasher.update(piece);
                }
            })
            .await?;
        check(response.status, url, name)?;
        let digest = base64_simd::STANDARD.encode_to_string(hasher.finish().as_ref());
        let actual = format!("{label}-{digest}");
        if expected.is_some_and(|expected| expected != digest) {
            return Err(InstallError::Integrity {
                name: name.to_owned(),
                expected: integrity.to_owned(),
                actual,
            });
        }
        Ok((response.body, actual))
    }
}

fn check(status: StatusCode, url: &str, name: &str) -> Result<(), InstallError> {
    if status.is_success() {
        return Ok(());
    }
    if status == StatusCode::NOT_FOUND {
        return Err(InstallError::NotFound {
            name: name.to_owned(),
            url: url.to_owned(),
            requested_by: String::new(),
        });
    }
    Err(InstallError::Status {
        url: url.to_owned(),
        status: status.as_u16(),
    })
}

/// The digest of a tarball, as lockfiles write it.
pub(crate) fn sha512(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&SHA512, bytes);
    format!(
        "sha512-{}",
        base64_simd::STANDARD.encode_to_string(digest.as_ref())
    )
}

/// The strongest digest of a list such as `sha1-… sha512-…`. Without one, SHA-512 is computed, so that
/// the lockfile can say what came.
pub(crate) fn strongest(integrity: &str) -> (&'static Algorithm, &'static str, Option<&str>) {
    let known: [(&str, &'static Algorithm); 4] = [
        ("sha512", &SHA512),
        ("sha384", &SHA384),
        ("sha256", &SHA256),
        ("sha1", &SHA1_FOR_LEGACY_USE_ONLY),
    ];
    for (label, algorithm) in known {
        let found = integrity.split_whitespace().find_map(|entry| {
            let (name, digest) = entry.split_once('-')?;
            // Options may follow a question mark.
            (name == label).then(|| digest.split('?').next().unwrap_or(digest))
        });
        if found.is_some() {
            return (algorithm, label, found);
        }
    }
    (&SHA512, "sha512", None)
}

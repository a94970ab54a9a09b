//! [`Options`]: what a request asks of its connection beyond the URL, as JSON from JS. Checked by
//! `js/options.ts`; what cannot be read here is refused.

use crate::error::FetchError;
use crate::route::Protocol;
use serde::Deserialize;

/// Options of one request.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Options {
    /// The path of a socket.
    pub(crate) unix: Option<String>,
    pub(crate) proxy: Option<ProxyOptions>,
    /// Kept as text: it is part of the pool's key and parsed once per configuration.
    tls: Option<serde_json::Value>,
    #[serde(deserialize_with = "protocol")]
    pub(crate) protocol: Protocol,
}

/// A proxy.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
pub(crate) struct ProxyOptions {
    /// TLS to the proxy itself.
    pub(crate) secure: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Fields for the proxy: names and values, each followed by NUL.
    pub(crate) fields: String,
}

/// Options of TLS. Texts of certificates and keys hold one byte of PEM or DER per character.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct TlsOptions {
    pub(crate) ca: Option<Vec<String>>,
    pub(crate) cert: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) passphrase: Option<String>,
    pub(crate) reject_unauthorized: Option<bool>,
    pub(crate) server_name: Option<String>,
}

impl Options {
    /// Parses what JS sent; the empty text is no options.
    pub(crate) fn parse(text: &str) -> Result<Self, FetchError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_str(text).map_err(|error| FetchError::InvalidRequest(error.to_string()))
    }

    /// The TLS options as text.
    pub(crate) fn tls_text(&self) -> String {
        self.tls
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default()
    }
}

impl TlsOptions {
    /// Parses the text of a route.
    pub(crate) fn parse(text: &str) -> Result<Self, FetchError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_str(text).map_err(|error| FetchError::InvalidRequest(error.to_string()))
    }
}

fn protocol<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Protocol, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "h1" => Ok(Protocol::Http1),
        "h2" => Ok(Protocol::Http2),
        other => Err(serde::de::Error::unknown_variant(other, &["h1", "h2"])),
    }
}

/// The bytes of a text with one byte per character.
pub(crate) fn latin1_bytes(text: &str) -> Vec<u8> {
    text.chars()
        .map(|character| u8::try_from(character).unwrap_or(b'?'))
        .collect()
}

/// A text with one character per byte.
pub(crate) fn latin1_text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// Names and values of fields that are each followed by NUL.
pub(crate) fn fields(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut texts = text.split_terminator('\0');
    std::iter::from_fn(move || Some((texts.next()?, texts.next()?)))
}

//! The setters of the URL class, from href to href. An invalid value leaves the URL as it is.

use super::file::{parse_host, scheme_end};
use super::parts::Parts;
use super::path::{self, Kind};
use percent_encoding::utf8_percent_encode;
use url::{Url, quirks};

/// The setters by the numbers of `js/url.ts`.
const PROTOCOL: u8 = 0;
const USERNAME: u8 = 1;
const PASSWORD: u8 = 2;
const HOST: u8 = 3;
const HOSTNAME: u8 = 4;
const PORT: u8 = 5;
const PATHNAME: u8 = 6;
const SEARCH: u8 = 7;
const HASH: u8 = 8;

/// The href after setting a component; `None` when nothing changes.
pub(super) fn set(href: &str, component: u8, value: &str) -> Option<String> {
    match component {
        PROTOCOL => set_protocol(href, value),
        PATHNAME => set_pathname(href, value),
        SEARCH => Some(set_search(href, value)),
        HASH => Some(set_hash(href, value)),
        USERNAME..=PORT if href.starts_with("file:") => set_on_file(href, component, value),
        HOST | HOSTNAME if Parts::of(href).is_hidden_path() => {
            set_host_before_hidden_path(href, component, value)
        }
        _ => set_by_library(href, component, value),
    }
}

fn set_by_library(href: &str, component: u8, value: &str) -> Option<String> {
    let mut url = Url::parse(href).ok()?;
    match component {
        USERNAME => quirks::set_username(&mut url, value),
        PASSWORD => quirks::set_password(&mut url, value),
        HOST => quirks::set_host(&mut url, value),
        HOSTNAME => quirks::set_hostname(&mut url, value),
        PORT => quirks::set_port(&mut url, value),
        _ => Err(()),
    }
    .ok()?;
    let changed = String::from(url);
    // With credentials or a port a host cannot become empty; the `url` crate overlooks a lone password.
    let authority = Parts::of(&changed).authority.unwrap_or_default();
    (!authority.ends_with('@')).then_some(changed)
}

/// "Scheme start state" with a state override: schemes change within the special ones and within the
/// others, and `file` takes no credentials and no port.
fn set_protocol(href: &str, value: &str) -> Option<String> {
    let parts = Parts::of(href);
    let cleaned = remove_ignored(value);
    let text = cleaned.split(':').next().unwrap_or_default();
    let is_scheme = scheme_end(&format!("{text}:")) == Some(text.len());
    let scheme = text.to_ascii_lowercase();
    let changed = Parts {
        scheme: &scheme,
        ..parts
    };
    let authority = parts.authority.unwrap_or_default();
    let has_credentials_or_port = authority.contains('@') || port_of(authority).is_some();
    if !is_scheme
        || (parts.kind() == Kind::Other) != (changed.kind() == Kind::Other)
        || (scheme == "file" && has_credentials_or_port)
        || (parts.kind() == Kind::File && authority.is_empty())
    {
        return None;
    }
    let authority = match port_of(authority) {
        Some(port) if default_port(&scheme) == Some(port) => authority
            .strip_suffix(port)
            .map(|rest| &rest[..rest.len() - 1]),
        _ => parts.authority,
    };
    Some(
        Parts {
            authority,
            ..changed
        }
        .join(parts.path),
    )
}

/// The port as it is written in an authority.
fn port_of(authority: &str) -> Option<&str> {
    let host = authority.rsplit('@').next().unwrap_or(authority);
    host.rsplit_once(':')
        .map(|(_, port)| port)
        .filter(|port| !port.ends_with(']'))
}

fn default_port(scheme: &str) -> Option<&'static str> {
    Some(match scheme {
        "http" | "ws" => "80",
        "https" | "wss" => "443",
        "ftp" => "21",
        _ => return None,
    })
}

/// A `file:` URL has no credentials and no port.
fn set_on_file(href: &str, component: u8, value: &str) -> Option<String> {
    let parts = Parts::of(href);
    match component {
        HOST | HOSTNAME => {
            let cleaned = remove_ignored(value);
            let end = cleaned.find(['/', '\\', '?', '#']).unwrap_or(cleaned.len());
            let host = parse_host(&cleaned[..end])?;
            Some(
                Parts {
                    authority: Some(&host),
                    ..parts
                }
                .join(parts.path),
            )
        }
        _ => None,
    }
}

/// The `url` crate loses the path of `scheme:/.//path`, which stands behind a "/." without a host.
fn set_host_before_hidden_path(href: &str, component: u8, value: &str) -> Option<String> {
    let parts = Parts::of(href);
    let without_path = Parts {
        query: None,
        fragment: None,
        ..parts
    }
    .join("/");
    let changed = set_by_library(&without_path, component, value)?;
    Some(
        Parts {
            authority: Parts::of(&changed).authority,
            ..parts
        }
        .join(parts.path),
    )
}

fn set_pathname(href: &str, value: &str) -> Option<String> {
    let parts = Parts::of(href);
    if parts.is_opaque() {
        return None;
    }
    let kind = parts.kind();
    let cleaned = remove_ignored(value);
    let separators: &[char] = if kind == Kind::Other {
        &['/']
    } else {
        &['/', '\\']
    };
    let mut segments = Vec::new();
    if !cleaned.is_empty() || kind != Kind::Other {
        path::append(
            &mut segments,
            cleaned.strip_prefix(separators).unwrap_or(&cleaned),
            kind,
        );
    } else if parts.authority.is_none() {
        // Only behind an authority may a path be empty.
        segments.push(String::new());
    }
    Some(parts.join(&path::serialize(&segments)))
}

fn set_search(href: &str, value: &str) -> String {
    let parts = Parts::of(href);
    let set = if parts.kind() == Kind::Other {
        path::QUERY
    } else {
        path::SPECIAL_QUERY
    };
    let cleaned = remove_ignored(value);
    let query = cleaned.strip_prefix('?').unwrap_or(&cleaned);
    let encoded = utf8_percent_encode(query, set).to_string();
    Parts {
        query: (!value.is_empty()).then_some(encoded.as_str()),
        ..parts
    }
    .join(parts.path)
}

fn set_hash(href: &str, value: &str) -> String {
    let parts = Parts::of(href);
    let cleaned = remove_ignored(value);
    let fragment = cleaned.strip_prefix('#').unwrap_or(&cleaned);
    let encoded = utf8_percent_encode(fragment, path::FRAGMENT).to_string();
    Parts {
        fragment: (!value.is_empty()).then_some(encoded.as_str()),
        ..parts
    }
    .join(parts.path)
}

fn remove_ignored(value: &str) -> String {
    value.replace(['\t', '\n', '\r'], "")
}

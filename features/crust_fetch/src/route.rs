//! [`Route`]: where a connection goes and how, which is also what it is pooled by. Never connects.

use crate::error::FetchError;
use crate::options::{Options, ProxyOptions};
use hyper::Uri;

/// Which versions of HTTP are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Protocol {
    /// What the server prefers; without TLS that is HTTP/1.1.
    #[default]
    Any,
    /// HTTP/1.1 only.
    Http1,
    /// HTTP/2 only.
    Http2,
}

/// A connection's way to its server. Two exchanges share a connection if all of this is equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Route {
    pub(crate) secure: bool,
    /// Name or address, without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// A socket in the file system, in place of host and port.
    pub(crate) unix: Option<String>,
    pub(crate) proxy: Option<ProxyOptions>,
    /// The TLS options as JS gave them, as JSON; empty for none.
    pub(crate) tls: String,
    pub(crate) protocol: Protocol,
}

impl Route {
    /// The way to the server of a URL.
    pub(crate) fn new(uri: &Uri, options: &Options) -> Result<Self, FetchError> {
        let invalid = || FetchError::InvalidRequest(format!("{uri} has no host"));
        let secure = uri.scheme_str() == Some("https");
        let host = uri.host().ok_or_else(invalid)?;
        let proxy = if options.unix.is_some() {
            None
        } else {
            options.proxy.clone()
        };
        Ok(Self {
            secure,
            host: bare_host(host),
            port: uri.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            unix: options.unix.clone(),
            proxy,
            tls: if secure || options.proxy.as_ref().is_some_and(|proxy| proxy.secure) {
                options.tls_text()
            } else {
                String::new()
            },
            protocol: options.protocol,
        })
    }

    /// Whether requests name the whole URL in their first line, as a proxy wants it.
    pub(crate) fn is_absolute_form(&self) -> bool {
        self.proxy.is_some() && !self.secure
    }
}

/// A host without the brackets of IPv6 addresses.
pub(crate) fn bare_host(host: &str) -> String {
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned()
}

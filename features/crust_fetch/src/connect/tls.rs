//! TLS over a stream, by configurations that are made once for each set of options.

use super::BoxedStream;
use crate::error::FetchError;
use crate::options::{TlsOptions, latin1_bytes};
use crate::route::{Protocol, Route};
use crust_tls::{
    Authorities, ClientConfig, ClientOptions, Identity, TlsConnector, TlsError, client_config,
    server_name,
};
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Configurations kept: each holds a store of authorities (some 100 KB) and sessions to resume.
const MOST_CONFIGURATIONS: usize = 32;

/// A configuration with the name to ask for in place of the host.
#[derive(Clone)]
struct Setup {
    config: ClientConfig,
    server_name: Option<String>,
}

type Setups = Mutex<HashMap<(String, Protocol), Setup>>;

fn setups() -> &'static Setups {
    static SETUPS: OnceLock<Setups> = OnceLock::new();
    SETUPS.get_or_init(Setups::default)
}

/// Handshakes with the server of a route; answers whether it chose HTTP/2.
pub(super) async fn connect(
    route: &Route,
    stream: BoxedStream,
) -> Result<(BoxedStream, bool), FetchError> {
    handshake(&route.host, &route.tls, route.protocol, stream).await
}

/// Handshakes with a proxy, which is spoken to in HTTP/1.1.
pub(super) async fn connect_to_proxy(
    host: &str,
    options: &str,
    stream: BoxedStream,
) -> Result<BoxedStream, FetchError> {
    Ok(handshake(host, options, Protocol::Http1, stream).await?.0)
}

async fn handshake(
    host: &str,
    options: &str,
    protocol: Protocol,
    stream: BoxedStream,
) -> Result<(BoxedStream, bool), FetchError> {
    let setup = setup(options, protocol).await?;
    let name = server_name(setup.server_name.as_deref().unwrap_or(host))
        .map_err(FetchError::TlsOptions)?;
    let stream = TlsConnector::from(setup.config)
        .connect(name, stream)
        .await
        .map_err(|error| match FetchError::from_io(&error) {
            // A server that has none of the offered protocols says so by an alert.
            FetchError::Tls(tls)
                if protocol == Protocol::Http2 && tls.code() == "ERR_SSL_TLSV1_ALERT" =>
            {
                FetchError::NoHttp2
            }
            other => other,
        })?;
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    Ok((Box::new(stream), is_http2))
}

async fn setup(options: &str, protocol: Protocol) -> Result<Setup, FetchError> {
    let key = (options.to_owned(), protocol);
    if let Some(setup) = setups()
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&key)
    {
        return Ok(setup.clone());
    }
    let text = options.to_owned();
    // Reading the system's store takes tens of milliseconds.
    let setup = tokio::task::spawn_blocking(move || make(&text, protocol))
        .await
        .map_err(|_| FetchError::Cancelled)??;
    let mut setups = setups().lock().unwrap_or_else(PoisonError::into_inner);
    if setups.len() >= MOST_CONFIGURATIONS {
        setups.clear();
    }
    // Whoever was first has sessions to resume already.
    Ok(setups.entry(key).or_insert(setup).clone())
}

fn make(options: &str, protocol: Protocol) -> Result<Setup, FetchError> {
    let options = TlsOptions::parse(options)?;
    let server_name = options.server_name.clone();
    let protocols: &[&[u8]] = match protocol {
        Protocol::Any => &[b"h2", b"http/1.1"],
        Protocol::Http1 => &[b"http/1.1"],
        Protocol::Http2 => &[b"h2"],
    };
    let config = configure(&options, protocols).map_err(FetchError::TlsOptions)?;
    Ok(Setup {
        config,
        server_name,
    })
}

fn configure(options: &TlsOptions, protocols: &[&[u8]]) -> Result<ClientConfig, TlsError> {
    let authorities = match &options.ca {
        None => None,
        Some(texts) => {
            let texts: Vec<Vec<u8>> = texts.iter().map(|text| latin1_bytes(text)).collect();
            Some(Authorities::only(texts.iter().map(Vec::as_slice))?)
        }
    };
    let identity = match (&options.cert, &options.key) {
        (Some(cert), Some(key)) => Some(Identity::new(
            &latin1_bytes(cert),
            &latin1_bytes(key),
            options.passphrase.as_deref().map(str::as_bytes),
        )?),
        _ => None,
    };
    client_config(ClientOptions {
        authorities,
        accept_any: options.reject_unauthorized == Some(false),
        identity,
        protocols: protocols.iter().map(|name| name.to_vec()).collect(),
    })
}

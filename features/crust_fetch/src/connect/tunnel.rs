//! `CONNECT`: a tunnel through an HTTP proxy (RFC 9110, 9.3.6). What goes through it is not looked at.

use super::BoxedStream;
use crate::error::FetchError;
use crate::options::{fields, latin1_bytes, latin1_text};
use bytes::Bytes;
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;

/// Asks the proxy for a way to the host and answers the stream behind it.
pub(super) async fn open(
    stream: BoxedStream,
    host: &str,
    port: u16,
    proxy_fields: &str,
) -> Result<BoxedStream, FetchError> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| FetchError::from_hyper(&error))?;
    tokio::spawn(async move { drop(connection.with_upgrades().await) });
    let request = request(host, port, proxy_fields)?;
    let response = sender
        .send_request(request)
        .await
        .map_err(|error| FetchError::from_hyper(&error))?;
    if !response.status().is_success() {
        return Err(refused(&response));
    }
    let upgraded: Upgraded = hyper::upgrade::on(response)
        .await
        .map_err(|error| FetchError::from_hyper(&error))?;
    Ok(Box::new(TokioIo::new(upgraded)))
}

fn request(
    host: &str,
    port: u16,
    proxy_fields: &str,
) -> Result<hyper::Request<Empty<Bytes>>, FetchError> {
    let authority = if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    };
    let mut builder = hyper::Request::connect(&authority)
        .header("host", &authority)
        .header("proxy-connection", "Keep-Alive");
    for (name, value) in fields(proxy_fields) {
        builder = builder.header(name, latin1_bytes(value));
    }
    builder
        .body(Empty::new())
        .map_err(|error| FetchError::InvalidRequest(error.to_string()))
}

fn refused(response: &hyper::Response<hyper::body::Incoming>) -> FetchError {
    let mut text = String::new();
    for (name, value) in response.headers() {
        text.push_str(name.as_str());
        text.push('\0');
        text.push_str(&latin1_text(value.as_bytes()));
        text.push('\0');
    }
    FetchError::Tunnel {
        status: response.status().as_u16(),
        reason: crate::response::reason(response),
        fields: text,
    }
}
